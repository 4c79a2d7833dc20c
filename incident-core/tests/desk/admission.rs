//! How a group is admitted where the administrators of the installation decide.

use std::time::Duration;

use futures::executor::block_on;
use incident_core::desk::{Ask, ChatKind, Onboarding, Quoted, Request};
use incident_core::ids::{ChatRef, MessageRef, Platform};
use incident_core::incident::{Invalid, Rejection};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Store;
use incident_core::testkit::What;
use incident_core::view::{AdmissionCode, CommandWord, Offer, Reply, Said};

use crate::house::{House, account, command, room};

fn chat(name: &str) -> ChatRef {
    ChatRef::new(Platform::Telegram, name)
}

/// The chat with an administrator of the installation alone.
fn office(who: &str) -> ChatRef {
    chat(&account(who).user)
}

/// A house where groups must be admitted by root or by vera.
fn guarded() -> House {
    let house = House::empty(Policy::preset(Preset::TwoTier));
    let admins = [account("root"), account("vera")];
    house.refit(|desk| desk.with_onboarding(Onboarding::Approval).with_platform_admins(admins))
}

/// The bot is added to a chat that admin administers.
fn added(house: &House, to: &ChatRef) {
    house.directory.promote(to, &account("admin"));
    let mut request = house.request("admin", Ask::BotPresent { can_pin: None });
    request.chat = to.clone();
    house.handle(request);
    house.settle();
}

fn in_chat(house: &House, chat: &ChatRef, who: &str, ask: Ask) -> Request {
    let mut request = house.request(who, ask);
    request.chat = chat.clone();
    request
}

fn says(house: &House, chat: &ChatRef, who: &str, (word, text): (CommandWord, &str)) -> Reply {
    house.handle(in_chat(house, chat, who, command(word, text)))
}

fn answers(house: &House, chat: &ChatRef, who: &str, text: &str) -> Reply {
    let to = MessageRef::new(chat.clone(), "1");
    let reply =
        house.handle(in_chat(house, chat, who, Ask::Answer { to, text: text.into(), attachments: vec![] }));
    house.settle();
    reply
}

/// What somebody who decides may press, on the newest question in their chat with the bot.
fn offers(house: &House, who: &str) -> Vec<Offer> {
    let shown = house.chat.shown(&office(who));
    let last = shown.last().unwrap_or_else(|| panic!("{who} was asked nothing"));
    match &last.what {
        What::Message(message) => message.offers.iter().flatten().cloned().collect(),
        What::Card(_) | What::File(_) => panic!("{last:?}"),
    }
}

fn labels(house: &House, who: &str) -> Vec<String> {
    offers(house, who).into_iter().map(|offer| offer.label).collect()
}

fn code(house: &House, who: &str, label: &str) -> AdmissionCode {
    offers(house, who).iter().find(|offer| offer.label.contains(label)).expect("it is offered").code
}

fn pressed(house: &House, who: &str, code: AdmissionCode) -> Request {
    let message = MessageRef::new(office(who), "1");
    let mut request = in_chat(house, &office(who), who, Ask::Press { code: code.to_string(), message });
    request.chat_kind = ChatKind::Private;
    request
}

fn press(house: &House, who: &str, label: &str) -> Said {
    let reply = house.handle(pressed(house, who, code(house, who, label)));
    house.settle();
    reply.said
}

fn told(house: &House, chat: &ChatRef, words: &str) -> usize {
    house.chat.transcript(chat).matches(words).count()
}

fn works(house: &House, chat: &ChatRef) -> bool {
    says(house, chat, "admin", (CommandWord::ConfigureManagers, "@mia"));
    matches!(says(house, chat, "dan", (CommandWord::NewIssue, "flat tyre")).said, Said::Reported(_))
}

