-- The rooms of incidents: where each is, who was let in last, and up to which message what was said in it is in the log.
CREATE TABLE rooms (
    company      text COLLATE "C" NOT NULL,
    incident     text COLLATE "C" NOT NULL,
    chat         text COLLATE "C" NOT NULL UNIQUE,
    admitted     text NOT NULL,
    files_logged text,
    words_logged text,
    PRIMARY KEY (company, incident)
);
