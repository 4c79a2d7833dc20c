//! Cards that are pinned have a bookmark, as far as Slack lets the app have any.

use std::time::Duration;

use adapter_slack::testkit::{Fault, SlackServer};
use adapter_slack::{SecretString, Slack, SlackOptions};
use incident_core::ids::{ChatRef, MessageRef, Number, Platform};
use incident_core::ports::{DeliveryError, Messenger, Place};
use incident_core::roster::Right;
use incident_core::view::{Card, Span};

const NUMBER: Number = Number { year: 2026, seq: 7 };

struct Channel {
    server: SlackServer,
    slack: Slack,
    id: String,
}

impl Channel {
    fn new() -> Self {
        let server = SlackServer::start();
        let options =
            SlackOptions { bot_token: SecretString::from(server.bot_token()), api_url: server.url() };
        let slack = Slack::new(options).expect("a client is made");
        let id = server.channel("drivers");
        Self { server, slack, id }
    }

    async fn posted(&self) -> MessageRef {
        let title = vec![Span::Plain("truck 12 has a flat tyre".to_owned())];
        let card = Card { title, sections: Vec::new(), buttons: Vec::new(), pinned: true };
        let chat = ChatRef::new(Platform::Slack, self.id.clone());
        let place = Place { chat, topic: None, reply_to: None };
        self.slack.post(&place, &card).await.expect("it is posted")
    }

    async fn pin(&self, card: &MessageRef) -> Result<(), DeliveryError> {
        self.slack.pin(card, NUMBER).await
    }

    async fn unpin(&self, card: &MessageRef) -> Result<(), DeliveryError> {
        self.slack.unpin(card, NUMBER).await
    }

    /// What the bookmarks are called, and the end of where they lead.
    fn bookmarks(&self) -> Vec<(String, String)> {
        let ends = |link: String| link.rsplit('/').next().unwrap_or_default().to_owned();
        let bookmarks = self.server.bookmarks(&self.id).into_iter();
        bookmarks.map(|bookmark| (bookmark.title, ends(bookmark.link))).collect()
    }
}

/// The bookmark of a card.
fn of(card: &MessageRef) -> (String, String) {
    (NUMBER.to_string(), format!("p{}", card.message.replace('.', "")))
}

/// Whether it is tried again, and nothing else waits for that.
fn passes(result: &Result<(), DeliveryError>) -> bool {
    matches!(result, Err(DeliveryError::Temporary { retry_after: None, .. }))
}

#[tokio::test]
async fn what_is_pinned_has_one_bookmark_for_as_long() {
    let channel = Channel::new();
    channel.server.bookmark(&channel.id, "how we work", "https://example.org/how");
    channel.server.bookmark(&channel.id, &NUMBER.to_string(), "https://example.org/what-we-learnt");
    let own = channel.bookmarks();
    let card = channel.posted().await;
    for _ in 0..2 {
        channel.pin(&card).await.expect("it is pinned");
        assert_eq!(channel.bookmarks(), [own.clone(), vec![of(&card)]].concat());
    }
    for _ in 0..2 {
        channel.unpin(&card).await.expect("it is unpinned");
        assert_eq!(channel.bookmarks(), own, "what others keep there stays");
    }
}

#[tokio::test]
async fn nothing_that_may_pass_loses_a_bookmark_or_makes_a_second() {
    let channel = Channel::new();
    let card = channel.posted().await;
    for fault in [Fault::LostAnswer, Fault::ServerError, Fault::Limited { retry_after: 1 }] {
        channel.server.fail_next("bookmarks.add", fault.clone());
        assert!(passes(&channel.pin(&card).await), "{fault:?}");
        channel.pin(&card).await.expect("the next attempt");
        assert_eq!(channel.bookmarks(), [of(&card)], "{fault:?}");
        channel.server.fail_next("bookmarks.remove", fault.clone());
        assert!(passes(&channel.unpin(&card).await), "{fault:?}");
        channel.unpin(&card).await.expect("the next attempt");
        assert_eq!(channel.bookmarks(), [], "{fault:?}");
    }
}

#[tokio::test]
async fn a_card_that_was_posted_anew_has_the_bookmark() {
    let channel = Channel::new();
    let card = channel.posted().await;
    channel.pin(&card).await.expect("it is pinned");
    channel.server.delete(&channel.id, &card.message);
    let again = channel.posted().await;
    channel.pin(&again).await.expect("it is pinned");
    assert_eq!(channel.bookmarks(), [of(&again)]);
    channel.server.delete(&channel.id, &again.message);
    let last = channel.posted().await;
    channel.unpin(&last).await.expect("it never was pinned");
    assert_eq!(channel.bookmarks(), [], "nothing leads to a card that is gone");
}

#[tokio::test]
async fn a_bookmark_goes_although_the_right_to_pin_has_gone() {
    let channel = Channel::new();
    let card = channel.posted().await;
    channel.pin(&card).await.expect("it is pinned");
    channel.server.let_bot_pin(&channel.id, false);
    assert_eq!(channel.unpin(&card).await, Err(DeliveryError::Forbidden { right: Right::Pin }));
    assert_eq!(channel.bookmarks(), []);
}

#[tokio::test]
async fn an_app_that_is_given_the_right_later_bookmarks_later() {
    let channel = Channel::new();
    let card = channel.posted().await;
    channel.server.fail_next("bookmarks.list", Fault::Refuse("missing_scope".to_owned()));
    channel.pin(&card).await.expect("it is pinned");
    channel.pin(&card).await.expect("it is pinned");
    assert_eq!(channel.bookmarks(), []);
    // Stopped for a moment only, or calls would end without an answer.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(10 * 60)).await;
    tokio::time::resume();
    channel.pin(&card).await.expect("it is pinned");
    assert_eq!(channel.bookmarks(), [of(&card)]);
}

#[tokio::test]
async fn a_card_is_pinned_where_no_bookmark_may_be() {
    let channel = Channel::new();
    let card = channel.posted().await;
    channel.server.fail_next("bookmarks.add", Fault::Refuse("permission_denied".to_owned()));
    channel.pin(&card).await.expect("it is pinned");
    assert_eq!(channel.bookmarks(), []);
    channel.server.fail_next("bookmarks.list", Fault::Refuse("missing_scope".to_owned()));
    channel.pin(&card).await.expect("it is pinned");
    let asked = channel.server.calls("bookmarks.list").len();
    channel.pin(&card).await.expect("it is pinned");
    assert_eq!(channel.server.calls("bookmarks.list").len(), asked, "an app without the right is told once");
    assert!(channel.server.messages(&channel.id).iter().all(|message| message.pinned));
}