#[test]
fn a_group_names_its_company_those_who_decide_are_asked_and_the_group_hears_the_outcome() {
    let house = guarded();
    added(&house, &room());
    added(&house, &room());
    assert_eq!(told(&house, &room(), "reply to this message with the name of your company"), 1);
    assert_eq!(answers(&house, &room(), "admin", " Acme ").said, Said::Rostered);
    assert_eq!(told(&house, &room(), "to admit this group to “Acme”"), 1);
    for who in ["root", "vera"] {
        assert_eq!(
            house.chat.transcript(&office(who)).matches("The group “trucks” asks to be admitted.").count(),
            1
        );
        assert_eq!(labels(&house, who), ["➕ New company Acme", "❌ Refuse"]);
    }
    assert_eq!(press(&house, "vera", "New company"), Said::GroupAdmitted("Acme".into()));
    assert_eq!(told(&house, &room(), "This group is admitted: it belongs to Acme."), 1);
    assert!(works(&house, &room()));
    // The other one is late, and so is whoever presses twice.
    for who in ["root", "vera"] {
        for label in ["New company", "Refuse"] {
            assert_eq!(press(&house, who, label), Said::AdmissionDecided, "{who} {label}");
        }
    }
    assert_eq!(told(&house, &room(), "did not admit"), 0);
    let companies = block_on(house.store.companies()).expect("it answers");
    let roster = block_on(house.store.roster(companies[0])).expect("it answers").expect("it is there");
    assert_eq!((companies.len(), roster.name.as_str(), roster.is_provisional()), (1, "Acme", false));
    // Another group of the same company is offered it first.
    added(&house, &chat("-200"));
    answers(&house, &chat("-200"), "admin", "ACME");
    assert_eq!(labels(&house, "root"), ["✅ To Acme", "❌ Refuse"]);
    assert_eq!(press(&house, "root", "To Acme"), Said::GroupAdmitted("Acme".into()));
    assert_eq!(told(&house, &chat("-200"), "This group is admitted: it belongs to Acme."), 1);
    assert!(works(&house, &chat("-200")));
    assert_eq!(press(&house, "root", "To Acme"), Said::GroupAdmitted("Acme".into()), "which is so");
    let roster = block_on(house.store.roster(companies[0])).expect("it answers").expect("it is there");
    assert_eq!(roster.groups.len(), 2);
    let listed = says(&house, &office("root"), "root", (CommandWord::ListGroups, "")).text();
    assert_eq!(listed, "Acme\n✅ trucks\n✅ trucks");
}

#[test]
fn a_group_that_waits_is_refused_once_and_then_hears_nothing_but_about_its_name() {
    let house = guarded();
    added(&house, &room());
    let mut request = in_chat(&house, &room(), "dan", command(CommandWord::NewIssue, "flat tyre"));
    let first = house.handle(request.clone());
    assert!(first.text().starts_with("❌ This group is not approved yet."), "{}", first.text());
    request.fresh += 500;
    assert_eq!(house.handle(request), first, "a repeated request is answered as before");
    for word in
        [CommandWord::NewIssue, CommandWord::Open, CommandWord::ConfigureManagers, CommandWord::Settings]
    {
        for who in ["dan", "admin"] {
            assert_eq!(says(&house, &room(), who, (word, "flat tyre")).said, Said::Nothing, "{word:?}");
        }
    }
    let press = Ask::Press { code: "c".into(), message: MessageRef::new(room(), "1") };
    assert_eq!(house.handle(in_chat(&house, &room(), "dan", press)).said, Said::Nothing);
    let stranger = answers(&house, &room(), "dan", "Acme");
    assert_eq!(stranger.text(), "❌ Only group administrators can do this.");
    let short = answers(&house, &room(), "admin", "A");
    assert!(
        matches!(short.said, Said::Refused(Rejection::InvalidInput { reason: Invalid::Text(_) })),
        "{short:?}"
    );
    assert_eq!(house.chat.shown(&office("root")).len(), 0);
    answers(&house, &room(), "admin", "Acme");
    assert_eq!(answers(&house, &room(), "admin", "acme").said, Said::AdmissionKnown);
    assert_eq!(house.chat.shown(&office("root")).len(), 1, "nobody is asked twice about the same");
    answers(&house, &room(), "admin", "Apex");
    assert_eq!(labels(&house, "root"), ["➕ New company Apex", "❌ Refuse"]);
    assert_eq!(says(&house, &room(), "dan", (CommandWord::NewIssue, "flat tyre")).said, Said::Nothing);
}

