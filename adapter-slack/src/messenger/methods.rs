//! The methods of the Web API that are used, each with the scope it needs: what the app's manifest asks for follows
//! from here, and a test holds the two together.

/// A method of Slack's Web API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Who the token belongs to.
    AuthTest,
    /// Posts a message.
    PostMessage,
    /// Says something to one person in a channel.
    PostEphemeral,
    /// Changes a message.
    Update,
    /// Deletes a message.
    Delete,
    /// Names the address of a message, and so tells whether it is there.
    GetPermalink,
    /// Pins a message.
    Pin,
    /// Takes a pin away.
    Unpin,
    /// Lists the bookmarks of a channel.
    ListBookmarks,
    /// Adds a bookmark to a channel.
    AddBookmark,
    /// Takes a bookmark away.
    RemoveBookmark,
    /// Opens a form.
    OpenView,
    /// Tells about a person.
    UserInfo,
    /// Lists who belongs to a user group.
    UserGroupMembers,
    /// Begins an upload.
    UploadUrl,
    /// Ends an upload.
    CompleteUpload,
    /// Tells about a file.
    FileInfo,
    /// Opens a socket; with the app's own token.
    OpenConnection,
}

/// All methods that are used.
pub const METHODS: [Method; 18] = [
    Method::AuthTest,
    Method::PostMessage,
    Method::PostEphemeral,
    Method::Update,
    Method::Delete,
    Method::GetPermalink,
    Method::Pin,
    Method::Unpin,
    Method::ListBookmarks,
    Method::AddBookmark,
    Method::RemoveBookmark,
    Method::OpenView,
    Method::UserInfo,
    Method::UserGroupMembers,
    Method::UploadUrl,
    Method::CompleteUpload,
    Method::FileInfo,
    Method::OpenConnection,
];

impl Method {
    /// Returns the name, as the documentation has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthTest => "auth.test",
            Self::PostMessage => "chat.postMessage",
            Self::PostEphemeral => "chat.postEphemeral",
            Self::Update => "chat.update",
            Self::Delete => "chat.delete",
            Self::GetPermalink => "chat.getPermalink",
            Self::Pin => "pins.add",
            Self::Unpin => "pins.remove",
            Self::ListBookmarks => "bookmarks.list",
            Self::AddBookmark => "bookmarks.add",
            Self::RemoveBookmark => "bookmarks.remove",
            Self::OpenView => "views.open",
            Self::UserInfo => "users.info",
            Self::UserGroupMembers => "usergroups.users.list",
            Self::UploadUrl => "files.getUploadURLExternal",
            Self::CompleteUpload => "files.completeUploadExternal",
            Self::FileInfo => "files.info",
            Self::OpenConnection => "apps.connections.open",
        }
    }

    /// Returns the scope that the bot token needs for it, if it needs one.
    pub const fn scope(self) -> Option<&'static str> {
        match self {
            Self::PostMessage | Self::PostEphemeral | Self::Update | Self::Delete => Some("chat:write"),
            Self::Pin | Self::Unpin => Some("pins:write"),
            Self::ListBookmarks => Some("bookmarks:read"),
            Self::AddBookmark | Self::RemoveBookmark => Some("bookmarks:write"),
            Self::UserInfo => Some("users:read"),
            Self::UserGroupMembers => Some("usergroups:read"),
            Self::UploadUrl | Self::CompleteUpload => Some("files:write"),
            Self::FileInfo => Some("files:read"),
            Self::AuthTest | Self::GetPermalink | Self::OpenView | Self::OpenConnection => None,
        }
    }
}
