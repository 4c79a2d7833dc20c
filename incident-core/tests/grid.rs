//! The transition grid, cell by cell: what every command does in every state, and who may ask for it. Both
//! tables are found by trying everything on everything under every preset and two policies that allow all
//! there is, and compared with what stands here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use incident_core::ids::PersonId;
use incident_core::incident::{Command, Incident, Input, Rejection, StateKind, Step, Tag, step};
use incident_core::policy::{Actor, Policy, Role};
use incident_core::testkit::explore::{self, Tried};

/// From the state above, a command by somebody who may ask for it leads to any of these: Triage, Open,
/// Acknowledged, on Hold, Pending summary, Resolved, Closed. Where it never leads anywhere, it is refused:
/// `-` wrong state, `!` closing out, `~` stale, `?` for another reason.
const GRID: &str = "
                   Tri    Open   Ack    Hold   Pend   Res    Closed
acknowledge      | -    | A    | A    | A    | !    | -    | -
add_note         | T    | O    | A    | H    | P    | R    | C
amend_summary    | -    | -    | -    | -    | -    | R    | -
archive          | -    | -    | -    | -    | -    | R    | C
assign           | -    | O    | A    | OA   | !    | -    | -
attach           | T    | O    | A    | H    | P    | R    | C
cancel           | C    | C    | -    | -    | -    | -    | -
cancel_resolve   | -    | -    | -    | -    | OA   | -    | -
channel_lost     | T    | O    | A    | H    | P    | R    | C
channel_migrated | T    | O    | A    | H    | P    | R    | C
close            | C    | C    | C    | C    | C    | C    | -
confirm          | -    | -    | -    | C    | -    | C    | -
create           | -    | -    | -    | -    | -    | -    | -
deescalate       | -    | OA   | OA   | OA   | !    | -    | -
edit_description | T    | O    | A    | H    | P    | -    | -
erase_subject    | T    | O    | A    | H    | P    | R    | C
escalate         | -    | O    | O    | O    | !    | -    | -
hold             | -    | H    | H    | -    | !    | -    | -
keep_open        | -    | O    | A    | H    | !    | -    | -
mark_duplicate   | C    | C    | C    | C    | C    | ?    | -
member_left      | ?    | O    | OA   | H    | OAP  | -    | -
override_state   | ORC  | RC   | ORC  | ORC  | ORC  | OC   | OR
page_outcome     | -    | OA   | -    | -    | !    | -    | -
reassign         | -    | -    | OA   | OA   | !    | -    | -
release          | -    | O    | OA   | H    | P    | -    | -
reopen           | -    | -    | -    | -    | -    | O    | O
repair_surface   | T    | O    | A    | H    | P    | R    | C
reporter_reply   | T    | O    | A    | TOAH | P    | OR   | OC
request_resolve  | -    | P    | P    | P    | -    | -    | -
resolve          | -    | R    | R    | R    | -    | -    | -
resume           | -    | -    | -    | TOA  | !    | -    | -
revoke_claim     | -    | O    | OA   | H    | P    | -    | -
role_lost        | ?    | O    | OA   | H    | OAP  | -    | -
route            | O    | -    | -    | -    | !    | -    | -
set_priority     | T    | O    | A    | H    | P    | -    | -
set_severity     | T    | O    | A    | H    | P    | -    | -
submit_summary   | -    | -    | -    | -    | R    | -    | -
tag              | T    | O    | A    | H    | P    | -    | -
transfer         | -    | O    | O    | O    | !    | -    | -
triage           | OH   | O    | -~   | O    | !-   | -    | -
triage_failed    | O    | -    | -    | -    | !    | -    | -
untag            | T    | O    | A    | H    | P    | -    | -
wake             | TO   | OC   | AC   | HC   | OAPC | RC   | C
";

/// Who may, under strict presets (two_tier, two_tier_shared, departments) and under those where more is allowed
/// (support, tickets, everything). Each alternative is enough by itself, and nothing less is.
const RIGHTS: &str = "
                   strict                                                               allowing more
