//! A server of one's own, from the programs of the distribution.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;

/// Starts a server and stops it when nobody holds the other end of its standard input any more. Says on its
/// standard output where the server is, or what went wrong.
const SCRIPT: &str = include_str!("cluster.sh");

/// What is to be done where there is no server.
const MISSING: &str = "These tests need PostgreSQL 13 or newer. Install it (Debian: apt-get install postgresql; \
    the service need not run), or name a server whose user may create databases in TEST_DATABASE_URL.";

/// What a server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Tests: as quick as may be.
    Forgetful,
    /// Measurements: what is committed reaches the disk.
    Durable,
}

/// A server that lives as long as this, or as this program: the pipe to its shell is closed then, however it ends.
pub(super) struct Cluster {
    shell: Mutex<(Child, BufReader<ChildStdout>)>,
    directory: String,
}

impl Cluster {
    pub(super) fn start(kind: Kind) -> Self {
        let programs = programs().unwrap_or_else(|| panic!("{MISSING}"));
        let mut shell =
            shell(&programs, kind).spawn().unwrap_or_else(|error| panic!("no shell starts: {error}"));
        let mut stdout = BufReader::new(shell.stdout.take().expect("it is piped"));
        let said = hear(&mut stdout);
        let directory = said.lines().last().filter(|line| line.starts_with('/'));
        let directory =
            directory.unwrap_or_else(|| panic!("the test server does not start: {said}")).to_owned();
        Self { shell: Mutex::new((shell, stdout)), directory }
    }

    /// Returns the URL up to the name of a database, and from there on.
    pub(super) fn url(&self) -> (String, String) {
        ("postgres://postgres@localhost/".to_owned(), format!("?host={}", self.directory))
    }

    /// Has the shell do something, and waits until it is done.
    pub(super) fn order(&self, order: &str) {
        let mut shell = self.shell.lock().expect("nobody panics with it");
        let (child, stdout) = &mut *shell;
        let stdin = child.stdin.as_mut().expect("it is piped");
        writeln!(stdin, "{order}").expect("the shell of the test server reads");
        let mut said = String::new();
        stdout.read_line(&mut said).expect("the shell writes text");
        assert_eq!(said, "done\n", "the test server does not {order}");
    }
}

/// Finds a program beside the server.
pub(super) fn program(name: &str) -> PathBuf {
    programs().unwrap_or_else(|| panic!("{MISSING}")).join(name)
}

/// Finds the newest server installed: where Debian and others put several, or on the path.
fn programs() -> Option<PathBuf> {
    let roots = ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt"];
    let versions = roots.iter().filter_map(|root| std::fs::read_dir(root).ok()).flatten();
    let versions = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = versions.filter(|programs| programs.join("initdb").is_file()).collect();
    found.sort_by_key(|programs| version(programs));
    found.pop().or_else(|| std::env::split_paths(&path).find(|programs| programs.join("initdb").is_file()))
}

/// Returns the version that stands in a path such as `/usr/lib/postgresql/15/bin`.
fn version(programs: &Path) -> u32 {
    let name = programs.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let digits = name.map(|name| name.chars().filter(char::is_ascii_digit).collect::<String>());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Prepares the shell that starts the server and watches over it. A server refuses to run as root, so root runs
/// it as the user that the package has made.
fn shell(programs: &Path, kind: Kind) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", SCRIPT, "cluster"]).arg(programs).current_dir("/");
    if kind == Kind::Durable {
        command.arg("durable");
    }
    // What interrupts the tests must not keep the shell from stopping the server.
    command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Waits until the shell has said where the server is, or has ended.
fn hear(stdout: &mut BufReader<ChildStdout>) -> String {
    let mut said = String::new();
    stdout.read_line(&mut said).expect("the shell writes text");
    if !said.starts_with('/') {
        stdout.read_to_string(&mut said).expect("the shell writes text");
    }
    said
}
