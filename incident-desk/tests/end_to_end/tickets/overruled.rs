//! Any state by an administrator: permissions, card and log follow at once, and nobody else may.

use adapter_discord::testkit::World;

use super::{READS, Shop, WRITES};
use crate::harness::eventually;

const OVERRIDE: &str = "group/override";

impl Shop {
    /// Has somebody set a state, and waits for what they are answered.
    async fn overrules(&self, (channel, user): (u64, u64), options: &[(&str, &str)], answer: &str) {
        let asked = self.api.command(channel, user, OVERRIDE, options);
        self.answered(asked, answer).await;
    }
}

#[tokio::test]
async fn a_closed_ticket_is_opened_by_an_administrator_and_its_reporter_writes_again() {
    let shop = Shop::new();
    let desk = shop.desk().start();
    shop.settle_in().await;
    let room = shop.ticket("my account is locked").await;
    shop.overrules(
        (room, shop.mia),
        &[("state", "closed"), ("text", "it is spam")],
        "Closed by an administrator",
    )
    .await;
    shop.seen(shop.dan, room, READS).await;
    shop.offers(room, "Archive").await;

    let open = [("number", "TKT-2026-0001"), ("state", "open"), ("text", "it is none")];
    for who in [shop.ann, shop.ben, shop.dan] {
        shop.overrules((room, who), &open, "Only group administrators can do this").await;
    }
    let unknown = [("number", "TKT-2026-0002"), ("state", "open"), ("text", "it is none")];
    shop.overrules((shop.panel, shop.mia), &unknown, "There is no such incident here").await;
    assert_eq!(shop.api.sees(shop.dan, room), READS, "nothing was done");

    shop.overrules(
        (room, shop.mia),
        &[("state", "open"), ("text", "it is none")],
        "TKT-2026-0001: 🔥 UNCLAIMED",
    )
    .await;
    shop.seen(shop.dan, room, WRITES).await;
    shop.offers(room, "Claim").await;
    shop.api.press(room, shop.ann, "Claim");
    shop.says(room, "IN PROGRESS").await;
    shop.api.write(room, shop.dan, "thank you");
    eventually("dan to be heard", || {
        (desk.query("SELECT count(*) FROM events WHERE body LIKE '%thank you%'") == 1).then_some(())
    })
    .await;
    let journaled = "SELECT count(*) FROM events WHERE body LIKE '%state_overridden%it is none%'";
    assert_eq!(desk.query(journaled), 1, "with its reason");

    let resolved = [("number", "1"), ("state", "resolved"), ("text", "they called")];
    shop.overrules((shop.panel, shop.mia), &resolved, "TKT-2026-0001: Resolved").await;
    shop.seen(shop.dan, room, READS).await;
    shop.offers(room, "Archive").await;
    shop.api.press(room, shop.ann, "Archive");
    shop.gone(room).await;
    shop.overrules((shop.panel, shop.mia), &open, "TKT-2026-0001: 🔥 UNCLAIMED").await;
    let again = eventually("another room", || {
        let places = shop.api.places(shop.guild).into_iter();
        places.into_iter().find(|place| *place != room && shop.api.described(*place).0.starts_with("tkt"))
    })
    .await;
    shop.says(again, "my account is locked").await;
    shop.seen(shop.dan, again, WRITES).await;
    let typed = shop.api.complete(shop.panel, shop.mia, OVERRIDE, ("number", "locked"));
    let offered = |world: &World| world.choices_of(typed).cloned();
    let offered = shop.api.wait_until(offered, "what completes a number").await;
    assert_eq!(offered[0]["value"], "TKT-2026-0001");
    let states = ["Closed by an administrator", "🔥 UNCLAIMED", "Resolved", "🔥 UNCLAIMED"];
    let set = || -> Vec<String> {
        shop.told().into_iter().filter(|line| line.starts_with("Mia: set its state to ")).collect()
    };
    let set = eventually("four lines", || Some(set()).filter(|set| set.len() >= states.len())).await;
    let told = |(line, state): (&String, &str)| line.contains(state);
    assert!(set.len() == states.len() && set.iter().zip(states).all(told), "{set:?}");
}
