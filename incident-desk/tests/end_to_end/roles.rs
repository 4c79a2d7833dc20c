//! Who may do what, who says so, and how people without an id come to their roles.

use incident_core::policy::Role;
use incident_core::roster::Grantee;

use crate::harness::{Desk, Ledger, Team};

const ADMINS_ONLY: &str = "❌ Only group administrators can do this.";

/// Lists who holds a role in the only group, by name; a handle that is not bound has two `@`.
fn holders(ledger: &Ledger, role: Role) -> Vec<String> {
    let [roster] = ledger.rosters.as_slice() else { panic!("one company was founded") };
    let groups = roster.groups.values();
    let name = |grantee: &Grantee| match grantee {
        Grantee::Person(person) => ledger.name(roster.company, *person),
        Grantee::Handle(handle) => format!("@@{}", handle.name()),
        Grantee::Circle(circle) => format!("@@@{}", circle.name()),
    };
    let mut names: Vec<String> = groups.flat_map(|group| group.holders(role)).map(name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_group_is_configured_by_its_administrators_only() {
    let desk = Desk::started();
    let team = Team::gathered(&desk.api);
    let configure = "/configure_managers @max @mona";
    assert_eq!(team.ask(team.dora, configure, "❌").await.text, ADMINS_ONLY);
    let inactive = team.ask(team.drivers[0], "/new_issue flat tyre", "❌").await.text;
    let not_set_up = "❌ This group is not set up yet. A group administrator can do that with /configure_managers <@user1 @user2 …>.";
    assert_eq!(inactive, not_set_up);
    assert_eq!(team.ask(team.berta, "/add_dispatcher @dora", "❌").await.text, not_set_up);
    let usage = "Usage: /configure_managers <@user1 @user2 …>";
    assert_eq!(team.ask(team.berta, "/configure_managers", "Usage").await.text, usage);
    assert_eq!(
        team.ask(team.berta, "/configure_managers @a@b", "❌").await.text,
        "❌ “@a@b” is not a username. Where names are offered as you type @, choose one of them."
    );
    desk.api.promote(team.chat, team.dave, team.berta);
    let told = team.ask(team.dave, configure, "Managers").await.text;
    assert!(told.starts_with("✅ Managers of this group: @max, @mona. Whoever has not written"), "{told}");
    for command in ["/configure_managers @dora", "/add_dispatcher @dora", "/remove_dispatcher @dora"] {
        assert_eq!(team.ask(team.dora, command, "❌").await.text, ADMINS_ONLY, "{command}");
    }
    let ledger = desk.close().await;
    assert_eq!(holders(&ledger, Role::Manager), ["@@max", "@@mona"]);
    assert_eq!(ledger.incidents.len(), 0);
}

#[tokio::test]
async fn a_role_waits_for_the_owner_of_its_handle_and_is_bound_to_the_account() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("horn is silent").await;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Escalate").await;
    team.press(team.max, &card, "Claim escalation").await;
    // Whoever takes over a handle takes over no role, and whoever gives one up keeps theirs.
    desk.api.rename(team.dora, Some("dora_new"));
    let thief = desk.api.user("Thief", Some("dora"));
    desk.api.join(team.chat, thief);
    team.press(team.max, &card, "Back to level 1").await;
    let refused = team.press(thief, &card, "Claim").await;
    assert!(refused.starts_with("❌ You are not authorized to claim this."), "{refused}");
    assert_eq!(team.press(team.dora, &card, "Claim").await, format!("You have claimed {}.", card.number));
    team.shows(&card, "Handled by: @dora_new").await;
    let ledger = desk.close().await;
    assert_eq!(holders(&ledger, Role::Responder), ["@@dave", "@dora_new"]);
    assert_eq!(holders(&ledger, Role::Manager), ["@@mona", "@max"]);
}

#[tokio::test]
async fn pressing_claim_gives_nobody_a_role() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("smoke under the bonnet").await;
    let claim =
        "❌ You are not authorized to claim this. Please ask an administrator to add you as a dispatcher.";
    for _ in 0..2 {
        let answer = team.press_fully(team.drivers[3], &card, "Claim").await;
        assert_eq!((&*answer.text, answer.alert), (claim, true));
    }
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Escalate").await;
    let escalation = "❌ You are not authorized to claim escalations. Please ask an administrator to name you as a manager.";
    for _ in 0..2 {
        assert_eq!(team.press(team.dora, &card, "Claim escalation").await, escalation);
    }
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(&card.number).facts(), ["created", "acknowledged", "escalated"]);
}

