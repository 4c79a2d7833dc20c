-- What figures are made of is read in the order of the reports. None of these columns ever changes, so nothing but a
-- report writes the index.
CREATE INDEX incidents_reported ON incidents (company, created_at, id);

-- How long the steps of an incident's present cycle took, in seconds. `counted` is true where reports count it. Times are
-- empty where a step was not taken in this cycle, so none is negative: the last escalation is answered by the first claim
-- above the first level after it, and a team's times begin with its arrival at that team.
CREATE OR REPLACE VIEW incident_times AS
SELECT
    i.company,
    i.id,
    'TKT-' || year || '-' || lpad(seq::text, greatest(4, length(seq::text)), '0') AS number,
    state,
    level,
    team,
    cycle,
    (first_ack_at - cycle_at) / 1000000.0::double precision                       AS until_claimed,
    ((SELECT min(a.since) FROM assignments AS a
      WHERE a.company = i.company AND a.incident = i.id AND a.cycle = i.cycle AND a.level > 1
        AND a.since >= i.escalated_at AND i.escalated_at >= i.cycle_at) - escalated_at)
        / 1000000.0::double precision                                             AS until_escalation_claimed,
    CASE WHEN state IN ('resolved', 'closed') AND resolver IS NOT NULL
        THEN (resolved_at - cycle_at) / 1000000.0::double precision END           AS until_resolved,
    held_us / 1000000.0::double precision                                         AS on_hold,
    group_id,
    resolver,
    close_reason,
    created_at,
    close_reason IS NULL OR close_reason NOT IN ('cancelled', 'duplicate')        AS counted,
    ((SELECT min(a.since) FROM assignments AS a
      WHERE a.company = i.company AND a.incident = i.id AND a.cycle = i.cycle AND a.team IS NOT DISTINCT FROM i.team
        AND a.since >= greatest(i.cycle_at, i.routed_at)) - greatest(cycle_at, routed_at))
        / 1000000.0::double precision                                             AS until_team_claimed,
    CASE WHEN state IN ('resolved', 'closed') AND resolver IS NOT NULL
        THEN (resolved_at - greatest(cycle_at, routed_at)) / 1000000.0::double precision END
                                                                                  AS until_team_resolved
FROM incidents AS i;

-- What each person did about each incident, in seconds; what somebody still holds has no end and is not in `active`.
CREATE VIEW person_times AS
SELECT
    company,
    incident,
    person,
    count(*)                                                                      AS claims,
    count(*) FILTER (WHERE until IS NULL)                                         AS holding,
    (coalesce(sum(until - since), 0) / 1000000.0)::double precision               AS active,
    count(*) FILTER (WHERE ending = 'resolved_self')                              AS resolved_self,
    count(*) FILTER (WHERE ending = 'resolved_other')                             AS resolved_other,
    count(*) FILTER (WHERE ending = 'released')                                   AS released
FROM assignments
GROUP BY company, incident, person;
