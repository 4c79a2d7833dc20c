//! What a line typed into the sandbox means.

use std::time::Duration;

use incident_core::view::CommandWord;

use crate::config::parse_wait;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Help,
    Quit,
    Wait(Duration),
    Command { who: String, word: CommandWord, text: String },
    Press { who: String, number: usize },
    Reply { who: String, text: String },
}

/// Reads a line.
///
/// # Errors
/// A sentence that says what could have been meant.
pub(super) fn read(line: &str) -> Result<Said, String> {
    let (first, rest) = split(line.trim_start_matches(['>', ' ']));
    match (first, first.strip_prefix('@')) {
        ("", _) => Ok(Said::Nothing),
        ("help" | "?", _) => Ok(Said::Help),
        ("quit" | "exit" | "q", _) => Ok(Said::Quit),
        ("wait", _) if rest.is_empty() => Err("Wait for how long? For example: wait 10m".to_owned()),
        ("wait", _) => parse_wait(rest)
            .map(Said::Wait)
            .map_err(|mistake| format!("Wait for how long? “{rest}” {mistake}. For example: wait 10m")),
        (_, Some(who)) if !who.is_empty() => said_by(who, rest),
        _ => Err("Who says that? Begin with a name, for example: @driver new_issue flat tyre".to_owned()),
    }
}

fn said_by(who: &str, rest: &str) -> Result<Said, String> {
    let (word, text) = split(rest);
    let (who, text) = (who.to_owned(), text.to_owned());
    if let Ok(number) = word.trim_matches(['[', ']']).parse() {
        return Ok(Said::Press { who, number });
    }
    if word == "press"
        && let Ok(number) = text.parse()
    {
        return Ok(Said::Press { who, number });
    }
    if word == "reply" {
        return Ok(Said::Reply { who, text });
    }
    match CommandWord::parse(word.trim_start_matches('/')) {
        Some(word) => Ok(Said::Command { who, word, text }),
        None => {
            let known: Vec<&str> = CommandWord::ALL.iter().map(|word| word.word()).collect();
            Err(format!("@{who} can press a button by its number, reply, or say: {}", known.join(", ")))
        }
    }
}

fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(char::is_whitespace).map_or((line, ""), |(first, rest)| (first, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_mean_what_the_help_says() {
        let who = || "driver".to_owned();
        let cases = [
            ("", Said::Nothing),
            (" help ", Said::Help),
            ("quit", Said::Quit),
            ("wait 90s", Said::Wait(Duration::from_secs(90))),
            (
                "@driver /new_issue flat  tyre",
                Said::Command { who: who(), word: CommandWord::NewIssue, text: "flat  tyre".into() },
            ),
            ("@driver help", Said::Command { who: who(), word: CommandWord::Help, text: String::new() }),
            ("@driver 12", Said::Press { who: who(), number: 12 }),
            ("@driver [1]", Said::Press { who: who(), number: 1 }),
            ("@driver press 3", Said::Press { who: who(), number: 3 }),
            ("@driver reply all good", Said::Reply { who: who(), text: "all good".into() }),
        ];
        for (line, said) in cases {
            assert_eq!(read(line), Ok(said), "{line}");
        }
        for line in ["hello", "@ help", "@driver dance", "wait", "wait for it", "@driver"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
