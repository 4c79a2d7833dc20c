//! What is done in the story of a ticket, and what everybody sees then.

use adapter_discord::testkit::Fault;

use super::super::{NOTHING, READS, Shop, WRITES};

/// To open a channel, to let people into it or out of it, and to take it away.
const OPEN: &str = "POST guilds/-/channels";
const ADMIT: &str = "PATCH channels/-";
const REMOVE: &str = "DELETE channels/-";
/// To post a card, a notice, or a file.
pub(super) const POST: &str = "POST channels/-/messages";
/// To change the card.
const SHOW: &str = "PATCH channels/-/messages/-";
const PIN: &str = "PUT channels/-/messages/pins/-";
const UNPIN: &str = "DELETE channels/-/messages/pins/-";
/// To read what was said.
pub(super) const READ: &str = "GET channels/-/messages";

/// Something that somebody does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// Presses the button of the panel, and sends the form that opens.
    Report(&'static str),
    Press(&'static str),
    /// Presses, and sends the form that opens.
    Explain(&'static str, &'static str),
    Say(&'static str),
    SendFile,
}

impl Act {
    pub(super) const fn is_form(self) -> bool {
        matches!(self, Self::Report(_) | Self::Explain(..))
    }

    pub(super) const fn is_said(self) -> bool {
        matches!(self, Self::Say(_) | Self::SendFile)
    }
}

/// When in a step the desk is killed.
pub(super) enum Killed {
    /// When it has taken note of what was asked, and done nothing of it.
    Noted,
    /// When it is done, and nobody was shown it.
    Done,
    /// While it is being shown: one call fails, and then hangs, done or not.
    Showing(&'static str, Fault),
}

/// What may befall a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is done, and the answer is lost.
    Lost,
    /// It is one too many, or everything is.
    Limited { global: bool },
    /// The server fails.
    Down,
    /// A proxy answers in the server's place.
    Page,
}

impl Trouble {
    pub(super) const ALL: [Self; 5] =
        [Self::Lost, Self::Limited { global: true }, Self::Down, Self::Limited { global: false }, Self::Page];

    pub(super) fn is_done(self) -> bool {
        self == Self::Lost
    }

    pub(super) const fn fault(self) -> Fault {
        match self {
            Self::Lost => Fault::LostAnswer,
            Self::Limited { global } => Fault::RateLimited { retry_after: 0.5, global },
            Self::Down => Fault::ServerError,
            Self::Page => Fault::BadGateway,
        }
    }
}

/// Who sees the room and writes in it: dan, ann, ben, zoe.
pub(super) type Sight = [(bool, bool); 4];

const WORKED_ON: Sight = [WRITES, WRITES, NOTHING, NOTHING];
const MANAGED: Sight = [WRITES, WRITES, WRITES, NOTHING];
const OVER: Sight = [READS, WRITES, WRITES, NOTHING];
const GONE: Sight = [NOTHING; 4];

/// Who is called besides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Summons {
    Nobody,
    /// Somebody who is in the room already.
    Present,
    /// Somebody who is to be let in before.
    LetIn,
}

/// A step of the story.
pub(super) struct Step {
    pub(super) who: fn(&Shop) -> u64,
    pub(super) act: Act,
    /// What stands on the card afterwards; nothing where there is none any more.
    pub(super) shows: &'static str,
    pub(super) sight: Sight,
    /// By which calls the room and its card are made to show it, in this order.
    pub(super) calls: &'static [&'static str],
    pub(super) summons: Summons,
    /// When it is killed, in each telling.
    pub(super) killed: [Killed; 3],
}

impl Step {
    /// Tells whether somebody is called, and not before a call has succeeded.
    pub(super) fn summons_after(&self, call: &str) -> bool {
        self.summons == Summons::LetIn && call == ADMIT
    }

    /// Tells whether there is still work to do after it.
    pub(super) fn shows_work(&self) -> bool {
        self.sight[0] == WRITES
    }
}

const DAN: fn(&Shop) -> u64 = |shop| shop.dan;
const ANN: fn(&Shop) -> u64 = |shop| shop.ann;
const BEN: fn(&Shop) -> u64 = |shop| shop.ben;

