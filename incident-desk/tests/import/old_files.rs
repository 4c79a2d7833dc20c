//! Files as two editions of the replaced bot left them, written by hand from what is known of their tables.

/// The tables of the edition with two tiers.
pub(crate) const TWO_TIER: &str = "
    CREATE TABLE groups (group_id INTEGER PRIMARY KEY, group_name TEXT, manager_handles TEXT,
        manager_user_ids TEXT, dispatcher_user_ids TEXT);
    CREATE TABLE users (user_id INTEGER PRIMARY KEY, telegram_handle TEXT, team_role TEXT);
    CREATE TABLE incidents (incident_id TEXT PRIMARY KEY, group_id INTEGER, pinned_message_id INTEGER, status TEXT,
        created_by_id INTEGER, created_by_handle TEXT, description TEXT, resolution_summary TEXT,
        claimed_by_t1_id INTEGER, claimed_by_t2_id INTEGER, pending_resolution_by_user_id INTEGER,
        t_created TEXT, t_claimed_tier1 TEXT, t_escalated TEXT, t_claimed_tier2 TEXT,
        t_resolution_requested TEXT, t_resolved TEXT);";

/// Two groups; in the first an incident in each state, in the second a short one with a number from further on, and
/// one that nobody can have resolved.
pub(crate) const TWO_TIER_ROWS: &str = "
    INSERT INTO groups VALUES
        (-1001, 'Night shift', '[\"@mia\", \"@max\"]', '[30]', '[20]'),
        (-1002, 'Day shift', '[]', '[]', '[]');
    INSERT INTO users VALUES (10, '@driver', 'Driver'), (20, '@ann', 'Dispatcher'), (30, '@mia', 'OpsManager');
    INSERT INTO incidents (incident_id, group_id, pinned_message_id, status, created_by_id, created_by_handle,
        description, t_created) VALUES
        ('TKT-2025-0001', -1001, 71, 'Resolved', 10, '@driver', 'flat tyre', '2025-03-01T10:00:00.000001'),
        ('TKT-2025-0002', -1001, 72, 'Unclaimed', 10, '@driver', 'broken axle', '2025-03-02T10:00:00'),
        ('TKT-2025-0003', -1001, 73, 'Claimed_T1', 10, '@driver', 'engine smokes', '2025-03-03T10:00:00'),
        ('TKT-2025-0004', -1001, 74, 'Escalated_Unclaimed_T2', 10, '@driver', 'no fuel', '2025-03-04T10:00:00'),
        ('TKT-2025-0005', -1001, 75, 'Awaiting_Summary', 10, '@driver', 'lights out', '2025-03-05T10:00:00'),
        ('TKT-2025-0007', -1002, NULL, 'Unclaimed', 40, '@zed', 'hm', '2025-03-06T10:00:00'),
        ('TKT-2025-0008', -1002, NULL, 'Resolved', 40, '@zed', 'who was it', '2025-03-07T10:00:00');
    UPDATE incidents SET claimed_by_t1_id = 20, t_claimed_tier1 = date(t_created) || 'T10:05:00'
        WHERE incident_id IN ('TKT-2025-0001', 'TKT-2025-0003', 'TKT-2025-0004', 'TKT-2025-0005');
    UPDATE incidents SET t_escalated = date(t_created) || 'T10:10:00'
        WHERE incident_id IN ('TKT-2025-0001', 'TKT-2025-0004');
    UPDATE incidents SET claimed_by_t2_id = 30, t_claimed_tier2 = '2025-03-01T10:15:00',
        t_resolution_requested = '2025-03-01T11:00:00', t_resolved = '2025-03-01T11:05:00',
        resolution_summary = 'changed the tyre' WHERE incident_id = 'TKT-2025-0001';
    UPDATE incidents SET pending_resolution_by_user_id = 20, t_resolution_requested = '2025-03-05T11:00:00'
        WHERE incident_id = 'TKT-2025-0005';
    UPDATE incidents SET t_resolved = '2025-03-07T11:00:00', resolution_summary = 'somebody did something'
        WHERE incident_id = 'TKT-2025-0008';";

