//! Rooms of incidents against the simulated Discord: private channels, categories that are full, guilds that are, and
//! who sees what.

use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Fault, right};
use adapter_discord::{Discord, DiscordOptions, SecretString};
use incident_core::ids::{ChatRef, Identity, Platform};
use incident_core::ports::{Access, DeliveryError, RoomOrder, Rooms};
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
