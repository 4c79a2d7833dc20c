//! The command line.
//!
//! What the program is asked to do is a value, so the texts that `--help` shows and the words that scripts rely
//! on are tested without starting anything.

mod import;
mod migrate;
mod person;
mod report;

use std::{
    env,
    ops::Range,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use incident_core::policy::Preset;

pub use import::{Import, Raisedash, Source};
pub use migrate::{DatabaseUrl, Migrate, Route};
pub use person::{About, Person, Whose};
pub use report::{Format, Report};

const ABOUT: &str = "Incident workflows inside the chats where people already work";

const LONG_ABOUT: &str = "\
Incident Desk runs the incidents of a team inside its chat: somebody reports, a dispatcher claims, escalates to a
manager or resolves, and whoever lets an incident lie is reminded. Everything is kept in one SQLite file, or
in a PostgreSQL database that several replicas share.

Settings come from the environment, from a .env file in the working directory and from a TOML file, in that order
of precedence; config.example.toml lists and explains them all.";

const EXAMPLES: &str = "\
Examples:
  incident-desk sandbox                    try it in the terminal, without a token or a network
  incident-desk simulate --seed 7          watch a desk through failures, with the journal beside the chat
  incident-desk check-config               see every setting and where it comes from
  TELEGRAM_BOT_TOKEN=… incident-desk       serve, with incidents.db in the working directory
  SLACK_BOT_TOKEN=… SLACK_APP_TOKEN=… incident-desk
                                           the same in Slack
  DISCORD_TOKEN=… incident-desk            the same in Discord
  incident-desk backup --output monday.db  copy the database while the desk is running
  incident-desk export --output all.jsonl  write everything as JSON lines
  incident-desk report --period week --output week.html
                                           see how a company's week went
  incident-desk verify                     look whether everything in the database fits together
  incident-desk migrate --from sqlite:incidents.db --to postgres://desk@db.example/incidents
                                           move everything to a PostgreSQL server, or back
  incident-desk import raisedash old.db --dry-run
                                           see what importing the database of a RaiseDash bot would bring

Exit status:
  0  all went well
  1  something failed while running, verify found differences, or import left something out
  2  the command line or the configuration is wrong";

/// Holds the parsed command line.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(name = "incident-desk", version, about = ABOUT, long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Cli {
    /// Read the TOML file at PATH
    ///
    /// Without this option the file is the one that INCIDENT_DESK_CONFIG names, else incident-desk.toml in the
    /// working directory if it exists.
    #[arg(long, value_name = "PATH", global = true)]
    pub config: Option<PathBuf>,

    /// What to do; without a command, serve.
    #[command(subcommand)]
    command: Option<Command>,
}

/// Names what the program is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the bot until SIGTERM or Ctrl-C (the default)
    ///
    /// Needs a token of at least one platform. On SIGTERM the round in hand is finished and nothing is lost; killed in
    /// any other way, the desk takes up where it was when it is started again.
    Serve,
    /// Try the desk in the terminal, without a token or a network
    ///
    /// The real desk on a SQLite file, with a chat in which you can be any of several people, press buttons by
    /// number and let time pass.
    Sandbox(Sandbox),
    /// Tell what happens in a simulated world: chats that fail, a process that dies, and what the desk does
    ///
    /// The seed says everything that happens; the same seed tells the same. Shows the chats with the journal beside
    /// them, and exits with status 1 if a promise of the desk is broken there.
    Simulate(Simulate),
    /// Check the configuration and print every setting with its source
    ///
    /// Secrets appear as `set` or `not set`. Prints all problems at once and exits with status 2 if there are any.
    CheckConfig,
    /// Bring the database up to the schema of this version; with --from and --to, move everything to another database
    ///
    /// `serve` brings up the schema too when it starts. A database of a newer version is refused and left alone.
    ///
    /// A move copies every row to an empty database of either kind and compares both afterwards; the source stays as it
    /// is. Stop every desk on both first. Interrupted, it goes on when the same command is given again; until it has
    /// ended, no desk starts on the target. Exits with status 1 if the journals that were copied do not tell what is
    /// stored, as `verify` would.
    Migrate(Migrate),
    /// Write a consistent copy of the SQLite file, even while the desk is running
    ///
    /// A PostgreSQL database is copied with pg_dump.
    Backup(Backup),
    /// Write everything in the database as JSON lines, in a stable order
    ///
    /// One object a line: the roster, the incidents with their state, the journal, the messages shown.
    Export(Export),
    /// Look whether the database is in order, even while the desk is running
    ///
    /// Folds every journal and compares the result with what is stored, column by column; looks for rows that refer
    /// to nothing, gaps in journals, and damage of a SQLite file. Prints a line for each difference and exits with status
    /// 1 if there are any. Changes nothing, and shows nothing of what people wrote.
    Verify,
    /// Write how a company's day, week or month went, even while the desk is running
    ///
    /// How many incidents were reported, claimed and resolved, how long that took, whether it was in time, by whom. One
    /// HTML file with charts that refers to nothing outside it, or comma-separated values.
    Report(Report),
    /// Write out or erase what is kept about a person
    Person(Person),
    /// Ask the desk that runs on this machine whether incidents move there
    ///
    /// Asks /health/ready at HTTP_ADDR. Exits with status 1, and shows why, if the desk is not ready or does not answer
    /// within three seconds: for the health check of a container, which has no other program.
    Health,
    /// Take over what another bot has kept
    Import(Import),
}

