//! Companies with several groups, teams, and what nobody of another company can reach.

use futures::executor::block_on;
use incident_core::desk::{Ask, ChatKind, Onboarding, Request};
use incident_core::ids::{ChatRef, Platform, Version};
use incident_core::incident::{Invalid, Rejection};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Listing, Page, Store};
use incident_core::roster::GroupStatus;
use incident_core::view::{Action, ButtonCode, CommandWord, Done, Reply, Said};

use crate::house::{House, account, command, room};

fn elsewhere() -> ChatRef {
    ChatRef::new(Platform::Telegram, "-200")
}

/// A house with an administrator of the installation.
fn governed(onboarding: Onboarding) -> House {
    let house = House::empty(Policy::preset(Preset::TwoTier));
    house.directory.promote(&elsewhere(), &account("admin"));
    house.refit(|desk| desk.with_onboarding(onboarding).with_platform_admins([account("root")]))
}

fn in_chat(house: &House, chat: &ChatRef, who: &str, ask: Ask) -> Request {
    let mut request = house.request(who, ask);
    request.chat = chat.clone();
    request
}

fn says(house: &House, chat: &ChatRef, who: &str, (word, text): (CommandWord, &str)) -> Reply {
    house.handle(in_chat(house, chat, who, command(word, text)))
}

fn alone(house: &House, who: &str, word: CommandWord, text: &str) -> Reply {
    let mut request = house.request(who, command(word, text));
    request.chat_kind = ChatKind::Private;
    request.chat = ChatRef::new(Platform::Telegram, who);
    house.handle(request)
}

#[test]
fn a_name_that_several_companies_have_is_refused_and_an_id_is_not() {
    let house = governed(Onboarding::Open);
    for chat in [room(), elsewhere()] {
        assert_eq!(
            says(&house, &chat, "admin", (CommandWord::ConfigureManagers, "@mia")).said,
            Said::Rostered
        );
    }
    let companies = block_on(house.store.companies()).expect("it answers");
    let ids: Vec<String> = companies.iter().map(ToString::to_string).collect();
    let third = ChatRef::new(Platform::Telegram, "-300");
    let add = |text: &str| says(&house, &third, "root", (CommandWord::AddGroup, text));
    let refused = add("Trucks");
    assert_eq!(refused.said, Said::SeveralCompanies { name: "Trucks".into(), ids: ids.clone() });
    assert!(refused.text().contains(&ids.join(", ")), "{}", refused.text());
    assert_eq!(block_on(house.store.tenancy(&third)).expect("it answers"), None);
    assert_eq!(add(&ids[1]).said, Said::GroupAdded("trucks".into()));
    let tenancy = block_on(house.store.tenancy(&third)).expect("it answers").expect("it has a company");
    assert_eq!(tenancy.company, companies[1]);
}

#[test]
fn a_company_has_several_groups_once_an_administrator_of_the_installation_says_so() {
    let house = governed(Onboarding::Approval);
    assert_eq!(
        alone(&house, "root", CommandWord::AddCompany, " Acme ").said,
        Said::CompanyFounded("Acme".into())
    );
    let again = alone(&house, "root", CommandWord::AddCompany, "ACME");
    assert_eq!(again.said, Said::CompanyExists("ACME".into()));
    for chat in [room(), elsewhere()] {
        let usage = (CommandWord::ConfigureManagers, "@mia");
        assert_eq!(says(&house, &chat, "admin", usage).said, Said::NeedsApproval(CommandWord::AddGroup));
        let unknown = says(&house, &chat, "root", (CommandWord::AddGroup, "Apex"));
        assert_eq!(unknown.said, Said::NoSuchCompany("Apex".into()));
        let added = says(&house, &chat, "root", (CommandWord::AddGroup, "acme"));
        assert_eq!(added.said, Said::GroupAdded("Acme".into()));
        assert!(added.text().contains("/configure_managers"), "{}", added.text());
        assert_eq!(says(&house, &chat, "root", (CommandWord::AddGroup, "acme")).said, Said::GroupTaken);
        assert_eq!(says(&house, &chat, "admin", usage).said, Said::Rostered);
        assert!(matches!(
            says(&house, &chat, "dan", (CommandWord::NewIssue, "flat tyre")).said,
            Said::Reported(_)
        ));
    }
    let listed = alone(&house, "root", CommandWord::ListGroups, "");
    assert_eq!(listed.text(), "Acme\n✅ trucks\n✅ trucks");
    assert_eq!(block_on(house.store.companies()).expect("it answers").len(), 1);
}

