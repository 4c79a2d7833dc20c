//! The adapter whole: people in Discord, a desk, and a server that behaves as documented, with what goes wrong there.

#[path = "story/forms.rs"]
mod forms;
#[path = "story/missed.rs"]
mod missed;
#[path = "story/rooms.rs"]
mod rooms;
mod shift;

use std::sync::atomic::Ordering;
use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Fault};
use incident_core::ids::Platform;

use shift::Shift;

/// From a report by command to a summary in a form, on one card.
#[tokio::test]
async fn an_incident_goes_from_report_to_summary() {
    let shift = Shift::begin().await;
    let (api, channel) = (&shift.api, shift.channel);
    api.command(channel, shift.dan, "new_issue", &[("text", "truck 12 has a *flat* tyre")]);
    let card = shift.card("truck 12 has a *flat* tyre").await;
    assert!(card.pinned && card.embeds.len() == 1, "{card:?}");
    api.press(channel, shift.ann, "Claim");
    shift.card_saying("IN PROGRESS").await;
    let resolving = api.press(channel, shift.ann, "Resolve");
    shift.form(resolving).await;
    api.submit(resolving, &[("words", "changed the tyre")]);
    let done = shift.card_saying("RESOLVED").await;
    assert_eq!((done.id, done.rows.len()), (card.id, 0), "it is the same card");
    shift.end().await;
}

/// A report without words opens a form; what is sent in it is reported.
#[tokio::test]
async fn a_report_without_words_opens_a_form() {
    let shift = Shift::begin().await;
    let begun = shift.api.command(shift.channel, shift.dan, "new_issue", &[]);
    let form = shift.form(begun).await;
    assert_eq!(form["custom_id"], "report");
    shift.api.submit(begun, &[("words", "the door is stuck"), ("priority", "urgent")]);
    let card = shift.card("the door is stuck").await;
    assert!(shift.text(&card).to_lowercase().contains("urgent"), "{}", shift.text(&card));
    shift.end().await;
}

/// A second one who presses is told that somebody was faster, and nobody else sees that.
#[tokio::test]
async fn a_refusal_is_said_to_whoever_pressed_alone() {
    let shift = Shift::begin().await;
    shift.report("the lamp is broken").await;
    let (api, channel) = (&shift.api, shift.channel);
    let stranger = api.press(channel, shift.dan, "Claim");
    let said = shift.answer(stranger).await;
    assert!(!said.is_empty());
    assert!(api.messages(channel).iter().all(|message| !shift.text(message).contains(&said)));
    shift.end().await;
}

/// Fifty people press at once: one of them owns it, and each is acknowledged once and in time.
#[tokio::test]
async fn fifty_press_at_once_and_one_owns_it() {
    let shift = Shift::begin().await;
    let people: Vec<u64> = (0..50).map(|n| shift.responder(&format!("Responder {n:02}"))).collect();
    shift.settle_roles(&people).await;
    shift.report("truck 12 has a flat tyre").await;
    let presses: Vec<u64> = people.iter().map(|one| shift.api.press(shift.channel, *one, "Claim")).collect();
    for press in &presses {
        let took = shift.acknowledged(*press).await;
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    let card = shift.card_saying("IN PROGRESS").await;
    let refused = shift
        .api
        .wait_until(
            |world| {
                let refused = presses.iter().filter(|press| !world.answers(**press).is_empty()).count();
                (refused == 49).then_some(refused)
            },
            "forty-nine people who are told that somebody was faster",
        )
        .await;
    assert_eq!(refused, 49);
    assert_eq!(shift.text(&card).matches("Responder ").count(), 1, "{}", shift.text(&card));
    shift.end().await;
}

/// What the platform repeats happens once.
#[tokio::test]
async fn what_is_told_twice_happens_once() {
    let shift = Shift::begin().await;
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    shift.api.repeat_last_event();
    shift.card("the door is stuck").await;
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the lamp is broken")]);
    shift.card("the lamp is broken").await;
    assert_eq!(shift.cards("the door is stuck").len(), 1);
    shift.end().await;
}

/// A connection that breaks is taken up again where it was, and nothing that was told meanwhile is lost.
#[tokio::test]
async fn a_dropped_connection_is_resumed_and_nothing_is_lost() {
    let shift = Shift::begin().await;
    shift.report("the lamp is broken").await;
    shift.api.drop_gateway();
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    shift.card("the door is stuck").await;
    shift.resumed(1).await;
    shift.api.ask_to_reconnect();
    shift.resumed(2).await;
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "truck 12 has a flat tyre")]);
    shift.card("truck 12 has a flat tyre").await;
    let (identified, _) = shift.api.read(|world| world.sessions());
    assert_eq!(identified, 1, "no session was begun anew");
    shift.end().await;
}

/// A card whose posting was not answered stands once: Discord knows the message by the name it was given.
#[tokio::test]
async fn a_lost_answer_does_not_post_a_card_twice() {
    let shift = Shift::begin().await;
    // Nothing else is owed then.
    shift.report("the lamp is broken").await;
    shift.api.fail_next("POST channels/-/messages", Fault::LostAnswer);
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    shift.pinned("the door is stuck").await;
    assert_eq!(shift.cards("the door is stuck").len(), 1);
    shift.end().await;
}

