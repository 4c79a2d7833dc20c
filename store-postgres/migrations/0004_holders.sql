-- Claims say which process made them, so that those of a dead one can be given back before their leases end. To be
-- alive is a duty of each process, in `duties`: `replica:` and its name.
--
-- Whatever a function inserts has its columns named from here on, so that one that is added later gets its default.

ALTER TABLE effects ADD COLUMN holder TEXT COLLATE "C"; -- the process that claimed it last

-- A plan is kept for as long as a connection lives, and the outbox is empty most of the time. To whoever plans then all
-- ways look equally short: through the whole table, or through an index that holds nothing yet; and they stay so when
-- it has filled. So the functions are forbidden to look through tables, and each question can be answered by one index
-- only. That of lanes is for those who say `lane + 0` and `state = 'owed'`; everybody else says `state <> 'abandoned'`.
DROP INDEX effects_lane;
DROP INDEX effects_owner;
DROP INDEX effects_chat;
CREATE INDEX effects_lane ON effects ((lane + 0), id) WHERE state = 'owed';
CREATE INDEX effects_owner ON effects (company, coalesce(incident, ''), coalesce(group_id, ''), lane, id);
CREATE INDEX effects_chat ON effects (chat, lane, lease_until);

-- Claims the effect of a lane that is next, for a process.
--
-- One effect of a lane at a time goes to a chat, so whoever claims for a chat and lane locks both first, and looks
-- again: what it saw before it had the lock may have been claimed since. Whatever somebody else has locked is left
-- to them. OFFSET 0 keeps each condition a question about one effect, answered by an index: otherwise the planner
-- would join everything that is owed with itself.
CREATE FUNCTION claim_effect(_now bigint, _lane bigint, _lease_until bigint, _holder text)
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
                WHERE held.state <> 'abandoned' AND held.chat = e.chat AND held.lane = e.lane
                    AND held.lease_until > _now OFFSET 0)
            -- Nothing of its owner and lane is older.
            AND NOT EXISTS (SELECT FROM effects AS older
                WHERE older.state <> 'abandoned' AND older.company = e.company
                    AND coalesce(older.incident, '') = coalesce(e.incident, '')
                    AND coalesce(older.group_id, '') = coalesce(e.group_id, '')
                    AND older.lane = e.lane AND older.id + 0 < e.id OFFSET 0)
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
    WHERE urgent.state <> 'abandoned' AND urgent.chat = _chat AND urgent.lane < _lane
        AND urgent.not_before <= _now AND (urgent.lease_until IS NULL OR urgent.lease_until <= _now)
        AND NOT EXISTS (SELECT FROM effects AS held
            WHERE held.state <> 'abandoned' AND held.chat = urgent.chat AND held.lane = urgent.lane
                AND held.lease_until > _now OFFSET 0)
        AND NOT EXISTS (SELECT FROM effects AS older
            WHERE older.state <> 'abandoned' AND older.company = urgent.company
                AND coalesce(older.incident, '') = coalesce(urgent.incident, '')
                AND coalesce(older.group_id, '') = coalesce(urgent.group_id, '')
                AND older.lane = urgent.lane AND older.id + 0 < urgent.id OFFSET 0);
$$;

-- What replicas of the release before call.
CREATE OR REPLACE FUNCTION claim_effect(_now bigint, _lane bigint, _lease_until bigint) RETURNS SETOF effects
LANGUAGE sql VOLATILE AS $$
    SELECT * FROM claim_effect(_now, _lane, _lease_until, NULL);
$$;

-- Owes something to an incident whose row the transaction has locked. A card that waits already is not owed again:
-- its row is locked, so that nobody claims it, and draws what was before, until this transaction has ended.
-- Returns the number of the effect, and until when it was born claimed.
CREATE OR REPLACE FUNCTION owe_effect(_owner effects, _since bigint, _lease_until bigint, _is_card boolean,
    OUT effect bigint, OUT claimed boolean)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    claimed := false;
    IF _is_card THEN
        PERFORM FROM effects AS same
        WHERE same.state <> 'abandoned' AND same.company = _owner.company
            AND coalesce(same.incident, '') = _owner.incident AND coalesce(same.group_id, '') = ''
            AND same.lane = _owner.lane AND same.lease_until IS NULL AND same.body = _owner.body
        FOR UPDATE;
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    IF _lease_until IS NOT NULL AND try_lock(_owner.lane || ' ' || _owner.chat) THEN
        claimed := NOT EXISTS (SELECT FROM effects AS older
                WHERE older.state <> 'abandoned' AND older.company = _owner.company
                    AND coalesce(older.incident, '') = _owner.incident AND coalesce(older.group_id, '') = ''
                    AND older.lane = _owner.lane)
            AND NOT EXISTS (SELECT FROM effects AS held
                WHERE held.state <> 'abandoned' AND held.chat = _owner.chat AND held.lane = _owner.lane
                    AND held.lease_until > _since)
            AND NOT EXISTS (SELECT FROM parks WHERE parks.chat = _owner.chat AND parks.until > _since)
            AND NOT EXISTS (SELECT FROM ready_effects(_since, _owner.chat, _owner.lane));
    END IF;
    INSERT INTO effects (company, incident, group_id, lane, chat, body, since, not_before, attempt, lease_until, holder,
        state)
    VALUES (_owner.company, _owner.incident, NULL, _owner.lane, _owner.chat, _owner.body, _since,
        _owner.not_before, claimed::int, CASE WHEN claimed THEN _lease_until END, _owner.holder, 'owed')
    RETURNING id INTO effect;
