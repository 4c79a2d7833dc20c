//! The process under measurement, connected to a Slack and a Discord.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use adapter_discord::testkit::DiscordApi;
use adapter_slack::testkit::SlackServer;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// How long a process rests before it counts as idle.
const REST: Duration = Duration::from_secs(5);

/// How the process runs.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// As it does.
    Plain,
    /// On a disk that takes so many milliseconds longer to make anything durable.
    OnASlowDisk(u64),
}

impl Way {
    fn command(self) -> Command {
        let binary = env!("CARGO_BIN_EXE_incident-desk");
        match self {
            Self::Plain => Command::new(binary),
            Self::OnASlowDisk(by) => {
                let mut command = Command::new("strace");
                // As a grandchild, so that what is started is the desk; it stops the desk at these calls alone.
                command.args(["-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"]);
                command.args(["-e", "trace=fdatasync,fsync"]);
                command.args(["-e", &format!("inject=fdatasync,fsync:delay_exit={}", by * 1_000), binary]);
                command
            }
        }
    }
}

/// Tells whether there is what makes a disk slow.
pub(crate) fn can_slow_disks() -> bool {
    let mut strace = std::process::Command::new("strace");
    strace.arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The real binary.
pub(crate) struct Desk {
    child: Child,
    _dir: TempDir,
}

impl Desk {
    pub(crate) fn start((database, way): (&str, Way), slack: &SlackServer, discord: &DiscordApi) -> Self {
        let dir = tempfile::tempdir().expect("there is room for temporary files");
        let mut command = way.command();
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("SLACK_BOT_TOKEN", slack.bot_token())
            .env("SLACK_APP_TOKEN", slack.app_token())
            .env("SLACK_API_URL", slack.url())
            .env("DISCORD_TOKEN", discord.token())
            .env("DISCORD_API_URL", discord.url())
            .env("DATABASE_URL", database)
            .env("REPORTS_PER_HOUR", "off")
            .env("LOG_LEVEL", "error")
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Self { child: command.spawn().expect("the binary starts"), _dir: dir }
    }

    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("a child can be killed");
    }

    pub(crate) async fn rest(&self) {
        tokio::time::sleep(REST).await;
    }

    /// Lets the process rest and returns the memory that it occupies then, in MiB.
    pub(crate) async fn resident_at_rest(&self) -> f64 {
        self.rest().await;
        self.told("VmRSS")
    }

    /// Returns what the process occupies that is not in a file, in MiB.
    pub(crate) fn own_memory(&self) -> f64 {
        self.told("RssAnon")
    }

    fn told(&self, name: &str) -> f64 {
        let pid = self.child.id().expect("the desk is running");
        let status = fs::read_to_string(format!("/proc/{pid}/status"));
        let status = status.expect("Linux tells about its processes");
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kibibytes.expect("the system tells") / 1_024.0
    }
}
