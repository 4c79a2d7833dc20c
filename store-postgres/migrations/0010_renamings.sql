-- What people were called before, and since when no more: the latest hundred times of each.
CREATE TABLE renamings (
    company       TEXT COLLATE "C" NOT NULL,
    person        BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    name_before   TEXT NOT NULL,
    handle_before TEXT COLLATE "C",
    name_after    TEXT NOT NULL,
    handle_after  TEXT COLLATE "C",
    PRIMARY KEY (company, person, seq)
);
