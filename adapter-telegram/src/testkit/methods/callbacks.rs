//! Answers to presses: once, in time, and short.

use serde_json::{Value, json};

use super::{Params, Refusal};
use crate::testkit::markup::utf16_len;
use crate::testkit::updates::PRESS_LIFE;
use crate::testkit::{Answer, World};

/// The longest answer, in UTF-16 units.
const ANSWER_LIMIT: usize = 200;

pub(super) fn answer(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let query = params.text("callback_query_id").unwrap_or_default().to_owned();
    let now = world.now();
    let press = world
        .presses
        .get_mut(&query)
        .filter(|press| !press.answered && !press.expired && now - press.pressed_at <= PRESS_LIFE);
    let Some(press) = press else {
        return Err(Refusal::bad_request(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    };
    let text = params.text("text").unwrap_or_default().to_owned();
    if utf16_len(&text) > ANSWER_LIMIT {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    press.answered = true;
    let answer = Answer { query, user: press.user, text, alert: params.flag("show_alert") };
    world.answers.push(answer);
    Ok(json!(true))
}