/// The tables of the edition with departments.
pub(crate) const DEPARTMENTS: &str = "
    CREATE TABLE companies (company_id INTEGER PRIMARY KEY, name TEXT UNIQUE, manager_handles TEXT,
        manager_user_ids TEXT, dispatcher_user_ids TEXT, metadata TEXT, created_at TEXT, updated_at TEXT);
    CREATE TABLE groups (group_id INTEGER PRIMARY KEY, group_name TEXT, manager_handles TEXT, manager_user_ids TEXT,
        dispatcher_user_ids TEXT, company_id INTEGER, status TEXT, registration_message_id INTEGER,
        requested_by_user_id INTEGER, requested_by_handle TEXT, requested_company_name TEXT);
    CREATE TABLE users (user_id INTEGER PRIMARY KEY, telegram_handle TEXT, team_role TEXT, metadata TEXT,
        username TEXT, first_name TEXT, last_name TEXT, language_code TEXT, is_bot INTEGER, group_connections TEXT,
        created_at TEXT, updated_at TEXT);
    CREATE TABLE departments (department_id INTEGER PRIMARY KEY, company_id INTEGER, name TEXT, metadata TEXT,
        created_at TEXT, updated_at TEXT);
    CREATE TABLE department_members (department_id INTEGER, user_id INTEGER, added_at TEXT,
        PRIMARY KEY (department_id, user_id));
    CREATE TABLE incidents (incident_id TEXT PRIMARY KEY, group_id INTEGER, company_id INTEGER,
        pinned_message_id INTEGER, status TEXT, created_by_id INTEGER, created_by_handle TEXT, description TEXT,
        resolution_summary TEXT, department_id INTEGER, pending_resolution_by_user_id INTEGER,
        resolved_by_user_id INTEGER, t_created TEXT, t_department_assigned TEXT, t_first_claimed TEXT,
        t_last_claimed TEXT, t_resolution_requested TEXT, t_resolved TEXT, source_message_id INTEGER,
        current_department_session_id INTEGER);
    CREATE TABLE incident_claims (claim_id INTEGER PRIMARY KEY, incident_id TEXT, user_id INTEGER,
        department_id INTEGER, claimed_at TEXT, released_at TEXT, is_active INTEGER);
    CREATE TABLE incident_department_sessions (session_id INTEGER PRIMARY KEY, incident_id TEXT,
        department_id INTEGER, assigned_at TEXT, assigned_by_user_id INTEGER, claimed_at TEXT, released_at TEXT,
        status TEXT, metadata TEXT);
    CREATE TABLE incident_events (event_id INTEGER PRIMARY KEY, incident_id TEXT, event_type TEXT,
        actor_user_id INTEGER, at TEXT, metadata TEXT);
    CREATE TABLE company_access_keys (access_key_id INTEGER PRIMARY KEY, company_id INTEGER, access_key TEXT);";

