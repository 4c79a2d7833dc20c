-- Figures tell who reported. What is over is still read from the index alone, which is written when an incident ends.
DROP INDEX incidents_over;
CREATE INDEX incidents_over ON incidents (company, created_at, id) INCLUDE (group_id, year, seq, state, close_reason,
    level, team, cycle, resolver, cycle_at, routed_at, first_ack_at, escalated_at, resolution_requested_at, resolved_at,
    closed_at, held_us, reporter)
    WHERE state IN ('resolved', 'closed');
