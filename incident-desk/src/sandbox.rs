//! The whole desk in a terminal: the real rules, the real database in one SQLite file, and a chat in which
//! one can be any of several people. No token, no network.
//!
//! Nothing runs in the background here. After each line the desk does what is due and delivers what is owed,
//! so that a session reads like a conversation and can be replayed from a script.

mod chat;
mod line;

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use incident_core::desk::{Ask, ChatKind, Desk, Named, Request, Sender};
use incident_core::ids::{CompanyId, Handle, Identity, Platform};
use incident_core::incident::Lane;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Clock, Listing, Page, Profile, RequestKey, Store, StoreError, Tenancy};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;
use incident_core::view::CommandWord;
use store_sqlite::{Options, SqliteStore};

use self::chat::TerminalChat;
use self::line::Said;
use crate::clock::SandboxClock;

/// Whoever writes under this name administers the chat.
const ADMIN: &str = "admin";

const WELCOME: &str = "\
Incident Desk, sandbox. You are in a chat with @driver, @dispatcher, @dana (a dispatcher too), @manager
and @admin, who administers the chat.

  @driver new_issue truck 12 has a flat tyre     say a command as somebody
  @dispatcher 1                                  press button [1]
  @dispatcher reply changed the tyre             answer the last question
  wait 10m                                       let time pass
  help, quit

Try: @driver new_issue truck 12 has a flat tyre";

const HELP: &str = "\
@NAME COMMAND …     say a command as NAME, as in Telegram but without the slash; `@driver help` lists
                    them all. @admin administers the chat. The rules are those of two_tier.
@NAME NUMBER        press the button with that number
@NAME reply TEXT    answer the last question that was asked in the chat
wait TIME           let time pass: 90s, 10m, 2h, 1d
help                this text
quit                leave; the sandbox is found again next time";

/// The sandbox's desk and chat.
pub struct Sandbox {
    desk: Desk,
    chat: Arc<TerminalChat>,
    clock: Arc<SandboxClock>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("desk", &self.desk).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Opens the sandbox on a store. A new one is given its cast; an old one shows its live incidents again.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn open(store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let chat = Arc::new(TerminalChat::default());
        let clock = Arc::new(SandboxClock::default());
        let policy = Policy::preset(Preset::TwoTier);
        let desk = Desk::new(store, Arc::<SandboxClock>::clone(&clock), policy).with_messenger(
            Platform::Sandbox,
            Arc::<TerminalChat>::clone(&chat),
            Arc::<TerminalChat>::clone(&chat),
        );
        let sandbox = Self { desk, chat, clock };
        sandbox.desk.rearm().await?;
        if let Some(Tenancy { company, .. }) = sandbox.desk.store().tenancy(&chat::room()).await? {
            sandbox.clock.resume(last_instant(&**sandbox.desk.store(), company).await?);
            sandbox.event(Ask::BotRemoved).await?;
            sandbox.event(Ask::BotPresent { can_pin: None }).await?;
        } else {
            sandbox.command(ADMIN, CommandWord::ConfigureManagers, "@manager").await?;
            sandbox.command(ADMIN, CommandWord::AddDispatcher, "@dispatcher @dana").await?;
            sandbox.chat.take_news();
        }
        Ok(sandbox)
    }

    /// Runs a conversation: reads lines until the input ends or somebody quits, and writes what the chat shows.
    ///
    /// # Errors
    /// If the store fails, or the conversation cannot be read or written.
    pub async fn converse(
        &self,
        input: &mut (dyn BufRead + Send),
        out: &mut (dyn Write + Send),
    ) -> anyhow::Result<()> {
        writeln!(out, "{WELCOME}\n")?;
        self.settle().await?;
        let news = self.chat.take_news();
        if !news.is_empty() {
            writeln!(out, "From last time (`incident-desk sandbox --fresh` begins anew):\n")?;
            news.iter().try_for_each(|news| writeln!(out, "{news}\n"))?;
        }
        let mut line = String::new();
        loop {
            write!(out, "> ")?;
            out.flush()?;
            line.clear();
            if input.read_line(&mut line)? == 0 {
                writeln!(out)?;
                return Ok(());
            }
            if !self.obey(line.trim(), out).await? {
                return Ok(());
            }
        }
    }

