//! The immediate answer: words that only one person sees. It is given after the commit; if it is lost, the card still
//! says what is true.

use std::time::Duration;

use incident_core::desk::Sender;
use incident_core::view::Reply;
use serde_json::{Value, json};

use super::intake::is_silent;
use crate::failure::CallError;
use crate::inbound::{Asked, ReturnPath};
use crate::messenger::{CALL_LIMIT, Method, Slack};
use crate::outbound::{self, Drawing};

/// How long somebody is kept waiting for an answer when Slack asks for patience.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long after an answer that was lost it is given again.
const SOON: Duration = Duration::from_millis(500);

/// Answers, and once more if that fails in a way that may pass. Where the address for answers is of no use any more, which
/// is so after half an hour, it is said in the channel, to nobody else.
pub(super) async fn give(slack: &Slack, asked: &Asked, reply: &Reply) {
    let path = &asked.path;
    if matches!(path, ReturnPath::Nowhere) || (is_silent(reply) && !replaces(path)) {
        return;
    }
    let drawing = outbound::answer(reply);
    let result = match once(slack, path, drawing.as_ref()).await {
        Err(error) if error.may_pass() => {
            tokio::time::sleep(error.retry_after().unwrap_or(SOON).min(LONGEST_WAIT)).await;
            once(slack, path, drawing.as_ref()).await
        }
        result => result,
    };
    let result = match (result, beside(asked)) {
        (Err(_), Some(path)) => once(slack, &path, drawing.as_ref()).await,
        (result, _) => result,
    };
    if let Err(error) = result {
        tracing::warn!(%error, "an answer could not be given");
    }
}

/// Where else somebody can be answered.
fn beside(asked: &Asked) -> Option<ReturnPath> {
    let (ReturnPath::Response { .. }, Sender::Person(profile)) = (&asked.path, &asked.request.from) else {
        return None;
    };
    let (channel, user) = (asked.request.chat.chat.to_string(), profile.identity.user.to_string());
    Some(ReturnPath::Whisper { channel, user })
}

const fn replaces(path: &ReturnPath) -> bool {
    match path {
        ReturnPath::Response { replaces, .. } => *replaces,
        ReturnPath::Whisper { .. } | ReturnPath::Nowhere => false,
    }
}

async fn once(slack: &Slack, path: &ReturnPath, drawing: Option<&Drawing>) -> Result<(), CallError> {
    match path {
        ReturnPath::Response { url, replaces } => {
            let call = slack.http().post(url).json(&response(drawing, *replaces));
            slack.hand_over(call, CALL_LIMIT).await
        }
        ReturnPath::Whisper { channel, user } => {
            let Some(drawing) = drawing else { return Ok(()) };
            let body =
                json!({"channel": channel, "user": user, "text": drawing.text, "blocks": drawing.blocks});
            slack.call(Method::PostEphemeral, &body).await.map(drop)
        }
        ReturnPath::Nowhere => Ok(()),
    }
}

fn response(drawing: Option<&Drawing>, replaces: bool) -> Value {
    match drawing {
        Some(drawing) => json!({
            "response_type": "ephemeral", "replace_original": replaces, "text": drawing.text, "blocks": drawing.blocks,
        }),
        None => json!({"delete_original": true}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_with_nothing_disappears() {
        assert_eq!(response(None, true), json!({"delete_original": true}));
        let drawing = outbound::plain("done");
        let said = response(Some(&drawing), true);
        assert_eq!((&said["replace_original"], &said["text"]), (&json!(true), &json!("done")));
        assert_eq!(response(Some(&drawing), false)["replace_original"], json!(false));
    }
}