#[test]
fn a_refusal_is_told_once_and_can_be_reconsidered() {
    let house = guarded();
    added(&house, &room());
    answers(&house, &room(), "admin", "Acme");
    assert_eq!(press(&house, "root", "Refuse"), Said::GroupDenied);
    assert_eq!(press(&house, "root", "Refuse"), Said::GroupDenied);
    assert_eq!(told(&house, &room(), "did not admit this group"), 1);
    assert_eq!(answers(&house, &room(), "admin", "acme").said, Said::AdmissionDenied);
    assert_eq!(house.chat.shown(&office("root")).len(), 1, "whoever was refused may ask with another name");
    answers(&house, &room(), "admin", "Apex");
    assert_eq!(house.chat.shown(&office("root")).len(), 2);
    assert_eq!(press(&house, "root", "New company"), Said::GroupAdmitted("Apex".into()));
    assert!(works(&house, &room()));
}

#[test]
fn those_who_decide_are_asked_three_times_a_day_about_a_group_and_no_more() {
    let house = guarded();
    added(&house, &room());
    for name in ["Acme", "Apex", "Arch"] {
        assert_eq!(answers(&house, &room(), "admin", name).said, Said::Rostered, "{name}");
        house.clock.advance(Duration::from_secs(3_600));
    }
    let limited = answers(&house, &room(), "admin", "Aero");
    assert_eq!(limited.said, Said::AdmissionLimited { hours: 21 });
    assert!(limited.text().ends_with("Please try again in 21 hours."), "{}", limited.text());
    added(&house, &chat("-200"));
    assert_eq!(answers(&house, &chat("-200"), "admin", "Aero").said, Said::Rostered, "each group by itself");
    assert_eq!(house.chat.shown(&office("root")).len(), 4);
    house.clock.advance(Duration::from_secs(21 * 3_600));
    assert_eq!(answers(&house, &room(), "admin", "Aero").said, Said::Rostered);
}

#[test]
fn a_group_that_waits_is_asked_again_when_the_bot_comes_back_and_not_before() {
    let house = guarded();
    let asked = || told(&house, &room(), "reply to this message with the name of your company");
    added(&house, &room());
    for times in [1, 1, 2] {
        if times == 2 {
            house.platform(Ask::BotRemoved);
            house.platform(Ask::BotRemoved);
        }
        added(&house, &room());
        added(&house, &room());
        assert_eq!(asked(), times);
    }
    assert_eq!(answers(&house, &room(), "admin", "Acme").said, Said::Rostered);
    assert_eq!(press(&house, "root", "New company"), Said::GroupAdmitted("Acme".into()));
}

#[test]
fn only_presses_of_those_who_decide_count_and_a_repeated_one_does_nothing_more() {
    let house = guarded();
    added(&house, &room());
    answers(&house, &room(), "admin", "Acme");
    let code = code(&house, "root", "New company");
    for who in ["admin", "dan", "eve"] {
        for request in [
            pressed(&house, who, code),
            in_chat(
                &house,
                &room(),
                who,
                Ask::Press { code: code.to_string(), message: MessageRef::new(room(), "1") },
            ),
        ] {
            let reply = house.handle(request);
            assert_eq!(reply.said, Said::Refused(Rejection::NotAuthorized), "{who}");
            assert!(reply.text().contains("of this installation"), "{}", reply.text());
        }
    }
    let unknown = AdmissionCode { applicant: incident_core::ids::CompanyId::from_u128(7), ..code };
    assert_eq!(house.handle(pressed(&house, "root", unknown)).said, Said::UnknownButton);
    let mut request = pressed(&house, "root", code);
    let first = house.handle(request.clone());
    house.settle();
    request.fresh += 500;
    assert_eq!(house.handle(request), first);
    house.settle();
    assert_eq!(told(&house, &room(), "This group is admitted"), 1);
}

