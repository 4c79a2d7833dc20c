//! The listener, against a Slack that behaves as documented, and as it should not.

#[path = "listener/desk.rs"]
mod desk;
#[path = "listener/forms.rs"]
mod forms;
#[path = "listener/http.rs"]
mod http;
#[path = "listener/keeping.rs"]
mod keeping;
#[path = "listener/sockets.rs"]
mod sockets;
#[path = "listener/stories.rs"]
mod stories;
