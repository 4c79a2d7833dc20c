//! Groups that the administrators of the installation admit, asked in their chats with the bot.

use adapter_telegram::testkit::BotApi;

use crate::harness::{Allow, Desk, Team};

/// The questions to whoever never wrote to the bot are given up.
const UNASKED: Allow = Allow { orphans: 0, unpinned: false, abandoned: true, unconfirmed: 0 };

/// A desk that two people administer, of whom only the first has ever written to the bot.
fn guarded() -> (Desk, i64, i64) {
    let desk = Desk::prepared();
    let chief = desk.api.user("Chief", Some("chief"));
    let shy = desk.api.user("Shy", Some("shy"));
    desk.api.start_private(chief);
    let admins = format!("{chief},{shy}");
    (desk.with("ONBOARDING", "approval").with("PLATFORM_ADMIN_IDS", admins).start(), chief, shy)
}

/// Replies to the question for the company's name.
async fn named(team: &Team, who: i64, name: &str) {
    let question = team.says("reply to this message with the name of your company").await;
    assert!(question.prompt().is_some(), "{question:?}");
    team.api.reply(team.chat, who, question.id, name);
}

/// Presses a button on the question about a group, and returns the answer.
async fn decides(api: &BotApi, who: i64, about: &str, label: &str) -> String {
    let question = api.wait_said(who, about).await;
    let query = api.press(who, who, question.id, label).expect("there is such a button");
    api.wait_answer(&query).await.text
}

#[tokio::test]
async fn two_companies_are_admitted_by_buttons_and_work_apart() {
    let (desk, chief, _) = guarded();
    let (one, other) = (Team::gathered(&desk.api), Team::gathered_as(&desk.api, "_b"));
    let refused = one.ask(one.drivers[0], "/new_issue flat tyre", "❌").await.text;
    assert!(refused.starts_with("❌ This group is not approved yet."), "{refused}");
    let unheard = one.write(one.drivers[0], "/new_issue flat tyre");
    named(&one, one.berta, "Acme").await;
    one.says("to admit this group to “Acme”").await;
    assert_eq!(
        decides(&desk.api, chief, "It says that it belongs to “Acme”; so says @berta.", "New company").await,
        "✅ Admitted to Acme. The group is told."
    );
    one.says("This group is admitted: it belongs to Acme.").await;
    named(&other, other.berta, "Apex").await;
    let about = "It says that it belongs to “Apex”";
    assert_eq!(decides(&desk.api, chief, about, "Refuse").await, "Refused. The group is told.");
    other.says("did not admit this group").await;
    // It was a mistake; the same question is still there.
    assert_eq!(
        decides(&desk.api, chief, about, "New company").await,
        "✅ Admitted to Apex. The group is told."
    );
    other.says("This group is admitted: it belongs to Apex.").await;
    assert_eq!(decides(&desk.api, chief, about, "To Acme").await, "❌ That was decided before.");
    for team in [&one, &other] {
        team.configure().await;
    }
    let card = one.report("flat tyre").await;
    other.report("broken axle").await;
    other.ask(other.dora, "/status 1", "broken axle").await;
    one.finish(&card).await;
    let answers = one.api.messages(one.chat).into_iter().filter(|said| said.reply_to == Some(unheard));
    assert_eq!(answers.count(), 0, "what waits is refused once");
    let ledger = desk.close_allowing(UNASKED).await;
    assert_eq!((ledger.rosters.len(), ledger.incidents.len()), (2, 2));
}

#[tokio::test]
async fn a_second_group_comes_to_its_company_also_if_the_desk_dies_on_the_way() {
    let (mut desk, chief, shy) = guarded();
    let (one, other) = (Team::gathered(&desk.api), Team::gathered_as(&desk.api, "_b"));
    named(&one, one.berta, "Acme").await;
    decides(&desk.api, chief, "belongs to “Acme”", "New company").await;
    one.says("This group is admitted").await;
    named(&other, other.berta, "acme").await;
    let question = desk.api.wait_said(chief, "belongs to “acme”").await;
    assert_eq!(question.labels(), ["✅ To Acme", "❌ Refuse"]);
    // Whoever never wrote to the bot is not asked, and may decide all the same once they can.
    desk.kill().await;
    let query = desk.api.press(chief, chief, question.id, "To Acme").expect("there is such a button");
    desk.run_again();
    assert_eq!(desk.api.wait_answer(&query).await.text, "✅ Admitted to Acme. The group is told.");
    other.says("This group is admitted: it belongs to Acme.").await;
    let refuse = question.button("Refuse").and_then(|button| button.data.clone()).expect("it is there");
    let stranger = desk.api.press_code(one.chat, one.berta, 1, &refuse);
    assert_eq!(
        desk.api.wait_answer(&stranger).await.text,
        "❌ Only administrators of this installation can do this."
    );
    desk.api.join(other.chat, shy);
    other.ask(shy, "/list_groups", "Acme\n✅ Drivers\n✅ Drivers_b").await;
    desk.close_allowing(UNASKED).await;
}
