//! Chats beside each other: none waits for another, and within each everything keeps its order.

use std::time::{Duration, Instant};

use adapter_telegram::testkit::Fault;

use crate::harness::{Desk, Team};

#[tokio::test]
async fn a_slow_chat_delays_no_other() {
    let desk = Desk::started();
    let (slow, quick) = (Team::working_as(&desk.api, "_slow").await, Team::working(&desk.api).await);
    desk.quiet().await;
    let delay = Duration::from_secs(3);
    desk.api.slow(slow.chat, delay);
    for driver in &slow.drivers {
        slow.write(*driver, "/new_issue flat tyre");
    }
    let begun = Instant::now();
    let card = quick.report("broken axle").await;
    quick.finish(&card).await;
    let took = begun.elapsed();
    assert!(took < delay, "the quick chat took {took:?}");
    desk.api.calm();
    desk.close().await;
}

#[tokio::test]
async fn a_question_about_an_administrator_that_hangs_holds_up_its_own_chat_only() {
    let desk = Desk::started();
    let (stuck, free) = (Team::gathered_as(&desk.api, "_stuck"), Team::working(&desk.api).await);
    desk.quiet().await;
    desk.api.fail_next("getChatMember", Fault::Hang(None));
    stuck.write(stuck.berta, "/configure_managers @max_stuck");
    let asked = stuck.write(stuck.drivers[0], "/new_issue flat tyre");
    let hangs = |world: &adapter_telegram::testkit::World| {
        world.calls().iter().any(|call| call.outcome == "hangs").then_some(())
    };
    desk.api.wait_until(hangs, "the hanging question").await;
    let cards = [free.report("broken axle").await, free.report("no brakes").await];
    for card in &cards {
        free.finish(card).await;
    }
    assert!(
        desk.api.messages(stuck.chat).iter().all(|message| message.id <= asked),
        "what comes later waits"
    );
    desk.api.release_hangs();
    stuck.says("Managers of this group: @max_stuck").await;
    stuck.says("Issue: flat tyre").await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 3);
}

#[tokio::test]
async fn what_is_written_in_a_chat_is_handled_in_the_order_in_which_it_was_written() {
    let mut desk = Desk::started();
    let teams = [Team::working_as(&desk.api, "_a").await, Team::working_as(&desk.api, "_b").await];
    desk.quiet().await;
    desk.kill().await;
    for number in 0..25 {
        for team in &teams {
            team.write(team.drivers[number / 5], &format!("/new_issue problem number {number}"));
        }
    }
    desk.run_again();
    for team in &teams {
        team.says("Issue: problem number 24").await;
    }
    let ledger = desk.close().await;
    let expected: Vec<String> = (0..25).map(|number| format!("problem number {number}")).collect();
    for roster in &ledger.rosters {
        let mine = ledger.incidents.iter().filter(|entry| entry.incident.company == roster.company);
        let (numbers, kept): (Vec<&str>, Vec<&str>) =
            mine.map(|entry| (&*entry.number, entry.incident.description.as_str())).unzip();
        assert_eq!(kept, expected);
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}

#[tokio::test]
async fn a_chat_that_is_gone_for_good_stands_in_nobodys_way() {
    let desk = Desk::started();
    let (gone, team) = (Team::working_as(&desk.api, "_gone").await, Team::working(&desk.api).await);
    let lost = gone.report("flat tyre").await;
    desk.quiet().await;
    for _ in 0..20 {
        desk.api.fail_next(
            "editMessageText",
            Fault::Refuse { code: 400, description: "Bad Request: odd".into() },
        );
    }
    gone.push(gone.dora, &lost, "Claim").await;
    let failed =
        |world: &adapter_telegram::testkit::World| (world.count("editMessageText") > 0).then_some(());
    desk.api.wait_until(failed, "the failing edit").await;
    desk.api.calm();
    let card = team.report("broken axle").await;
    team.finish(&card).await;
    // The next change draws the card again, and what was given up is kept for people to see.
    let leave = gone.code(&lost, "Claim").await.replacen('c', "l", 1).replace(".1", ".2");
    desk.api.press_code(gone.chat, gone.dora, lost.message(&desk.api).id, &leave);
    desk.close_allowing(crate::harness::Allow { abandoned: true, ..Default::default() }).await;
}
