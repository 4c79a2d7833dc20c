use super::*;

fn word(error: &str) -> CallError {
    CallError::Refused(Refusal { error: error.to_owned(), needed: None, details: Vec::new() })
}

fn temporary(reason: &str, retry_after: Option<Duration>) -> DeliveryError {
    DeliveryError::Temporary { reason: reason.to_owned(), retry_after }
}

#[test]
fn what_is_the_case_already_is_a_success() {
    for error in ["already_pinned", "no_pin", "not_pinned"] {
        assert_eq!(classify(&word(error)), None, "{error}");
        assert_eq!(classify_pinning(&word(error)), None, "{error}");
    }
}

#[test]
fn a_message_that_cannot_be_changed_is_gone() {
    for error in ["message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"] {
        assert_eq!(classify(&word(error)), Some(DeliveryError::Gone), "{error}");
    }
}

#[test]
fn a_channel_that_is_closed_to_the_app_is_lost() {
    for error in ["channel_not_found", "not_in_channel", "is_archived", "is_inactive"] {
        let lost = DeliveryError::ChatLost { reason: format!("refused: {error}") };
        assert_eq!(classify(&word(error)), Some(lost.clone()), "{error}");
        assert_eq!(classify_pinning(&word(error)), Some(lost), "{error}");
    }
}

#[test]
fn a_channel_in_which_the_app_may_not_write_is_not_lost() {
    for error in
        ["restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_locked"]
    {
        let right = Right::Write;
        assert_eq!(classify(&word(error)), Some(DeliveryError::Forbidden { right }), "{error}");
    }
}

#[test]
fn whatever_speaks_against_a_pin_is_a_missing_right() {
    for error in ["restricted_action", "not_pinnable", "permission_denied", "too_many_pins", "missing_scope"]
    {
        let right = Right::Pin;
        assert_eq!(classify_pinning(&word(error)), Some(DeliveryError::Forbidden { right }), "{error}");
    }
}

#[test]
fn a_wait_is_handed_on_to_the_second() {
    let wait = Some(Duration::from_secs(7));
    let limited = CallError::Limited { retry_after: wait };
    assert_eq!(classify(&limited), Some(temporary("called too often", wait)));
    assert_eq!(classify_pinning(&limited), Some(temporary("called too often", wait)));
    assert_eq!(classify_file(&limited), temporary("called too often", wait));
}

#[test]
fn what_fails_for_now_or_until_somebody_mends_it_stays_owed() {
    let words = [
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "token_revoked",
        "invalid_auth",
        "missing_scope",
    ];
    for error in words {
        assert_eq!(classify(&word(error)), Some(temporary(&format!("refused: {error}"), None)), "{error}");
    }
    let page = CallError::Unreadable { status: 502 };
    assert_eq!(classify(&page), Some(temporary("unreadable answer with status 502", None)));
    let lost = CallError::Unreachable { reason: "reset".to_owned() };
    assert_eq!(classify(&lost), Some(temporary("no answer: reset", None)));
}

#[test]
fn what_nobody_knows_is_permanent() {
    let permanent = |reason: &str| Some(DeliveryError::Permanent { reason: reason.to_owned() });
    assert_eq!(classify(&word("invalid_blocks")), permanent("refused: invalid_blocks"));
    let unsendable = CallError::Unsendable { reason: "too large".to_owned() };
    assert_eq!(classify(&unsendable), permanent("not sent: too large"));
}

#[test]
fn a_file_that_slack_does_not_know_is_gone() {
    for error in ["file_not_found", "file_deleted"] {
        assert_eq!(classify_file(&word(error)), DeliveryError::Gone, "{error}");
    }
    let other = DeliveryError::Permanent { reason: "refused: message_not_found".to_owned() };
    assert_eq!(classify_file(&word("message_not_found")), other);
}

#[test]
fn only_a_token_that_slack_refuses_stops_everything() {
    for error in ["invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"] {
        assert!(word(error).is_unauthorised(), "{error}");
    }
    for error in ["missing_scope", "channel_not_found", "internal_error"] {
        assert!(!word(error).is_unauthorised(), "{error}");
    }
}

#[test]
fn a_refusal_names_the_scope_that_is_missing() {
    let refusal = Refusal {
        error: "missing_scope".to_owned(),
        needed: Some("pins:write".to_owned()),
        details: vec!["see the app's page".to_owned()],
    };
    let said = CallError::Refused(refusal).to_string();
    assert_eq!(said, "refused: missing_scope (the app lacks the scope pins:write); see the app's page");
}