#[test]
fn a_repeated_decree_is_answered_as_before_and_changes_nothing() {
    let house = governed(Onboarding::Open);
    for ask in [command(CommandWord::AddCompany, "Acme"), command(CommandWord::AddGroup, "Acme")] {
        let mut request = house.request("root", ask);
        let first = house.handle(request.clone());
        assert!(matches!(first.said, Said::CompanyFounded(_) | Said::GroupAdded(_)), "{first:?}");
        request.fresh += 500;
        assert_eq!(house.handle(request), first);
    }
    let companies = block_on(house.store.companies()).expect("it answers");
    let roster = block_on(house.store.roster(companies[0])).expect("it answers").expect("it was founded");
    assert_eq!((companies.len(), roster.groups.len()), (1, 1));
}

#[test]
fn nobody_else_governs() {
    let house = governed(Onboarding::Open);
    for word in CommandWord::ALL {
        let reply = alone(&house, "admin", word, "Acme");
        let governs = [
            CommandWord::AddCompany,
            CommandWord::AddGroup,
            CommandWord::ListGroups,
            CommandWord::SuspendGroup,
            CommandWord::ActivateGroup,
        ];
        if governs.contains(&word) {
            assert_eq!(reply.said, Said::Refused(Rejection::NotAuthorized), "{word:?}");
            assert!(reply.text().contains("of this installation"), "{}", reply.text());
        }
    }
    assert_eq!(block_on(house.store.companies()).expect("it answers"), []);
}

#[test]
fn a_stopped_group_waits_until_it_is_approved_again_however_often_the_bot_is_added() {
    let house = governed(Onboarding::Open);
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.report("dan", "flat tyre");
    assert_eq!(house.command("root", CommandWord::SuspendGroup, "").said, Said::GroupSuspended);
    house.platform(Ask::BotRemoved);
    house.platform(Ask::BotPresent { can_pin: Some(true) });
    let refused = house.command("dan", CommandWord::NewIssue, "flat tyre");
    assert_eq!(refused.said, Said::NeedsApproval(CommandWord::ActivateGroup));
    assert!(refused.text().contains("/activate_group"), "{}", refused.text());
    let company = block_on(house.store.companies()).expect("it answers")[0];
    let roster = block_on(house.store.roster(company)).expect("it answers").expect("it is there");
    let statuses: Vec<GroupStatus> = roster.groups.values().map(|group| group.status).collect();
    assert_eq!(statuses, [GroupStatus::Pending]);
    assert_eq!(house.command("root", CommandWord::ActivateGroup, "").said, Said::GroupActivated);
    assert!(matches!(house.command("dan", CommandWord::NewIssue, "flat tyre").said, Said::Reported(_)));
}

