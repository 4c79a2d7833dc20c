-- What only one process may do at a time, such as asking a platform for updates: who does it, and until when unless
-- that is renewed. Microseconds since 1970, as everywhere.
CREATE TABLE duties (
    name   TEXT COLLATE "C" PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL,
    until  BIGINT NOT NULL
);
