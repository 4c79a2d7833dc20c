//! Rooms of incidents against the simulated Discord: private channels, categories that are full, guilds that are, and
//! who sees what.

use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Fault, right};
use adapter_discord::{Discord, DiscordOptions, SecretString};
use incident_core::ids::{ChatRef, Identity, Platform};
use incident_core::ports::{Access, DeliveryError, File, FileContent, Messenger, Place, RoomOrder, Rooms};
use incident_core::roster::{PlatformName, Right};

struct Site {
    api: DiscordApi,
    discord: Discord,
    guild: u64,
    panel: u64,
    ann: u64,
    sue: u64,
    staff: u64,
}

fn site() -> Site {
    let api = DiscordApi::start();
    let token = SecretString::from(api.token());
    let discord = Discord::new(DiscordOptions { token, api_url: api.url() }).expect("a client");
    let owner = api.user("Owner");
    let guild = api.guild("Shop", owner);
    api.let_bot_in_guild(guild, right::ROOMS, true);
    let panel = api.channel(guild, "tickets");
    let (ann, sue) = (api.user("Ann"), api.user("Sue"));
    let staff = api.role(guild);
    [ann, sue].into_iter().for_each(|user| api.join(guild, user));
    api.enrol(guild, sue, staff);
    Site { api, discord, guild, panel, ann, sue, staff }
}

fn chat(channel: u64) -> ChatRef {
    ChatRef::new(Platform::Discord, channel.to_string())
}

fn name(id: u64) -> PlatformName {
    id.to_string().parse().expect("a number is a name")
}

impl Site {
    fn access(&self, writes: bool) -> Access {
        Access {
            reporter: Some(Identity::new(Platform::Discord, self.ann.to_string())),
            reporter_writes: writes,
            people: Vec::new(),
            circles: vec![self.staff.to_string().into()],
        }
    }

    fn order(&self, number: u32, category: Option<u64>) -> RoomOrder {
        RoomOrder {
            name: format!("tkt-2026-{number:04}"),
            mark: format!("TKT-2026-{number:04} · 01ARZ3NDEK"),
            beside: chat(self.panel),
            category: category.map(name),
            access: self.access(true),
        }
    }

    async fn open(&self, number: u32, category: Option<u64>) -> u64 {
        let room = self.discord.open(&self.order(number, category)).await.expect("it opens");
        room.chat.parse().expect("a channel is a number")
    }
}

/// How long to wait for what should happen soon.
const PATIENCE: Duration = Duration::from_secs(30);

const READS: (bool, bool) = (true, false);
const WRITES: (bool, bool) = (true, true);
const NOTHING: (bool, bool) = (false, false);

#[tokio::test]
async fn a_room_is_seen_by_those_alone_who_should_and_is_locked_and_opened_again() {
    let site = site();
    let stranger = site.api.user("Zoe");
    site.api.join(site.guild, stranger);
    let category = site.api.category(site.guild, "Tickets");
    let room = site.open(1, Some(category)).await;
    assert_eq!(site.api.described(room), ("tkt-2026-0001".to_owned(), Some(category)));
    let seen = || [site.ann, site.sue, stranger].map(|user| site.api.sees(user, room));
    assert_eq!(seen(), [WRITES, WRITES, NOTHING]);
    let bot = site.api.bot_id();
    assert_eq!(site.api.sees(bot, room), WRITES, "the bot writes in it itself");
    site.discord.admit(&chat(room), &site.access(false)).await.expect("it is locked");
    assert_eq!(seen(), [READS, WRITES, NOTHING]);
    site.discord.admit(&chat(room), &site.access(true)).await.expect("it is opened");
    assert_eq!(seen(), [WRITES, WRITES, NOTHING]);
    site.discord.admit(&chat(room), &Access::default()).await.expect("it is emptied");
    assert_eq!(seen(), [NOTHING; 3]);
    for _ in 0..2 {
        site.discord.remove(&chat(room)).await.expect("what is gone is gone");
    }
    assert!(site.api.is_deleted(room));
    let lost = site.discord.admit(&chat(room), &site.access(true)).await;
    assert!(matches!(lost, Err(DeliveryError::ChatLost { .. })), "{lost:?}");
}