END;
$$;

-- Writes a commit of an incident. What it was handed stands in one argument, so that several can share a
-- statement. Returns, as JSON: `answered` if the request was applied before, with what was answered `before`; `actual` if
-- the incident has another version; or else the number and, for each effect, whether it was born claimed and under
-- which number.
--
-- A redelivery is recognised before the version is compared, since it always has an old one. To that end the key
-- is written first, and taken back if the version is another.
CREATE OR REPLACE FUNCTION commit_incident(_draft jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    _new      incidents := jsonb_populate_record(NULL::incidents, _draft -> 'incident');
    _request  requests  := jsonb_populate_record(NULL::requests, _draft -> 'request');
    _expected bigint    := (_draft ->> 'expected')::bigint;
    _actual   bigint;
    _claims   jsonb     := '[]';
    _owed     record;
    _born     record;
BEGIN
    IF _request.key IS NOT NULL THEN
        INSERT INTO requests (key, company, incident, answer, at)
        VALUES (_request.key, _request.company, _request.incident, _request.answer, _request.at)
        ON CONFLICT (key) DO NOTHING;
        IF NOT FOUND THEN
            RETURN jsonb_build_object('answered', true, 'before', (SELECT to_jsonb(before) FROM (
                SELECT r.answer, r.incident, i.year, i.seq FROM requests AS r
                LEFT JOIN incidents AS i ON i.company = r.company AND i.id = r.incident
                WHERE r.key = _request.key) AS before));
        END IF;
    END IF;
    IF _expected = 0 THEN
        _new := file_incident(_new);
    ELSE
        _new := update_incident(_new, _expected);
    END IF;
    IF _new.seq IS NULL THEN
        DELETE FROM requests WHERE key = _request.key;
        SELECT version INTO _actual FROM incidents WHERE company = _new.company AND id = _new.id;
        RETURN jsonb_build_object('actual', coalesce(_actual, 0));
    END IF;
    UPDATE events SET body = erased.body FROM jsonb_populate_recordset(NULL::events, _draft -> 'erased') AS erased
    WHERE events.company = _new.company AND events.incident = _new.id AND events.seq = erased.seq;
    INSERT INTO events (company, incident, seq, at, actor, person, type, request, body)
    SELECT company, incident, seq, at, actor, person, type, request, body
    FROM jsonb_populate_recordset(NULL::events, _draft -> 'events');
    INSERT INTO assignments (company, incident, position, person, level, team, cycle, since, until, ending)
    SELECT company, incident, position, person, level, team, cycle, since, until, ending
    FROM jsonb_populate_recordset(NULL::assignments, _draft -> 'stints')
    ON CONFLICT (company, incident, position) DO UPDATE SET until = excluded.until, ending = excluded.ending;
    IF _draft ? 'tags' THEN
        DELETE FROM tags WHERE company = _new.company AND incident = _new.id;
        INSERT INTO tags (company, incident, tag)
        SELECT _new.company, _new.id, tag FROM jsonb_array_elements_text(_draft -> 'tags') AS tag;
    END IF;
    FOR _owed IN SELECT effect, (effect ->> 'is_card')::boolean AS is_card
        FROM jsonb_array_elements(_draft -> 'effects') WITH ORDINALITY AS effects (effect, position)
        ORDER BY position
    LOOP
        _born := owe_effect(jsonb_populate_record(NULL::effects, _owed.effect), (_draft ->> 'at')::bigint,
            (_draft ->> 'lease_until')::bigint, _owed.is_card);
        _claims := _claims || jsonb_build_array(CASE WHEN _born.claimed THEN _born.effect END);
    END LOOP;
    RETURN jsonb_build_object('year', _new.year, 'seq', _new.seq, 'claims', _claims);
END;
$$;

-- Inserts an incident with its number; without a number if it exists. Whoever files what exists finds out only when it
-- is inserted, and gives the number back, which nobody else can have taken meanwhile.
CREATE OR REPLACE FUNCTION file_incident(_new incidents) RETURNS incidents
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    _counter text := 'TKT-' || _new.year;
BEGIN
    _new.seq := count_up(_new.company, _counter);
    INSERT INTO incidents (company, id, year, seq, group_id, reporter, created_at, version, wake_at, state, level,
        team, cycle, priority, severity, resolver, close_reason, updated_at, active_at, cycle_at, routed_at,
        first_ack_at, ack_at, escalated_at, escalation_ack_at, resolution_requested_at, resolved_at, closed_at,
        held_us, state_json)
    VALUES (_new.company, _new.id, _new.year, _new.seq, _new.group_id, _new.reporter, _new.created_at, _new.version,
        _new.wake_at, _new.state, _new.level, _new.team, _new.cycle, _new.priority, _new.severity, _new.resolver,
        _new.close_reason, _new.updated_at, _new.active_at, _new.cycle_at, _new.routed_at, _new.first_ack_at,
        _new.ack_at, _new.escalated_at, _new.escalation_ack_at, _new.resolution_requested_at, _new.resolved_at,
        _new.closed_at, _new.held_us, _new.state_json)
    ON CONFLICT (company, id) DO NOTHING;
    IF NOT FOUND THEN
        UPDATE counters SET last = last - 1 WHERE company = _new.company AND counter = _counter;
        _new.seq := NULL;
    END IF;
    RETURN _new;
END;
$$;

-- Records how a delivery went; false if the claim is not the latest of its effect, or not open any more.
CREATE OR REPLACE FUNCTION settle_effect(_id bigint, _attempt bigint, _now bigint, _settlement jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    _chat text;
BEGIN
    CASE _settlement ->> 'outcome'
        WHEN 'done' THEN
            DELETE FROM effects WHERE id = _id AND attempt = _attempt AND lease_until IS NOT NULL
            RETURNING chat INTO _chat;
        WHEN 'retry' THEN
            UPDATE effects SET lease_until = NULL, not_before = (_settlement ->> 'not_before')::bigint,
                reason = _settlement ->> 'reason'
            WHERE id = _id AND attempt = _attempt AND lease_until IS NOT NULL
            RETURNING chat INTO _chat;
        WHEN 'abandoned' THEN
            UPDATE effects SET lease_until = NULL, state = 'abandoned', reason = _settlement ->> 'reason'
            WHERE id = _id AND attempt = _attempt AND lease_until IS NOT NULL
            RETURNING chat INTO _chat;
    END CASE;
    IF _chat IS NULL THEN
        RETURN false;
    END IF;
    IF _settlement ->> 'park_until' IS NOT NULL THEN
        -- What somebody else is about to forget or to park anew is left to them, so that nobody waits in a ring.
        DELETE FROM parks WHERE chat IN (SELECT chat FROM parks WHERE until <= _now FOR UPDATE SKIP LOCKED);
        INSERT INTO parks AS p (chat, until) VALUES (_chat, (_settlement ->> 'park_until')::bigint)
        ON CONFLICT (chat) DO UPDATE SET until = greatest(p.until, excluded.until);
    END IF;
    IF _settlement ? 'gone' THEN
        DELETE FROM messages AS m USING jsonb_populate_recordset(NULL::messages, _settlement -> 'gone') AS gone
        WHERE m.company = gone.company AND m.chat = gone.chat AND m.message = gone.message;
    END IF;
    IF _settlement ? 'posted' THEN
        PERFORM keep_message(jsonb_populate_record(NULL::messages, _settlement -> 'posted'));
    END IF;
    RETURN true;
END;
$$;

-- Remembers a message. A card takes the place of the one before it in its chat.
CREATE OR REPLACE FUNCTION keep_message(_new messages) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    DELETE FROM messages WHERE company = _new.company AND chat = _new.chat AND message = _new.message;
    IF _new.kind = 'card' THEN
        DELETE FROM messages WHERE company = _new.company AND incident = _new.incident AND chat = _new.chat
            AND kind = 'card';
    END IF;
    INSERT INTO messages (company, chat, message, incident, kind, pinned, prompt, person)
    VALUES (_new.company, _new.chat, _new.message, _new.incident, _new.kind, _new.pinned, _new.prompt, _new.person);
END;
$$;

ALTER FUNCTION claim_effect(bigint, bigint, bigint, text) SET enable_seqscan = off SET jit = off;
ALTER FUNCTION commit_incident(jsonb) SET enable_seqscan = off SET jit = off;
ALTER FUNCTION owe_card(jsonb, bigint) SET enable_seqscan = off SET jit = off;
ALTER FUNCTION settle_effect(bigint, bigint, bigint, jsonb) SET enable_seqscan = off SET jit = off;
