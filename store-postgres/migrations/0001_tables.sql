-- Instants are microseconds since 1970-01-01T00:00:00Z. Ids are 26 characters of Crockford's base 32, so that
-- their order as text is their order, byte by byte: hence the collation. Chats, accounts and handles are written
-- `platform:name`.

-- Companies and what belongs to them: always the fold of roster_events.

CREATE TABLE companies (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE settings (
    company TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    setting TEXT COLLATE "C" NOT NULL,
    value   TEXT NOT NULL, -- JSON
    PRIMARY KEY (company, setting)
);

CREATE TABLE groups (
    company TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    id      TEXT COLLATE "C" NOT NULL,
    chat    TEXT COLLATE "C" NOT NULL UNIQUE,
    title   TEXT NOT NULL,
    status  TEXT NOT NULL CHECK (status IN ('pending', 'active', 'suspended')),
    PRIMARY KEY (company, id)
);

CREATE TABLE refused_rights (
    company  TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    "right"  TEXT NOT NULL,
    PRIMARY KEY (company, group_id, "right"),
    FOREIGN KEY (company, group_id) REFERENCES groups (company, id) ON DELETE CASCADE
);

-- Who holds a role in a group: somebody known, or whoever turns out to own a handle.
CREATE TABLE grants (
    company  TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    role     TEXT NOT NULL,
    person   BIGINT,
    handle   TEXT COLLATE "C",
    CHECK ((person IS NULL) <> (handle IS NULL)),
    FOREIGN KEY (company, group_id) REFERENCES groups (company, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX grants_once ON grants (company, group_id, role, coalesce(person, -1), coalesce(handle, ''));

CREATE TABLE teams (
    company    TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    id         BIGINT NOT NULL,
    name       TEXT NOT NULL,
    restricted BOOLEAN NOT NULL,
    PRIMARY KEY (company, id)
);

CREATE TABLE team_members (
    company TEXT COLLATE "C" NOT NULL,
    team    BIGINT NOT NULL,
    person  BIGINT,
    handle  TEXT COLLATE "C",
    CHECK ((person IS NULL) <> (handle IS NULL)),
    FOREIGN KEY (company, team) REFERENCES teams (company, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX team_members_once ON team_members (company, team, coalesce(person, -1), coalesce(handle, ''));

CREATE TABLE roster_events (
    company TEXT COLLATE "C" NOT NULL,
    seq     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL CHECK (actor IN ('person', 'assistant', 'system')),
    person  BIGINT,
    type    TEXT NOT NULL,
    request TEXT, -- what caused it, as in logs; nothing where the desk acted by itself
    body    TEXT NOT NULL, -- JSON
    PRIMARY KEY (company, seq)
);

-- People: the only tables with names. Everything else knows them by number.

CREATE TABLE people (
    company  TEXT COLLATE "C" NOT NULL,
    id       BIGINT NOT NULL,
    account  TEXT COLLATE "C" NOT NULL,
    handle   TEXT COLLATE "C",
    name     TEXT NOT NULL,
    locale   TEXT,
    since    BIGINT NOT NULL,
    PRIMARY KEY (company, id)
);
CREATE UNIQUE INDEX people_handle ON people (company, handle) WHERE handle IS NOT NULL;

CREATE TABLE identities (
    company TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    person  BIGINT NOT NULL,
    PRIMARY KEY (company, account)
);

-- Incidents: always the fold of events. `state_json` is the whole of it, the columns are what is asked for.

CREATE TABLE incidents (
    company                 TEXT COLLATE "C" NOT NULL,
    id                      TEXT COLLATE "C" NOT NULL,
    year                    BIGINT NOT NULL,
    seq                     BIGINT NOT NULL,
    group_id                TEXT COLLATE "C" NOT NULL,
    reporter                BIGINT NOT NULL,
    created_at              BIGINT NOT NULL,
    version                 BIGINT NOT NULL,
    wake_at                 BIGINT,
    state                   TEXT NOT NULL,
    level                   BIGINT NOT NULL,
    team                    BIGINT,
    cycle                   BIGINT NOT NULL,
    priority                TEXT NOT NULL,
    severity                BIGINT,
    resolver                BIGINT,
    close_reason            TEXT,
    updated_at              BIGINT NOT NULL,
    active_at               BIGINT NOT NULL,
    cycle_at                BIGINT NOT NULL,
    routed_at               BIGINT,
    first_ack_at            BIGINT,
    ack_at                  BIGINT,
    escalated_at            BIGINT,
    escalation_ack_at       BIGINT,
    resolution_requested_at BIGINT,
    resolved_at             BIGINT,
    closed_at               BIGINT,
    held_us                 BIGINT NOT NULL,
    state_json              TEXT NOT NULL
);
CREATE UNIQUE INDEX incidents_id ON incidents (company, id);
CREATE UNIQUE INDEX incidents_number ON incidents (company, year, seq);
CREATE INDEX incidents_group ON incidents (company, group_id, id);
CREATE INDEX incidents_reporter ON incidents (company, reporter, created_at);
CREATE INDEX incidents_live ON incidents (company, id, group_id, state) WHERE state NOT IN ('resolved', 'closed');
CREATE INDEX incidents_wake ON incidents (wake_at, id, company) WHERE wake_at IS NOT NULL;

CREATE TABLE tags (
    company  TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    tag      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (company, incident, tag)
);
CREATE INDEX tags_tag ON tags (company, tag, incident);

-- Who held an incident, when; `position` counts from 0.
CREATE TABLE assignments (
    company  TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    person   BIGINT NOT NULL,
    level    BIGINT NOT NULL,
    team     BIGINT,
    cycle    BIGINT NOT NULL,
    since    BIGINT NOT NULL,
    until    BIGINT,
    ending   TEXT,
    CHECK ((until IS NULL) = (ending IS NULL)),
    PRIMARY KEY (company, incident, position)
);
CREATE INDEX assignments_open ON assignments (company, person, incident) WHERE until IS NULL;

CREATE TABLE events (
    company  TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    actor    TEXT NOT NULL CHECK (actor IN ('person', 'assistant', 'system')),
    person   BIGINT,
    type     TEXT NOT NULL,
    request  TEXT, -- what caused it, as in logs; nothing where the desk acted by itself
    body     TEXT NOT NULL, -- JSON
    PRIMARY KEY (company, incident, seq)
);

-- The last value given out by each counter of a company: `people`, and `TKT-<year>` for incident numbers.
CREATE TABLE counters (
    company TEXT COLLATE "C" NOT NULL,
    counter TEXT COLLATE "C" NOT NULL,
    last    BIGINT NOT NULL,
    PRIMARY KEY (company, counter)
);

CREATE TABLE requests (
    key      TEXT COLLATE "C" PRIMARY KEY,
    company  TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C",
    answer   TEXT NOT NULL,
    at       BIGINT NOT NULL
);

-- The outbox. What is done is deleted; numbers are never used twice, since claims are recognised by them.
-- `incident` and `group_id` name the owner: an incident, else a group, else the company as a whole. The index
-- over owners says '' for what is not named, since no index answers IS NOT DISTINCT FROM.
CREATE TABLE effects (
    id          BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    company     TEXT COLLATE "C" NOT NULL,
    incident    TEXT COLLATE "C",
    group_id    TEXT COLLATE "C",
    lane        BIGINT NOT NULL, -- 0 page, 1 notice, 2 card, 3 upkeep
    chat        TEXT COLLATE "C" NOT NULL,
    body        TEXT NOT NULL, -- JSON
    since       BIGINT NOT NULL,
    not_before  BIGINT NOT NULL,
    attempt     BIGINT NOT NULL,
    lease_until BIGINT, -- from the claim to its settlement or release, however long ago that ended
    state       TEXT NOT NULL CHECK (state IN ('owed', 'abandoned')),
    reason      TEXT
);
CREATE INDEX effects_owner ON effects (company, coalesce(incident, ''), coalesce(group_id, ''), lane, id)
    WHERE state = 'owed';
CREATE INDEX effects_chat ON effects (chat, lane, lease_until) WHERE state = 'owed';
CREATE INDEX effects_lane ON effects (lane, id) WHERE state = 'owed';
CREATE INDEX effects_abandoned ON effects (company) WHERE state = 'abandoned';

-- Chats that are left alone until an instant.
CREATE TABLE parks (
    chat  TEXT COLLATE "C" PRIMARY KEY,
    until BIGINT NOT NULL
);

-- Messages of ours.
CREATE TABLE messages (
    company  TEXT COLLATE "C" NOT NULL,
    chat     TEXT COLLATE "C" NOT NULL,
    message  TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('card', 'prompt', 'notice')),
    pinned   BOOLEAN, -- of a card
    prompt   TEXT,    -- of a prompt: which question
    person   BIGINT, -- of a prompt: who was asked
    PRIMARY KEY (company, chat, message)
);
CREATE UNIQUE INDEX messages_card ON messages (company, incident, chat) WHERE kind = 'card';

CREATE TABLE meta (
    key   TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO meta (key, value) VALUES ('checks', 0);

-- What was reported, and what was done about it.
CREATE VIEW incident_texts AS
SELECT
    company,
    id,
    'TKT-' || year || '-' || lpad(seq::text, greatest(4, length(seq::text)), '0') AS number,
    state_json::jsonb ->> 'topic'                                                 AS topic,
    state_json::jsonb ->> 'description'                                           AS description,
    coalesce(
        state_json::jsonb #>> '{state,summary}',
        state_json::jsonb #>> '{state,outcome,summary}'
    )                                                                             AS summary
FROM incidents;

-- How long the steps of an incident's present cycle took, in seconds.
CREATE VIEW incident_times AS
SELECT
    company,
    id,
    'TKT-' || year || '-' || lpad(seq::text, greatest(4, length(seq::text)), '0') AS number,
    state,
    level,
    team,
    cycle,
    (first_ack_at - cycle_at) / 1000000.0::double precision                       AS until_claimed,
    (escalation_ack_at - escalated_at) / 1000000.0::double precision              AS until_escalation_claimed,
    (resolved_at - cycle_at) / 1000000.0::double precision                        AS until_resolved,
    held_us / 1000000.0::double precision                                         AS on_hold
FROM incidents;