acknowledge      | eligible                                                           | eligible
add_note         | eligible, manager, owner, participant, reporter, responder         | eligible, manager, owner, reporter
amend_summary    | eligible+resolver, manager                                         | admin+resolver, eligible+resolver, manager
archive          | admin, desk, installer, manager                                    | admin, desk, eligible, installer, manager
assign           | eligible+person named, manager, owner                              | eligible+person named, manager, owner
attach           | eligible, manager, owner, participant, reporter, responder         | eligible, manager, owner, reporter
cancel           | manager, reporter                                                  | manager, reporter
cancel_resolve   | manager, owner+resolver                                            | eligible+participant+resolver, manager, owner+resolver
channel_lost     | desk                                                               | desk
channel_migrated | desk                                                               | desk
close            | admin, installer, manager                                          | admin, installer, manager, reporter
confirm          | admin, installer, manager, reporter                                | admin, installer, manager, reporter
deescalate       | eligible+manager, manager+owner                                    | eligible+manager, owner
edit_description | eligible, manager, owner, participant, reporter, responder         | eligible, manager, owner, reporter
erase_subject    | desk, installer, person named                                      | desk, installer, person named
escalate         | manager, owner                                                     | eligible, manager, owner
hold             | eligible, manager, owner                                           | eligible, manager, owner
keep_open        | eligible, manager, owner, participant, reporter, responder         | eligible, manager, owner, reporter
mark_duplicate   | admin, installer, manager                                          | admin, installer, manager, reporter
member_left      | desk                                                               | desk
override_state   | nobody                                                             | admin, installer
page_outcome     | nobody                                                             | desk, eligible+person named
reassign         | manager, owner                                                     | manager, owner
release          | owner, participant                                                 | eligible+participant, owner
reopen           | eligible, manager, reporter, responder                             | eligible, manager, reporter
repair_surface   | admin, desk, eligible, installer, manager, owner, participant, responder | admin, desk, eligible, installer, manager, owner
reporter_reply   | reporter                                                           | reporter
request_resolve  | owner                                                              | eligible, owner
resolve          | owner                                                              | eligible, owner
resume           | eligible, manager, owner                                           | eligible, manager, owner
revoke_claim     | admin, desk, installer, manager                                    | admin, desk, installer, manager
role_lost        | desk                                                               | desk
route            | assistant, manager, reporter, responder                            | assistant, eligible, manager, reporter
set_priority     | assistant, eligible, manager, owner, participant, responder        | assistant, eligible, manager, owner
set_severity     | assistant, eligible, manager, owner, participant, responder        | assistant, eligible, manager, owner
submit_summary   | owner+resolver                                                     | eligible+participant, manager, owner
tag              | assistant, eligible, manager, owner, participant, responder        | assistant, eligible, manager, owner
transfer         | eligible, manager, owner                                           | eligible, manager, owner
triage           | nobody                                                             | assistant, desk
triage_failed    | assistant, desk                                                    | assistant, desk
untag            | assistant, eligible, manager, owner, participant, responder        | assistant, eligible, manager, owner
wake             | anybody                                                            | anybody
";

#[derive(Default)]
struct Found {
    accepted: BTreeSet<StateKind>,
    refused: BTreeSet<char>,
}

/// By command and state.
type Grid = BTreeMap<(String, StateKind), Found>;
/// What those had to do with the incident who were not refused, by command and column.
type Rights = BTreeMap<(String, usize), BTreeSet<BTreeSet<&'static str>>>;

static FOUND: LazyLock<(Grid, Rights)> = LazyLock::new(|| {
    let (mut grid, mut rights) = (Grid::new(), Rights::new());
    for policy in explore::policies() {
        let column = usize::from(policy.rules().resolve_unclaimed);
        explore::explore(&policy, |tried| {
            let Some(before) = &tried.before else {
                return;
            };
            let name = explore::name_of(&tried.input.command);
            let result = outcome(&policy, before, tried);
            if result.is_ok() {
                let relations = relations(&policy, before, &tried.input);
                rights.entry((name.clone(), column)).or_default().insert(relations);
            }
            note(grid.entry((name, before.state.kind())).or_default(), before, &result);
        });
    }
    (grid, rights)
});

/// What followed; for taking a tag away, what would have followed had there been one.
fn outcome(policy: &Policy, before: &Incident, tried: &Tried) -> Result<Step, Rejection> {
    if let Command::Untag { tag } = &tried.input.command {
        let tags = BTreeSet::<Tag>::from([tag.clone()]);
        return step(policy, Some(&Incident { tags, ..before.clone() }), &tried.input);
    }
    tried.result.clone()
}