#[test]
fn teams_are_founded_filled_emptied_and_listed() {
    let house = House::new();
    assert_eq!(house.command("dan", CommandWord::Teams, "").text(), "There are no teams yet.");
    let refused = house.command("dan", CommandWord::AddTeam, "Tyres");
    assert_eq!(refused.said, Said::Refused(Rejection::NotAuthorized));
    assert_eq!(house.command("admin", CommandWord::AddTeam, "Tyres").text(), "1. Tyres: (none)");
    let exists = house.command("admin", CommandWord::AddRestrictedTeam, "tyres");
    assert_eq!(exists.said, Said::TeamExists("tyres".into()));
    house.command("admin", CommandWord::AddRestrictedTeam, "Safety");
    house.report("ann", "flat tyre");
    let joined = house.command("admin", CommandWord::AddTeamMember, "1 @ann @bob");
    assert_eq!(joined.text(), "1. Tyres: @ann, @bob\n2. Safety (for members of teams only): (none)");
    let left = house.command("admin", CommandWord::RemoveTeamMember, "1 @ann");
    assert_eq!(left.text(), "1. Tyres: @bob\n2. Safety (for members of teams only): (none)");
    for (text, said) in [
        ("", Said::Usage(CommandWord::AddTeamMember)),
        ("1", Said::Usage(CommandWord::AddTeamMember)),
        ("3 @ann", Said::NoSuchTeam("3".into())),
        ("-1 @ann", Said::NoSuchTeam("-1".into())),
        ("Tyres @ann", Said::NoSuchTeam("Tyres".into())),
        ("1 @a@b", Said::BadHandle("@a@b".into())),
    ] {
        assert_eq!(house.command("admin", CommandWord::AddTeamMember, text).said, said, "{text}");
    }
    assert_eq!(house.command("admin", CommandWord::AddTeam, " ").said, Said::Usage(CommandWord::AddTeam));
    let long = house.command("admin", CommandWord::AddTeam, &"x".repeat(4_096));
    assert!(
        matches!(long.said, Said::Refused(Rejection::InvalidInput { reason: Invalid::Text(_) })),
        "{long:?}"
    );
}

/// Two companies, each with one group and one incident of the same number. Whatever somebody of one of them types or
/// presses, nothing of the other is shown or changed.
#[test]
fn nothing_of_another_company_can_be_reached() {
    let house = governed(Onboarding::Open);
    for chat in [room(), elsewhere()] {
        says(&house, &chat, "admin", (CommandWord::ConfigureManagers, "@mia"));
        says(&house, &chat, "admin", (CommandWord::AddDispatcher, "@ann"));
    }
    says(&house, &room(), "dan", (CommandWord::NewIssue, "the one in the room"));
    house.settle();
    let tenancy = block_on(house.store.tenancy(&room())).expect("it answers").expect("it is a group");
    let page = Page { after: None, limit: 9 };
    let filed = block_on(house.store.list(tenancy.company, &Listing::default(), page)).expect("it answers");
    let theirs = filed[0].incident.clone();
    let before = block_on(house.store.load(theirs.company, theirs.id)).expect("it answers");
    let roster = block_on(house.store.roster(theirs.company)).expect("it answers");
    for who in ["admin", "mia", "ann", "dan", "eve"] {
        for action in [Action::Claim, Action::Release, Action::Escalate, Action::Resolve, Action::Reopen] {
            for seen in [theirs.version, Version::NONE] {
                let code = ButtonCode { action, incident: theirs.id, seen }.to_string();
                let message = incident_core::ids::MessageRef { chat: elsewhere(), message: "1".into() };
                let reply = house.handle(in_chat(&house, &elsewhere(), who, Ask::Press { code, message }));
                assert_eq!(reply.said, Said::UnknownButton, "{who} {action:?}");
            }
        }
        for word in CommandWord::ALL {
            for text in ["TKT-2026-0001", "1", "1 @ann", "@ann", "company @ann", "company @dan"] {
                let reply = says(&house, &elsewhere(), who, (word, text));
                assert!(!reply.text().contains("the one in the room"), "{word:?} {text}: {}", reply.text());
            }
        }
    }
    house.settle();
    assert_eq!(block_on(house.store.load(theirs.company, theirs.id)).expect("it answers"), before);
    assert_eq!(block_on(house.store.roster(theirs.company)).expect("it answers"), roster);
}

