-- What is delivered is deleted, and stays in the indexes until the server cleans up. Whoever claims reads past all of it,
-- so that must happen after so many rows and not after a share of the table, and without pauses.
ALTER TABLE effects SET (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

-- What is too old is forgotten wherever it was said.
CREATE INDEX remarks_at ON remarks (at);