#[tokio::test]
async fn a_room_whose_creation_was_not_answered_is_found_and_not_opened_twice() {
    let site = site();
    site.api.fail_next("POST guilds/-/channels", Fault::LostAnswer);
    let first = site.discord.open(&site.order(1, None)).await;
    assert!(matches!(first, Err(DeliveryError::Temporary { .. })), "{first:?}");
    let before = site.api.places(site.guild);
    let room = site.open(1, None).await;
    assert_eq!(site.api.places(site.guild), before);
    assert!(before.contains(&room));
    assert_ne!(site.open(2, None).await, room, "another incident has another room");
}

#[tokio::test]
async fn a_full_category_is_followed_by_another_that_is_used_until_it_is_full() {
    let site = site();
    let category = site.api.category(site.guild, "Tickets");
    site.api.fill(site.guild, Some(category), 50);
    let (first, second) = (site.open(1, Some(category)).await, site.open(2, Some(category)).await);
    let [(_, Some(next)), (_, other)] = [first, second].map(|room| site.api.described(room)) else {
        panic!("it stands under a category")
    };
    assert_eq!((site.api.described(next).0.as_str(), other), ("Tickets 2", Some(next)));
    assert_eq!(site.api.sees(site.ann, next), NOTHING, "nobody needs to see the category");
}

#[tokio::test]
async fn a_guild_without_room_for_a_channel_gets_private_threads() {
    let site = site();
    site.api.fill(site.guild, None, 499);
    let room = site.open(1, None).await;
    assert_eq!(site.open(1, None).await, room, "it is found again");
    let stranger = site.api.user("Zoe");
    site.api.join(site.guild, stranger);
    assert_eq!([site.ann, stranger].map(|user| site.api.sees(user, room)), [WRITES, NOTHING]);
    site.discord.admit(&chat(room), &site.access(false)).await.expect("it is locked");
    assert_eq!(site.api.sees(site.ann, room), READS);
    site.discord.admit(&chat(room), &site.access(true)).await.expect("it is opened");
    assert_eq!(site.api.sees(site.ann, room), WRITES);
    site.discord.admit(&chat(room), &Access::default()).await.expect("it is emptied");
    assert_eq!(site.api.sees(site.ann, room), NOTHING);
}

#[tokio::test]
async fn what_the_bot_may_not_do_or_where_nothing_can_be_is_a_missing_right() {
    let site = site();
    let missing = Err(DeliveryError::Forbidden { right: Right::Room });
    assert_eq!(site.discord.open(&site.order(1, Some(7))).await, missing, "there is no such category");
    site.api.let_bot_in_guild(site.guild, right::MANAGE_CHANNELS, false);
    assert_eq!(site.discord.open(&site.order(1, None)).await, missing);
    site.api.let_bot_in_guild(site.guild, right::MANAGE_CHANNELS, true);
    site.api.let_bot_in_guild(site.guild, right::PIN, false);
    let room = site.open(1, None).await;
    assert_eq!(site.api.sees(site.ann, room), WRITES, "what the bot has not, it gives to nobody");
}

#[tokio::test]
async fn what_was_said_in_a_room_is_read_to_the_end_page_by_page() {
    let site = site();
    let room = site.open(1, None).await;
    for number in 1..=120 {
        site.api.write(room, site.ann, &format!("word {number}"));
    }
    site.api.send_file(room, site.ann, "a.png", b"picture");
    let (mut said, mut after) = (Vec::new(), None);
    loop {
        let page = site.discord.read(&chat(room), after.as_deref()).await.expect("it is read");
        let Some(last) = page.last() else { break };
        after = Some(last.message.to_string());
        said.extend(page);
    }
    let words: Vec<&str> = said.iter().map(|one| one.text.as_str()).collect();
    let expected: Vec<String> =
        (1..=120).map(|number| format!("word {number}")).chain([String::new()]).collect();
    assert_eq!(words, expected);
    assert_eq!(said.last().map(|last| (last.by.as_str(), last.files.len())), Some(("Ann", 1)));
}

