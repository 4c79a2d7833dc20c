use super::*;

fn refusal(code: u16, description: &str) -> Refusal {
    Refusal { code, description: description.to_owned(), retry_after: None, migrate_to: None }
}

fn refused(code: u16, description: &str) -> CallError {
    CallError::Refused(refusal(code, description))
}

fn reason(code: u16, description: &str) -> String {
    format!("refused with {code}: {description}")
}

fn classified(code: u16, description: &str) -> Option<DeliveryError> {
    classify(&refused(code, description))
}

#[test]
fn what_is_so_already_is_a_success() {
    let texts = [
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
         same as a current content and reply markup of the message",
        "Bad Request: CHAT_NOT_MODIFIED",
    ];
    for text in texts {
        assert_eq!(classified(400, text), None, "{text}");
    }
}

#[test]
fn a_message_that_is_no_more_is_gone() {
    let texts = [
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: MESSAGE_ID_INVALID",
        "Bad Request: there is no text in the message to edit",
        "Bad Request: message to pin not found",
        "Bad Request: message to unpin not found",
        "Bad Request: message to delete not found",
    ];
    for text in texts {
        assert_eq!(classified(400, text), Some(DeliveryError::Gone), "{text}");
    }
}

#[test]
fn a_chat_that_cannot_be_reached_is_lost() {
    let texts = [
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: PEER_ID_INVALID"),
        (400, "Bad Request: group chat was deactivated"),
        (403, "Forbidden: bot was kicked from the group chat"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: bot is not a member of the supergroup chat"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: something new"),
    ];
    for (code, text) in texts {
        assert_eq!(
            classified(code, text),
            Some(DeliveryError::ChatLost { reason: reason(code, text) }),
            "{text}"
        );
    }
}

#[test]
fn a_missing_right_is_named() {
    let write = Some(DeliveryError::Forbidden { right: Right::Write });
    for text in [
        "Bad Request: CHAT_ADMIN_REQUIRED",
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: have no rights to send a message",
        "Bad Request: need administrator rights in the channel chat",
        "Bad Request: CHAT_WRITE_FORBIDDEN",
    ] {
        assert_eq!(classified(400, text), write, "{text}");
    }
}

#[test]
fn what_speaks_against_pinning_is_a_missing_right_to_pin() {
    let pin = Some(DeliveryError::Forbidden { right: Right::Pin });
    for text in [
        "Bad Request: not enough rights to manage pinned messages in the chat",
        "Bad Request: not enough rights to pin a message",
        "Bad Request: CHAT_ADMIN_REQUIRED",
        "Bad Request: CHAT_WRITE_FORBIDDEN",
        "Bad Request: PIN_RESTRICTED",
        "Bad Request: something new",
    ] {
        assert_eq!(classify_pinning(&refused(400, text)), pin, "{text}");
    }
}

#[test]
fn what_has_nothing_to_do_with_pinning_means_there_what_it_means_everywhere() {
    for (code, text) in [
        (400, "Bad Request: CHAT_NOT_MODIFIED"),
        (400, "Bad Request: message to pin not found"),
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: bot was kicked from the group chat"),
        (429, "Too Many Requests: retry after 17"),
        (502, "Bad Gateway"),
    ] {
        let error = refused(code, text);
        assert_eq!(classify_pinning(&error), classify(&error), "{text}");
    }
}

#[test]
fn a_flood_wait_is_obeyed_to_the_second_it_names() {
    let text = "Too Many Requests: retry after 17";
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let temporary = |retry_after| Some(DeliveryError::Temporary { reason: reason(429, text), retry_after });
    assert_eq!(classified(429, text), temporary(seconds(17)));
    let exact = CallError::Refused(Refusal { retry_after: seconds(3), ..refusal(429, text) });
    assert_eq!(classify(&exact), temporary(seconds(3)));
    let silent = Some(DeliveryError::Temporary { reason: reason(429, "Too Many"), retry_after: None });
    assert_eq!(classified(429, "Too Many"), silent);
}

#[test]
fn a_group_that_became_a_supergroup_has_moved() {
    let text = "Bad Request: group chat was upgraded to a supergroup chat";
    let error = CallError::Refused(Refusal { migrate_to: Some(-1_002_000_000_009), ..refusal(400, text) });
    let to = ChatRef::new(Platform::Telegram, "-1002000000009");
    assert_eq!(classify(&error), Some(DeliveryError::Moved { to }));
    let unknown = Some(DeliveryError::Temporary { reason: reason(400, text), retry_after: None });
    assert_eq!(classified(400, text), unknown);
}

#[test]
fn what_may_pass_is_temporary() {
    let temporary = |error: &CallError| {
        Some(DeliveryError::Temporary { reason: error.to_string(), retry_after: None }) == classify(error)
    };
    let errors = [
        refused(500, "Internal Server Error"),
        refused(502, "Bad Gateway"),
        refused(409, "Conflict: terminated by other getUpdates request"),
        refused(401, "Unauthorized"),
        refused(404, "Not Found"),
        CallError::Unreadable { status: 502 },
        CallError::Unreachable { reason: "connection reset".to_owned() },
    ];
    for error in errors {
        assert!(temporary(&error), "{error}");
    }
}

#[test]
fn what_will_never_succeed_is_permanent() {
    for text in [
        "Bad Request: can't parse entities: unsupported start tag",
        "Bad Request: BUTTON_DATA_INVALID",
        "Bad Request: message is too long",
    ] {
        assert_eq!(
            classified(400, text),
            Some(DeliveryError::Permanent { reason: reason(400, text) }),
            "{text}"
        );
    }
}

#[test]
fn trouble_with_a_topic_is_told_from_trouble_with_the_chat() {
    assert!(refused(400, "Bad Request: message thread not found").is_about_topic());
    assert!(refused(400, "Bad Request: TOPIC_CLOSED").is_about_topic());
    assert!(!refused(400, "Bad Request: chat not found").is_about_topic());
    assert!(!CallError::Unreadable { status: 502 }.is_about_topic());
}

#[test]
fn a_refused_token_and_a_second_poller_are_told_apart() {
    assert!(refused(401, "Unauthorized").is_unauthorised());
    assert!(refused(404, "Not Found").is_unauthorised());
    assert!(!refused(409, "Conflict").is_unauthorised());
    assert!(refused(409, "Conflict").is_conflict());
    assert!(!refused(400, "Bad Request").is_conflict());
}
