//! What happened in a world, for people: the chats on the left, the journal on the right.

use std::fmt;

use crate::policy::Preset;
use crate::testkit::cast;
use crate::testkit::invariants::Broken;
use crate::time::Timestamp;

/// How wide the chats are shown, in characters.
const WIDTH: usize = 88;
/// How much is shown of a world that is broken.
const LAST: usize = 40;

/// A line of what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    step: u32,
    at: Timestamp,
    chat: String,
    journal: String,
}

/// What happened in a world. Shown, it is a transcript of the chats with the journal beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tale {
    pub(super) head: String,
    pub(super) figures: Figures,
    lines: Vec<Line>,
}

/// How much happened in a world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many steps were taken before it healed.
    pub steps: u32,
    /// How many requests were handled, redeliveries included.
    pub requests: u32,
    /// How many commits of incidents there were.
    pub commits: u32,
    /// How many commits lost a race.
    pub conflicts: u32,
    /// How many deliveries were begun.
    pub deliveries: u32,
    /// How many faults were put in: failures, deaths, losses.
    pub faults: u32,
    /// How many messages came twice for a reason.
    pub doubles: u32,
}

impl Tale {
    pub(super) fn new(head: String) -> Self {
        Self { head, figures: Figures::default(), lines: Vec::new() }
    }

    /// Returns how much happened.
    pub const fn figures(&self) -> Figures {
        self.figures
    }

    pub(super) fn in_chat(&mut self, step: u32, at: Timestamp, text: String) {
        for line in text.lines() {
            self.lines.push(Line { step, at, chat: line.to_owned(), journal: String::new() });
        }
    }

    /// Puts a fact beside what was said last, if there is room there.
    pub(super) fn in_journal(&mut self, step: u32, at: Timestamp, fact: String) {
        match self.lines.last_mut() {
            Some(line) if line.journal.is_empty() && line.step == step && line.at == at => {
                line.journal = fact
            }
            Some(_) | None => self.lines.push(Line { step, at, chat: String::new(), journal: fact }),
        }
    }
}

fn clock(at: Timestamp) -> String {
    let micros = at.as_micros() - cast::START.as_micros();
    let seconds = micros.div_euclid(1_000_000);
    let (day, rest) = (seconds.div_euclid(86_400) + 1, seconds.rem_euclid(86_400));
    format!("day {day} {:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60)
}

fn shown(f: &mut fmt::Formatter<'_>, lines: &[Line]) -> fmt::Result {
    let mut before = None;
    for Line { step, at, chat, journal } in lines {
        let stamp =
            if before == Some((step, at)) { String::new() } else { format!("{step:>4} {}", clock(*at)) };
        before = Some((step, at));
        let left: String = chat.chars().take(WIDTH).collect();
        writeln!(f, "{}", format!("{stamp:<19} {left:<WIDTH$} │ {journal}").trim_end())?;
    }
    Ok(())
}

impl fmt::Display for Tale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.head)?;
        shown(f, &self.lines)?;
        let Figures { steps, requests, commits, conflicts, deliveries, faults, doubles } = self.figures;
        writeln!(
            f,
            "{steps} steps, {requests} requests, {commits} commits, {conflicts} races lost, {deliveries} \
             deliveries, {faults} faults, {doubles} doubles for a reason"
        )
    }
}

/// A world in which something is broken. Shown, it says what, where, what happened just before, and how to see
/// it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failure {
    /// The seed of the world.
    pub seed: u64,
    /// In which step it was found; healing counts on.
    pub step: u32,
    /// What is broken, and how.
    pub broken: Broken,
    /// What happened until then.
    pub tale: Tale,
    pub(super) replay: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the world with seed {} is broken in step {}", self.seed, self.step)?;
        writeln!(f, "  {}", self.broken)?;
        writeln!(f, "{}", self.tale.head)?;
        let from = self.tale.lines.len().saturating_sub(LAST);
        if from > 0 {
            writeln!(f, "… {from} lines before")?;
        }
        shown(f, &self.tale.lines[from..])?;
        write!(f, "see it again: {}", self.replay)
    }
}

/// Says how a world of our own is told again.
pub(super) fn command(seed: u64, steps: Option<u32>, preset: Option<Preset>) -> String {
    let steps = steps.map(|steps| format!(" --steps {steps}")).unwrap_or_default();
    let policy = preset.map(|preset| format!(" --policy {}", preset.as_str())).unwrap_or_default();
    format!("cargo run -p incident-desk -- simulate --seed {seed}{steps}{policy}")
}
