-- The chats in which groups live besides their own: what is known of them stands in `settings` under `links`, and here is
-- whose each of them is.
CREATE TABLE mirrors (
    chat     TEXT PRIMARY KEY,
    company  TEXT NOT NULL,
    group_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mirrors_company ON mirrors (company);

-- Whether something is owed in a chat besides the group's own, where it waits for nothing that is owed in others.
ALTER TABLE effects ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0 CHECK (elsewhere IN (0, 1));
