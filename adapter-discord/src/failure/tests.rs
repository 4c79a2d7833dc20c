use super::*;

fn refusal(status: u16, code: u64) -> CallError {
    CallError::Refused(Refusal {
        status,
        code,
        message: "words".to_owned(),
        retry_after: None,
        global: false,
    })
}

fn flood(seconds: u64) -> CallError {
    CallError::Refused(Refusal {
        status: 429,
        code: 0,
        message: "You are being rate limited.".to_owned(),
        retry_after: Some(Duration::from_secs(seconds)),
        global: false,
    })
}

fn reason(status: u16, code: u64) -> String {
    format!("refused with {status} ({code}): words")
}

#[test]
fn a_message_that_is_no_more_is_gone() {
    assert_eq!(classify(&refusal(404, 10_008)), DeliveryError::Gone);
    assert_eq!(classify(&refusal(403, 50_005)), DeliveryError::Gone);
}

#[test]
fn a_channel_that_cannot_be_seen_is_lost() {
    for (status, code) in [(404, 10_003), (404, 10_004), (403, 50_001), (400, 50_008)] {
        assert_eq!(
            classify(&refusal(status, code)),
            DeliveryError::ChatLost { reason: reason(status, code) }
        );
    }
}

#[test]
fn a_missing_permission_is_named() {
    let write = DeliveryError::Forbidden { right: Right::Write };
    for (status, code) in [(403, 50_013), (400, 50_083), (403, 160_005), (403, 7)] {
        assert_eq!(classify(&refusal(status, code)), write, "{code}");
    }
    let pin = DeliveryError::Forbidden { right: Right::Pin };
    assert_eq!(classify_pinning(&refusal(403, 50_013)), pin);
    assert_eq!(classify_pinning(&refusal(400, 30_003)), pin);
    assert_eq!(classify_pinning(&refusal(404, 10_008)), DeliveryError::Gone);
    assert_eq!(classify_pinning(&flood(3)), classify(&flood(3)));
}

#[test]
fn a_wait_is_handed_on_wherever_it_was_said() {
    let wait = |error: &CallError| {
        let meaning = classify(error);
        let DeliveryError::Temporary { retry_after, .. } = meaning else { panic!("{meaning:?}") };
        retry_after
    };
    let seconds = |count| Some(Duration::from_secs(count));
    assert_eq!(wait(&flood(40)), seconds(40));
    let page = CallError::Unreadable { status: 429, retry_after: seconds(7) };
    assert_eq!(wait(&page), seconds(7));
    assert_eq!(wait(&CallError::Held { wait: Duration::from_secs(2) }), seconds(2));
}

#[test]
fn what_may_pass_is_temporary() {
    let passing = [
        refusal(401, 0),
        refusal(500, 0),
        refusal(503, 130_000),
        refusal(404, 0),
        CallError::Unreadable { status: 502, retry_after: None },
        CallError::Unreachable { reason: "closed".to_owned() },
    ];
    for error in passing {
        let expected = DeliveryError::Temporary { reason: error.to_string(), retry_after: None };
        assert_eq!(classify(&error), expected);
    }
}

#[test]
fn what_is_wrong_in_itself_is_permanent() {
    assert_eq!(classify(&refusal(400, 50_035)), DeliveryError::Permanent { reason: reason(400, 50_035) });
    let unsendable = CallError::Unsendable { reason: "too large".to_owned() };
    assert_eq!(classify(&unsendable), DeliveryError::Permanent { reason: "not sent: too large".to_owned() });
}

#[test]
fn only_what_was_not_answered_may_have_been_done() {
    assert!(CallError::Unreachable { reason: String::new() }.is_lost());
    assert!(CallError::Unreadable { status: 502, retry_after: None }.is_lost());
    assert!(!CallError::Unreadable { status: 429, retry_after: None }.is_lost());
    assert!(refusal(500, 0).is_lost() && !refusal(404, 0).is_lost());
    assert!(!CallError::Held { wait: Duration::ZERO }.is_lost());
}

#[test]
fn what_is_said_of_threads_interactions_and_people_is_told_apart() {
    assert!(refusal(400, 50_083).is_about_thread() && refusal(404, 10_003).is_about_thread());
    assert!(!refusal(404, 10_008).is_about_thread());
    assert!(refusal(400, 40_060).is_answered() && !refusal(404, 10_062).is_answered());
    assert!(refusal(404, 10_062).is_too_late() && refusal(401, 50_027).is_too_late());
    assert!(refusal(404, 10_007).is_about_stranger() && !refusal(404, 10_004).is_about_stranger());
    assert!(refusal(401, 0).is_unauthorised() && !refusal(403, 50_001).is_unauthorised());
    assert!(!refusal(401, 50_027).is_unauthorised(), "the token of an interaction is not the bot's");
}

#[test]
fn failures_are_counted_by_their_sort() {
    let kinds = [
        (refusal(401, 0), "unauthorised"),
        (flood(1), "flood"),
        (refusal(500, 0), "server"),
        (refusal(403, 50_013), "refused"),
        (CallError::Held { wait: Duration::ZERO }, "held"),
        (CallError::Unreadable { status: 429, retry_after: None }, "flood"),
        (CallError::Unreadable { status: 502, retry_after: None }, "server"),
        (CallError::Unreachable { reason: String::new() }, "network"),
    ];
    for (error, kind) in kinds {
        assert_eq!(error.kind(), kind, "{error}");
    }
}
