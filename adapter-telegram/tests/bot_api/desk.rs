//! The whole way with a real desk: from what somebody types to a card in the chat and back.

use incident_core::desk::Desk;
use incident_core::incident::Lane;
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::testkit::ManualClock;
use incident_core::time::Timestamp;

use super::*;

async fn deliver_all(desk: &Desk) {
    for lane in Lane::ALL {
        while desk.deliver(lane).await.expect("the store works").is_some() {}
    }
}

#[tokio::test]
async fn a_report_becomes_a_pinned_card_that_somebody_claims_and_resolves() {
    let Scene { api, telegram, ann, group } = scene();
    let bob = api.user("Bob", Some("bob"));
    api.join(group, bob);
    let clock = Arc::new(ManualClock::at(Timestamp::from_micros(1_780_000_000_000_000)));
    let messenger = Arc::new(telegram.clone());
    let desk = Desk::new(Arc::new(MemoryStore::new()), clock, Policy::preset(Preset::TwoTier));
    let desk = Arc::new(desk.with_messenger(Platform::Telegram, messenger.clone(), messenger));
    let fresh = std::sync::atomic::AtomicU64::new(1);
    let mint = Arc::new(move || u128::from(fresh.fetch_add(1, std::sync::atomic::Ordering::Relaxed)));
    let running = Running::polling(Listener::new(telegram, Arc::clone(&desk), mint));
    let done = async || {
        api.wait_confirmed().await;
        deliver_all(&desk).await;
    };

    api.write(group, ann, "/configure_managers @ann");
    api.write(group, ann, "/add_dispatcher @bob");
    done().await;
    api.write(group, ann, "/new_issue flat tyre\non the A1 <near Graz>");
    done().await;
    let [card] = api.pinned(group).try_into().expect("one card is pinned");
    assert!(card.text.contains("flat tyre\non the A1 <near Graz>"), "{}", card.text);

    let refused = api.press(group, ann, card.id, "Claim").expect("there is a button");
    assert!(api.wait_answer(&refused).await.alert);
    let claimed = api.press(group, bob, card.id, "Claim").expect("there is a button");
    assert!(!api.wait_answer(&claimed).await.alert);
    done().await;
    let resolved = api.press(group, bob, card.id, "Resolve").expect("there is a button");
    assert!(!api.wait_answer(&resolved).await.alert);
    done().await;
    let is_prompt = |message: &adapter_telegram::testkit::Message| message.prompt().is_some();
    let prompt = api.messages(group).into_iter().find(is_prompt).expect("a summary is asked for");
    assert!(prompt.text.contains("@bob"), "{}", prompt.text);
    api.reply(group, bob, prompt.id, "Tyre changed, all is well.");
    done().await;
    let card = api.message(group, card.id).expect("the card is there");
    assert!(card.text.contains("Tyre changed, all is well."), "{}", card.text);
    assert_eq!((card.pinned, card.labels()), (false, vec![]));
    running.stop().await;
}