/// Limits are obeyed: what is too much waits, and arrives.
#[tokio::test]
async fn what_is_too_fast_waits_and_arrives() {
    let shift = Shift::begin().await;
    shift.api.pace(2, Duration::from_millis(400));
    for number in 0..5 {
        let text = format!("truck {number} has a flat tyre");
        shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", &text)]);
    }
    for number in 0..5 {
        shift.card(&format!("truck {number} has a flat tyre")).await;
    }
    let refused = shift.api.calls().iter().filter(|call| call.status == 429).count();
    assert_eq!(refused, 0, "what the headers say is enough to be never refused");
    shift.end().await;
}

/// What is said in the thread of a card belongs to the incident; a reply to the card is an answer.
#[tokio::test]
async fn what_is_said_in_the_thread_of_a_card_belongs_to_the_incident() {
    let shift = Shift::begin().await;
    let card = shift.report("the door is stuck").await;
    let thread = shift.api.thread(card.id);
    shift.api.write(thread, shift.dan, "it is the left one");
    let asked = shift.api.command(shift.channel, shift.dan, "history", &[("number", "TKT-2026-0001")]);
    let told = shift.answer(asked).await;
    assert!(told.contains("it is the left one"), "{told}");
    shift.end().await;
}

/// Numbers are completed by what is open.
#[tokio::test]
async fn a_number_is_completed() {
    let shift = Shift::begin().await;
    shift.report("the door is stuck").await;
    let asked = shift.api.complete(shift.channel, shift.ann, "status", ("number", "door"));
    let offered =
        shift.api.wait_until(|world| world.choices_of(asked).cloned(), "what completes a number").await;
    let name = offered[0]["name"].as_str().expect("something is offered").to_owned();
    assert!(name.starts_with("TKT-") && name.ends_with("the door is stuck"), "{name}");
    assert_eq!(offered.as_array().map(Vec::len), Some(1));
    shift.end().await;
}

/// The command is registered once, and not again by the next start.
#[tokio::test]
async fn the_command_is_registered_only_when_it_has_changed() {
    let shift = Shift::begin().await;
    let put = "PUT applications/-/commands";
    shift.api.wait_until(|world| (world.count(put) == 1).then_some(()), "a registration").await;
    let api = shift.api.clone();
    shift.end().await;
    let again = Shift::with(api).await;
    let asked = "GET applications/-/commands";
    again.api.wait_until(|world| (world.count(asked) >= 2).then_some(()), "a second look").await;
    again.report("the door is stuck").await;
    assert_eq!(again.api.count(put), 1);
    again.end().await;
}

/// Without what must be switched on in the portal, buttons and commands work all the same.
#[tokio::test]
async fn without_privileged_intents_commands_and_buttons_work() {
    let api = DiscordApi::start();
    api.allow_intents(false, false);
    let shift = Shift::with(api).await;
    shift.report("the door is stuck").await;
    shift.api.press(shift.channel, shift.ann, "Claim");
    shift.card_saying("IN PROGRESS").await;
    shift.end().await;
}

/// A token that was reset ends the listener with an error that names the setting.
#[tokio::test]
async fn a_reset_token_ends_the_listener() {
    let shift = Shift::begin().await;
    shift.api.set_token("another");
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    let error = shift.ended().await.expect_err("the token is not accepted any more");
    assert!(error.to_string().contains("DISCORD_TOKEN"), "{error}");
    assert!(!error.to_string().contains("OTAw"), "no part of the token is told: {error}");
}

/// Whoever leaves the guild holds nothing any more; a guild that is only unreachable is not lost.
#[tokio::test]
async fn whoever_leaves_gives_back_and_an_outage_changes_nothing() {
    let shift = Shift::begin().await;
    shift.report("the door is stuck").await;
    shift.api.press(shift.channel, shift.ann, "Claim");
    shift.card_saying("IN PROGRESS").await;
    shift.api.outage(shift.guild);
    shift.api.leave(shift.guild, shift.ann);
    shift.card_saying("UNCLAIMED").await;
    shift.report("the lamp is broken").await;
    shift.end().await;
}

/// Whoever may change a server arranges its desk, and nobody else.
#[tokio::test]
async fn the_owner_of_a_guild_administers_its_channels_and_others_do_not() {
    use incident_core::ids::{ChatRef, Identity};
    use incident_core::ports::Directory;
    let shift = Shift::begin().await;
    let chat = ChatRef::new(Platform::Discord, shift.channel.to_string());
    let who = |user: u64| Identity::new(Platform::Discord, user.to_string());
    let helper = shift.responder("Helper");
    shift.api.give_role(shift.guild, helper, adapter_discord::testkit::right::MANAGE_GUILD);
    let stranger = shift.api.user("Stranger");
    let directory = &shift.discord;
    assert!(directory.is_admin(&chat, &who(shift.mia)).await.expect("it is known"));
    assert!(directory.is_admin(&chat, &who(helper)).await.expect("it is known"));
    assert!(!directory.is_admin(&chat, &who(shift.responder("Other"))).await.expect("it is known"));
    assert!(!directory.is_admin(&chat, &who(stranger)).await.expect("it is known"));
    shift.end().await;
}

