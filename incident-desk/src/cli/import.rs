//! What `import` is given: from which bot, from which file, how much of it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Holds what `import` is given.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Import {
    /// From which bot.
    #[command(subcommand)]
    pub from: Source,
}

/// Names the bots from which something can be taken over.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Source {
    /// Import the SQLite file of a RaiseDash bot: the two-tier edition, or the one with departments
    ///
    /// Brings groups, managers, dispatchers, departments, and incidents with their state, their times and as much of
    /// their history as the file tells. Stop both bots first. Each incident is taken over in one piece; an import
    /// that was interrupted is continued by starting it again, and what is there already is left alone. Prints every
    /// incident with its old and its new number, and all that was not understood.
    Raisedash(Raisedash),
}

/// Holds the options of `import raisedash`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Raisedash {
    /// The file, incidents.db where the bot ran
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Print what would be taken over, and change nothing
    ///
    /// The import is made on a copy of the database, which is thrown away; the desk may go on meanwhile.
    #[arg(long)]
    pub dry_run: bool,

    /// Take over only the group with this Telegram id; may be given several times
    #[arg(long = "chat", value_name = "ID", allow_negative_numbers = true)]
    pub chats: Vec<i64>,

    /// What the old bot's clock was ahead of UTC, as +HH:MM or -HH:MM
    ///
    /// The two-tier edition wrote local times without a zone. Times with a zone are not affected.
    #[arg(long, value_name = "OFFSET", default_value = "+00:00", allow_hyphen_values = true,
        value_parser = parse_offset)]
    pub utc_offset: i32,
}

/// Reads a distance from UTC, in minutes.
fn parse_offset(text: &str) -> Result<i32, String> {
    let wrong = || "an offset such as +02:00 or -05:00 is needed".to_owned();
    let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (None, Some(rest)) => (-1, rest),
        (None, None) => return Err(wrong()),
    };
    let parts = rest.split_once(':').filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2);
    let parts = parts.and_then(|(hours, minutes)| Some((hours.parse().ok()?, minutes.parse().ok()?)));
    let (hours, minutes): (u8, u8) = parts.ok_or_else(wrong)?;
    if hours > 14 || minutes > 59 {
        return Err(wrong());
    }
    Ok(sign * (i32::from(hours) * 60 + i32::from(minutes)))
}

#[cfg(test)]
mod tests {
    use clap::{Parser, error::ErrorKind};

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn an_import_names_the_bot_the_file_and_the_chats() {
        let plain = Raisedash { file: "a.db".into(), dry_run: false, chats: Vec::new(), utc_offset: 0 };
        let chosen = Raisedash { dry_run: true, chats: vec![-1001, -7], utc_offset: -330, ..plain.clone() };
        let cases = [
            ("raisedash a.db", Ok(plain)),
            ("raisedash a.db --dry-run --chat -1001 --chat -7 --utc-offset -05:30", Ok(chosen)),
            ("raisedash", Err(ErrorKind::MissingRequiredArgument)),
            ("clipboard a.db", Err(ErrorKind::InvalidSubcommand)),
            ("raisedash a.db --utc-offset 5", Err(ErrorKind::ValueValidation)),
            ("raisedash a.db --utc-offset +15:00", Err(ErrorKind::ValueValidation)),
        ];
        for (line, expected) in cases {
            let words = ["incident-desk", "import"].into_iter().chain(line.split(' '));
            let parsed = Cli::try_parse_from(words).map(|cli| cli.requested()).map_err(|error| error.kind());
            let expected =
                expected.map(|options| Command::Import(Import { from: Source::Raisedash(options) }));
            assert_eq!(parsed, expected, "{line}");
        }
    }
}
