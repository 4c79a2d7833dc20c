-- When a company must be looked at again, and up to when it was: shifts that began by then are dealt with.
ALTER TABLE companies ADD COLUMN wake_at INTEGER;
ALTER TABLE companies ADD COLUMN watched_until INTEGER;
CREATE INDEX companies_wake ON companies (wake_at, id) WHERE wake_at IS NOT NULL;

-- When people are on duty in a group, in a team or, without one, in whatever roles they have there.
CREATE TABLE schedules (
    company  TEXT    NOT NULL REFERENCES companies (id),
    group_id TEXT    NOT NULL,
    team     INTEGER,
    person   INTEGER,
    handle   TEXT,
    since    INTEGER NOT NULL,
    week     TEXT    NOT NULL, -- JSON
    CHECK ((person IS NULL) <> (handle IS NULL))
) STRICT;
CREATE UNIQUE INDEX schedules_once
    ON schedules (company, group_id, coalesce(team, -1), coalesce(person, -1), coalesce(handle, ''));

-- What people wrote in a chat a moment ago: the context of a report. The newest few of each chat, and none for long.
CREATE TABLE remarks (
    company TEXT    NOT NULL,
    chat    TEXT    NOT NULL,
    message TEXT    NOT NULL,
    account TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    text    TEXT    NOT NULL,
    PRIMARY KEY (company, chat, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX remarks_latest ON remarks (company, chat, at, message);