/// What was acknowledged and not done when the desk died is done by the next one, and answered by it.
#[tokio::test]
async fn what_a_dead_desk_has_acknowledged_is_done_by_the_next() {
    let mut shift = Shift::begin().await;
    shift.slow.store(3_600_000, Ordering::SeqCst);
    let reported = shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    shift.acknowledged(reported).await;
    shift.kept(1).await;
    shift.crash().await;
    assert_eq!(shift.cards("the door is stuck"), []);
    shift.slow.store(0, Ordering::SeqCst);
    shift.clock.advance(Duration::from_secs(61));
    shift.restart().await;
    shift.card("the door is stuck").await;
    shift.handled(reported).await;
    shift.kept(0).await;
    assert_eq!(shift.cards("the door is stuck").len(), 1);
    shift.end().await;
}

/// What Discord tells twice, as it does when a session is resumed, is answered once.
#[tokio::test]
async fn what_is_told_twice_is_answered_once() {
    let shift = Shift::begin().await;
    let answered = || shift.api.read(|world| world.count("POST interactions/-/-/callback"));
    let before = answered();
    shift.api.tell_twice(true);
    for text in ["the door is stuck", "the lamp is broken"] {
        let told = shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", text)]);
        shift.handled(told).await;
    }
    assert_eq!(answered() - before, 2, "the first was told twice before the second was told at all");
    shift.end().await;
}

/// Two hundred at once, with a desk that takes a tenth of a second over each: everybody is acknowledged in time.
#[tokio::test]
async fn two_hundred_commands_at_once_are_acknowledged_in_time() {
    let shift = Shift::begin().await;
    shift.slow.store(100, Ordering::SeqCst);
    let asked: Vec<u64> =
        (0..200).map(|_| shift.api.command(shift.channel, shift.dan, "help", &[])).collect();
    let mut took = Vec::new();
    for one in asked {
        took.push(shift.acknowledged(one).await);
    }
    took.sort();
    assert!(
        took[199] < Duration::from_secs(3),
        "the slowest took {:?}, the median {:?}",
        took[199],
        took[100]
    );
    shift.end().await;
}

/// A connection on which nothing comes any more is noticed, and what was told meanwhile is not lost.
#[tokio::test]
async fn a_deaf_connection_is_noticed_and_resumed() {
    let api = DiscordApi::start();
    api.ask_for_life(Duration::from_millis(200));
    let shift = Shift::with(api).await;
    shift.api.deafen(true);
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    shift.resumed(1).await;
    shift.api.deafen(false);
    shift.card("the door is stuck").await;
    assert_eq!(shift.api.read(|world| world.sessions()).0, 1);
    shift.end().await;
}

/// A guild that threw the bot out and took it back works again with the first command there.
#[tokio::test]
async fn a_guild_that_takes_the_bot_back_works_again() {
    let shift = Shift::begin().await;
    shift.report("the door is stuck").await;
    shift.api.kick_bot(shift.guild);
    shift.api.let_bot(shift.channel, adapter_discord::testkit::right::SEND, false);
    shift.api.invite_bot(shift.guild);
    let mute = shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the lamp is broken")]);
    assert!(shift.answer(mute).await.contains("suspended"), "it could not write there");
    shift.api.let_bot(shift.channel, adapter_discord::testkit::right::SEND, true);
    shift.report("the lamp is broken").await;
    shift.end().await;
}

/// A choice is shown to whoever asked alone, and what was chosen takes its place.
#[tokio::test]
async fn a_choice_is_made_where_only_one_person_sees_it() {
    let shift = Shift::begin().await;
    shift.report("the door is stuck").await;
    let number = [("number", "TKT-2026-0001")];
    let asked = shift.api.command(shift.channel, shift.mia, "assign", &number);
    shift.answer(asked).await;
    let chosen = shift.api.press_answer(asked, "Ann");
    let said = shift.answer(chosen).await;
    assert_eq!(said, "Asked. TKT-2026-0001 is theirs once they claim it.");
    shift.card_saying("Ann").await;
    let public = shift.api.messages(shift.channel);
    let choices =
        public.iter().filter(|message| message.rows.iter().any(|row| row.to_string().contains("Ann")));
    assert_eq!(choices.count(), 0, "nobody else is offered it");
    shift.end().await;
}

/// Discord goes away altogether and comes back: what was told meanwhile is heard, and what is owed goes out.
#[tokio::test]
async fn when_discord_is_back_everything_goes_on() {
    let shift = Shift::begin().await;
    shift.report("the lamp is broken").await;
    shift.api.stop();
    shift.api.restart();
    shift.api.command(shift.channel, shift.dan, "new_issue", &[("text", "the door is stuck")]);
    shift.card("the door is stuck").await;
    shift.api.press(shift.channel, shift.ann, "Claim");
    shift.card_saying("IN PROGRESS").await;
    shift.end().await;
}
