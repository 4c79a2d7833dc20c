//! Commands, as people type them: `/incident`, and a word that says which.

use incident_core::desk::{Ask, Sender};
use incident_core::view::CommandWord;

use super::words::{named, readable};
use super::{Asked, Kind, Opens, Reporting, ReturnPath, Scene, person, spot, string};

/// Words that are shorter than the commands they stand for.
const SHORT: [(&str, CommandWord); 5] = [
    ("new", CommandWord::NewIssue),
    ("declare", CommandWord::NewIssue),
    ("list", CommandWord::Open),
    ("show", CommandWord::Status),
    ("", CommandWord::Help),
];

/// Translates a command. One that nobody knows asks for help.
pub(super) fn read(scene: &Scene<'_>) -> Option<Asked> {
    let payload = scene.payload;
    let (channel, user) = (string(&payload["channel_id"])?, string(&payload["user_id"])?);
    let name = payload["channel_name"].as_str().unwrap_or_default();
    let typed = payload["text"].as_str().unwrap_or_default().trim();
    let (word, rest) = split(typed);
    let text = readable(rest);
    let opens = match string(&payload["trigger_id"]) {
        Some(trigger) if word == CommandWord::NewIssue && text.is_empty() => Opens::Report {
            trigger: trigger.to_owned(),
            reporting: Reporting { channel: Some(channel.to_owned()), name: Some(name.to_owned()) },
            said: None,
        },
        Some(_) | None => Opens::Nothing,
    };
    let ask =
        Ask::Command { word, text, named: named(rest), attachments: Vec::new(), quoted: None, about: None };
    let from = Sender::Person(person(user, string(&payload["user_name"])));
    let request = scene.request(Kind::SlashCommands, spot(channel, name), from, ask)?;
    let path = match string(&payload["response_url"]) {
        Some(url) => ReturnPath::Response { url: url.to_owned(), replaces: false },
        None => ReturnPath::Whisper { channel: channel.to_owned(), user: user.to_owned() },
    };
    Some(Asked { request, path, opens })
}

/// Takes the first word off, which says what is meant, whichever way it is spelled.
fn split(typed: &str) -> (CommandWord, &str) {
    let end = typed.find(char::is_whitespace).unwrap_or(typed.len());
    let (first, rest) = typed.split_at(end);
    let word = first.trim_start_matches('/').to_ascii_lowercase().replace('-', "_");
    let short = SHORT.iter().find(|(short, _)| *short == word).map(|(_, command)| *command);
    let found = short.or_else(|| CommandWord::parse(&word));
    (found.unwrap_or(CommandWord::Help), rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_be_spelled_in_several_ways() {
        let spelled = [
            ("new flat tyre", CommandWord::NewIssue, "flat tyre"),
            ("new_issue flat", CommandWord::NewIssue, "flat"),
            ("NEW-ISSUE\nflat\ntyre", CommandWord::NewIssue, "flat\ntyre"),
            ("/new flat", CommandWord::NewIssue, "flat"),
            ("list", CommandWord::Open, ""),
            ("show 7", CommandWord::Status, "7"),
            ("configure-managers <@U1|ann>", CommandWord::ConfigureManagers, "<@U1|ann>"),
            ("", CommandWord::Help, ""),
            ("frobnicate it", CommandWord::Help, "it"),
        ];
        for (typed, word, rest) in spelled {
            assert_eq!(split(typed), (word, rest), "{typed}");
        }
    }

    #[test]
    fn every_command_can_be_typed_with_either_dash() {
        for command in CommandWord::ALL {
            assert_eq!(split(command.word()).0, command);
            assert_eq!(split(&command.word().replace('_', "-")).0, command);
        }
    }
}
