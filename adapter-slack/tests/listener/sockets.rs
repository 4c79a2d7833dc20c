//! Sockets that open late, freeze, close, break, or are refused.

use std::time::Duration;

use adapter_slack::testkit::{Fault, SlackServer};
use adapter_slack::{ListenError, Patience};

use super::desk::{House, PATIENCE};

#[tokio::test]
async fn there_are_two_sockets_and_none_is_left_when_the_listener_ends() {
    let house = House::new();
    let running = house.start();
    house.sockets(2).await;
    running.stop().await;
    house.sockets(0).await;
    assert_eq!(house.server.sockets_opened(), 2);
}

#[tokio::test]
async fn a_socket_that_is_about_to_close_is_replaced_before_it_does() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    house.server.warn_sockets();
    house.sockets(4).await;
    // The old ones are still heard.
    for _ in 0..8 {
        house.server.command(&house.channel, &house.dan, "status 7");
    }
    let answers = |server: &SlackServer| (server.whispers(&house.dan).len() == 8).then_some(());
    house.server.wait_for("eight answers", answers).await;
    house.delivered().await;
    assert!(house.server.deliveries().iter().all(|one| one.acknowledged && one.attempts == 1));
}

#[tokio::test]
async fn deaf_sockets_are_noticed_and_replaced() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    house.server.acknowledge_within(Duration::from_millis(800));
    house.server.freeze_sockets();
    let ts = house.server.write(&house.channel, &house.dan, "is anybody there?");
    house.server.leave(&house.channel, &house.dan);
    let opened = |server: &SlackServer| (server.sockets_opened() >= 4).then_some(());
    house.server.wait_for("new sockets", opened).await;
    house.delivered().await;
    let last = house.server.deliveries().into_iter().next_back().expect("the departure was told");
    assert!(last.acknowledged && last.attempts > 1, "{last:?} after {ts}");
}

#[tokio::test]
async fn a_socket_that_never_greets_is_given_up() {
    let house = House::new();
    house.server.fail_next("socket", Fault::Hang);
    house.server.fail_next("socket", Fault::ResetBefore);
    house.server.fail_next("apps.connections.open", Fault::Hang);
    house.server.fail_next("apps.connections.open", Fault::ServerError);
    let patience = Patience { hello: Duration::from_millis(100), ..PATIENCE };
    let _running = house.start_with(house.listener().with_patience(patience));
    house.sockets(2).await;
}

#[tokio::test]
async fn a_server_that_was_away_is_found_again_and_what_waited_comes() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    house.server.stop();
    house.server.leave(&house.channel, &house.dan);
    house.server.restart();
    house.sockets(2).await;
    house.delivered().await;
    let last = house.server.deliveries().into_iter().next_back().expect("the departure was told");
    assert!(last.acknowledged, "{last:?}");
}

#[tokio::test]
async fn a_token_that_is_refused_ends_the_listener_and_is_named() {
    let house = House::new();
    house.server.replace_tokens();
    let mut running = house.start();
    let ended = running.ended().await;
    let said = ended.expect_err("a token is refused").to_string();
    assert!(said.starts_with("Slack does not accept the bot token: "), "{said}");
}

#[tokio::test]
async fn a_token_that_is_revoked_while_it_is_used_ends_the_listener() {
    let house = House::new();
    let mut running = house.start();
    house.settle_in().await;
    house.server.replace_tokens();
    house.server.command(&house.channel, &house.dan, "status 1");
    let ended = running.ended().await;
    assert!(matches!(ended, Err(ListenError::Unauthorised { token: "the bot token", .. })), "{ended:?}");
}

#[tokio::test]
async fn an_app_token_that_is_refused_is_named() {
    let house = House::new();
    for error in ["invalid_auth", "missing_scope"] {
        for _ in 0..6 {
            house.server.fail_next("apps.connections.open", Fault::Refuse(error.to_owned()));
        }
        let mut running = house.start();
        let ended = running.ended().await;
        assert!(matches!(ended, Err(ListenError::Unauthorised { token: "the app token", .. })), "{ended:?}");
    }
}