#[test]
fn commands_admit_as_buttons_do() {
    let house = guarded();
    says(&house, &office("root"), "root", (CommandWord::AddCompany, "Acme"));
    added(&house, &room());
    let listed = says(&house, &office("root"), "root", (CommandWord::ListGroups, "")).text();
    assert_eq!(listed, "Acme\ntrucks\n⏳ trucks: waits for approval");
    let unknown = says(&house, &room(), "root", (CommandWord::AddGroup, "trucks"));
    assert_eq!(unknown.said, Said::NoSuchCompany("trucks".into()), "what keeps a request is no company");
    assert_eq!(
        says(&house, &room(), "root", (CommandWord::AddGroup, "acme")).said,
        Said::GroupAdmitted("Acme".into())
    );
    house.settle();
    assert!(works(&house, &room()));
    added(&house, &chat("-200"));
    answers(&house, &chat("-200"), "admin", "Apex");
    assert_eq!(
        says(&house, &chat("-200"), "root", (CommandWord::ActivateGroup, "")).said,
        Said::GroupAdmitted("Apex".into())
    );
    assert!(works(&house, &chat("-200")));
    added(&house, &chat("-300"));
    answers(&house, &chat("-300"), "admin", "apex");
    let twice = says(&house, &chat("-300"), "root", (CommandWord::ActivateGroup, ""));
    assert_eq!(twice.said, Said::CompanyExists("apex".into()));
}

#[test]
fn whoever_cannot_be_asked_holds_nobody_up() {
    let house = guarded();
    house.chat.expel(&office("root"));
    added(&house, &room());
    answers(&house, &room(), "admin", "Acme");
    assert_eq!(told(&house, &room(), "to admit this group to “Acme”"), 1);
    assert_eq!(labels(&house, "vera"), ["➕ New company Acme", "❌ Refuse"]);
}

#[test]
fn a_group_that_moves_finds_its_chat_although_the_bot_was_seen_there_before() {
    let house = House::new()
        .refit(|desk| desk.with_onboarding(Onboarding::Approval).with_platform_admins([account("root")]));
    let incident = house.report("dan", "flat tyre");
    let there = chat("-100200");
    house.chat.migrate(&room(), &there);
    added(&house, &there);
    let tenancy = |at| block_on(house.store.tenancy(at)).expect("the store works").expect("it is kept");
    assert_ne!(tenancy(&there).company, incident.company);
    house.platform(Ask::ChatMoved { to: there.clone() });
    house.settle();
    assert_eq!(tenancy(&there).company, incident.company);
    let reply = says(&house, &there, "dan", (CommandWord::NewIssue, "broken lamp"));
    assert!(!matches!(reply.said, Said::Suspended | Said::NeedsApproval(_)), "{:?}", reply.said);
    assert_eq!(house.chat.cards(&there).len(), 1, "the card followed");
}

#[test]
fn what_was_reported_before_a_group_is_admitted_is_filed_by_a_reply_to_it() {
    let house = guarded();
    added(&house, &room());
    answers(&house, &room(), "admin", "Acme");
    let draft = "/new_issue@desk_bot truck 12\nhas a flat tyre";
    let refused = says(&house, &room(), "dan", (CommandWord::NewIssue, "truck 12\nhas a flat tyre"));
    assert_eq!(refused.said, Said::NeedsApproval(CommandWord::AddGroup));
    press(&house, "root", "New company");
    assert_eq!(told(&house, &room(), "a reply to it with /new_issue files it"), 1);
    says(&house, &room(), "admin", (CommandWord::ConfigureManagers, "@mia"));
    let Ask::Command { word, text, named, attachments, about, .. } = command(CommandWord::NewIssue, "")
    else {
        panic!("it is a command")
    };
    let quoted = Some(Quoted {
        message: Some(MessageRef::new(room(), "7")),
        by: Some(account("dan")),
        text: draft.into(),
        attachments: vec![],
    });
    let reply = Ask::Command { word, text, named, attachments, quoted, about };
    assert!(matches!(house.handle(in_chat(&house, &room(), "mia", reply)).said, Said::Reported(_)));
    let [filed] = house.incidents().try_into().expect("one incident");
    assert_eq!(filed.incident.description.as_str(), "truck 12\nhas a flat tyre");
}
