//! What must be true at the end of every story, faults or not: the journal is the state, nothing is owed, and
//! each incident has one card, which shows what is so.
//!
//! The words are written down here once more: a card is judged by what people should read, not by the code
//! that draws it.

use adapter_telegram::testkit::{Message, World};
use incident_core::incident::{CloseReason, Hold, HoldReason, Incident, Priority, State, Tag, Waiting, fold};
use incident_core::roster;
use incident_core::view::ButtonCode;

use super::{Desk, Entry, Ledger};

/// What a story may leave behind that a calm one would not.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Allow {
    /// Cards of which the desk does not know, because the answer to their posting was lost.
    pub(crate) orphans: usize,
    /// Live cards that are not pinned, because the desk may not.
    pub(crate) unpinned: bool,
    /// Effects that were given up.
    pub(crate) abandoned: bool,
    /// Updates that Telegram keeps back.
    pub(crate) unconfirmed: usize,
}

/// A card as people should see it.
struct Expected {
    lines: Vec<String>,
    buttons: Vec<&'static str>,
    pinned: bool,
}

impl Ledger {
    /// Judges everything; panics at the first thing that is wrong.
    pub(crate) fn audit(&self, desk: &Desk, allow: Allow) {
        self.audit_journals();
        assert_eq!(desk.owed(), 0, "something is owed at the end");
        let abandoned = desk.query("SELECT count(*) FROM effects WHERE state = 'abandoned'");
        assert!(abandoned == 0 || allow.abandoned, "{abandoned} effects were given up");
        desk.api.read(|world| {
            for entry in &self.incidents {
                self.audit_card(world, entry, allow);
            }
            let orphans = self.orphans(world);
            let told: Vec<String> = orphans.iter().map(|orphan| orphan.text.clone()).collect();
            assert_eq!(orphans.len(), allow.orphans, "cards nobody knows of: {told:#?}\n{}", world.dump());
        });
    }

    /// Judges the journals alone.
    pub(crate) fn audit_journals(&self) {
        for entry in &self.incidents {
            let folded = fold(entry.incident.id, &entry.events);
            assert_eq!(
                folded.as_ref(),
                Some(&entry.incident),
                "{} is not the fold of its journal",
                entry.number
            );
            assert_eq!(
                entry.incident.version.get() as usize,
                entry.events.len(),
                "the version of {}",
                entry.number
            );
        }
        for roster in &self.rosters {
            let events = self.roster_events.get(&roster.company).map(Vec::as_slice).unwrap_or_default();
            assert_eq!(
                roster::fold(roster.company, events).as_ref(),
                Some(roster),
                "a roster is not its fold"
            );
        }
    }

    fn audit_card(&self, world: &World, entry: &Entry, allow: Allow) {
        let number = &entry.number;
        let chat = self.chat_of(entry);
        let known: Vec<_> =
            entry.surfaces.iter().filter(|surface| *surface.message.chat.chat == *chat.to_string()).collect();
        let [surface] = known.as_slice() else {
            panic!("{number} has {} cards\n{}", known.len(), world.dump())
        };
        let id = surface.message.message.parse().expect("Telegram numbers its messages");
        let message = world.message(chat, id).filter(|message| !message.deleted);
        let message = message.unwrap_or_else(|| panic!("the card of {number} is gone\n{}", world.dump()));
        let expected = self.expected(entry);
        assert_eq!(message.labels(), expected.buttons, "the buttons of {number}\n{}", world.dump());
        let lines: Vec<&str> = message.text.lines().collect();
        if entry.incident.description.as_str().chars().count() < 500 {
            assert_eq!(lines, expected.lines.join("\n").lines().collect::<Vec<_>>(), "the card of {number}");
        } else {
            let kept = |line: &&String| !line.starts_with("Issue: ") && !line.starts_with("Summary: ");
            let missing = expected.lines.iter().filter(kept).find(|line| !lines.contains(&line.as_str()));
            assert_eq!(missing, None, "the card of {number}: {}", message.text);
        }
        if !(allow.unpinned && expected.pinned) {
            assert_eq!(
                (message.pinned, surface.pinned),
                (expected.pinned, expected.pinned),
                "the pin of {number}"
            );
        }
    }

    fn chat_of(&self, entry: &Entry) -> i64 {
        let roster = self.rosters.iter().find(|roster| roster.company == entry.incident.company);
        let group = roster.and_then(|roster| roster.groups.get(&entry.incident.group));
        group.expect("an incident has a group").chat.chat.parse().expect("Telegram numbers its chats")
    }