/// A company with two departments and a group, and a group that never was activated. An incident that moved and was
/// resolved, one that timed out, one that waits for a department, one from before there were any, one under way.
pub(crate) const DEPARTMENT_ROWS: &str = "
    INSERT INTO companies VALUES (1, 'Acme', '[]', '[30]', '[]', '{}', '', '');
    INSERT INTO groups (group_id, group_name, company_id, status) VALUES
        (-2001, 'Yard', 1, 'active'), (-2002, 'Strangers', NULL, 'pending');
    INSERT INTO users (user_id, telegram_handle, username, first_name, last_name) VALUES
        (10, '@driver', 'driver', 'Dan', NULL), (20, '@tim', 'tim', 'Tim', 'Tyre'), (21, 'User_21', NULL, NULL, NULL),
        (22, '@eva', 'eva', 'Eva', NULL), (30, '@mia', 'mia', 'Mia', NULL);
    INSERT INTO departments VALUES (1, 1, 'Tyres', '{}', '', ''),
        (2, 1, 'Engines', '{\"restricted_to_department_members\": true}', '', '');
    INSERT INTO department_members VALUES (1, 20, ''), (1, 21, ''), (2, 22, '');
    INSERT INTO company_access_keys VALUES (1, 1, 'secret');
    INSERT INTO incidents (incident_id, group_id, company_id, pinned_message_id, status, created_by_id,
        created_by_handle, description, t_created) VALUES
        ('0001', -2001, 1, 81, 'Resolved', 10, '@driver', 'it rattles', '2025-06-01T10:00:00+00:00'),
        ('0002', -2001, 1, 82, 'Closed', 10, '@driver', 'it leaks', '2025-06-02T10:00:00+00:00'),
        ('0003', -2001, 1, 83, 'Awaiting_Department', 10, '@driver', 'it squeaks', '2025-06-03T10:00:00+00:00'),
        ('0004', -2001, 1, 84, 'In_Progress', 10, '@driver', 'it stinks', '2025-05-04T08:00:00+00:00'),
        ('0005', -2001, 1, 85, 'In_Progress', 10, '@driver', 'it hisses', '2025-06-05T10:00:00+00:00');
    UPDATE incidents SET department_id = 2, resolved_by_user_id = 22, resolution_summary = 'a loose bolt',
        t_resolution_requested = '2025-06-01T11:00:00+00:00', t_resolved = '2025-06-01T11:05:00+00:00'
        WHERE incident_id = '0001';
    UPDATE incidents SET department_id = 1, resolved_by_user_id = 20,
        resolution_summary = 'Auto-closed after waiting', t_resolution_requested = '2025-06-02T10:30:00+00:00',
        t_resolved = '2025-06-02T10:41:00+00:00' WHERE incident_id = '0002';
    INSERT INTO incident_department_sessions (incident_id, department_id, assigned_at, assigned_by_user_id) VALUES
        ('0001', 1, '2025-06-01T10:02:00+00:00', 10), ('0001', 2, '2025-06-01T10:20:00+00:00', 20),
        ('0002', 1, '2025-06-02T10:02:00+00:00', 10), ('0005', 1, '2025-06-05T10:02:00+00:00', 10);
    INSERT INTO incident_claims (incident_id, user_id, claimed_at, released_at, is_active) VALUES
        ('0001', 20, '2025-06-01T10:05:00+00:00', '2025-06-01T10:20:00+00:00', 0),
        ('0001', 22, '2025-06-01T10:25:00+00:00', '2025-06-01T11:05:00+00:00', 0),
        ('0002', 20, '2025-06-02T10:05:00+00:00', '2025-06-02T10:41:00+00:00', 0),
        ('0004', 20, '2025-05-04T09:00:00+00:00', '2025-05-04T09:30:00+00:00', 0),
        ('0004', 21, '2025-05-04T09:10:00+00:00', NULL, 1),
        ('0005', 20, '2025-06-05T10:05:00+00:00', NULL, 1);
    INSERT INTO incident_events (incident_id, event_type, actor_user_id, at) VALUES
        ('0001', 'create', 10, '2025-06-01T10:00:00+00:00'),
        ('0001', 'department_assigned', 10, '2025-06-01T10:02:00+00:00'),
        ('0001', 'claim', 20, '2025-06-01T10:05:00+00:00'),
        ('0001', 'department_assigned', 20, '2025-06-01T10:20:00+00:00'),
        ('0001', 'claim', 22, '2025-06-01T10:25:00+00:00'),
        ('0001', 'resolution_requested', 22, '2025-06-01T11:00:00+00:00'),
        ('0001', 'resolve', 22, '2025-06-01T11:05:00+00:00'),
        ('0002', 'auto_closed', NULL, '2025-06-02T10:41:00+00:00'),
        ('0004', 'escalate', 20, '2025-05-04T09:05:00+00:00');";