/// Holds the options of `sandbox`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Sandbox {
    /// Keep the sandbox in the SQLite file at PATH
    ///
    /// Without this option it is kept in the directory for temporary files and found again next time.
    #[arg(long, value_name = "PATH")]
    pub db: Option<PathBuf>,

    /// Start from an empty desk, throwing away what the sandbox held
    #[arg(long)]
    pub fresh: bool,
}

/// Holds the options of `simulate`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Simulate {
    /// Tell the world with the seed N
    #[arg(long, value_name = "N", required_unless_present = "seeds", conflicts_with = "seeds")]
    pub seed: Option<u64>,

    /// Run the worlds with the seeds from A up to B, without B, and tell only those in which something is broken
    #[arg(long, value_name = "A..B", value_parser = parse_seeds)]
    pub seeds: Option<Range<u64>>,

    /// Take N steps before everything heals
    #[arg(long, value_name = "N")]
    pub steps: Option<u32>,

    /// Play by the rules of PRESET, whatever the seed
    #[arg(long, value_name = "PRESET", value_parser = parse_preset)]
    pub policy: Option<Preset>,
}

fn parse_seeds(text: &str) -> Result<Range<u64>, String> {
    let ends = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    ends.filter(|(from, to)| from < to)
        .map(|(from, to)| from..to)
        .ok_or_else(|| "two numbers are needed, for example 0..1000".to_owned())
}

fn parse_preset(word: &str) -> Result<Preset, String> {
    let known = Preset::ALL.map(Preset::as_str).join(", ");
    let found = Preset::ALL.into_iter().find(|preset| preset.as_str() == word);
    found.ok_or_else(|| format!("the presets are {known}"))
}

/// Holds the options of `backup`.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Backup {
    /// Write the copy to PATH
    #[arg(long, value_name = "PATH", alias = "to")]
    pub output: PathBuf,
}

/// Holds the options of `export`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Export {
    /// Write to the file at PATH instead of the standard output
    #[arg(long, value_name = "PATH", alias = "out")]
    pub output: Option<PathBuf>,
}

impl Cli {
    /// Returns what to do: the command given, or to serve.
    #[must_use]
    pub fn requested(&self) -> Command {
        self.command.clone().unwrap_or(Command::Serve)
    }

    /// Returns the path of the TOML file, if the command line names one.
    #[must_use]
    pub fn config_path(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}

impl Sandbox {
    /// Returns the path of the sandbox's database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.db.clone().unwrap_or_else(|| env::temp_dir().join("incident-desk-sandbox.db"))
    }
}

/// Says how the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Success,
    /// Something failed while running.
    Failure,
    /// The command line or the configuration is wrong.
    Usage,
}

impl Exit {
    /// Returns the exit status: 0, 1 or 2.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, error::ErrorKind};

    use super::*;

    fn parse(line: &str) -> Result<(Option<PathBuf>, Command), ErrorKind> {
        let cli = Cli::try_parse_from(line.split_whitespace()).map_err(|error| error.kind())?;
        let command = cli.requested();
        Ok((cli.config, command))
    }

