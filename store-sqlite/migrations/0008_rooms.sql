-- The rooms of incidents: where each is, who was let in last, and up to which message what was said in it is in the log.
CREATE TABLE rooms (
    company      TEXT NOT NULL,
    incident     TEXT NOT NULL,
    chat         TEXT NOT NULL UNIQUE,
    admitted     TEXT NOT NULL,
    files_logged TEXT,
    words_logged TEXT,
    PRIMARY KEY (company, incident)
) STRICT, WITHOUT ROWID;
