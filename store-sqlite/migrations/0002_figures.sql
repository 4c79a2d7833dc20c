-- What figures are made of is read in the order of the reports. What is over is read from the index alone, which is
-- written when an incident ends and not at every step; what lives is little.
CREATE INDEX incidents_over ON incidents (company, created_at, id, group_id, year, seq, state, close_reason, level,
    team, cycle, resolver, cycle_at, routed_at, first_ack_at, escalated_at, resolution_requested_at, resolved_at,
    closed_at, held_us)
    WHERE state IN ('resolved', 'closed');
CREATE INDEX incidents_under_way ON incidents (company, created_at, id) WHERE state NOT IN ('resolved', 'closed');

-- How long the steps of an incident's present cycle took, in seconds. `counted` is 1 where reports count it. Times are
-- empty where a step was not taken in this cycle, so none is negative: the last escalation is answered by the first claim
-- above the first level after it, and a team's times begin with its arrival at that team.
DROP VIEW incident_times;
CREATE VIEW incident_times AS
SELECT
    i.company,
    i.id,
    printf('TKT-%d-%04d', year, seq)                 AS number,
    state,
    level,
    team,
    cycle,
    (first_ack_at - cycle_at) / 1000000.0            AS until_claimed,
    ((SELECT min(a.since) FROM assignments AS a
      WHERE a.company = i.company AND a.incident = i.id AND a.cycle = i.cycle AND a.level > 1
        AND a.since >= i.escalated_at AND i.escalated_at >= i.cycle_at) - escalated_at) / 1000000.0
                                                     AS until_escalation_claimed,
    CASE WHEN state IN ('resolved', 'closed') AND resolver IS NOT NULL
        THEN (resolved_at - cycle_at) / 1000000.0 END AS until_resolved,
    held_us / 1000000.0                              AS on_hold,
    group_id,
    resolver,
    close_reason,
    created_at,
    close_reason IS NULL OR close_reason NOT IN ('cancelled', 'duplicate') AS counted,
    ((SELECT min(a.since) FROM assignments AS a
      WHERE a.company = i.company AND a.incident = i.id AND a.cycle = i.cycle AND a.team IS i.team
        AND a.since >= max(i.cycle_at, coalesce(i.routed_at, i.cycle_at)))
        - max(cycle_at, coalesce(routed_at, cycle_at))) / 1000000.0
                                                     AS until_team_claimed,
    CASE WHEN state IN ('resolved', 'closed') AND resolver IS NOT NULL
        THEN (resolved_at - max(cycle_at, coalesce(routed_at, cycle_at))) / 1000000.0 END
                                                     AS until_team_resolved
FROM incidents AS i;

-- What each person did about each incident, in seconds; what somebody still holds has no end and is not in `active`.
CREATE VIEW person_times AS
SELECT
    company,
    incident,
    person,
    count(*)                                         AS claims,
    sum(until IS NULL)                               AS holding,
    coalesce(sum(until - since), 0) / 1000000.0      AS active,
    sum(ending IS 'resolved_self')                   AS resolved_self,
    sum(ending IS 'resolved_other')                  AS resolved_other,
    sum(ending IS 'released')                        AS released
FROM assignments
GROUP BY company, incident, person;