    #[test]
    fn the_definition_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_is_understood() {
        let cases = [
            ("incident-desk", Command::Serve),
            ("incident-desk serve", Command::Serve),
            ("incident-desk sandbox", Command::Sandbox(Sandbox::default())),
            (
                "incident-desk sandbox --db a.db --fresh",
                Command::Sandbox(Sandbox { db: Some("a.db".into()), fresh: true }),
            ),
            ("incident-desk check-config", Command::CheckConfig),
            ("incident-desk migrate", Command::Migrate(Migrate::default())),
            ("incident-desk backup --to b.db", Command::Backup(Backup { output: "b.db".into() })),
            ("incident-desk backup --output b.db", Command::Backup(Backup { output: "b.db".into() })),
            ("incident-desk verify", Command::Verify),
            ("incident-desk health", Command::Health),
            ("incident-desk export", Command::Export(Export::default())),
            (
                "incident-desk export --out c.jsonl",
                Command::Export(Export { output: Some("c.jsonl".into()) }),
            ),
            (
                "incident-desk export --output c.jsonl",
                Command::Export(Export { output: Some("c.jsonl".into()) }),
            ),
        ];
        for (line, command) in cases {
            assert_eq!(parse(line), Ok((None, command)), "{line}");
        }
    }

    #[test]
    fn a_world_is_named_by_its_seed_or_by_several() {
        let one = Simulate { seed: Some(7), seeds: None, steps: Some(9), policy: Some(Preset::Support) };
        let several = Simulate { seed: None, seeds: Some(3..5), steps: None, policy: None };
        let cases = [
            ("incident-desk simulate --seed 7 --steps 9 --policy support", Ok(one)),
            ("incident-desk simulate --seeds 3..5", Ok(several)),
            ("incident-desk simulate", Err(ErrorKind::MissingRequiredArgument)),
            ("incident-desk simulate --seed 1 --seeds 3..5", Err(ErrorKind::ArgumentConflict)),
            ("incident-desk simulate --seeds 5..3", Err(ErrorKind::ValueValidation)),
            ("incident-desk simulate --seed 1 --policy none", Err(ErrorKind::ValueValidation)),
        ];
        for (line, expected) in cases {
            assert_eq!(parse(line), expected.map(|options| (None, Command::Simulate(options))), "{line}");
        }
    }

    #[test]
    fn the_configuration_file_may_be_named_before_or_after_the_command() {
        let expected = Ok((Some("x.toml".into()), Command::Migrate(Migrate::default())));
        assert_eq!(parse("incident-desk --config x.toml migrate"), expected);
        assert_eq!(parse("incident-desk migrate --config x.toml"), expected);
    }

    #[test]
    fn what_is_not_on_the_list_is_a_usage_error() {
        let lines = [
            "incident-desk run",
            "incident-desk serve --fresh",
            "incident-desk backup",
            "incident-desk --config",
        ];
        let kinds = lines.map(parse);
        let expected = [
            ErrorKind::InvalidSubcommand,
            ErrorKind::UnknownArgument,
            ErrorKind::MissingRequiredArgument,
            ErrorKind::InvalidValue,
        ];
        assert_eq!(kinds, expected.map(Err));
        let status = Cli::try_parse_from(["incident-desk", "run"]).map_err(|error| error.exit_code());
        assert_eq!(status, Err(i32::from(Exit::Usage.status())));
    }

    #[test]
    fn help_names_every_command_and_every_exit_status() {
        let help = Cli::command().render_long_help().to_string();
        let words = [
            "serve",
            "sandbox",
            "simulate",
            "check-config",
            "migrate",
            "backup",
            "export",
            "verify",
            "report",
            "health",
            "import",
            "--config",
            "--version",
        ];
        let missing: Vec<_> = words.into_iter().filter(|word| !help.contains(word)).collect();
        assert_eq!(missing, Vec::<&str>::new());
        for exit in [Exit::Success, Exit::Failure, Exit::Usage] {
            assert!(help.contains(&format!("\n  {}  ", exit.status())), "{exit:?}");
        }
    }

    #[test]
    fn the_sandbox_keeps_to_the_file_it_is_given() {
        let given = Sandbox { db: Some("mine.db".into()), fresh: false };
        assert_eq!(given.database(), PathBuf::from("mine.db"));
        assert!(Sandbox::default().database().starts_with(env::temp_dir()));
    }
}
