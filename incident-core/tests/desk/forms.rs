//! Words that come with a press, reports from a form, and what is said in threads.

use futures::executor::block_on;
use incident_core::desk::Ask;
use incident_core::ids::TeamId;
use incident_core::incident::{Attachment, Fact, Invalid, Priority, Rejection, State};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Store;
use incident_core::text::{Limits, Text};
use incident_core::view::{Action, CommandWord, Done, Said};

use crate::house::House;

fn facts(house: &House) -> Vec<Fact> {
    let incident = house.incidents()[0].incident.id;
    let journal = block_on(house.store.history(house.company(), incident)).expect("the store works");
    journal.into_iter().map(|event| event.fact).collect()
}

/// What somebody said or sent, in short.
fn told(fact: &Fact) -> Option<String> {
    if let Fact::ReporterReplied { text } = fact {
        Some(format!("dan: {text}"))
    } else if let Fact::NoteAdded { text, internal: false } = fact {
        Some(format!("note: {text}"))
    } else if let Fact::AttachmentAdded { attachment } = fact {
        Some(format!("file: {}", attachment.reference))
    } else {
        None
    }
}

fn filled(house: &House, who: &str, action: Action, text: &str) -> incident_core::desk::Request {
    let (message, code) = house.button(action);
    house.request(who, Ask::Form { code, message, text: text.to_owned() })
}

#[test]
fn a_form_is_offered_to_whoever_may_press_and_to_nobody_else() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    let (message, code) = house.button(Action::Resolve);
    let form = |who: &str| {
        let press = Ask::Press { code: code.clone(), message: message.clone() };
        block_on(house.desk.form(&house.request(who, press)))
    };
    let offered = form("ann").expect("she holds it");
    assert_eq!((offered.title.as_str(), offered.label.as_str()), ("TKT-2026-0001", "What was done?"));
    assert_eq!(offered.limits, Limits::SUMMARY);
    for who in ["bob", "dan", "stranger"] {
        assert_eq!(form(who), None, "{who}");
    }
    let (message, code) = house.button(Action::Release);
    let leaving = house.request("ann", Ask::Press { code, message });
    assert_eq!(block_on(house.desk.form(&leaving)), None, "leaving needs no words");
    assert!(matches!(house.incidents()[0].incident.state, State::Acknowledged { .. }), "nothing was done");
}

#[test]
fn a_summary_that_comes_with_the_press_resolves_at_once_and_once() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    let short = filled(&house, "ann", Action::Resolve, "ok");
    let too_short = Rejection::from(Invalid::from(Text::new("ok", Limits::SUMMARY).expect_err("too short")));
    assert_eq!(house.handle(short).said, Said::Refused(too_short));
    let request = filled(&house, "ann", Action::Resolve, "a new tyre");
    for _ in 0..2 {
        assert_eq!(house.handle(request.clone()).said, Said::Done(Done::Pressed(Action::Resolve)));
    }
    let State::Resolved(resolution) = &house.incidents()[0].incident.state else {
        panic!("it is not resolved: {:?}", house.incidents()[0].incident.state)
    };
    assert_eq!(resolution.summary.as_ref().map(Text::as_str), Some("a new tyre"));
    let asked = facts(&house).into_iter().filter(|fact| matches!(fact, Fact::ResolutionRequested { .. }));
    assert_eq!(asked.count(), 0, "nobody was asked for a summary that was there");
}

#[test]
fn the_words_of_a_form_give_nobody_a_right() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    let request = filled(&house, "bob", Action::Resolve, "a new tyre");
    assert!(matches!(house.handle(request).said, Said::Refused(_)));
    assert!(matches!(house.incidents()[0].incident.state, State::Acknowledged { .. }));
}

#[test]
fn a_report_from_a_form_has_its_priority_and_its_team() {
    let house = House::empty(Policy::preset(Preset::Departments));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.command("admin", CommandWord::AddTeam, "Tyres");
    house.command("admin", CommandWord::AddRestrictedTeam, "Safety");
    house.settle();
    let form = block_on(house.desk.report_form(&house.request("dan", Ask::BotRemoved)));
    assert_eq!(form.teams, [(TeamId::new(1), "Tyres".to_owned())]);
    assert_eq!(form.priorities[3], (Priority::Urgent, "urgent".to_owned()));
    let (priority, team) = (Some(Priority::Urgent), Some(TeamId::new(1)));
    let request = house.request("dan", Ask::Report { text: "flat tyre".to_owned(), priority, team });
    for _ in 0..2 {
        assert!(matches!(house.handle(request.clone()).said, Said::Reported(_)));
    }
    let [filed] = house.incidents().try_into().expect("one incident");
    assert_eq!((filed.incident.priority, filed.incident.team), (Priority::Urgent, team));
    let routed = facts(&house).into_iter().filter(|fact| matches!(fact, Fact::Routed { .. })).count();
    assert_eq!(routed, 1);
    let missing = Ask::Report { text: "no".to_owned(), priority: None, team: None };
    assert!(matches!(house.ask("dan", missing).said, Said::Refused(_)));
}

#[test]
fn where_nobody_chooses_teams_the_form_offers_none() {
    let house = House::new();
    let form = block_on(house.desk.report_form(&house.request("dan", Ask::BotRemoved)));
    assert_eq!((form.teams, form.title.as_str()), (Vec::new(), "Report an incident"));
}

#[test]
fn what_is_said_in_the_thread_of_a_card_belongs_to_the_incident() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    let of = house.card();
    let file = |name: &str| {
        let text = |words| Text::new(words, Limits::NAME).expect("a short text");
        Attachment { reference: text(name), kind: text("photo"), name: None, size: None }
    };
    let said = |who: &str, text: &str, attachments: Vec<Attachment>| {
        house.request(who, Ask::Thread { of: of.clone(), text: text.to_owned(), attachments })
    };
    let photos = said("dan", "it hisses", vec![file("one"), file("two")]);
    for request in [photos.clone(), photos, said("ann", "coming", vec![]), said("eve", "what fun", vec![])] {
        assert_eq!(house.handle(request).said, Said::Nothing);
    }
    let told: Vec<String> = facts(&house).iter().filter_map(told).collect();
    assert_eq!(told, ["file: one", "file: two", "dan: it hisses", "note: coming"]);
}

#[test]
fn a_reply_in_the_thread_of_a_question_answers_it() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Resolve);
    house.settle();
    let of = house.last_question();
    let answer = Ask::Thread { of, text: "a new tyre".to_owned(), attachments: vec![] };
    assert_eq!(house.ask("ann", answer).said, Said::Done(Done::Summarised));
}

#[test]
fn whoever_owes_the_summary_gives_it_in_the_thread_of_the_card_and_others_only_talk_there() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Resolve);
    house.settle();
    let of = house.card();
    let said = |who: &str, text: &str| {
        house.request(who, Ask::Thread { of: of.clone(), text: text.to_owned(), attachments: vec![] })
    };
    assert_eq!(house.handle(said("bob", "what was it?")).said, Said::Nothing);
    assert!(matches!(house.handle(said("ann", "ok")).said, Said::Refused(_)));
    assert!(matches!(house.incidents()[0].incident.state, State::PendingSummary(_)));
    let summary = said("ann", "a new tyre");
    assert_eq!(house.handle(summary.clone()).said, Said::Done(Done::Summarised));
    house.handle(summary);
    let told: Vec<String> = facts(&house).iter().filter_map(told).collect();
    assert_eq!(told, ["note: what was it?"]);
    assert!(matches!(house.incidents()[0].incident.state, State::Resolved(_)));
}
