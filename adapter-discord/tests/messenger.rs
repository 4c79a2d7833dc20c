//! What the messenger does where Discord has manners of its own: threads that are put away, limits on everything, a token
//! that is refused, files that are too large.

use std::sync::Arc;
use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Fault};
use adapter_discord::{Discord, DiscordOptions, SecretString, SetupError, UPLOAD_LIMIT};
use incident_core::ids::{ChatRef, Platform};
use incident_core::ports::{DeliveryError, File, FileContent, Messenger, Place};
use incident_core::roster::Right;
use incident_core::testkit::messaging::fixture::{card, file, message, place};
use incident_core::text::{Limits, Text};

struct House {
    api: DiscordApi,
    discord: Discord,
    guild: u64,
    ann: u64,
    channel: u64,
}

fn house() -> House {
    let api = DiscordApi::start();
    let options = DiscordOptions { token: SecretString::from(api.token()), api_url: api.url() };
    let discord = Discord::new(options).expect("a client is made");
    let ann = api.user("Ann");
    let guild = api.guild("Drivers", ann);
    let channel = api.channel(guild, "incidents");
    House { api, discord, guild, ann, channel }
}

fn chat(channel: u64) -> ChatRef {
    ChatRef::new(Platform::Discord, channel.to_string())
}

fn thread(channel: u64, thread: u64) -> Place {
    let topic = Text::new(&thread.to_string(), Limits::NAME).expect("a short text");
    Place { topic: Some(topic), ..place(chat(channel)) }
}

#[tokio::test]
async fn a_card_in_a_thread_that_was_put_away_changes_and_in_a_locked_one_it_does_not() {
    let House { api, discord, ann, channel, .. } = house();
    let there = api.thread(api.write(channel, ann, "Berlin"));
    let posted = discord.post(&thread(channel, there), &card("NEW")).await.expect("it is posted");
    api.archive(there, true, false);
    assert_eq!(discord.edit(&posted, &card("CHANGED")).await, Ok(()));
    let shown = api.messages(there).iter().map(|message| api.shown(message).text).collect::<Vec<_>>();
    assert!(shown[0].starts_with("CHANGED"), "{shown:?}");
    api.archive(there, true, true);
    let refused = Err(DeliveryError::Forbidden { right: Right::Write });
    assert_eq!(discord.edit(&posted, &card("AGAIN")).await, refused);
}

#[tokio::test]
async fn what_has_no_room_in_a_locked_thread_is_said_in_the_channel() {
    let House { api, discord, ann, channel, .. } = house();
    let there = api.thread(api.write(channel, ann, "Berlin"));
    api.archive(there, true, true);
    let sent = discord.send(&thread(channel, there), &message("hello")).await.expect("it is sent");
    let sent_file = discord.send_file(&thread(channel, there), &file("March")).await.expect("it is sent");
    for message in [sent, sent_file] {
        assert!(!message.message.contains('/'), "it stands in the channel: {message:?}");
    }
}

#[tokio::test]
async fn what_may_have_been_sent_is_not_sent_again_although_it_is_refused_in_between() {
    let House { api, discord, channel, .. } = house();
    for global in [false, true] {
        let before = api.messages(channel).len();
        api.fail_next("POST channels/-/messages", Fault::LostAnswer);
        api.fail_next("POST channels/-/messages", Fault::RateLimited { retry_after: 0.1, global });
        for _ in 0..2 {
            let failed = discord.send(&place(chat(channel)), &message("hello")).await;
            assert!(matches!(failed, Err(DeliveryError::Temporary { .. })), "{failed:?}");
        }
        for more in 1..=2 {
            discord.send(&place(chat(channel)), &message("hello")).await.expect("it is sent");
            assert_eq!(api.messages(channel).len(), before + more, "what is said again is another message");
        }
    }
}

#[tokio::test]
async fn a_wait_for_everything_is_kept_by_everything() {
    let House { api, discord, guild, channel, .. } = house();
    let other = api.channel(guild, "other");
    let wait = Duration::from_millis(700);
    api.fail_next("POST channels/-/messages", Fault::RateLimited { retry_after: 0.7, global: true });
    let first = discord.send(&place(chat(channel)), &message("hello")).await;
    assert!(
        matches!(&first, Err(DeliveryError::Temporary { retry_after, .. }) if *retry_after == Some(wait)),
        "{first:?}"
    );
    discord.send(&place(chat(other)), &message("hello")).await.expect("it is sent when that is over");
    let calls = api.calls();
    let between = calls[1].at - calls[0].at;
    assert!(between >= wait.mul_f64(0.9), "{between:?}");
    api.fail_next("POST channels/-/messages", Fault::RateLimited { retry_after: 60.0, global: true });
    discord.send(&place(chat(channel)), &message("hello")).await.expect_err("it is too much");
    let long = discord.send(&place(chat(other)), &message("hello")).await;
    assert!(
        matches!(&long, Err(DeliveryError::Temporary { retry_after: Some(wait), .. }) if wait.as_secs() >= 58),
        "{long:?}"
    );
    assert_eq!(api.calls().len(), 3, "nothing was sent meanwhile");
}

#[tokio::test]
async fn a_refused_token_is_not_presented_again_and_told_to_nobody() {
    let House { api, discord, channel, .. } = house();
    let token = api.token();
    api.set_token("another");
    let mut said = String::new();
    for _ in 0..3 {
        let error = discord.send(&place(chat(channel)), &message("hello")).await.expect_err("it is refused");
        assert!(matches!(error, DeliveryError::Temporary { retry_after: None, .. }), "{error:?}");
        said.push_str(&format!("{error} {error:?} {discord:?}"));
    }
    assert_eq!(api.calls().len(), 1, "thousands of such calls get an address banned");
    assert!(!said.contains(&token) && !said.contains("OTAw"), "{said}");
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_sent() {
    let House { api, discord, channel, .. } = house();
    let made = |bytes: usize| {
        let bytes: Arc<[u8]> = vec![0; bytes].into();
        let content = FileContent::Made { name: "a.bin".to_owned(), media_type: "application/pdf", bytes };
        File { content, caption: Vec::new() }
    };
    let sent = discord.send_file(&place(chat(channel)), &made(UPLOAD_LIMIT + 1)).await;
    assert!(matches!(sent, Err(DeliveryError::Permanent { .. })), "{sent:?}");
    assert_eq!(api.calls().len(), 0);
    discord.send_file(&place(chat(channel)), &made(UPLOAD_LIMIT)).await.expect("it is as large as it may be");
}

#[test]
fn what_cannot_be_a_token_or_an_address_is_refused_at_once() {
    let with = |token: &str, api_url: &str| {
        let options = DiscordOptions { token: SecretString::from(token), api_url: api_url.to_owned() };
        Discord::new(options).map(drop)
    };
    assert!(matches!(with("a", "ftp://a"), Err(SetupError::ApiUrl)));
    assert!(matches!(with("a", "nothing"), Err(SetupError::ApiUrl)));
    assert!(matches!(with(" ", "https://a"), Err(SetupError::Token)));
    assert!(matches!(with("a\nb", "https://a"), Err(SetupError::Token)));
    assert!(with("a", "https://a/api/v10").is_ok());
}