/// A house with two groups of one company, in which root administers the installation and admin both chats.
fn two_groups() -> House {
    let house = governed(Onboarding::Approval);
    alone(&house, "root", CommandWord::AddCompany, "Acme");
    for chat in [room(), elsewhere()] {
        says(&house, &chat, "root", (CommandWord::AddGroup, "Acme"));
        says(&house, &chat, "admin", (CommandWord::ConfigureManagers, "@mia"));
    }
    house.settle();
    house
}

/// Reports in a chat and lets somebody claim it.
fn claims(house: &House, chat: &ChatRef, who: &str) -> Said {
    says(house, chat, "dan", (CommandWord::NewIssue, "flat tyre"));
    house.settle();
    house.pass(crate::house::minutes(2));
    let shown = house.chat.cards(chat);
    let card = shown.last().expect("it is shown");
    let claim = card.buttons.iter().flatten().find(|button| button.code.action == Action::Claim);
    let code = claim.expect("it can be claimed").code.to_string();
    let message = incident_core::ids::MessageRef { chat: chat.clone(), message: "1".into() };
    let said = house.handle(in_chat(house, chat, who, Ask::Press { code, message })).said;
    house.settle();
    said
}

#[test]
fn who_has_a_role_in_the_company_has_it_in_every_group_of_it() {
    let house = two_groups();
    let not_authorized = Said::Refused(Rejection::NotAuthorized);
    assert_eq!(claims(&house, &elsewhere(), "ann"), not_authorized);
    for who in ["admin", "mia", "ann"] {
        let reply = says(&house, &room(), who, (CommandWord::AddDispatcher, "company @ann"));
        assert_eq!(reply.said, not_authorized, "{who}");
        assert!(reply.text().contains("of this installation"), "{}", reply.text());
    }
    let named = says(&house, &room(), "root", (CommandWord::AddDispatcher, "company @ann @bob"));
    assert_eq!(
        named.text(),
        "Managers in every group of Acme: (none)\nDispatchers in every group of Acme: @ann, @bob"
    );
    for chat in [room(), elsewhere()] {
        assert_eq!(claims(&house, &chat, "ann"), Said::Done(Done::Pressed(Action::Claim)));
    }
    // Also in groups that come later; and what is reported there needs no managers of its own.
    says(&house, &room(), "root", (CommandWord::ConfigureManagers, "company @max"));
    let third = ChatRef::new(Platform::Telegram, "-300");
    says(&house, &third, "root", (CommandWord::AddGroup, "Acme"));
    assert_eq!(claims(&house, &third, "ann"), Said::Done(Done::Pressed(Action::Claim)));
    says(&house, &third, "ann", (CommandWord::Note, "1 escalated"));
}

#[test]
fn a_role_in_the_company_is_taken_away_everywhere_but_where_it_was_given_by_itself() {
    let house = two_groups();
    says(&house, &room(), "root", (CommandWord::AddDispatcher, "company @ann"));
    says(&house, &elsewhere(), "admin", (CommandWord::AddDispatcher, "@ann"));
    for chat in [room(), elsewhere()] {
        assert_eq!(claims(&house, &chat, "ann"), Said::Done(Done::Pressed(Action::Claim)));
    }
    let gone = says(&house, &room(), "root", (CommandWord::RemoveDispatcher, "COMPANY @ann"));
    assert!(gone.text().ends_with("Dispatchers in every group of Acme: (none)"), "{}", gone.text());
    house.settle();
    let held: Vec<usize> = house.incidents().iter().map(|filed| filed.incident.assignees().count()).collect();
    assert_eq!(held, [0, 1], "claims end where the role does");
    assert_eq!(claims(&house, &room(), "ann"), Said::Refused(Rejection::NotAuthorized));
    assert_eq!(claims(&house, &elsewhere(), "ann"), Said::Done(Done::Pressed(Action::Claim)));
    for (text, said) in [
        ("company", Said::Usage(CommandWord::AddDispatcher)),
        ("company @a@b", Said::BadHandle("@a@b".into())),
    ] {
        assert_eq!(says(&house, &room(), "root", (CommandWord::AddDispatcher, text)).said, said, "{text}");
    }
}
