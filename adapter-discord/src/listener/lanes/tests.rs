use std::sync::atomic::{AtomicU64, Ordering};

use incident_core::desk::{Ask, ChatKind, HandleError};
use incident_core::ids::{ChatRef, MessageRef, Platform};
use incident_core::ports::{RequestKey, StoreError};
use incident_core::view::ReplyTone;

use super::*;
use crate::messenger::DiscordOptions;
use secrecy::SecretString;

fn lanes(handle: impl Fn(Request) -> Result<Reply, HandleError> + Send + Sync + 'static) -> Lanes {
    put_to(Arc::new(move |request| futures::future::ready(handle(request)).boxed()))
}

fn put_to(handle: Handling) -> Lanes {
    let options = DiscordOptions { token: SecretString::from("a"), api_url: "http://127.0.0.1:9".to_owned() };
    let discord = Discord::new(options).expect("a client is made");
    Lanes::new(handle, discord, None)
}

fn remark(channel: &str, number: u128) -> Work {
    let message = MessageRef::new(ChatRef::new(Platform::Discord, channel), number.to_string());
    let ask = Ask::Remark { message, text: "what a day".to_owned(), attachments: Vec::new() };
    let plain = work(channel, number);
    Work { request: Request { ask, ..plain.request }, ..plain }
}

fn work(channel: &str, number: u128) -> Work {
    let request = Request {
        key: RequestKey::new(format!("discord:1:{number}")),
        chat: ChatRef::new(Platform::Discord, channel),
        chat_kind: ChatKind::Group,
        chat_title: None,
        topic: None,
        from: Sender::Platform,
        fresh: number,
        ask: Ask::BotRemoved,
    };
    Work { lane: channel.into(), request, to: None, ready: None }
}

fn job(place: Where) -> Job {
    let waiting = Waiting { id: "1".to_owned(), token: "t".to_owned(), application: "2".to_owned() };
    let (_, ready) = oneshot::channel();
    let to = Some(To { waiting, place });
    Job::new(Work { to, ready: Some(ready), ..work("5", 1) })
}

fn nothing() -> Reply {
    Reply { said: Said::Nothing, lines: Vec::new(), buttons: Vec::new(), tone: ReplyTone::Quiet }
}

fn refuse(temporary: bool) -> HandleError {
    HandleError::Store(StoreError { operation: "load", temporary, source: "no such column".into() })
}

#[tokio::test]
async fn what_is_asked_in_one_channel_is_done_in_order() {
    let done = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&done);
    let lanes = lanes(move |request| {
        noted.lock().unwrap().push(request.fresh);
        Ok(nothing())
    });
    for number in 0..100 {
        lanes.submit(work("5", number));
    }
    while done.lock().unwrap().len() < 100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*done.lock().unwrap(), (0..100).collect::<Vec<_>>());
    lanes.close().await;
    assert_eq!(lanes.shared.queues().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_wrote_is_tried_until_it_is_done() {
    let tries = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&tries);
    let lanes = lanes(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0..200 => Err(refuse(true)),
        _ => Ok(nothing()),
    });
    let reply = lanes.shared.persist(&Job::new(work("5", 1))).await;
    assert_eq!((reply, tries.load(Ordering::SeqCst)), (End::Over(nothing()), 201));
}

