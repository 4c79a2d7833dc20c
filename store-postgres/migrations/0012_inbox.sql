-- What platforms delivered and nobody has finished: kept before it is acknowledged.
CREATE TABLE inbox (
    key         text COLLATE "C" NOT NULL PRIMARY KEY,
    platform    text   NOT NULL,
    at          bigint NOT NULL,
    lease_until bigint NOT NULL,
    attempt     bigint NOT NULL,
    body        text   NOT NULL
);
CREATE INDEX inbox_left ON inbox (platform, at, key);
