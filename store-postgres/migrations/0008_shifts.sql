-- When a company must be looked at again, and up to when it was: shifts that began by then are dealt with.
ALTER TABLE companies ADD COLUMN wake_at BIGINT;
ALTER TABLE companies ADD COLUMN watched_until BIGINT;
CREATE INDEX companies_wake ON companies (wake_at, id) WHERE wake_at IS NOT NULL;

-- When people are on duty in a group, in a team or, without one, in whatever roles they have there.
CREATE TABLE schedules (
    company  TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    group_id TEXT COLLATE "C" NOT NULL,
    team     BIGINT,
    person   BIGINT,
    handle   TEXT COLLATE "C",
    since    BIGINT NOT NULL,
    week     TEXT NOT NULL, -- JSON
    CHECK ((person IS NULL) <> (handle IS NULL))
);
CREATE UNIQUE INDEX schedules_once
    ON schedules (company, group_id, coalesce(team, -1), coalesce(person, -1), coalesce(handle, ''));

-- What people wrote in a chat a moment ago: the context of a report. The newest few of each chat, and none for long.
CREATE TABLE remarks (
    company TEXT COLLATE "C" NOT NULL,
    chat    TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (company, chat, message)
);
CREATE INDEX remarks_latest ON remarks (company, chat, at, message);
