-- Instants are microseconds since 1970-01-01T00:00:00Z. Ids are 26 characters of Crockford's base 32, so that
-- their order as text is their order. Chats, accounts and handles are written `platform:name`.

-- Companies and what belongs to them: always the fold of roster_events.

CREATE TABLE companies (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    company TEXT NOT NULL REFERENCES companies (id),
    setting TEXT NOT NULL,
    value   TEXT NOT NULL, -- JSON
    PRIMARY KEY (company, setting)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    company TEXT NOT NULL REFERENCES companies (id),
    id      TEXT NOT NULL,
    chat    TEXT NOT NULL UNIQUE,
    title   TEXT NOT NULL,
    status  TEXT NOT NULL CHECK (status IN ('pending', 'active', 'suspended')),
    PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refused_rights (
    company  TEXT NOT NULL,
    group_id TEXT NOT NULL,
    "right"  TEXT NOT NULL,
    PRIMARY KEY (company, group_id, "right"),
    FOREIGN KEY (company, group_id) REFERENCES groups (company, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Who holds a role in a group: somebody known, or whoever turns out to own a handle.
CREATE TABLE grants (
    company  TEXT    NOT NULL,
    group_id TEXT    NOT NULL,
    role     TEXT    NOT NULL,
    person   INTEGER,
    handle   TEXT,
    CHECK ((person IS NULL) <> (handle IS NULL)),
    FOREIGN KEY (company, group_id) REFERENCES groups (company, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX grants_once ON grants (company, group_id, role, coalesce(person, -1), coalesce(handle, ''));

CREATE TABLE teams (
    company    TEXT    NOT NULL REFERENCES companies (id),
    id         INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    restricted INTEGER NOT NULL,
    PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE team_members (
    company TEXT    NOT NULL,
    team    INTEGER NOT NULL,
    person  INTEGER,
    handle  TEXT,
    CHECK ((person IS NULL) <> (handle IS NULL)),
    FOREIGN KEY (company, team) REFERENCES teams (company, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX team_members_once ON team_members (company, team, coalesce(person, -1), coalesce(handle, ''));

CREATE TABLE roster_events (
    company TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL CHECK (actor IN ('person', 'assistant', 'system')),
    person  INTEGER,
    type    TEXT    NOT NULL,
    request TEXT, -- what caused it, as in logs; nothing where the desk acted by itself
    body    TEXT    NOT NULL, -- JSON
    PRIMARY KEY (company, seq)
) STRICT, WITHOUT ROWID;

-- People: the only tables with names. Everything else knows them by number.

CREATE TABLE people (
    company  TEXT    NOT NULL,
    id       INTEGER NOT NULL,
    account  TEXT    NOT NULL,
    handle   TEXT,
    name     TEXT    NOT NULL,
    locale   TEXT,
    since    INTEGER NOT NULL,
    PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX people_handle ON people (company, handle) WHERE handle IS NOT NULL;

CREATE TABLE identities (
    company TEXT    NOT NULL,
    account TEXT    NOT NULL,
    person  INTEGER NOT NULL,
    PRIMARY KEY (company, account)
) STRICT, WITHOUT ROWID;

-- Incidents: always the fold of events. `state_json` is the whole of it, the columns are what is asked for.

CREATE TABLE incidents (
    company                 TEXT    NOT NULL,
    id                      TEXT    NOT NULL,
    year                    INTEGER NOT NULL,
    seq                     INTEGER NOT NULL,
    group_id                TEXT    NOT NULL,
    reporter                INTEGER NOT NULL,
    created_at              INTEGER NOT NULL,
    version                 INTEGER NOT NULL,
    wake_at                 INTEGER,
    state                   TEXT    NOT NULL,
    level                   INTEGER NOT NULL,
    team                    INTEGER,
    cycle                   INTEGER NOT NULL,
    priority                TEXT    NOT NULL,
    severity                INTEGER,
    resolver                INTEGER,
    close_reason            TEXT,
    updated_at              INTEGER NOT NULL,
    active_at               INTEGER NOT NULL,
    cycle_at                INTEGER NOT NULL,
    routed_at               INTEGER,
    first_ack_at            INTEGER,
    ack_at                  INTEGER,
    escalated_at            INTEGER,
    escalation_ack_at       INTEGER,
    resolution_requested_at INTEGER,
    resolved_at             INTEGER,
    closed_at               INTEGER,
    held_us                 INTEGER NOT NULL,
    state_json              TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX incidents_id ON incidents (company, id);
CREATE UNIQUE INDEX incidents_number ON incidents (company, year, seq);
CREATE INDEX incidents_group ON incidents (company, group_id, id);
CREATE INDEX incidents_reporter ON incidents (company, reporter, created_at);
CREATE INDEX incidents_live ON incidents (company, id, group_id, state) WHERE state NOT IN ('resolved', 'closed');
CREATE INDEX incidents_wake ON incidents (wake_at, id, company) WHERE wake_at IS NOT NULL;

CREATE TABLE tags (
    company  TEXT NOT NULL,
    incident TEXT NOT NULL,
    tag      TEXT NOT NULL,
    PRIMARY KEY (company, incident, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_tag ON tags (company, tag, incident);

-- Who held an incident, when; `position` counts from 0.
CREATE TABLE assignments (
    company  TEXT    NOT NULL,
    incident TEXT    NOT NULL,
    position INTEGER NOT NULL,
    person   INTEGER NOT NULL,
    level    INTEGER NOT NULL,
    team     INTEGER,
    cycle    INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    until    INTEGER,
    ending   TEXT,
    CHECK ((until IS NULL) = (ending IS NULL)),
    PRIMARY KEY (company, incident, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_open ON assignments (company, person, incident) WHERE until IS NULL;

CREATE TABLE events (
    company  TEXT    NOT NULL,
    incident TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL CHECK (actor IN ('person', 'assistant', 'system')),
    person   INTEGER,
    type     TEXT    NOT NULL,
    request  TEXT, -- what caused it, as in logs; nothing where the desk acted by itself
    body     TEXT    NOT NULL, -- JSON
    PRIMARY KEY (company, incident, seq)
) STRICT, WITHOUT ROWID;

-- The last value given out by each counter of a company: `people`, and `TKT-<year>` for incident numbers.
CREATE TABLE counters (
    company TEXT    NOT NULL,
    counter TEXT    NOT NULL,
    last    INTEGER NOT NULL,
    PRIMARY KEY (company, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
    key      TEXT    PRIMARY KEY,
    company  TEXT    NOT NULL,
    incident TEXT,
    answer   TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The outbox. What is done is deleted; numbers are never used twice, since claims are recognised by them.
-- `incident` and `group_id` name the owner: an incident, else a group, else the company as a whole.
CREATE TABLE effects (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company     TEXT    NOT NULL,
    incident    TEXT,
    group_id    TEXT,
    lane        INTEGER NOT NULL, -- 0 page, 1 notice, 2 card, 3 upkeep
    chat        TEXT    NOT NULL,
    body        TEXT    NOT NULL, -- JSON
    since       INTEGER NOT NULL,
    not_before  INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    lease_until INTEGER, -- from the claim to its settlement or release, however long ago that ended
    state       TEXT    NOT NULL CHECK (state IN ('owed', 'abandoned')),
    reason      TEXT
) STRICT;
CREATE INDEX effects_owner ON effects (company, incident, group_id, lane) WHERE state = 'owed';
CREATE INDEX effects_chat ON effects (chat, lane, lease_until) WHERE state = 'owed';
CREATE INDEX effects_lane ON effects (lane) WHERE state = 'owed';
CREATE INDEX effects_abandoned ON effects (company) WHERE state = 'abandoned';

-- Chats that are left alone until an instant.
CREATE TABLE parks (
    chat  TEXT    PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages of ours.
CREATE TABLE messages (
    company  TEXT    NOT NULL,
    chat     TEXT    NOT NULL,
    message  TEXT    NOT NULL,
    incident TEXT    NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('card', 'prompt', 'notice')),
    pinned   INTEGER, -- of a card
    prompt   TEXT,    -- of a prompt: which question
    person   INTEGER, -- of a prompt: who was asked
    PRIMARY KEY (company, chat, message)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX messages_card ON messages (company, incident, chat) WHERE kind = 'card';

CREATE TABLE meta (
    key   TEXT    PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (key, value) VALUES ('checks', 0);

-- What was reported, and what was done about it. A view, since generated columns are computed at every write.
CREATE VIEW incident_texts AS
SELECT
    company,
    id,
    printf('TKT-%d-%04d', year, seq)                      AS number,
    state_json ->> '$.topic'                              AS topic,
    state_json ->> '$.description'                        AS description,
    coalesce(state_json ->> '$.state.summary', state_json ->> '$.state.outcome.summary') AS summary
FROM incidents;

-- How long the steps of an incident's present cycle took, in seconds.
CREATE VIEW incident_times AS
SELECT
    company,
    id,
    printf('TKT-%d-%04d', year, seq)                 AS number,
    state,
    level,
    team,
    cycle,
    (first_ack_at - cycle_at) / 1000000.0            AS until_claimed,
    (escalation_ack_at - escalated_at) / 1000000.0   AS until_escalation_claimed,
    (resolved_at - cycle_at) / 1000000.0             AS until_resolved,
    held_us / 1000000.0                              AS on_hold
FROM incidents;