#[tokio::test]
async fn where_it_is_wanted_pressing_claim_makes_a_dispatcher() {
    let desk = Desk::prepared().with("SELF_REGISTRATION", "on").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("wipers broken").await;
    let newcomer = team.drivers[2];
    assert_eq!(team.press(newcomer, &card, "Claim").await, format!("You have claimed {}.", card.number));
    team.shows(&card, "Handled by: @driver3").await;
    let ledger = desk.close().await;
    assert_eq!(holders(&ledger, Role::Responder), ["@@dave", "@@dora", "@driver3"]);
}

#[tokio::test]
async fn a_dispatcher_who_is_removed_or_leaves_loses_the_claim() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("mirror is gone").await;
    let number = &card.number;
    team.press(team.dora, &card, "Claim").await;
    let removed = team.ask(team.berta, "/remove_dispatcher @Dora", "is not a dispatcher").await.text;
    assert_eq!(removed, "✅ @dora is not a dispatcher in this group any more.");
    team.says(&format!("⚠️ {number}: @dora does not hold it any more.")).await;
    let refused = team.press(team.dora, &card, "Claim").await;
    assert!(refused.starts_with("❌ You are not authorized to claim this."), "{refused}");
    team.press(team.dave, &card, "Claim").await;
    desk.api.kick(team.chat, team.dave, team.berta);
    team.says(&format!("⚠️ {number}: @dave does not hold it any more.")).await;
    team.shows(&card, "UNCLAIMED").await;
    let ledger = desk.close().await;
    let facts = [
        "created",
        "acknowledged",
        "claim_revoked",
        "unassigned",
        "acknowledged",
        "claim_revoked",
        "unassigned",
    ];
    assert_eq!(ledger.incident(number).facts(), facts);
}

#[tokio::test]
async fn naming_managers_again_replaces_them_and_nobody_else() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("seat is loose").await;
    team.press(team.dora, &card, "Claim").await;
    let registered = team.ask(team.dora, "/register_driver", "registered").await.text;
    assert_eq!(registered, "✅ @dora is registered as a driver and can report incidents with /new_issue.");
    let told = team.ask(team.berta, "/configure_managers mona", "Managers").await.text;
    assert!(told.starts_with("✅ Managers of this group: @mona."), "{told}");
    assert_eq!(team.press(team.dora, &card, "Escalate").await, format!("{} is escalated.", card.number));
    assert!(team.press(team.max, &card, "Claim escalation").await.starts_with("❌"));
    let page = team.says("requires manager attention").await;
    assert!(page.text.ends_with("\n@mona"), "{}", page.text);
    let ledger = desk.close().await;
    assert_eq!(holders(&ledger, Role::Manager), ["@@mona"]);
    assert_eq!(holders(&ledger, Role::Responder), ["@@dave", "@dora"]);
    assert_eq!(holders(&ledger, Role::Reporter), ["@dora"]);
}

#[tokio::test]
async fn managers_are_paged_five_to_a_message_and_by_id_where_they_have_no_handle() {
    let desk = Desk::started();
    let team = Team::gathered(&desk.api);
    let nameless = desk.api.user("Nora", None);
    desk.api.join(team.chat, nameless);
    let handles: Vec<String> = (1..=6).map(|number| format!("@chief{number}")).collect();
    let command = format!("/configure_managers {} {{}}", handles.join(" "));
    desk.api.write_naming(team.chat, team.berta, &command, nameless);
    team.says("Managers of this group").await;
    team.write(team.berta, "/add_dispatcher @dora");
    team.says("@dora will be").await;
    let card = team.report("load has shifted").await;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Escalate").await;
    desk.quiet().await;
    let messages = desk.api.messages(team.chat);
    let pages: Vec<_> =
        messages.iter().filter(|message| message.text.contains("requires manager attention")).collect();
    assert_eq!(pages.len(), 2, "{}", desk.api.transcript(team.chat));
    let mut paged: Vec<&str> =
        pages.iter().flat_map(|page| page.text.lines().last().expect("a line").split(", ")).collect();
    paged.sort_unstable();
    let mut everybody: Vec<&str> = handles.iter().map(String::as_str).chain(["Nora"]).collect();
    everybody.sort_unstable();
    assert_eq!(paged, everybody);
    let by_id: Vec<i64> = pages.iter().flat_map(|page| page.mentioned_ids()).collect();
    assert_eq!(by_id, [nameless]);
    assert_eq!(
        team.press(nameless, &card, "Claim escalation").await,
        format!("You have claimed {}.", card.number)
    );
    team.shows(&card, "Handled by: Nora").await;
    desk.close().await;
}