    /// Lists the messages with buttons that are no incident's card.
    pub(crate) fn orphans<'world>(&self, world: &'world World) -> Vec<&'world Message> {
        let mut orphans = Vec::new();
        for roster in &self.rosters {
            for group in roster.groups.values() {
                let chat = group.chat.chat.parse().expect("Telegram numbers its chats");
                orphans.extend(world.messages(chat).filter(|message| self.is_orphan(message)));
            }
        }
        orphans
    }

    fn is_orphan(&self, message: &Message) -> bool {
        let code = message.buttons().iter().flatten().find_map(|button| button.data.as_deref());
        let Some(code) = code.and_then(|code| code.parse::<ButtonCode>().ok()) else { return false };
        let entry = self.incidents.iter().find(|entry| entry.incident.id == code.incident);
        let entry = entry.unwrap_or_else(|| panic!("a card of an unknown incident: {}", message.text));
        !entry.surfaces.iter().any(|surface| *surface.message.message == *message.id.to_string())
    }

    fn expected(&self, entry: &Entry) -> Expected {
        let Entry { number, incident, .. } = entry;
        let name = |person| self.name(incident.company, person);
        let names = |people: Vec<_>| people.into_iter().map(name).collect::<Vec<_>>().join(", ");
        let (title, status, buttons) = words(incident);
        let mut lines = vec![
            format!("{title}: {number}"),
            format!("Reported by: {}", name(incident.reporter)),
            format!("Issue: {}", incident_core::text::visible(incident.description.as_str())),
        ];
        if incident.attachments > 0 {
            lines.push(format!("Attachments: {}", incident.attachments));
        }
        match incident.priority {
            Priority::Low => lines.push("Priority: low".to_owned()),
            Priority::Normal => {}
            Priority::High => lines.push("Priority: high".to_owned()),
            Priority::Urgent => lines.push("Priority: urgent".to_owned()),
        }
        let tags: Vec<&str> = incident.tags.iter().map(Tag::as_str).collect();
        lines.extend((!tags.is_empty()).then(|| format!("Tags: {}", tags.join(", "))));
        lines.push(format!("Status: {status}"));
        let (hold, also) = (names(incident.assignees().collect()), names(incident.participants().collect()));
        lines.extend((!hold.is_empty()).then(|| format!("Handled by: {hold}")));
        if let State::Open(Waiting { expected: Some(person), .. }) = &incident.state {
            lines.push(format!("Asked to take it: {}", name(*person)));
        }
        lines.extend((!also.is_empty()).then(|| format!("Also involved: {also}")));
        if let State::PendingSummary(pending) = &incident.state {
            lines.push(format!("Waiting for {} to reply with a summary", name(pending.resolver)));
        }
        if let Some(outcome) = incident.outcome() {
            lines.push(format!("Resolved by: {}", name(outcome.by)));
            let summary = outcome.summary.as_ref().expect("a summary is required");
            lines.push(format!("Summary: {}", incident_core::text::visible(summary.as_str())));
        }
        Expected { lines, buttons, pinned: !incident.state.is_terminal() }
    }
}

/// Says how the card of the two-tier workflow begins, what its status is called, and what can be pressed.
fn words(incident: &Incident) -> (&'static str, &'static str, Vec<&'static str>) {
    let escalated = incident.level.get() > 1;
    match &incident.state {
        State::Open(_) if escalated => ("🆘 ESCALATED", "🔥 Awaiting a manager", vec!["🛡️ Claim escalation"]),
        State::Open(_) => ("🚨 NEW INCIDENT", "🔥 UNCLAIMED", vec!["✅ Claim"]),
        State::Acknowledged { .. } if escalated => {
            ("🛠️ IN PROGRESS", "Claimed by a manager", vec!["❌ Leave", "⬇️ Back to level 1", "🏁 Resolve"])
        }
        State::Acknowledged { .. } => {
            ("🛠️ IN PROGRESS", "Claimed", vec!["❌ Leave", "⬆️ Escalate", "🏁 Resolve"])
        }
        State::PendingSummary(_) => {
            ("⌛ AWAITING SUMMARY", "Done, summary outstanding", vec!["↩️ Back to work"])
        }
        State::Resolved(_) => ("✅ RESOLVED", "Resolved", Vec::new()),
        State::OnHold(Hold { reason: HoldReason::External, .. }) => {
            ("⏸️ ON HOLD", "Waiting for something outside", vec!["▶️ Resume"])
        }
        State::OnHold(Hold { reason: HoldReason::Reporter, .. }) => {
            ("⏸️ ON HOLD", "Waiting for the reporter", vec!["▶️ Resume"])
        }
        State::Closed { reason: CloseReason::Cancelled, .. } => ("🔒 CLOSED", "Cancelled", Vec::new()),
        State::Closed { reason: CloseReason::Duplicate, .. } => {
            ("🔒 CLOSED", "Closed as a duplicate", Vec::new())
        }
        State::Triage(_)
        | State::OnHold(Hold { reason: HoldReason::Answered, .. })
        | State::Closed {
            reason:
                CloseReason::Confirmed
                | CloseReason::NoSummary
                | CloseReason::Idle
                | CloseReason::Admin
                | CloseReason::Answered,
            ..
        } => {
            panic!("a state that two tiers do not have: {:?}", incident.state)
        }
    }
}
