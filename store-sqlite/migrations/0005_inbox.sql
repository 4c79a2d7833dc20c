-- What platforms delivered and nobody has finished: kept before it is acknowledged.
CREATE TABLE inbox (
    key         TEXT    NOT NULL PRIMARY KEY,
    platform    TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    body        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_left ON inbox (platform, at, key);
