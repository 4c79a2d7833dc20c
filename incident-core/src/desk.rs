//! The desk: the core connected to its ports. It awaits ports and performs no I/O of its own; it has no loop,
//! no timer and no runtime. Each method does one bounded round and says how much it did.

mod request;

pub use request::{Ask, ChatKind, Named, Quoted, Request, Sender};