#[tokio::test]
async fn roles_end_at_the_border_of_the_group() {
    let desk = Desk::started();
    let (team, other) = (Team::working(&desk.api).await, Team::working_as(&desk.api, "_b").await);
    let card = other.report("gearbox grinds").await;
    desk.api.join(other.chat, team.dora);
    assert!(other.press(team.dora, &card, "Claim").await.starts_with("❌ You are not authorized"));
    assert_eq!(other.ask(team.berta, "/add_dispatcher @dora", "❌").await.text, ADMINS_ONLY);
    other.finish(&card).await;
    let ledger = desk.close().await;
    assert_eq!(ledger.rosters.len(), 2);
}

#[tokio::test]
async fn with_departments_the_reporter_chooses_a_team_and_its_members_take_it() {
    let desk = Desk::prepared();
    let chief = desk.api.user("Chief", Some("chief"));
    let mut desk = desk.with("WORKFLOW", "departments").with("PLATFORM_ADMIN_IDS", chief).start();
    let team = Team::gathered(&desk.api);
    desk.api.join(team.chat, chief);
    // The chat is one of two of its company.
    team.ask(chief, "/add_company Acme Haulage", "Acme Haulage").await;
    team.ask(chief, "/add_group Acme Haulage", "belongs to Acme Haulage now").await;
    team.ask(team.berta, "/configure_managers @max", "Managers of this group: @max").await;
    team.ask(team.berta, "/add_team Tyres", "1. Tyres: (none)").await;
    team.ask(team.berta, "/add_team Safety", "2. Safety: (none)").await;
    team.ask(team.berta, "/add_team_member 1 @dora", "1. Tyres: @dora").await;
    let card = team.report("flat tyre").await;
    assert!(card.message(&desk.api).button("Claim").is_none(), "nobody takes what has no team");
    team.press(team.drivers[0], &card, "Tyres").await;
    team.shows(&card, "Tyres").await;
    assert!(team.press(team.dave, &card, "Claim").await.starts_with("❌ You are not authorized"));
    team.press(team.dora, &card, "Claim").await;
    team.resolve(team.dora, &card, "new tyre fitted").await;
    let resolved = team.shows(&card, "new tyre fitted").await;
    assert!(resolved.text.contains("Team: Tyres"), "{}", resolved.text);
    desk.quiet().await;
    desk.stop().await;
}

#[tokio::test]
async fn an_incident_moves_between_teams_by_buttons_and_the_choice_goes_away() {
    let mut desk = Desk::prepared().with("WORKFLOW", "departments").start();
    let team = Team::gathered(&desk.api);
    team.ask(team.berta, "/configure_managers @max", "Managers of this group: @max").await;
    team.ask(team.berta, "/add_team Tyres", "1. Tyres: (none)").await;
    team.ask(team.berta, "/add_restricted_team Safety", "2.").await;
    team.ask(team.berta, "/add_team_member 1 @dora", "1. Tyres: @dora").await;
    team.ask(team.berta, "/add_team_member 2 @dave", "@dave").await;
    let card = team.report("flat tyre").await;
    team.press(team.drivers[0], &card, "Tyres").await;
    assert!(team.press(team.dave, &card, "Transfer").await.starts_with("❌ You are not authorized"));
    let question = format!("Which team should {} move to?", card.number);
    assert_eq!(team.press(team.dora, &card, "Transfer").await, "");
    let choice = team.says(&question).await;
    assert_eq!(choice.labels(), ["🔒 Safety", "⬅️ Back"]);
    // Whoever may not choose takes nothing away; whoever may, takes the question back.
    let query = team.api.press(team.chat, team.dave, choice.id, "Back").expect("it is there");
    assert!(team.api.wait_answer(&query).await.text.starts_with("❌"));
    team.api.press(team.chat, team.dora, choice.id, "Back").expect("it is still there");
    team.goes(choice.id).await;
    let asked = team.api.read(|world| world.messages(team.chat).last().map_or(0, |last| last.id));
    team.press(team.dora, &card, "Transfer").await;
    let choice = team.said_after(asked, &question).await;
    let query = team.api.press(team.chat, team.dora, choice.id, "Safety").expect("it is there");
    let moved = format!("{} has moved to another team.", card.number);
    assert_eq!(team.api.wait_answer(&query).await.text, moved);
    team.shows(&card, "Team: Safety").await;
    team.goes(choice.id).await;
    let whom = team.ask(team.max, "/assign 1", "Who should take").await;
    team.api.press(team.chat, team.max, whom.id, "@dave").expect("he is of that team");
    team.shows(&card, "Asked to take it: @dave").await;
    desk.quiet().await;
    desk.stop().await;
}

