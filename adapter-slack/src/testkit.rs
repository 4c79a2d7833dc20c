//! A Slack of one's own, for tests: the Web API, Socket Mode and people, on a port of this machine.
//!
//! It behaves as documented where an app could notice: it checks blocks and forms against their limits, answers most
//! refusals with status 200, echoes the app's own messages, sends events again that were not acknowledged within three
//! seconds, gives a trigger three seconds to open a form, and shares uploaded files after it said that it has. What
//! goes wrong goes wrong on purpose: see [`Fault`] and the methods of [`SlackServer`] about sockets.
//!
//! People act through methods of [`SlackServer`] and see what is in [`Message`], [`Whisper`] and [`OpenView`].

mod acts;
mod api;
mod bookmarks;
mod checks;
mod delivery;
mod fault;
mod files;
mod http;
mod people;
mod render;
mod server;
mod socket;
mod world;

pub use delivery::{Delivery, Way};
pub use fault::Fault;
pub use render::{Button, Message, Whisper};
pub use server::SlackServer;
pub use world::{Bookmark, OpenView};