    /// Does what one line says; `false` if it says to leave.
    async fn obey(&self, line: &str, out: &mut (dyn Write + Send)) -> anyhow::Result<bool> {
        match line::read(line) {
            Ok(Said::Nothing) => {}
            Ok(Said::Quit) => return Ok(false),
            Ok(Said::Help) => writeln!(out, "{HELP}")?,
            Ok(Said::Wait(time)) => {
                self.wait(time).await?;
                writeln!(out, "It is {} UTC now.", minute(self.clock.now()))?;
            }
            Ok(Said::Command { who, word, text }) => self.command(&who, word, &text).await?,
            Ok(Said::Press { who, number }) => match self.chat.button(number) {
                Some((code, message)) => self.ask(&who, Ask::Press { code, message }).await?,
                None => writeln!(out, "There is no button [{number}] now.")?,
            },
            Ok(Said::Reply { who, text }) => match self.chat.last_question() {
                Some(to) => self.ask(&who, Ask::Answer { to, text, attachments: Vec::new() }).await?,
                None => writeln!(out, "Nobody has asked anything.")?,
            },
            Err(mistake) => writeln!(out, "{mistake}")?,
        }
        self.show(out)?;
        Ok(true)
    }

    async fn command(&self, who: &str, word: CommandWord, text: &str) -> anyhow::Result<()> {
        let named = text.split_whitespace().map(|word| Named::Word(word.to_owned())).collect();
        let text = text.to_owned();
        let ask = Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None };
        self.ask(who, ask).await
    }

    async fn ask(&self, who: &str, ask: Ask) -> anyhow::Result<()> {
        let reply = self.desk.handle(request(Sender::Person(profile(who)?), ask)).await?;
        if reply.buttons.is_empty() {
            self.chat.whisper(who, &reply.text());
        } else {
            self.chat.offer(&reply);
        }
        self.settle().await
    }

    async fn event(&self, ask: Ask) -> anyhow::Result<()> {
        self.desk.handle(request(Sender::Platform, ask)).await?;
        self.settle().await
    }

    /// Lets time pass, stopping wherever something falls due: a reminder belongs to its minute.
    async fn wait(&self, time: Duration) -> anyhow::Result<()> {
        let end = self.clock.now() + time;
        loop {
            let now = self.clock.now();
            let next = self.desk.outlook().await?.wake_at.filter(|at| *at <= end).unwrap_or(end);
            self.clock.advance(next.since(now));
            self.settle().await?;
            if next >= end {
                return Ok(());
            }
        }
    }

    /// Does what is due and delivers what is owed, until nothing is.
    async fn settle(&self) -> anyhow::Result<()> {
        while self.round().await? {}
        Ok(())
    }

    /// One round; `true` if there was something to do.
    async fn round(&self) -> anyhow::Result<bool> {
        let mut busy = self.desk.wake_due(100).await?.due > 0;
        for lane in Lane::ALL {
            while self.desk.deliver(lane).await?.is_some() {
                busy = true;
            }
        }
        Ok(busy)
    }

    fn show(&self, out: &mut (dyn Write + Send)) -> io::Result<()> {
        for news in self.chat.take_news() {
            writeln!(out, "{news}\n")?;
        }
        out.flush()
    }
}

/// The last instant that a company's incidents know of: the sandbox may have been set forward beyond the present.
async fn last_instant(store: &dyn Store, company: CompanyId) -> Result<Timestamp, StoreError> {
    let mut last = store.roster(company).await?.map_or(Timestamp::MIN, |roster| roster.updated_at);
    let mut after = None;
    loop {
        let page = store.list(company, &Listing::default(), Page { after, limit: 500 }).await?;
        let Some(end) = page.last() else {
            return Ok(last);
        };
        after = Some(end.incident.id);
        last = page.iter().map(|filed| filed.incident.clocks.updated_at).fold(last, Timestamp::max);
    }
}

fn minute(at: Timestamp) -> String {
    at.to_string().chars().take(16).collect::<String>().replace('T', " ")
}

/// Removes a sandbox's database, having made sure that it is one.
///
/// # Errors
/// If it belongs to a real chat, or cannot be read or removed.
pub async fn forget(path: &Path) -> anyhow::Result<()> {
    let store = SqliteStore::open(path, Options::default())?;
    for company in store.companies().await? {
        let roster = store.roster(company).await?;
        let groups = roster.iter().flat_map(|roster| roster.groups.values());
        if let Some(group) = groups.into_iter().find(|group| group.chat.platform != Platform::Sandbox) {
            anyhow::bail!("it is no sandbox: {} lives there", group.chat);
        }
    }
    drop(store);
    Ok(std::fs::remove_file(path)?)
}

fn request(from: Sender, ask: Ask) -> Request {
    let fresh = uuid::Uuid::now_v7().as_u128();
    Request {
        key: RequestKey::new(format!("sandbox:{fresh:032x}")),
        chat: chat::room(),
        chat_kind: ChatKind::Group,
        chat_title: Text::new("sandbox", Limits::NAME).ok(),
        topic: None,
        from,
        fresh,
        ask,
    }
}

fn profile(who: &str) -> anyhow::Result<Profile> {
    let handle = Handle::parse(Platform::Sandbox, who)?;
    Ok(Profile {
        identity: Identity::new(Platform::Sandbox, handle.name()),
        name: Text::new(handle.name(), Limits::NAME)?,
        handle: Some(handle),
        locale: None,
    })
}
