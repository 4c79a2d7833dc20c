//! What `migrate` is given: nothing, or from where to where.

use std::convert::Infallible;
use std::fmt;

use clap::Args;

/// Holds the options of `migrate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Migrate {
    /// Copy everything from the database at URL: sqlite:PATH or postgres://USER@HOST/DATABASE
    ///
    /// A password need not stand in the URL, where other users of the machine may read it: PGPASSWORD and the file
    /// ~/.pgpass are read too.
    #[arg(long, value_name = "URL", requires = "to", value_parser = DatabaseUrl::parse)]
    pub from: Option<DatabaseUrl>,

    /// Copy everything to the database at URL, which must be empty
    #[arg(long, value_name = "URL", requires = "from", value_parser = DatabaseUrl::parse)]
    pub to: Option<DatabaseUrl>,

    /// List what would be copied, and change nothing; the desk may go on meanwhile
    #[arg(long, requires = "from")]
    pub dry_run: bool,
}

/// Names the ends of a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where everything is.
    pub from: DatabaseUrl,
    /// Where it is to be.
    pub to: DatabaseUrl,
}

impl Migrate {
    /// Returns from where to where everything is to be copied, if it is.
    #[must_use]
    pub fn route(&self) -> Option<Route> {
        let (from, to) = (self.from.clone()?, self.to.clone()?);
        Some(Route { from, to })
    }
}

/// Holds the URL of a database as it was given; it may hold a password, so nobody is shown it.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    fn parse(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }

    /// Returns it with everything that is in it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use clap::{Parser, error::ErrorKind};

    use super::*;
    use crate::cli::{Cli, Command};

    fn url(text: &str) -> Option<DatabaseUrl> {
        Some(DatabaseUrl(text.to_owned()))
    }

    #[test]
    fn a_move_has_two_ends() {
        let whole =
            Migrate { from: url("sqlite:a.db"), to: url("postgres://desk:sesame@db/x"), dry_run: false };
        let cases = [
            ("--from sqlite:a.db --to postgres://desk:sesame@db/x", Ok(whole.clone())),
            (
                "--from sqlite:a.db --to postgres://desk:sesame@db/x --dry-run",
                Ok(Migrate { dry_run: true, ..whole }),
            ),
            ("--from sqlite:a.db", Err(ErrorKind::MissingRequiredArgument)),
            ("--to sqlite:a.db", Err(ErrorKind::MissingRequiredArgument)),
            ("--dry-run", Err(ErrorKind::MissingRequiredArgument)),
        ];
        for (line, expected) in cases {
            let words = ["incident-desk", "migrate"].into_iter().chain(line.split(' '));
            let parsed = Cli::try_parse_from(words).map(|cli| cli.requested()).map_err(|error| error.kind());
            assert!(!format!("{parsed:?}").contains("sesame"), "{parsed:?}");
            assert_eq!(parsed, expected.map(Command::Migrate), "{line}");
        }
    }
}
