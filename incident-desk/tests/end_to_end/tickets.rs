//! Tickets in Discord: a panel, a private channel each, and what was said in it in the log, with a `kill -9` between any
//! two steps.

mod overruled;
mod silence;
mod told;
mod upheavals;

use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Fault, Message, World, right};

use crate::harness::{Desk, eventually};

/// A Discord server: mia owns it, ben manages, ann helps, dan asks, zoe is anybody.
struct Shop {
    api: DiscordApi,
    guild: u64,
    panel: u64,
    log: u64,
    category: u64,
    mia: u64,
    ben: u64,
    ann: u64,
    dan: u64,
    zoe: u64,
    staff: u64,
}

impl Shop {
    fn new() -> Self {
        Self::on(DiscordApi::start())
    }

    /// Opens a shop of its own where there may be others.
    fn on(api: DiscordApi) -> Self {
        let [mia, ben, ann, dan, zoe] = ["Mia", "Ben", "Ann", "Dan", "Zoe"].map(|name| api.user(name));
        let guild = api.guild("Shop", mia);
        api.let_bot_in_guild(guild, right::ROOMS, true);
        [ben, ann, dan, zoe].into_iter().for_each(|user| api.join(guild, user));
        let (panel, log) = (api.channel(guild, "help"), api.channel(guild, "log"));
        let category = api.category(guild, "Tickets");
        let staff = api.role(guild);
        api.enrol(guild, ann, staff);
        Self { api, guild, panel, log, category, mia, ben, ann, dan, zoe, staff }
    }

    fn desk(&self) -> Desk {
        Desk::prepared()
            .with("WORKFLOW", "discord_tickets")
            .with("DISCORD_TOKEN", self.api.token())
            .with("DISCORD_API_URL", self.api.url())
    }

    async fn connected(&self, sessions: usize) {
        let connected =
            |world: &World| (world.is_connected() && world.sessions().0 >= sessions).then_some(());
        self.api.wait_until(connected, "a connection in Discord").await;
    }

    async fn says(&self, channel: u64, words: &str) -> Message {
        let said = |world: &World| {
            let messages = world.messages(channel);
            messages.into_iter().find(|message| world.shown(message).text.contains(words)).cloned()
        };
        self.api.wait_until(said, words).await
    }

    async fn answered(&self, interaction: u64, words: &str) {
        let said = |world: &World| {
            world.answers(interaction).iter().any(|answer| answer.shown.text.contains(words)).then_some(())
        };
        self.api.wait_until(said, words).await;
    }

    async fn set(&self, text: &str) {
        let asked = self.api.command(self.panel, self.mia, "group/settings", &[("text", text)]);
        self.answered(asked, "✅").await;
    }

    async fn settle_in(&self) {
        self.connected(1).await;
        let person = |user: u64| user.to_string();
        let give = |name: &str, user: u64| {
            self.api.command(self.panel, self.mia, &format!("group/{name}"), &[("person", &person(user))]);
        };
        give("configure_managers", self.ben);
        self.says(self.panel, "Managers").await;
        give("add_dispatcher", self.staff);
        self.says(self.panel, "@role").await;
        self.set(&format!("room_category {}", self.category)).await;
        self.set(&format!("log_channel <#{}>", self.log)).await;
        self.api.command(self.panel, self.mia, "group/panel", &[]);
        self.says(self.panel, "Press the button").await;
    }

    /// Opens a ticket by the panel, and returns its channel.
    async fn ticket(&self, words: &str) -> u64 {
        let before = self.api.places(self.guild);
        let pressed = self.api.press(self.panel, self.dan, "Report");
        self.api.wait_until(|world| world.form_of(pressed).map(drop), "a form").await;
        let sent = self.api.submit(pressed, &[("words", words)]);
        self.answered(sent, "is filed").await;
        let opened = self.api.places(self.guild).into_iter().filter(|place| !before.contains(place));
        let opened: Vec<u64> =
            opened.filter(|place| self.api.described(*place).0.starts_with("tkt")).collect();
        let [room] = opened.as_slice() else { panic!("one room is opened: {opened:?}") };
        let answer = self.api.answers(sent).pop().expect("an answer");
        assert_eq!(answer.shown.active, [format!("#{room}")], "the answer leads to the room");
        self.says(*room, words).await;
        *room
    }

