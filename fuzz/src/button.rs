//! Anybody may send any text as a button's code. One that is read is written back as it was, so that there is
//! one code for each button and no second one that slips past a comparison.

use incident_core::ids::{IncidentId, PersonId, TeamId, Version};
use incident_core::view::{Action, ButtonCode};

use crate::bytes::Bytes;

/// The longest code, in bytes, that every platform takes.
const LIMIT: usize = 64;

/// Reads the bytes as a code, and makes a code of them.
///
/// # Panics
/// If a code is not the only one for its button, is too long, or does not survive being stored.
pub fn check(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(code) = text.parse::<ButtonCode>()
    {
        assert_eq!(code.to_string(), text, "a button has one code");
    }
    let code = code(&mut Bytes::new(bytes));
    let text = code.to_string();
    assert!(text.len() <= LIMIT, "{text}");
    assert_eq!(text.parse(), Ok(code));
    let stored = serde_json::to_string(&code).expect("a code can be stored");
    assert_eq!(serde_json::from_str::<ButtonCode>(&stored).ok(), Some(code));
}

/// Makes a code of bytes.
pub(crate) fn code(bytes: &mut Bytes<'_>) -> ButtonCode {
    let (action, argument) = (bytes.below(19), bytes.array());
    let team = TeamId::new(u16::from_le_bytes([argument[0], argument[1]]));
    let action = match action {
        0 => Action::Claim,
        1 => Action::Release,
        2 => Action::Escalate,
        3 => Action::Deescalate,
        4 => Action::Resolve,
        5 => Action::CancelResolve,
        6 => Action::Resume,
        7 => Action::Confirm,
        8 => Action::KeepOpen,
        9 => Action::Reopen,
        10 => Action::Close,
        11 => Action::Route(team),
        12 => Action::Transfer(team),
        13 => Action::ChooseTeam,
        14 => Action::Back,
        15 => Action::ChoosePerson,
        16 => Action::Comment,
        17 => Action::Reassign(PersonId::new(u32::from_le_bytes(argument))),
        _ => Action::Assign(PersonId::new(u32::from_le_bytes(argument))),
    };
    let incident = IncidentId::from_u128(u128::from_le_bytes(bytes.array()));
    ButtonCode { action, incident, seen: Version::new(u32::from_le_bytes(bytes.array())) }
}
