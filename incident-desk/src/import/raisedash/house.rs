//! Companies, groups, people and departments.

use std::collections::{BTreeMap, BTreeSet};

use super::RaisedashFile;
use super::cells::Cells;
use super::schedules;
use crate::import::old::{House, OldCompany, OldGroup, OldPerson, OldTeam};

/// The columns that are read, or known not to matter.
const KNOWN: [(&str, &[&str]); 10] = [
    (
        "companies",
        &[
            "company_id",
            "name",
            "manager_handles",
            "manager_user_ids",
            "dispatcher_user_ids",
            "metadata",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "groups",
        &[
            "group_id",
            "group_name",
            "name",
            "manager_handles",
            "manager_user_ids",
            "dispatcher_user_ids",
            "company_id",
            "status",
            "registration_message_id",
            "requested_by_user_id",
            "requested_by_handle",
            "requested_company_name",
        ],
    ),
    (
        "users",
        &[
            "user_id",
            "telegram_handle",
            "team_role",
            "username",
            "first_name",
            "last_name",
            "language_code",
            "is_bot",
            "group_connections",
            "metadata",
            "tags",
            "created_at",
            "updated_at",
        ],
    ),
    ("departments", &["department_id", "company_id", "name", "metadata", "created_at", "updated_at"]),
    ("department_members", &["department_id", "user_id", "added_at"]),
    ("group_members", &["group_id", "department_id", "user_id", "schedule", "added_at"]),
    (
        "incidents",
        &[
            "incident_id",
            "group_id",
            "company_id",
            "pinned_message_id",
            "status",
            "created_by_id",
            "created_by_handle",
            "description",
            "resolution_summary",
            "claimed_by_t1_id",
            "claimed_by_t2_id",
            "pending_resolution_by_user_id",
            "escalated_by_user_id",
            "resolved_by_user_id",
            "resolved_by_tier",
            "department_id",
            "t_created",
            "t_claimed_tier1",
            "t_escalated",
            "t_claimed_tier2",
            "t_department_assigned",
            "t_first_claimed",
            "t_last_claimed",
            "t_resolution_requested",
            "t_resolved",
            "source_message_id",
            "current_department_session_id",
        ],
    ),
    (
        "incident_claims",
        &["claim_id", "incident_id", "user_id", "department_id", "claimed_at", "released_at", "is_active"],
    ),
    (
        "incident_department_sessions",
        &[
            "session_id",
            "incident_id",
            "department_id",
            "assigned_at",
            "assigned_by_user_id",
            "claimed_at",
            "released_at",
            "status",
            "metadata",
        ],
    ),
    ("incident_events", &["event_id", "incident_id", "event_type", "actor_user_id", "at", "metadata"]),
];

/// Tables that are not taken over, and why.
const LEFT: [(&str, &str); 3] = [
    ("incident_participants", "its sums follow from who held an incident when"),
    ("pending_notifications", "what was not sent by then is not sent later"),
    ("company_access_keys", "there is no dashboard to log in to"),
];

/// Reads everything but the incidents.
pub(super) fn read(file: &RaisedashFile, chats: &BTreeSet<i64>) -> rusqlite::Result<House> {
    let mut house = House { remarks: unknown(file)?, ..House::default() };
    house.people = people(file)?;
    let companies = file.all("companies")?;
    let mut groups = file.all("groups")?;
    groups.retain(|group| {
        chats.is_empty() || group.number("group_id").is_some_and(|chat| chats.contains(&chat))
    });
    let known: BTreeMap<i64, &Cells> =
        companies.iter().filter_map(|row| Some((row.number("company_id")?, row))).collect();
    let mut founded: BTreeMap<i64, OldCompany> = BTreeMap::new();
    for row in &groups {
        let Some(chat) = row.number("group_id") else {
            house.remarks.push("a group without an id is left out".to_owned());
            continue;
        };
        let title = row.text("group_name").or_else(|| row.text("name")).unwrap_or_else(|| chat.to_string());
        let owner = row.number("company_id").and_then(|id| Some((id, *known.get(&id)?)));
        let group = group(row, owner.map(|(_, company)| company), (chat, &title), &mut house.remarks);
        if let Some((id, company)) = owner {
            founded.entry(id).or_insert_with(|| old_company(id, company)).groups.push(group);
        } else if file.has("companies") {
            house.remarks.push(format!("the group {title} ({chat}) belongs to no company: it is left out"));
        } else {
            let (key, groups) = (format!("chat {chat}"), vec![group]);
            house.companies.push(OldCompany { key, name: title, groups, teams: Vec::new() });
        }
    }
    let duties = if file.has("group_members") { file.all("group_members")? } else { Vec::new() };
    for (id, mut company) in founded {
        company.teams = teams(file, id)?;
        for group in &mut company.groups {
            group.duties = schedules::read(&duties, (group.chat, &group.title), &mut house.remarks);
        }
        house.companies.push(company);
    }
    missing(chats, &house.companies, &mut house.remarks);
    Ok(house)
}

fn missing(chats: &BTreeSet<i64>, companies: &[OldCompany], remarks: &mut Vec<String>) {
    let found: BTreeSet<i64> =
        companies.iter().flat_map(|company| &company.groups).map(|group| group.chat).collect();
    for chat in chats.difference(&found) {
        remarks.push(format!("there is no group {chat} in the file that could be taken over"));
    }
}

/// Names what is in the file and not taken over.
fn unknown(file: &RaisedashFile) -> rusqlite::Result<Vec<String>> {
    let mut remarks = Vec::new();
    for (table, columns) in &file.tables {
        if let Some((_, why)) = LEFT.iter().find(|(left, _)| left == table) {
            let count = format!("SELECT count(*) FROM {table}");
            let rows: i64 = file.db.query_row(&count, [], |row| row.get(0))?;
            if rows > 0 {
                remarks.push(format!("{rows} rows of {table} are not taken over: {why}"));
            }
        } else if let Some((_, known)) = KNOWN.iter().find(|(known, _)| known == table) {
            let strange = columns.iter().filter(|column| !known.contains(&column.as_str()));
            remarks.extend(strange.map(|column| format!("the column {column} of {table} is not known")));
        } else {
            remarks.push(format!("the table {table} is not known"));
        }
    }
    Ok(remarks)
}

fn people(file: &RaisedashFile) -> rusqlite::Result<BTreeMap<i64, OldPerson>> {
    let person = |row: &Cells| {
        let names = [row.text("first_name"), row.text("last_name")];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let handle =
            row.text("username").or_else(|| row.text("telegram_handle")).filter(|handle| is_handle(handle));
        let name = (!name.is_empty()).then_some(name);
        Some((row.number("user_id")?, OldPerson { handle, name, locale: row.text("language_code") }))
    };
    Ok(file.all("users")?.iter().filter_map(person).collect())
}

/// The old bot wrote `User_<id>` where somebody had no handle.
pub(super) fn is_handle(text: &str) -> bool {
    let invented = text.trim_start_matches('@').strip_prefix("User_");
    !invented.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

fn old_company(id: i64, row: &Cells) -> OldCompany {
    let name = row.text("name").unwrap_or_else(|| format!("Company {id}"));
    OldCompany { key: format!("company {id} {name}"), name, groups: Vec::new(), teams: Vec::new() }
}

/// Roles were held in the group or in its company; the old bot went by both.
fn group(
    row: &Cells,
    company: Option<&Cells>,
    (chat, title): (i64, &str),
    remarks: &mut Vec<String>,
) -> OldGroup {
    let sources: Vec<&Cells> = [Some(row), company].into_iter().flatten().collect();
    for column in ["manager_handles", "manager_user_ids", "dispatcher_user_ids"] {
        if sources.iter().any(|source| source.is_no_list(column)) {
            remarks.push(format!("{column} of the group {title} is no list, and was not understood"));
        }
    }
    let numbers = |column| sources.iter().flat_map(|source| source.numbers(column)).collect();
    OldGroup {
        chat,
        title: title.to_owned(),
        active: row.text("status").is_none_or(|status| status == "active"),
        managers: numbers("manager_user_ids"),
        manager_handles: sources.iter().flat_map(|source| source.texts("manager_handles")).collect(),
        responders: numbers("dispatcher_user_ids"),
        duties: Vec::new(),
    }
}

fn teams(file: &RaisedashFile, company: i64) -> rusqlite::Result<Vec<OldTeam>> {
    let members = file.all("department_members")?;
    let team = |row: &Cells| {
        let id = row.number("department_id").filter(|_| row.number("company_id") == Some(company))?;
        let own = members.iter().filter(|member| member.number("department_id") == Some(id));
        let restricted = row.field("metadata", "restricted_to_department_members");
        Some(OldTeam {
            id,
            name: row.text("name").unwrap_or_else(|| format!("Department {id}")),
            restricted: restricted.is_some_and(|value| value == true || value == 1),
            members: own.filter_map(|member| member.number("user_id")).collect(),
        })
    };
    Ok(file.all("departments")?.iter().filter_map(team).collect())
}