    async fn seen(&self, user: u64, room: u64, wanted: (bool, bool)) {
        eventually("somebody sees what they should", || (self.api.sees(user, room) == wanted).then_some(()))
            .await;
    }

    fn cards(&self, room: u64) -> usize {
        let pinned = |message: &&Message| message.pinned;
        self.api.messages(room).iter().filter(pinned).count()
    }

    async fn offers(&self, room: u64, label: &str) {
        let there = |world: &World| {
            let mut messages = world.messages(room).into_iter();
            let offers = |message: &Message| {
                world.shown(message).rows.iter().flatten().any(|button| button.label.contains(label))
            };
            messages.any(offers).then_some(())
        };
        self.api.wait_until(there, label).await;
    }

    async fn gone(&self, room: u64) {
        eventually("the room goes", || self.api.is_deleted(room).then_some(())).await;
    }

    /// Expects the file that dan has sent in the log, and these words on the last page.
    fn has_logged(&self, words: &[&str]) {
        let logged = self.api.messages(self.log);
        let files: Vec<(&str, &[u8])> = logged
            .iter()
            .flat_map(|message| &message.files)
            .map(|file| (file.name.as_str(), file.bytes.as_slice()))
            .collect();
        assert!(files.contains(&("proof.png", b"a picture".as_slice())), "{files:?}");
        let pages: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(".html")).collect();
        let page = String::from_utf8_lossy(pages.last().expect("a page of words").1);
        let missing: Vec<&&str> = words.iter().filter(|words| !page.contains(**words)).collect();
        assert!(missing.is_empty(), "{missing:?} in {page}");
    }
}

const READS: (bool, bool) = (true, false);
const WRITES: (bool, bool) = (true, true);
const NOTHING: (bool, bool) = (false, false);

#[tokio::test]
async fn a_ticket_goes_from_the_panel_to_the_log_and_a_crash_between_any_two_steps_loses_nothing() {
    let shop = Shop::new();
    let mut desk = shop.desk().start();
    shop.settle_in().await;
    let mut sessions = 1;
    macro_rules! crash {
        () => {
            desk.crash().await;
            sessions += 1;
            shop.connected(sessions).await;
        };
    }

    let room = shop.ticket("my account is locked").await;
    assert_eq!(shop.api.described(room), ("tkt-2026-0001".to_owned(), Some(shop.category)));
    let seen = [shop.dan, shop.ann, shop.ben, shop.zoe].map(|user| shop.api.sees(user, room));
    assert_eq!(seen, [WRITES, WRITES, NOTHING, NOTHING]);
    let summons = shop.says(room, "needs attention").await;
    assert!(summons.told_roles.contains(&shop.staff), "those who help are told");
    crash!();

    shop.api.press(room, shop.ann, "Claim");
    shop.says(room, "IN PROGRESS").await;
    crash!();

    shop.api.press(room, shop.ann, "Wait");
    shop.says(room, "ON HOLD").await;
    shop.api.write(room, shop.ann, "which account is it?");
    crash!();

    shop.api.write(room, shop.dan, "the second one");
    shop.says(room, "IN PROGRESS").await;
    shop.api.send_file(room, shop.dan, "proof.png", b"a picture");
    crash!();

    shop.api.press(room, shop.ann, "Escalate");
    shop.seen(shop.ben, room, WRITES).await;
    shop.says(room, "requires manager attention").await;
    crash!();

    shop.offers(room, "Claim").await;
    shop.api.press(room, shop.ben, "Claim");
    shop.says(room, "Handled by: Ben").await;
    shop.api.press(room, shop.ben, "Close");
    shop.seen(shop.dan, room, READS).await;
    crash!();

    // Whoever may write is settled before the card is drawn, and the crash may have come in between.
    shop.offers(room, "Open again").await;
    let pressed = shop.api.press(room, shop.dan, "Open again");
    shop.api.wait_until(|world| world.form_of(pressed).map(drop), "a form").await;
    shop.api.submit(pressed, &[("words", "it is locked again")]);
    shop.seen(shop.dan, room, WRITES).await;
    shop.offers(room, "Close").await;
    shop.api.press(room, shop.ben, "Close");
    shop.seen(shop.dan, room, READS).await;
    eventually("what is over to be pinned no more", || (shop.cards(room) == 0).then_some(())).await;
    crash!();

    shop.offers(room, "Archive").await;
    shop.api.press(room, shop.ann, "Archive");
    eventually("the room to be emptied", || {
        (desk.query("SELECT count(*) FROM rooms WHERE admitted <> '-'") == 0).then_some(())
    })
    .await;
    crash!();
    shop.gone(room).await;
    shop.has_logged(&["my account is locked", "which account is it?", "the second one", "proof.png"]);
    eventually("nothing to be owed", || {
        (desk.query("SELECT count(*) FROM effects WHERE state = 'owed'") == 0).then_some(())
    })
    .await;
    assert_eq!(desk.query("SELECT count(*) FROM rooms"), 0);
    assert_eq!(desk.query("SELECT count(*) FROM incidents"), 1);
    let said = shop.api.messages(room).iter().filter(|one| one.content.contains("needs attention")).count();
    assert_eq!(said, 1, "nobody is called twice");
}

