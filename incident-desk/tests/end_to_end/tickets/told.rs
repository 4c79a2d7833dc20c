//! The log of a server while tickets live: a line for each change, with who made it, whatever is in its way.

use adapter_discord::testkit::{Fault, right};

use super::{READS, Shop};
use crate::harness::{Desk, eventually};

impl Shop {
    /// What the lines in the log say, without numbers and instants; a room that is linked behind `→`.
    pub(super) fn told(&self) -> Vec<String> {
        let messages = self.api.messages(self.log).into_iter();
        let lines = messages.filter(|message| message.files.is_empty()).map(|message| {
            assert!(message.told.is_empty() && message.told_roles.is_empty(), "nobody is told: {message:?}");
            let shown = self.api.shown(&message);
            let text = shown.text;
            let line = text.strip_prefix("TKT-2026-0001 · ").unwrap_or_else(|| panic!("no line: {text}"));
            let (at, line) = line.split_at_checked("2026-01-01 00:00 ".len()).expect("it has an instant");
            assert!(at.starts_with("2026-"), "{text}");
            format!("{}{}", line.replace(" · ", " → "), shown.active.concat())
        });
        lines.collect()
    }

    async fn tells(&self, lines: &[String]) {
        eventually("the log to tell it", || (self.told().len() >= lines.len()).then_some(())).await;
        assert_eq!(self.told(), lines);
    }
}

/// Waits until nothing is owed, but for lines if the log takes none: what was sent and not written down would come again.
async fn nothing_owed(desk: &Desk, but_lines: bool) {
    let others = if but_lines { " AND chat NOT LIKE 'discord:log:%'" } else { "" };
    let owed = || desk.query(&format!("SELECT count(*) FROM effects WHERE state = 'owed'{others}"));
    eventually("nothing to be owed", || (owed() == 0).then_some(())).await;
}

#[tokio::test]
async fn the_log_has_one_line_for_each_change_when_it_refuses_when_answers_are_lost_and_after_a_crash() {
    let shop = Shop::new();
    let mut desk = shop.desk().start();
    shop.settle_in().await;
    let room = shop.ticket("my account is locked").await;
    shop.api.press(room, shop.ann, "Claim");
    let there = format!(" → #{room}");
    let lines = |lines: &[&str]| lines.iter().map(|line| format!("{line}{there}")).collect::<Vec<String>>();
    eventually("two lines", || (shop.told().len() == 2).then_some(())).await;
    let mut told = shop.told();
    assert!(told[0].starts_with("Dan: reported it"), "its room may not have been open yet: {told:?}");
    assert_eq!(told[1..], lines(&["Ann: claimed it"]));
    nothing_owed(&desk, false).await;

    shop.api.let_bot(shop.log, right::SEND, false);
    shop.api.press(room, shop.ann, "Wait");
    shop.says(room, "ON HOLD").await;
    shop.says(shop.panel, "I cannot bring into the log what belongs there").await;
    nothing_owed(&desk, true).await;
    desk.crash().await;
    shop.connected(2).await;
    shop.api.write(room, shop.dan, "the second one");
    shop.says(room, "IN PROGRESS").await;
    assert_eq!(shop.told(), told, "the room goes on, the log has to wait");
    shop.api.let_bot(shop.log, right::SEND, true);
    told.extend(lines(&["Ann: put it on hold: Waiting for the reporter", "Dan: resumed it"]));
    shop.tells(&told).await;
    nothing_owed(&desk, false).await;

    for fault in
        [Fault::LostAnswer, Fault::RateLimited { retry_after: 0.2, global: false }, Fault::BadGateway]
    {
        shop.api.fail_next("POST channels/-/messages", fault);
    }
    shop.api.press(room, shop.ann, "Escalate");
    shop.says(room, "requires manager attention").await;
    told.extend(lines(&["Ann: escalated it to level 2"]));
    shop.tells(&told).await;
    nothing_owed(&desk, false).await;
    desk.crash().await;
    shop.connected(3).await;

    shop.api.press(room, shop.ben, "Claim");
    shop.says(room, "Handled by: Ben").await;
    shop.api.press(room, shop.ben, "Close");
    shop.seen(shop.dan, room, READS).await;
    told.extend(lines(&["Ben: claimed it", "Ben: resolved it"]));
    shop.tells(&told).await;
    shop.offers(room, "Archive").await;
    shop.api.press(room, shop.ann, "Archive");
    shop.gone(room).await;
    told.push("Ann: archived it".to_owned());
    shop.tells(&told).await;
    nothing_owed(&desk, false).await;
    shop.tells(&told).await;
    let words = shop.api.messages(shop.panel).iter().map(|one| shop.api.shown(one).text).collect::<String>();
    assert_eq!(words.matches("I cannot bring into the log what belongs there").count(), 1, "it is said once");
}