#[tokio::test]
async fn what_was_said_is_kept_in_the_same_server_and_only_where_all_of_it_is_shown_to_the_bot() {
    let site = site();
    let log = site.api.channel(site.guild, "log");
    let other = site.api.guild("Other", site.sue);
    let theirs = site.api.channel(other, "log");
    let closed = Err(DeliveryError::Forbidden { right: Right::Log });
    let found = async |channel: u64| site.discord.log(&chat(site.panel), &name(channel)).await;
    assert_eq!(found(log).await, Ok(chat(log)));
    assert_eq!(found(theirs).await, closed, "it is somebody else's");
    assert_eq!(found(7).await, closed, "there is no such channel");
    assert_eq!(site.discord.log(&chat(site.panel), &"log".parse().expect("a name")).await, closed);
    site.api.allow_intents(false, true);
    assert_eq!(found(log).await, closed, "the bot is not shown what people write");
    let beside = async |channel: u64| site.discord.beside(&chat(site.panel), &name(channel)).await;
    assert_eq!(
        [beside(log).await, beside(theirs).await],
        [Ok(chat(log)), closed.clone()],
        "as lines need no reading"
    );
    site.api.allow_intents(true, true);
    site.api.fail_next("GET applications/@me", Fault::ServerError);
    assert!(matches!(found(log).await, Err(DeliveryError::Temporary { .. })));
    assert_eq!(found(log).await, Ok(chat(log)));
}

#[tokio::test]
async fn a_category_of_another_server_is_none() {
    let site = site();
    let other = site.api.guild("Other", site.sue);
    let theirs = site.api.category(other, "Tickets");
    let opened = site.discord.open(&site.order(1, Some(theirs))).await;
    assert_eq!(opened, Err(DeliveryError::Forbidden { right: Right::Room }));
}

#[tokio::test]
async fn a_room_in_which_the_bot_is_shown_nothing_is_not_taken_for_an_empty_one() {
    let site = site();
    let room = site.open(1, None).await;
    site.api.write(room, site.ann, "hello");
    site.api.let_bot_in_guild(site.guild, right::HISTORY, false);
    site.api.let_role(site.guild, site.guild, right::HISTORY, false);
    site.discord.admit(&chat(room), &Access::default()).await.expect("it is emptied");
    let read = site.discord.read(&chat(room), None).await;
    assert_eq!(read, Err(DeliveryError::Forbidden { right: Right::Log }));
    site.api.let_bot_in_guild(site.guild, right::HISTORY, true);
    site.discord.admit(&chat(room), &Access::default()).await.expect("it is emptied");
    assert_eq!(site.discord.read(&chat(room), None).await.map(|said| said.len()), Ok(1));
}

#[tokio::test]
async fn a_file_is_gone_only_where_discord_says_so() {
    let site = site();
    let room = site.open(1, None).await;
    site.api.send_file(room, site.ann, "a.png", b"picture");
    let said = site.discord.read(&chat(room), None).await.expect("it is read");
    let content = FileContent::Kept(said[0].files[0].clone());
    let file = File { content, caption: Vec::new() };
    let place = Place { chat: chat(site.panel), topic: None, reply_to: None };
    for status in [408, 425, 429, 400, 500, 502] {
        site.api.fail_next("GET files", Fault::Refuse { status, code: 0 });
        let sent = site.discord.send_file(&place, &file).await;
        assert!(matches!(sent, Err(DeliveryError::Temporary { .. })), "{status}: {sent:?}");
    }
    for status in [408, 425, 429] {
        site.api.fail_next("POST channels/-/messages", Fault::Refuse { status, code: 0 });
        let sent = site.discord.send_file(&place, &file).await;
        assert!(matches!(sent, Err(DeliveryError::Temporary { .. })), "{status}: {sent:?}");
    }
    for status in [403, 404, 410] {
        site.api.fail_next("GET files", Fault::Refuse { status, code: 0 });
        assert_eq!(site.discord.send_file(&place, &file).await, Err(DeliveryError::Gone), "{status}");
    }
    site.api.send_file(room, site.ann, "film.mov", &vec![0; adapter_discord::UPLOAD_LIMIT + 1]);
    let said = site.discord.read(&chat(room), None).await.expect("it is read");
    let file = File { content: FileContent::Kept(said[1].files[0].clone()), caption: Vec::new() };
    let sent = site.discord.send_file(&place, &file).await;
    assert!(matches!(sent, Err(DeliveryError::Permanent { .. })), "it is there, and too large: {sent:?}");
    site.discord
        .send_file(
            &place,
            &File { caption: Vec::new(), content: FileContent::Kept(said[0].files[0].clone()) },
        )
        .await
        .expect("it is sent");
}

#[tokio::test]
async fn a_room_that_is_found_again_is_seen_by_those_who_should_see_it_now() {
    let site = site();
    let room = site.open(1, None).await;
    let mut order = site.order(1, None);
    order.access = Access::default();
    assert_eq!(site.discord.open(&order).await, Ok(chat(room)));
    assert_eq!([site.ann, site.sue].map(|user| site.api.sees(user, room)), [NOTHING; 2]);
    site.api.publish(room);
    assert_ne!(site.open(1, None).await, room, "what everybody sees is nobody's room");
}