#[tokio::test(start_paused = true)]
async fn a_press_is_let_go_after_seconds_and_a_command_when_it_cannot_be_answered_any_more() {
    let lanes = lanes(|_| Err(refuse(true)));
    for (place, least, most) in [
        (Where::Beside, PRESS_PATIENCE, 3 * PRESS_PATIENCE),
        (Where::Instead, PRESS_PATIENCE, 3 * PRESS_PATIENCE),
        (Where::Thinking, COMMAND_PATIENCE, COMMAND_PATIENCE + 2 * LONGEST_PAUSE),
    ] {
        let begun = Instant::now();
        let reply = lanes.shared.persist(&job(place)).await;
        assert!(matches!(reply, End::Over(Reply { said: Said::TryAgain, .. })), "{reply:?}");
        assert!((least..most).contains(&begun.elapsed()), "{place:?}: {:?}", begun.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_good_or_panics_is_given_up() {
    let tries = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&tries);
    let lanes = lanes(move |_| match counted.fetch_add(1, Ordering::SeqCst) % 2 {
        0 => Err(refuse(false)),
        _ => panic!("on purpose"),
    });
    let reply = lanes.shared.persist(&Job::new(work("5", 1))).await;
    assert!(matches!(reply, End::Over(Reply { said: Said::TryAgain, .. })), "{reply:?}");
    assert_eq!(tries.load(Ordering::SeqCst), u64::from(MOST_LASTING));
}

#[tokio::test]
async fn what_was_answered_with_a_form_is_not_put_to_the_desk() {
    let asked = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&asked);
    let lanes = lanes(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(nothing())
    });
    assert_eq!(job(Where::Beside).ready().await, None);
    let formed = job(Where::Beside).work;
    lanes.submit(formed);
    lanes.close().await;
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_the_end_of_the_desk_interrupts_is_left() {
    let lanes = lanes(|_| Err(refuse(true)));
    lanes.shared.closing.send_replace(true);
    let reply = lanes.shared.persist(&job(Where::Thinking)).await;
    assert!(matches!(reply, End::Left(Reply { said: Said::TryAgain, .. })), "{reply:?}");
}

#[tokio::test]
async fn what_waits_and_is_not_kept_is_done_at_the_end() {
    let done = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&done);
    let lanes = lanes(move |request| {
        noted.lock().unwrap().push(request.fresh);
        Ok(nothing())
    });
    for (number, kept) in [(1, false), (2, true), (3, false)] {
        let (tell, ready) = oneshot::channel();
        tell.send(Ready { kept, ..Ready::default() }).expect("it is waited for");
        lanes.submit(Work { ready: Some(ready), ..work("5", number) });
    }
    lanes.close().await;
    assert_eq!(*done.lock().unwrap(), [1, 3], "the other is left to whoever looks next");
}

#[tokio::test(start_paused = true)]
async fn talk_is_left_out_where_it_would_have_to_wait_and_holds_nothing_up() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let lanes = lanes(move |request| {
        noted.lock().unwrap().push(request.fresh);
        if is_talk(&request) { Err(refuse(true)) } else { Ok(nothing()) }
    });
    for number in 0..1_000 {
        lanes.submit(remark("5", number));
    }
    assert_eq!(lanes.shared.queues()[&Arc::<str>::from("5")].len(), MOST_TALK);
    lanes.submit(work("5", 2_000));
    let begun = Instant::now();
    while asked.lock().unwrap().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!((asked.lock().unwrap().clone(), begun.elapsed()), (vec![0, 2_000], Duration::ZERO));
    lanes.close().await;
}

async fn taking_long_over(it: bool) -> Result<Reply, HandleError> {
    if it {
        std::future::pending::<()>().await;
    }
    Ok(nothing())
}

#[tokio::test(start_paused = true)]
async fn talk_that_the_desk_takes_long_over_keeps_what_is_behind_it_waiting_for_seconds_only() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let lanes = put_to(Arc::new(move |request| {
        noted.lock().unwrap().push((request.fresh, Instant::now()));
        taking_long_over(is_talk(&request)).boxed()
    }));
    let begun = Instant::now();
    [remark("5", 1), remark("5", 2), work("5", 3)].into_iter().for_each(|work| lanes.submit(work));
    while asked.lock().unwrap().len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let waited: Vec<(u128, bool)> = asked
        .lock()
        .unwrap()
        .iter()
        .map(|(one, at)| (*one, at.duration_since(begun) <= TALK_LIMIT))
        .collect();
    assert_eq!(waited, [(1, true), (3, true)]);
    lanes.close().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_said_in_a_room_is_tried_until_it_is_done_and_none_of_it_is_left_out() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let lanes = lanes(move |request| {
        noted.lock().unwrap().push(request.fresh);
        if noted.lock().unwrap().len() > 3 { Ok(nothing()) } else { Err(refuse(true)) }
    });
    let rooms = u128::try_from(2 * MOST_TALK).expect("a few");
    for number in 0..rooms {
        let (tell, ready) = oneshot::channel();
        tell.send(Ready::default()).expect("it is waited for");
        lanes.submit(Work { ready: Some(ready), ..remark("5", number) });
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    let expected: Vec<u128> = [0, 0, 0].into_iter().chain(0..rooms).collect();
    assert_eq!(*asked.lock().unwrap(), expected);
    lanes.close().await;
}
