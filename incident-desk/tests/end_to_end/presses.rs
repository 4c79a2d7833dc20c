//! Buttons that are pressed twice, too late, by the wrong people, in the wrong chat, or by a hundred at once.

use crate::harness::{Desk, Team};

const NOT_VALID: &str = "❌ This button is not valid.";

#[tokio::test]
async fn the_second_of_two_who_press_claim_sees_who_was_first() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let message = card.message(&desk.api).id;
    let claim = team.code(&card, "Claim").await;
    let first = desk.api.press_code(team.chat, team.dora, message, &claim);
    let second = desk.api.press_code(team.chat, team.dave, message, &claim);
    let third = desk.api.press_code(team.chat, team.dora, message, &claim);
    let number = &card.number;
    assert_eq!(desk.api.wait_answer(&first).await.text, format!("You have claimed {number}."));
    let late = desk.api.wait_answer(&second).await;
    assert_eq!((late.text, late.alert), (format!("Sorry, @dora has already claimed {number}."), true));
    assert_eq!(desk.api.wait_answer(&third).await.text, format!("You are already working on {number}."));
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(number).facts(), ["created", "acknowledged"]);
}

#[tokio::test]
async fn an_old_button_is_answered_with_how_things_are_now() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let (number, message) = (&card.number, card.message(&desk.api).id);
    team.press(team.dora, &card, "Claim").await;
    let [leave, resolve] = [team.code(&card, "Leave").await, team.code(&card, "Resolve").await];
    team.press(team.dora, &card, "Leave").await;
    team.shows(&card, "UNCLAIMED").await;
    let press = async |code: &str| {
        desk.api.wait_answer(&desk.api.press_code(team.chat, team.dora, message, code)).await
    };
    assert_eq!(press(&leave).await.text, format!("❌ Not possible now. {number}: 🔥 UNCLAIMED."));
    assert_eq!(press(&resolve).await.text, format!("❌ Not possible now. {number}: 🔥 UNCLAIMED."));
    team.press(team.dora, &card, "Claim").await;
    assert_eq!(press(&resolve).await.text, format!("The card had changed meanwhile. {number}: Claimed."));
    team.resolve(team.dora, &card, "Replaced the tyre").await;
    assert_eq!(press(&leave).await.text, format!("❌ Not possible now. {number}: Resolved."));
    let ledger = desk.close().await;
    let facts = [
        "created",
        "acknowledged",
        "released",
        "unassigned",
        "acknowledged",
        "resolution_requested",
        "resolved",
    ];
    assert_eq!(ledger.incident(number).facts(), facts);
}

#[tokio::test]
async fn a_forged_code_does_nothing() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let message = card.message(&desk.api).id;
    let real = team.code(&card, "Claim").await;
    let incident = real.split('.').nth(1).expect("a code names its incident");
    let forged = [
        "",
        "claim_t1:TKT-2026-0001",
        "c",
        &format!("c.{incident}"),
        &format!("z.{incident}.1"),
        &format!("c.{incident}.01"),
        &format!("c.{incident}.1.2"),
        "c.00000000000000000000000000.1",
        &"x".repeat(64),
        "☃.☃.☃",
    ];
    for code in forged {
        let query = desk.api.press_code(team.chat, team.dora, message, code);
        let answer = desk.api.wait_answer(&query).await;
        assert_eq!((&*answer.text, answer.alert), (NOT_VALID, true), "{code:?}");
    }
    // What the two tiers do not have is understood and refused; so is what only others may do.
    for letter in ["t", "m", "p", "x", "k", "u", "a", "b", "r", "d", "e", "l"] {
        let argument = if matches!(letter, "t" | "m" | "p") { ".1" } else { "" };
        let code = format!("{letter}.{incident}.4000000{argument}");
        let query = desk.api.press_code(team.chat, team.dora, message, &code);
        let answer = desk.api.wait_answer(&query).await;
        assert!(answer.text.starts_with('❌') && answer.alert, "{code}: {answer:?}");
    }
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(&card.number).facts(), ["created"]);
}

#[tokio::test]
async fn a_code_of_another_group_is_not_valid_here() {
    let desk = Desk::started();
    let (team, other) = (Team::working(&desk.api).await, Team::working_as(&desk.api, "_b").await);
    let (here, there) = (team.report("flat tyre").await, other.report("broken axle").await);
    let foreign = other.code(&there, "Claim").await;
    let carrier = here.message(&desk.api).id;
    for who in [team.dora, other.dora] {
        let query = desk.api.press_code(team.chat, who, carrier, &foreign);
        assert_eq!(desk.api.wait_answer(&query).await.text, NOT_VALID);
    }
    let private = desk.api.start_private(other.dora);
    let query = desk.api.press_code(private, other.dora, 1, &foreign);
    assert_eq!(desk.api.wait_answer(&query).await.text, NOT_VALID);
    let ledger = desk.close().await;
    let facts: Vec<_> = ledger.incidents.iter().map(|entry| entry.facts()).collect();
    assert_eq!(facts, [["created"], ["created"]]);
}

#[tokio::test]
async fn a_press_that_cannot_be_answered_any_more_still_counts() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.kill().await;
    let message = card.message(&desk.api);
    let query = desk.api.press(team.chat, team.dora, message.id, "Claim").expect("a button");
    desk.api.expire_presses();
    desk.run_again();
    team.shows(&card, "Handled by: @dora").await;
    desk.quiet().await;
    assert_eq!(desk.api.answer_of(&query), None);
    desk.close().await;
}

#[tokio::test]
async fn of_a_hundred_who_press_claim_at_once_one_gets_it_and_all_are_told() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let people: Vec<i64> = (0..100)
        .map(|number| desk.api.user(&format!("P{number}"), Some(&format!("person{number}"))))
        .collect();
    for crowd in (0..100).collect::<Vec<_>>().chunks(25) {
        let handles: Vec<String> = crowd.iter().map(|number| format!("@person{number}")).collect();
        team.write(team.berta, &format!("/add_dispatcher {}", handles.join(" ")));
    }
    team.says("@person99 will be a dispatcher").await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    let (message, edits) = (card.message(&desk.api).id, desk.api.count("editMessageText"));
    let answered = desk.api.count("answerCallbackQuery");
    let claim = team.code(&card, "Claim").await;
    let queries: Vec<String> =
        people.iter().map(|person| desk.api.press_code(team.chat, *person, message, &claim)).collect();
    let mut answers = Vec::new();
    for query in &queries {
        answers.push(desk.api.wait_answer(query).await.text);
    }
    desk.quiet().await;
    let number = &card.number;
    let winner = answers.iter().position(|answer| *answer == format!("You have claimed {number}."));
    let winner = winner.expect("somebody claims it");
    let refused = format!("Sorry, @person{winner} has already claimed {number}.");
    assert_eq!(answers.iter().filter(|answer| **answer == refused).count(), 99, "{answers:#?}");
    assert_eq!(desk.api.count("answerCallbackQuery") - answered, 100, "every press is answered once");
    let edits = desk.api.count("editMessageText") - edits;
    eprintln!("100 presses cost {edits} edits of the card");
    assert!((1..=3).contains(&edits), "{edits} edits");
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(number).facts(), ["created", "acknowledged"]);
}