#[tokio::test]
async fn whatever_goes_wrong_a_ticket_has_one_channel_and_one_card() {
    let shop = Shop::new();
    let _desk = shop.desk().start();
    shop.settle_in().await;
    for fault in [
        Fault::LostAnswer,
        Fault::ServerError,
        Fault::RateLimited { retry_after: 0.2, global: false },
        Fault::BadGateway,
    ] {
        shop.api.fail_next("POST guilds/-/channels", fault);
    }
    shop.api.command(shop.panel, shop.dan, "new", &[("text", "my account is locked")]);
    let rooms = || {
        let places = shop.api.places(shop.guild).into_iter();
        places.filter(|place| shop.api.described(*place).0.starts_with("tkt")).collect::<Vec<u64>>()
    };
    let room = eventually("a room", || rooms().first().copied()).await;
    shop.says(room, "my account is locked").await;
    shop.api.fail_next("POST channels/-/messages", Fault::LostAnswer);
    shop.api.press(room, shop.ann, "Escalate");
    shop.says(room, "requires manager attention").await;
    assert_eq!((rooms().len(), shop.cards(room)), (1, 1));
}

#[tokio::test]
async fn a_ticket_without_a_place_is_filed_and_said_and_gets_its_channel_when_there_is_one() {
    let shop = Shop::new();
    let desk = shop.desk().start();
    shop.settle_in().await;
    shop.api.let_bot_in_guild(shop.guild, right::MANAGE_CHANNELS, false);
    shop.api.command(shop.panel, shop.dan, "new", &[("text", "my account is locked")]);
    shop.says(shop.panel, "I cannot open rooms").await;
    assert_eq!(desk.query("SELECT count(*) FROM incidents"), 1);
    assert_eq!(desk.query("SELECT count(*) FROM rooms"), 0);
    shop.api.let_bot_in_guild(shop.guild, right::MANAGE_CHANNELS, true);
    eventually("a room", || (desk.query("SELECT count(*) FROM rooms") == 1).then_some(())).await;
    let words = shop.api.messages(shop.panel).iter().map(|one| shop.api.shown(one).text).collect::<String>();
    assert!(!words.contains("my account is locked"), "nothing of it was shown to everybody");
}

#[tokio::test]
async fn a_second_click_opens_no_second_ticket_and_a_channel_deleted_by_hand_comes_back() {
    let shop = Shop::new();
    let desk = shop.desk().start();
    shop.settle_in().await;
    let room = shop.ticket("my account is locked").await;
    shop.api.repeat_last_event();
    shop.api.delete_channel(room);
    let again = eventually("another room", || {
        let places = shop.api.places(shop.guild).into_iter();
        places.into_iter().find(|place| *place != room && shop.api.described(*place).0.starts_with("tkt"))
    })
    .await;
    shop.says(again, "my account is locked").await;
    assert_eq!(desk.query("SELECT count(*) FROM incidents"), 1);
    tokio::time::timeout(Duration::from_secs(30), shop.says(again, "UNCLAIMED")).await.expect("it is there");
}
