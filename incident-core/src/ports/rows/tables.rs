//! The tables that hold what must be remembered. Those that refer to others come after them.
//!
//! Left out is what belongs to one database alone: which migrations it has had, its checks of itself, and the duties
//! that processes hold in it at the moment.

use super::{Column, Kind, Part, Table};

/// Lists every table of a store.
pub static TABLES: [Table; 25] = [
    Table {
        name: "companies",
        columns: &[
            key("id"),
            text("name"),
            number("version"),
            number("updated_at"),
            number("wake_at"),
            number("watched_until"),
        ],
    },
    Table { name: "settings", columns: &[key("company"), key("setting"), text("value")] },
    Table {
        name: "groups",
        columns: &[key("company"), key("id"), text("chat"), text("title"), text("status")],
    },
    Table { name: "mirrors", columns: &[key("chat"), text("company"), text("group_id")] },
    Table { name: "refused_rights", columns: &[key("company"), key("group_id"), key("right")] },
    Table { name: "grants", columns: &[key("company"), key("group_id"), key("role"), PERSON, HANDLE] },
    Table { name: "teams", columns: &[key("company"), key_number("id"), text("name"), flag("restricted")] },
    Table { name: "team_members", columns: &[key("company"), key_number("team"), PERSON, HANDLE] },
    Table {
        name: "schedules",
        columns: &[key("company"), key("group_id"), TEAM, PERSON, HANDLE, number("since"), text("week")],
    },
    Table {
        name: "roster_events",
        columns: &[
            key("company"),
            key_number("seq"),
            number("at"),
            text("actor"),
            number("person"),
            text("type"),
            text("request"),
            text("body"),
        ],
    },
    Table {
        name: "people",
        columns: &[
            key("company"),
            key_number("id"),
            text("account"),
            text("handle"),
            text("name"),
            text("locale"),
            number("since"),
        ],
    },
    Table {
        name: "renamings",
        columns: &[
            key("company"),
            key_number("person"),
            key_number("seq"),
            number("at"),
            text("name_before"),
            text("handle_before"),
            text("name_after"),
            text("handle_after"),
        ],
    },
    Table { name: "identities", columns: &[key("company"), key("account"), number("person")] },
    Table { name: "incidents", columns: &INCIDENTS },
    Table { name: "tags", columns: &[key("company"), key("incident"), key("tag")] },
    Table {
        name: "assignments",
        columns: &[
            key("company"),
            key("incident"),
            key_number("position"),
            number("person"),
            number("level"),
            number("team"),
            number("cycle"),
            number("since"),
            number("until"),
            text("ending"),
        ],
    },
    Table {
        name: "events",
        columns: &[
            key("company"),
            key("incident"),
            key_number("seq"),
            number("at"),
            text("actor"),
            number("person"),
            text("type"),
            text("request"),
            text("body"),
        ],
    },
    Table { name: "counters", columns: &[key("company"), key("counter"), number("last")] },
    Table {
        name: "requests",
        columns: &[key("key"), text("company"), text("incident"), text("answer"), number("at")],
    },
    Table {
        name: "effects",
        columns: &[
            key_number("id"),
            text("company"),
            text("incident"),
            text("group_id"),
            number("lane"),
            text("chat"),
            text("body"),
            number("since"),
            number("not_before"),
            number("attempt"),
            number("lease_until"),
            text("state"),
            text("reason"),
            flag("elsewhere"),
        ],
    },
    Table { name: "parks", columns: &[key("chat"), number("until")] },
    Table {
        name: "messages",
        columns: &[
            key("company"),
            key("chat"),
            key("message"),
            text("incident"),
            text("kind"),
            flag("pinned"),
            text("prompt"),
            number("person"),
        ],
    },
    Table {
        name: "remarks",
        columns: &[key("company"), key("chat"), key("message"), text("account"), number("at"), text("text")],
    },
    Table {
        name: "inbox",
        columns: &[
            key("key"),
            text("platform"),
            number("at"),
            number("lease_until"),
            number("attempt"),
            text("body"),
        ],
    },
    Table {
        name: "rooms",
        columns: &[
            key("company"),
            key("incident"),
            text("chat"),
            text("admitted"),
            text("files_logged"),
            text("words_logged"),
        ],
    },
];

const INCIDENTS: [Column; 30] = [
    key("company"),
    key("id"),
    number("year"),
    number("seq"),
    text("group_id"),
    number("reporter"),
    number("created_at"),
    number("version"),
    number("wake_at"),
    text("state"),
    number("level"),
    number("team"),
    number("cycle"),
    text("priority"),
    number("severity"),
    number("resolver"),
    text("close_reason"),
    number("updated_at"),
    number("active_at"),
    number("cycle_at"),
    number("routed_at"),
    number("first_ack_at"),
    number("ack_at"),
    number("escalated_at"),
    number("escalation_ack_at"),
    number("resolution_requested_at"),
    number("resolved_at"),
    number("closed_at"),
    number("held_us"),
    text("state_json"),
];

const TEAM: Column = Column::new("team", Kind::Number, Part::KeyOrNothing);
const PERSON: Column = Column::new("person", Kind::Number, Part::KeyOrNothing);
const HANDLE: Column = Column::new("handle", Kind::Text, Part::KeyOrNothing);

const fn key(name: &'static str) -> Column {
    Column::new(name, Kind::Text, Part::Key)
}

const fn key_number(name: &'static str) -> Column {
    Column::new(name, Kind::Number, Part::Key)
}

const fn text(name: &'static str) -> Column {
    Column::new(name, Kind::Text, Part::Told)
}

const fn number(name: &'static str) -> Column {
    Column::new(name, Kind::Number, Part::Told)
}

const fn flag(name: &'static str) -> Column {
    Column::new(name, Kind::Flag, Part::Told)
}