#[tokio::test]
async fn a_ticket_takes_its_words_from_what_was_said_before() {
    let mut desk = Desk::prepared().with("WORKFLOW", "departments").start();
    let team = Team::gathered(&desk.api);
    team.ask(team.berta, "/configure_managers @max", "Managers of this group: @max").await;
    team.ask(team.berta, "/add_team Tyres", "1. Tyres: (none)").await;
    let [driver, other] = [team.drivers[0], team.drivers[1]];
    team.ask(driver, "/ticket", "Usage: /new_issue").await;
    let first = team.write(driver, "truck 12 stands still");
    team.write(other, "mine does not");
    team.write(driver, "<b>smoke</b> from the engine");
    // What is answered comes after what was said; a crash in between loses nothing of that.
    team.ask(other, "/teams", "1. Tyres").await;
    desk.crash().await;
    let asked = team.write(driver, "/ticket");
    let card = team.card_after(asked).await;
    team.shows(&card, "Issue: truck 12 stands still\n<b>smoke</b> from the engine").await;
    let asked = team.api.reply(team.chat, other, first, "/ticket");
    let card = team.card_after(asked).await;
    team.shows(&card, "Issue: truck 12 stands still\n<b>smoke</b> from the engine").await;
    desk.quiet().await;
    desk.stop().await;
}

#[tokio::test]
async fn a_page_mentions_those_on_duty() {
    let mut desk =
        Desk::prepared().with("WORKFLOW", "departments").with("TIMEZONE", "America/New_York").start();
    let team = Team::gathered(&desk.api);
    team.ask(team.berta, "/configure_managers @max", "Managers of this group: @max").await;
    team.ask(team.drivers[0], "/new_issue flat tyre", "❌ There is no team yet").await;
    team.ask(team.berta, "/add_team Tyres", "1. Tyres: (none)").await;
    team.ask(team.berta, "/add_team_member 1 @dora @dave", "1. Tyres: ").await;
    team.ask(team.berta, "/schedule 1 @dora daily 00:00-24:00", "by the clock of America/New_York").await;
    let rota = team.ask(team.berta, "/schedule 1 @dave daily 00:00-24:00", "@dave").await.text;
    assert!(rota.contains("🟢 @dave · Tyres · mon-sun 00:00-24:00"), "{rota}");
    team.ask(team.berta, "/schedule 1 @dave off", "@dora").await;
    // What happens to roles and schedules survives a crash.
    desk.crash().await;
    let rota = team.ask(team.dave, "/schedule", "by the clock of").await.text;
    assert_eq!(rota.lines().count(), 2, "{rota}");
    let card = team.report("flat tyre").await;
    team.press(team.drivers[0], &card, "Tyres").await;
    let page = team.says("needs attention").await.text;
    assert!(
        page.contains("@dora") && page.contains("@dave"),
        "whoever has no schedule is always there: {page}"
    );
    desk.quiet().await;
    desk.stop().await;
}

#[tokio::test]
async fn what_waits_for_a_team_goes_to_the_default_team_by_itself() {
    let mut desk = Desk::prepared().with("WORKFLOW", "departments").start();
    let team = Team::gathered(&desk.api);
    team.ask(team.berta, "/configure_managers @max", "Managers of this group: @max").await;
    team.ask(team.berta, "/add_team Tyres", "1. Tyres: (none)").await;
    team.ask(team.berta, "/settings team_reminder 1s", "team_reminder").await;
    team.ask(team.berta, "/settings default_team 1", "default_team").await;
    let card = team.report("flat tyre").await;
    team.shows(&card, "Team: Tyres").await;
    desk.quiet().await;
    desk.stop().await;
}

#[tokio::test]
async fn where_groups_need_approval_only_the_installations_administrators_admit_one() {
    let desk = Desk::prepared();
    let chief = desk.api.user("Chief", Some("chief"));
    let desk = desk.with("ONBOARDING", "approval").with("PLATFORM_ADMIN_IDS", chief).start();
    let team = Team::gathered(&desk.api);
    desk.api.join(team.chat, chief);
    let configure = "/configure_managers @max";
    let refused = team.ask(team.berta, configure, "❌").await.text;
    assert!(refused.starts_with("❌ This group is not approved yet."), "{refused}");
    team.ask(chief, "/add_company Acme", "“Acme” is a company now.").await;
    team.ask(chief, "/add_group acme", "✅ Admitted to Acme.").await;
    team.says("This group is admitted: it belongs to Acme.").await;
    team.ask(chief, configure, "Managers of this group: @max").await;
    team.write(team.berta, "/add_dispatcher @dora");
    team.says("@dora will be a dispatcher").await;
    // Whoever runs the installation has no part in the work of its groups.
    let card = team.report("flat tyre").await;
    assert!(team.press(chief, &card, "Claim").await.starts_with("❌ You are not authorized to claim this."));
    team.finish(&card).await;
    desk.close().await;
}
