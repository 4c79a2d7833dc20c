use futures::FutureExt;
use incident_core::desk::{Ask, ChatKind, HandleError, Sender};
use incident_core::ids::{ChatRef, Platform};
use incident_core::view::{Reply, ReplyTone, Said};

use super::*;
use crate::messenger::{Secret, TelegramOptions};

fn lanes(handle: impl Fn(Request) -> Result<Reply, HandleError> + Send + Sync + 'static) -> Lanes {
    let options = TelegramOptions { token: Secret::new("1:a"), api_url: "http://127.0.0.1:9".to_owned() };
    let telegram = Telegram::new(options).expect("a client is made");
    let handle: Handling = Arc::new(move |request| futures::future::ready(handle(request)).boxed());
    Lanes::new(handle, telegram)
}

fn work(chat: &str) -> Box<Work> {
    let request = Request {
        key: RequestKey::new("telegram:1:2"),
        chat: ChatRef::new(Platform::Telegram, chat),
        chat_kind: ChatKind::Group,
        chat_title: None,
        topic: None,
        from: Sender::Platform,
        fresh: 7,
        ask: Ask::BotRemoved,
    };
    Box::new(Work { lane: chat.into(), request, to: ReplyTo::Nobody })
}

fn nothing() -> Reply {
    Reply { said: Said::Nothing, lines: Vec::new(), tone: ReplyTone::Quiet }
}

fn hopeless(lanes: &Lanes, setback: &Setback, trouble: &mut Trouble) -> bool {
    lanes.shared.is_hopeless(&RequestKey::new("telegram:1:2"), setback, trouble)
}

#[tokio::test]
async fn a_chat_has_a_queue_only_while_it_has_work() {
    let lanes = lanes(|_| Ok(nothing()));
    for chat in ["-1", "-2", "-1"] {
        assert_eq!(lanes.submit(work(chat), Patience::UntilDone).await, Ok(End::Done));
    }
    lanes.close().await;
    assert_eq!(lanes.shared.queues().len(), 0);
}

#[tokio::test]
async fn a_failure_is_handed_back_where_nobody_asked_for_patience() {
    let lanes = lanes(|_| Err(HandleError::Contended));
    assert_eq!(lanes.submit(work("-1"), Patience::Once).await, Ok(End::Failed));
}

#[tokio::test]
async fn closing_ends_the_waiting_for_another_try() {
    let lanes = lanes(|_| Err(HandleError::Contended));
    let (first, second) =
        (lanes.submit(work("-1"), Patience::UntilDone), lanes.submit(work("-1"), Patience::UntilDone));
    lanes.close().await;
    let first = first.await;
    assert!(matches!(first, Ok(End::Failed) | Err(_)), "{first:?}");
    assert!(second.await.is_err());
}

#[test]
fn a_store_that_fails_for_all_never_makes_an_update_hopeless() {
    let lanes = lanes(|_| Ok(nothing()));
    let mut trouble = Trouble::new();
    for _ in 0..10 * MOST_LONELY_FAILURES {
        assert!(!hopeless(&lanes, &Setback::Failed(HandleError::Contended), &mut trouble));
    }
}

#[test]
fn an_update_that_fails_where_others_do_not_is_hopeless_in_the_end() {
    let lanes = lanes(|_| Ok(nothing()));
    let mut trouble = Trouble::new();
    for failures in 1..=MOST_LONELY_FAILURES {
        lanes.shared.successes.fetch_add(1, Ordering::Relaxed);
        let hopeless = hopeless(&lanes, &Setback::TimedOut, &mut trouble);
        assert_eq!(hopeless, failures == MOST_LONELY_FAILURES, "{failures}");
    }
}

#[test]
fn the_third_panic_is_the_last_and_few_are_remembered() {
    let lanes = lanes(|_| Ok(nothing()));
    let panic = Setback::Panicked("on purpose".to_owned());
    let hopeless = [(); 3].map(|()| hopeless(&lanes, &panic, &mut Trouble::new()));
    assert_eq!(hopeless, [false, false, true]);
    for n in 0..2 * MOST_REMEMBERED {
        lanes.shared.count_panic(&RequestKey::new(n.to_string()));
    }
    assert_eq!(lanes.shared.panics.lock().unwrap().len(), MOST_REMEMBERED);
}
