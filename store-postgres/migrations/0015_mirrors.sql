-- The chats in which groups live besides their own: what is known of them stands in `settings` under `links`, and here is
-- whose each of them is.
CREATE TABLE mirrors (
    chat     TEXT COLLATE "C" PRIMARY KEY,
    company  TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL
);
CREATE INDEX mirrors_company ON mirrors (company);

-- Whether something is owed in a chat besides the group's own, where it waits for nothing that is owed in others. What is
-- owed in the group's own goes there wherever that is by then, and keeps its order whatever address it was given.
ALTER TABLE effects ADD COLUMN elsewhere BOOLEAN NOT NULL DEFAULT false;

-- Claims the effect of a lane that is next, for a process.
--
-- One effect of a lane at a time goes to a chat, so whoever claims for a chat and lane locks both first, and looks
-- again: what it saw before it had the lock may have been claimed since. Whatever somebody else has locked is left
-- to them. OFFSET 0 keeps each condition a question about one effect, answered by an index: otherwise the planner
-- would join everything that is owed with itself.
CREATE OR REPLACE FUNCTION claim_effect(_now bigint, _lane bigint, _lease_until bigint, _holder text)
RETURNS SETOF effects
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    _from   bigint := 0;
    _locked text[] := '{}';
    _found  record;
BEGIN
    LOOP
        SELECT e.id, e.chat INTO _found FROM effects AS e
        WHERE e.state = 'owed' AND e.lane + 0 = _lane AND e.id >= _from
            AND e.not_before <= _now AND (e.lease_until IS NULL OR e.lease_until <= _now)
            -- Nothing of its chat and lane is claimed.
            AND NOT EXISTS (SELECT FROM effects AS held
                WHERE held.state <> 'abandoned' AND held.chat = e.chat AND held.lane + 0 = e.lane
                    AND held.lease_until > _now OFFSET 0)
            -- Nothing of its owner and lane is older; elsewhere, in the same chat.
            AND NOT EXISTS (SELECT FROM effects AS older
                WHERE older.state <> 'abandoned' AND older.company = e.company
                    AND coalesce(older.incident, '') = coalesce(e.incident, '')
                    AND coalesce(older.group_id, '') = coalesce(e.group_id, '')
                    AND older.lane + 0 = e.lane AND older.id + 0 < e.id
                    AND older.elsewhere = e.elsewhere AND (NOT e.elsewhere OR older.chat || '' = e.chat) OFFSET 0)
            -- Upkeep needs no chat; everything else waits for parks and for what is more urgent.
            AND (_lane = 3 OR (
                NOT EXISTS (SELECT FROM parks WHERE parks.chat = e.chat AND parks.until > _now OFFSET 0)
                AND NOT EXISTS (SELECT FROM ready_effects(_now, e.chat, _lane) OFFSET 0)))
        ORDER BY e.id LIMIT 1 FOR UPDATE OF e SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        IF _found.chat = ANY (_locked) THEN
            RETURN QUERY UPDATE effects SET attempt = attempt + 1, lease_until = _lease_until, holder = _holder
                WHERE id = _found.id RETURNING *;
            EXIT;
        ELSIF try_lock(_lane || ' ' || _found.chat) THEN
            _locked := _locked || _found.chat;
            _from := _found.id;
        ELSE
            _from := _found.id + 1;
        END IF;
    END LOOP;
END;
$$;

-- Lists what may be delivered to a chat now in lanes more urgent than one, parks aside.
CREATE OR REPLACE FUNCTION ready_effects(_now bigint, _chat text, _lane bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT urgent.id FROM effects AS urgent
    WHERE urgent.state <> 'abandoned' AND urgent.chat = _chat AND urgent.lane + 0 < _lane
        AND urgent.not_before <= _now AND (urgent.lease_until IS NULL OR urgent.lease_until <= _now)
        AND NOT EXISTS (SELECT FROM effects AS held
            WHERE held.state <> 'abandoned' AND held.chat = urgent.chat AND held.lane + 0 = urgent.lane
                AND held.lease_until > _now OFFSET 0)
        AND NOT EXISTS (SELECT FROM effects AS older
            WHERE older.state <> 'abandoned' AND older.company = urgent.company
                AND coalesce(older.incident, '') = coalesce(urgent.incident, '')
                AND coalesce(older.group_id, '') = coalesce(urgent.group_id, '')
                AND older.lane + 0 = urgent.lane AND older.id + 0 < urgent.id
                AND older.elsewhere = urgent.elsewhere
                AND (NOT urgent.elsewhere OR older.chat || '' = urgent.chat) OFFSET 0);
$$;

-- Owes something to an incident whose row the transaction has locked. A card that waits already is not owed again:
-- its row is locked, so that nobody claims it, and draws what was before, until this transaction has ended.
-- Returns the number of the effect, and until when it was born claimed.
CREATE OR REPLACE FUNCTION owe_effect(_owner effects, _since bigint, _lease_until bigint, _is_card boolean,
    OUT effect bigint, OUT claimed boolean)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    _elsewhere boolean := coalesce(_owner.elsewhere, false);
BEGIN
    claimed := false;
    IF _is_card THEN
        PERFORM FROM effects AS same
        WHERE same.state <> 'abandoned' AND same.company = _owner.company
            AND coalesce(same.incident, '') = _owner.incident AND coalesce(same.group_id, '') = ''
            AND same.lane + 0 = _owner.lane AND same.lease_until IS NULL AND same.body = _owner.body
            AND same.elsewhere = _elsewhere AND (NOT _elsewhere OR same.chat || '' = _owner.chat)
        FOR UPDATE;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    IF _lease_until IS NOT NULL AND try_lock(_owner.lane || ' ' || _owner.chat) THEN
        claimed := NOT EXISTS (SELECT FROM effects AS older
                WHERE older.state <> 'abandoned' AND older.company = _owner.company
                    AND coalesce(older.incident, '') = _owner.incident AND coalesce(older.group_id, '') = ''
                    AND older.lane + 0 = _owner.lane
                    AND older.elsewhere = _elsewhere AND (NOT _elsewhere OR older.chat || '' = _owner.chat))
            AND NOT EXISTS (SELECT FROM effects AS held
                WHERE held.state <> 'abandoned' AND held.chat = _owner.chat AND held.lane + 0 = _owner.lane
                    AND held.lease_until > _since)
            AND NOT EXISTS (SELECT FROM parks WHERE parks.chat = _owner.chat AND parks.until > _since)
            AND NOT EXISTS (SELECT FROM ready_effects(_since, _owner.chat, _owner.lane));
    END IF;
    INSERT INTO effects (company, incident, group_id, lane, chat, body, since, not_before, attempt, lease_until, holder,
        elsewhere, state)
    VALUES (_owner.company, _owner.incident, NULL, _owner.lane, _owner.chat, _owner.body, _since,
        _owner.not_before, claimed::int, CASE WHEN claimed THEN _lease_until END, _owner.holder, _elsewhere, 'owed')
    RETURNING id INTO effect;
END;
$$;
