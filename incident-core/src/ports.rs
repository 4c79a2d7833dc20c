//! What the core needs from outside, as small traits used behind `Arc<dyn …>`: which chats and which database
//! there are is configuration, one process may serve several, tests and decorators mix freely.
//!
//! No port has a default method (a decorator could forget to forward one), each has one concrete error with a
//! boxed source, and time is always an argument.

mod audit;
mod cases;
mod clock;
mod directory;
mod inbox;
mod messenger;
mod pager;
mod recall;
mod rooms;
mod rows;
mod store;
mod triage;

pub use audit::Audit;
pub(crate) use cases::others_first;
pub use cases::{CaseMark, Cases, Scope, allot, each_page};
pub use clock::Clock;
pub use directory::{Directory, DirectoryError};
pub use inbox::{Delivered, Held, Inbox, Leases, Pending};
pub use messenger::{DeliveryError, File, FileContent, Messenger, Place};
pub use pager::{Callout, Pager};
pub use recall::{Author, Keep, Recall, Remark};
pub use rooms::{Access, Room, RoomBook, RoomOrder, Rooms, Utterance};
pub use rows::{Cell, Column, Kind, Part, Row, Rows, TABLES, Table, Unfinished};
pub use store::{
    Address, Answered, Called, Claim, ClaimOrder, Commit, CommitError, Committed, Filed, Listing, Origin,
    Outlook, Owed, Page, Person, Posted, PostedKind, Profile, RENAMINGS_KEPT, REQUEST_MEMORY, Renaming,
    RequestKey, RosterCommit, Settled, Settlement, Store, StoreError, Surface, Tenancy,
};
pub use triage::{Brief, Triage, TriageError};
