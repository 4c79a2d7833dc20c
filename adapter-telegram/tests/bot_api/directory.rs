//! Who administers a chat.

use adapter_telegram::testkit::Fault;
use incident_core::ids::Identity;
use incident_core::ports::Directory;

use super::*;

fn account(user: i64) -> Identity {
    Identity::new(Platform::Telegram, user.to_string())
}

#[tokio::test]
async fn owners_and_administrators_are_told_from_members_and_strangers() {
    let Scene { api, telegram, group, ann } = scene();
    let (bob, carl, dora) = (api.user("Bob", None), api.user("Carl", None), api.user("Dora", None));
    api.join(group, bob);
    api.join(group, carl);
    api.promote(group, carl, ann);
    let is_admin =
        async |user| telegram.is_admin(&chat_ref(group), &account(user)).await.expect("it answers");
    assert!(is_admin(ann).await);
    assert!(!is_admin(bob).await);
    assert!(is_admin(carl).await);
    assert!(!is_admin(dora).await);
    assert!(!is_admin(5).await);
}

#[tokio::test]
async fn an_answer_is_remembered() {
    let Scene { api, telegram, group, ann } = scene();
    for _ in 0..3 {
        assert!(telegram.is_admin(&chat_ref(group), &account(ann)).await.expect("it answers"));
    }
    assert_eq!(api.count("getChatMember"), 1);
}

#[tokio::test]
async fn a_lost_question_is_put_once_more_and_then_the_error_is_told() {
    let Scene { api, telegram, group, ann } = scene();
    api.fail_next("getChatMember", Fault::ResetAfter);
    assert!(telegram.is_admin(&chat_ref(group), &account(ann)).await.expect("it answers"));
    let bob = account(api.user("Bob", None));
    api.fail_next("getChatMember", Fault::BadGateway);
    api.fail_next("getChatMember", Fault::BadGateway);
    let error = telegram.is_admin(&chat_ref(group), &bob).await.expect_err("it is unreachable");
    assert_eq!(error.reason, "unreadable answer with status 502");
    assert!(!telegram.is_admin(&chat_ref(group), &bob).await.expect("it answers"));
}

#[tokio::test]
async fn chats_and_people_of_other_platforms_are_not_asked_about() {
    let Scene { api, telegram, group, ann } = scene();
    let slack = ChatRef::new(Platform::Slack, "C1");
    assert!(telegram.is_admin(&slack, &account(ann)).await.is_err());
    assert!(telegram.is_admin(&chat_ref(group), &Identity::new(Platform::Telegram, "U1")).await.is_err());
    assert_eq!(api.count("getChatMember"), 0);
}