fn note(found: &mut Found, before: &Incident, result: &Result<Step, Rejection>) {
    let refused = match result {
        Ok(step) => {
            found.accepted.insert(step.incident.state.kind());
            return;
        }
        Err(Rejection::NotAuthorized) => return,
        Err(Rejection::WrongState { state }) if *state == before.state.kind() => '-',
        Err(Rejection::ClosingOut { .. }) => '!',
        Err(Rejection::Stale) => '~',
        Err(_) => '?',
    };
    found.refused.insert(refused);
}

/// What the asker has to do with the incident.
fn relations(policy: &Policy, incident: &Incident, input: &Input) -> BTreeSet<&'static str> {
    let Actor::Person(member) = &input.actor else {
        return [if input.actor == Actor::System { "desk" } else { "assistant" }].into();
    };
    let has = |role| member.standing.roles.has(role);
    let eligible = policy.eligible(&member.standing, incident.level, incident);
    let (holds, owns) = (incident.holds(member.id), incident.holds_at(member.id, incident.level));
    // Owners are eligible, and the eligible are responders, or they could not have come to be that.
    let all = [
        ("reporter", incident.reporter == member.id),
        ("owner", owns),
        ("participant", holds && !owns),
        ("resolver", incident.resolver() == Some(member.id)),
        ("eligible", eligible && !owns),
        ("responder", has(Role::Responder) && !eligible && !holds),
        ("manager", has(Role::Manager)),
        ("admin", has(Role::Admin)),
        ("installer", has(Role::PlatformAdmin)),
        ("person named", named(&input.command) == Some(member.id)),
    ];
    all.into_iter().filter(|(_, so)| *so).map(|(name, _)| name).collect()
}

fn named(command: &Command) -> Option<PersonId> {
    if let Command::EraseSubject { person } = command {
        return Some(*person);
    }
    if let Command::Assign { to } | Command::PageOutcome { target: to, .. } = command {
        return Some(to.id);
    }
    None
}

fn grid() -> String {
    let letter = |state: &StateKind| ['T', 'O', 'A', 'H', 'P', 'R', 'C'][*state as usize];
    let cell = |found: &Found| -> String {
        if found.accepted.is_empty() {
            found.refused.iter().collect()
        } else {
            found.accepted.iter().map(letter).collect()
        }
    };
    let row = |name: &str| {
        let cells = StateKind::ALL.map(|state| format!("| {:4}", cell(&FOUND.0[&(name.to_owned(), state)])));
        format!("{name:16} {}", cells.join(" "))
    };
    table(FOUND.0.keys().map(|(name, _)| name.as_str()).collect(), row)
}

fn rights() -> String {
    let cell = |name: &str, column: usize| -> String {
        let Some(sets) = FOUND.1.get(&(name.to_owned(), column)) else {
            return "nobody".to_owned();
        };
        let less = |set: &BTreeSet<&str>| sets.iter().any(|other| other != set && other.is_subset(set));
        let least = sets.iter().filter(|set| !less(set));
        let words = least.map(|set| match set.len() {
            0 => "anybody".to_owned(),
            _ => set.iter().copied().collect::<Vec<_>>().join("+"),
        });
        words.collect::<Vec<_>>().join(", ")
    };
    let row = |name: &str| format!("{name:16} | {:66} | {}", cell(name, 0), cell(name, 1));
    table(FOUND.1.keys().map(|(name, _)| name.as_str()).collect(), row)
}

fn table(names: BTreeSet<&str>, row: impl Fn(&str) -> String) -> String {
    names.into_iter().map(|name| row(name).trim_end().to_owned() + "\n").collect()
}

fn rows(table: &str) -> String {
    table.lines().skip(2).map(|line| line.to_owned() + "\n").collect()
}

#[test]
fn every_command_does_in_every_state_what_the_grid_says() {
    assert_eq!(rows(GRID), grid());
}

#[test]
fn everybody_may_do_what_the_table_says_and_nobody_may_do_more() {
    assert_eq!(rows(RIGHTS), rights());
}

#[test]
fn the_grid_speaks_of_every_command() {
    let unknown = serde_json::from_str::<Command>(r#"{"command":"?"}"#);
    let message = unknown.expect_err("there is no such command").to_string();
    let known: BTreeSet<&str> = message.split('`').skip(3).step_by(2).collect();
    let rows = rows(GRID);
    let spoken: BTreeSet<&str> = rows.lines().filter_map(|row| row.split_whitespace().next()).collect();
    assert_eq!(spoken, known);
}
