-- To set something for a function costs about a fifth of what `commit_incident` takes. The connections of a desk set the
-- same for themselves; behind a pooler, the role has to.
ALTER FUNCTION claim_effect(bigint, bigint, bigint, text) RESET ALL;
ALTER FUNCTION commit_incident(jsonb) RESET ALL;
ALTER FUNCTION owe_card(jsonb, bigint) RESET ALL;
ALTER FUNCTION settle_effect(bigint, bigint, bigint, jsonb) RESET ALL;