pub(super) const STEPS: [Step; 11] = [
    Step {
        who: DAN,
        act: Act::Report("my account is locked"),
        shows: "NEW INCIDENT",
        sight: WORKED_ON,
        calls: &[OPEN, POST, POST, PIN],
        summons: Summons::Nobody,
        killed: [Killed::Showing(OPEN, Fault::HangAfter), Killed::Done, Killed::Noted],
    },
    Step {
        who: ANN,
        act: Act::Press("Claim"),
        shows: "IN PROGRESS",
        sight: WORKED_ON,
        calls: &[ADMIT, SHOW],
        summons: Summons::Nobody,
        killed: [Killed::Noted, Killed::Showing(SHOW, Fault::Hang), Killed::Done],
    },
    Step {
        who: ANN,
        act: Act::Press("Wait"),
        shows: "ON HOLD",
        sight: WORKED_ON,
        calls: &[SHOW],
        summons: Summons::Nobody,
        killed: [Killed::Done, Killed::Showing(SHOW, Fault::HangAfter), Killed::Showing(SHOW, Fault::Hang)],
    },
    Step {
        who: DAN,
        act: Act::Say("the second one"),
        shows: "IN PROGRESS",
        sight: WORKED_ON,
        calls: &[SHOW],
        summons: Summons::Nobody,
        killed: [Killed::Showing(SHOW, Fault::Hang), Killed::Noted, Killed::Done],
    },
    Step {
        who: DAN,
        act: Act::SendFile,
        shows: "Attachments: 1",
        sight: WORKED_ON,
        calls: &[SHOW],
        summons: Summons::Nobody,
        killed: [Killed::Done, Killed::Done, Killed::Showing(SHOW, Fault::HangAfter)],
    },
    Step {
        who: ANN,
        act: Act::Press("Escalate"),
        shows: "ESCALATED",
        sight: MANAGED,
        calls: &[ADMIT, SHOW],
        summons: Summons::LetIn,
        killed: [Killed::Showing(ADMIT, Fault::HangAfter), Killed::Done, Killed::Showing(POST, Fault::Hang)],
    },
    Step {
        who: BEN,
        act: Act::Press("Claim"),
        shows: "Handled by: Ben",
        sight: MANAGED,
        calls: &[SHOW],
        summons: Summons::Nobody,
        killed: [Killed::Done, Killed::Showing(SHOW, Fault::Hang), Killed::Done],
    },
    Step {
        who: BEN,
        act: Act::Press("Close"),
        shows: "RESOLVED",
        sight: OVER,
        calls: &[ADMIT, SHOW, UNPIN],
        summons: Summons::Nobody,
        killed: [Killed::Showing(ADMIT, Fault::Hang), Killed::Done, Killed::Showing(UNPIN, Fault::HangAfter)],
    },
    Step {
        who: DAN,
        act: Act::Explain("Open again", "it is locked again"),
        shows: "ESCALATED",
        sight: MANAGED,
        calls: &[ADMIT, SHOW, PIN],
        summons: Summons::Present,
        killed: [
            Killed::Done,
            Killed::Showing(PIN, Fault::HangAfter),
            Killed::Showing(ADMIT, Fault::HangAfter),
        ],
    },
    Step {
        who: BEN,
        act: Act::Press("Close"),
        shows: "RESOLVED",
        sight: OVER,
        calls: &[ADMIT, SHOW, UNPIN],
        summons: Summons::Nobody,
        killed: [Killed::Showing(UNPIN, Fault::Hang), Killed::Showing(ADMIT, Fault::HangAfter), Killed::Done],
    },
    Step {
        who: ANN,
        act: Act::Press("Archive"),
        shows: "",
        sight: GONE,
        calls: &[ADMIT, READ, POST, POST, REMOVE],
        summons: Summons::Nobody,
        killed: [Killed::Showing(POST, Fault::Hang), Killed::Showing(REMOVE, Fault::HangAfter), Killed::Done],
    },
];

/// What the journal says in the end, but for what was merely said.
pub(super) const FACTS: [&str; 13] = [
    "created",
    "acknowledged",
    "held",
    "reporter_replied",
    "resumed",
    "attachment_added",
    "escalated",
    "acknowledged",
    "resolved",
    "reopened",
    "acknowledged",
    "resolved",
    "archived",
];
/// How much was merely said: something before each press that leaves work to do.
pub(super) const NOTES: usize = 4;