#[tokio::test]
async fn a_bot_that_can_keep_nobody_out_opens_and_arranges_no_room() {
    let site = site();
    let room = site.open(1, None).await;
    let places = site.api.places(site.guild);
    site.api.let_bot_in_guild(site.guild, right::VIEW, false);
    let everybody_sees = |allowed| site.api.let_role(site.guild, site.guild, right::VIEW, allowed);
    everybody_sees(false);
    let missing = DeliveryError::Forbidden { right: Right::Room };
    assert_eq!(site.discord.open(&site.order(2, None)).await, Err(missing.clone()));
    assert_eq!(site.discord.admit(&chat(room), &Access::default()).await, Err(missing));
    everybody_sees(true);
    assert_eq!(site.api.places(site.guild), places);
    let stranger = site.api.user("Zoe");
    site.api.join(site.guild, stranger);
    assert_eq!(site.api.sees(stranger, room), NOTHING);
}

#[tokio::test]
async fn what_discord_asks_to_wait_for_is_not_asked_before() {
    let site = site();
    let opening = "POST guilds/-/channels";
    site.api.fail_next(opening, Fault::RateLimited { retry_after: 60.0, global: false });
    for _ in 0..2 {
        let refused = site.discord.open(&site.order(1, None)).await;
        let Err(DeliveryError::Temporary { retry_after: Some(wait), .. }) = refused else {
            panic!("{refused:?}")
        };
        assert!(wait > Duration::from_secs(50), "{wait:?}");
    }
    assert_eq!(site.api.count(opening), 1);
}

#[tokio::test]
async fn a_thread_of_somebody_else_is_no_room() {
    let site = site();
    site.api.fill(site.guild, None, 499);
    let theirs = site.api.private_thread(site.panel, site.sue, "tkt-2026-0001");
    let room = site.open(1, None).await;
    assert_ne!(room, theirs);
    assert_eq!(site.api.within(theirs), [site.api.bot_id(), site.sue].sorted());
}

#[tokio::test]
async fn a_thread_holds_those_who_should_see_it_and_the_bot() {
    let site = site();
    site.api.fill(site.guild, None, 499);
    let room = site.open(1, None).await;
    let stranger = site.api.user("Zoe");
    site.api.join(site.guild, stranger);
    [site.sue, stranger].into_iter().for_each(|user| site.api.let_in(room, user));
    let bot = site.api.bot_id();
    site.discord.admit(&chat(room), &site.access(true)).await.expect("it is arranged");
    assert_eq!(site.api.within(room), [bot, site.ann, site.sue].sorted(), "sue has the role that is let in");
    let mut few = site.access(true);
    few.circles.clear();
    site.discord.admit(&chat(room), &few).await.expect("it is arranged");
    assert_eq!(site.api.within(room), [bot, site.ann].sorted());
    site.discord.admit(&chat(room), &Access::default()).await.expect("it is emptied");
    assert_eq!(site.api.within(room), [bot], "somebody must read it");
    let found =
        Access { people: vec![Identity::new(Platform::Discord, site.sue.to_string())], ..Access::default() };
    let order = RoomOrder { access: found, ..site.order(1, None) };
    assert_eq!(site.discord.open(&order).await, Ok(chat(room)));
    assert_eq!(site.api.within(room), [bot, site.sue].sorted(), "found again, it is arranged again");
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl<const N: usize> Sorted for [u64; N] {
    fn sorted(mut self) -> Self {
        self.sort_unstable();
        self
    }
}

#[tokio::test]
async fn limits_and_failures_of_discord_are_waited_out() {
    let site = site();
    for fault in
        [Fault::ServerError, Fault::BadGateway, Fault::RateLimited { retry_after: 0.1, global: false }]
    {
        site.api.fail_next("POST guilds/-/channels", fault);
        let refused = site.discord.open(&site.order(1, None)).await;
        assert!(matches!(refused, Err(DeliveryError::Temporary { .. })), "{refused:?}");
    }
    let opened = async {
        loop {
            match site.discord.open(&site.order(1, None)).await {
                Ok(_) => return,
                Err(DeliveryError::Temporary { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, opened).await.expect("it opens as soon as it may");
}
