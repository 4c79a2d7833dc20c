//! What `person` is given: whose account, and what about it.

use clap::{Args, Subcommand};
use incident_core::ids::{Identity, Platform};

/// Holds what is asked about a person.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Person {
    /// What to do.
    #[command(subcommand)]
    pub what: About,
}

/// Names what is asked.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum About {
    /// Write everything that is kept about a person as JSON lines, even while the desk is running
    Export(Whose),
    /// Write what a person is called, and how their name and @name changed, even while the desk is running
    ///
    /// The latest hundred changes in each company are kept.
    Names(Whose),
    /// Replace what a person wrote, and their name, by a mark
    ///
    /// Numbers stay, and with them every count. Can be repeated. A desk on a SQLite file must be stopped first.
    Erase(Whose),
}

/// Says whose account.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Whose {
    /// The account, such as telegram:11111111
    #[arg(long, value_name = "PLATFORM:ID", value_parser = account)]
    pub account: Identity,

    /// Only in the company with this NAME or id; in all that know them if left out
    #[arg(long, value_name = "NAME")]
    pub company: Option<String>,
}

fn account(text: &str) -> Result<Identity, &'static str> {
    const FORM: &str = "an account is written like telegram:11111111";
    let (platform, user) = text.split_once(':').ok_or(FORM)?;
    let platform = Platform::parse(platform).ok_or(FORM)?;
    if user.is_empty() || user.contains(char::is_whitespace) {
        return Err(FORM);
    }
    Ok(Identity::new(platform, user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_a_platform_and_an_id() {
        assert_eq!(account("telegram:11"), Ok(Identity::new(Platform::Telegram, "11")));
        for text in ["", "11", "@ann", "telegram:", "telephone:11", "telegram:1 1"] {
            assert!(account(text).is_err(), "{text}");
        }
    }
}
