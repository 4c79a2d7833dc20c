//! Handles that tell their owners, wherever they are written.

use super::fixture::{assert_reads, message, seen, sent};
use super::world::Handles;
use crate::view::{Mention, Message};

/// A role can be given to a handle before anybody has seen the account behind it; whoever it is, is told.
pub async fn somebody_known_by_handle_alone_is_told(world: &dyn Handles) {
    let ann = world.person("Ann", Some("ann_of_the_night"));
    let handle = ann.handle.clone().expect("she was given one");
    let name = handle.name().to_owned();
    let known = Mention { handle: Some(handle), ..Mention::named(&name) };
    let called = sent(world, &Message { mentions: vec![known], ..message("Help!") }).await;
    assert_eq!(seen(world, &called).told, [ann.identity]);
    assert_reads(&seen(world, &called).text, &["Help!", &name]);
}
