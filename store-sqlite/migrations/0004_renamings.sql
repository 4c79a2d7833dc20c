-- What people were called before, and since when no more: the latest hundred times of each.
CREATE TABLE renamings (
    company       TEXT    NOT NULL,
    person        INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    name_before   TEXT    NOT NULL,
    handle_before TEXT,
    name_after    TEXT    NOT NULL,
    handle_after  TEXT,
    PRIMARY KEY (company, person, seq)
) STRICT, WITHOUT ROWID;
