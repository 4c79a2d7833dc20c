//! What a test may do to the workspace, and see of it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::delivery::{Delivery, Frame, Way};
use super::fault::Fault;
use super::render::{Message, Whisper};
use super::server::SlackServer;
use super::world::{BOT_USER, Bookmark, Channel, OpenView, TEAM, User};

impl SlackServer {
    /// Lets somebody join the workspace, and returns their account.
    pub fn user(&self, name: &str) -> String {
        self.person(name, false)
    }

    /// Lets an administrator join the workspace.
    pub fn admin(&self, name: &str) -> String {
        self.person(name, true)
    }

    fn person(&self, name: &str, admin: bool) -> String {
        self.act(|world| {
            let id = world.id('U');
            let handle = name.to_lowercase().replace(' ', ".");
            let user = User { handle, name: name.to_owned(), admin, locale: "en-US".to_owned() };
            world.users.insert(id.clone(), user);
            id
        })
    }

    /// Opens a channel in which the app is.
    pub fn channel(&self, name: &str) -> String {
        self.open_channel(name, false)
    }

    /// Opens a private channel in which the app is.
    pub fn private_channel(&self, name: &str) -> String {
        self.open_channel(name, true)
    }

    fn open_channel(&self, name: &str, private: bool) -> String {
        self.act(|world| {
            let id = world.id('C');
            let channel = Channel {
                name: name.to_owned(),
                private,
                archived: false,
                members: BTreeSet::from([BOT_USER.to_owned()]),
                bot_may_write: true,
                bot_may_pin: true,
                posts: Vec::new(),
                bookmarks: Vec::new(),
            };
            world.channels.insert(id.clone(), channel);
            id
        })
    }

    /// Lets somebody join a channel.
    pub fn join(&self, channel: &str, user: &str) {
        self.act(|world| {
            world.channel_mut(channel).members.insert(user.to_owned());
            let event =
                json!({"type": "member_joined_channel", "user": user, "channel": channel, "team": TEAM});
            world.tell_if_present(channel, event);
        });
    }

    /// Lets somebody leave a channel.
    pub fn leave(&self, channel: &str, user: &str) {
        self.act(|world| {
            let event =
                json!({"type": "member_left_channel", "user": user, "channel": channel, "team": TEAM});
            world.tell_if_present(channel, event);
            world.channel_mut(channel).members.remove(user);
        });
    }

    /// Throws the app out of a channel.
    pub fn expel_bot(&self, channel: &str) {
        self.act(|world| {
            world.channel_mut(channel).members.remove(BOT_USER);
            let kind = if world.channel(channel).private { "group_left" } else { "channel_left" };
            world.tell(json!({"type": kind, "channel": channel}));
        });
    }

    /// Lets the app in.
    pub fn invite_bot(&self, channel: &str) {
        self.join(channel, BOT_USER);
    }

    /// Archives a channel.
    pub fn archive(&self, channel: &str, user: &str) {
        self.act(|world| {
            world.channel_mut(channel).archived = true;
            world.tell(json!({"type": "channel_archive", "channel": channel, "user": user}));
        });
    }

    /// Gives a channel a new id, as when it is shared with another company; what stood in it stands there.
    pub fn change_id(&self, channel: &str) -> String {
        self.act(|world| {
            let new = world.id('C');
            let there = world.channels.remove(channel).expect("there is such a channel");
            world.channels.insert(new.clone(), there);
            let event =
                json!({"type": "channel_id_changed", "old_channel_id": channel, "new_channel_id": new});
            world.tell(event);
            new
        })
    }

    /// Says whether the app may write in a channel.
    pub fn let_bot_write(&self, channel: &str, may: bool) {
        self.act(|world| world.channel_mut(channel).bot_may_write = may);
    }

    /// Says whether the app may pin in a channel.
    pub fn let_bot_pin(&self, channel: &str, may: bool) {
        self.act(|world| world.channel_mut(channel).bot_may_pin = may);
    }

    /// Lets somebody bookmark something in a channel.
    pub fn bookmark(&self, channel: &str, title: &str, link: &str) {
        self.act(|world| {
            let bookmark = Bookmark { id: world.id('B'), title: title.to_owned(), link: link.to_owned() };
            world.channel_mut(channel).bookmarks.push(bookmark);
        });
    }

    /// Lists the bookmarks of a channel.
    pub fn bookmarks(&self, channel: &str) -> Vec<Bookmark> {
        self.read(|world| {
            world.channels.get(channel).map(|there| there.bookmarks.clone()).unwrap_or_default()
        })
    }

    /// Lists the messages in a channel, oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.read(|world| {
            let Some(there) = world.channels.get(channel) else { return Vec::new() };
            there.posts.iter().map(|post| world.seen(channel, post)).collect()
        })
    }

    /// Lists what one person alone was told, oldest first.
    pub fn whispers(&self, user: &str) -> Vec<Whisper> {
        self.read(|world| {
            let heard = world.whispers.iter().filter(|whisper| whisper.user == user);
            heard.map(|whisper| world.overheard(whisper)).collect()
        })
    }

    /// Lists the forms that somebody has open.
    pub fn views(&self, user: &str) -> Vec<OpenView> {
        self.read(|world| world.views.iter().filter(|view| view.user == user).cloned().collect())
    }

    /// Returns what is in a file, with its name.
    pub fn file(&self, id: &str) -> Option<(String, Vec<u8>)> {
        self.read(|world| world.files.get(id).map(|file| (file.name.clone(), file.bytes.clone())))
    }

    /// Makes Slack forget a file.
    pub fn forget_file(&self, id: &str) {
        self.act(|world| world.files.remove(id));
    }

    /// Makes the next call of a method fail; `*` stands for any method, `socket` for a socket that opens, and
    /// `response_url` for an answer beside the Web API.
    pub fn fail_next(&self, method: &str, fault: Fault) {
        self.act(|world| world.traffic.fail_next(method, fault));
    }

    /// Has nothing go wrong any more of what was to.
    pub fn forgive(&self) {
        self.act(|world| world.traffic.forgive());
    }

    /// Counts what is still to go wrong.
    pub fn faults_left(&self) -> usize {
        self.read(|world| world.traffic.left())
    }

    /// Lets a channel take only so many messages in a time.
    pub fn pace(&self, most: usize, window: Duration) {
        self.act(|world| world.traffic.pace(most, window));
    }

    /// Lists the calls of a method, with their arguments.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        self.read(|world| {
            let calls = world.calls.iter().filter(|(called, _)| called == method);
            calls.map(|(_, arguments)| arguments.clone()).collect()
        })
    }

    /// Names every method that was called, each once.
    pub fn methods_called(&self) -> BTreeSet<String> {
        self.read(|world| world.calls.iter().map(|(method, _)| method.clone()).collect())
    }

    /// Replaces the tokens, as when they leaked; the old ones are refused from then on.
    pub fn replace_tokens(&self) {
        self.act(|world| {
            world.bot_token.push_str("-new");
            world.app_token.push_str("-new");
        });
    }

    /// Chooses how the app is reached.
    pub fn deliver_by(&self, way: Way) {
        self.act(|world| world.post.way = way);
    }

    /// Makes every address for answers useless, as half an hour does.
    pub fn forget_responses(&self) {
        self.act(|world| world.responses.clear());
    }

    /// Makes a user group of people, and returns its id.
    pub fn user_group(&self, name: &str, members: &[&str]) -> String {
        self.act(|world| {
            let id = world.id('S');
            let members = members.iter().map(|&member| member.to_owned()).collect();
            world.user_groups.insert(id.clone(), (name.to_owned(), members));
            id
        })
    }

    /// Says whether everything is sent twice.
    pub fn send_twice(&self, twice: bool) {
        self.act(|world| world.post.twice = twice);
    }

    /// Holds back what is sent.
    pub fn hold(&self) {
        self.act(|world| world.post.held = true);
    }

    /// Lets what was held back go, the last first.
    pub fn release_backwards(&self) {
        self.act(|world| world.post.release_backwards());
    }

    /// Sets how long the app has to acknowledge what is sent.
    pub fn acknowledge_within(&self, limit: Duration) {
        self.act(|world| world.post.ack_limit = limit);
    }

    /// Tells what became of everything that was sent.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.read(|world| world.post.deliveries())
    }

    /// Counts the sockets that are open.
    pub fn sockets(&self) -> usize {
        self.read(|world| world.post.sockets())
    }

    /// Counts the sockets that were ever opened.
    pub fn sockets_opened(&self) -> usize {
        self.read(|world| world.post.sockets_opened)
    }

    /// Breaks every socket without a word.
    pub fn drop_sockets(&self) {
        self.act(|world| world.post.broadcast(&Frame::Drop));
    }

    /// Freezes every socket: they stay open, and nothing comes of them any more.
    pub fn freeze_sockets(&self) {
        self.act(|world| world.post.broadcast(&Frame::Freeze));
    }

    /// Announces that every socket will be closed.
    pub fn warn_sockets(&self) {
        let warning = json!({"type": "disconnect", "reason": "warning"}).to_string();
        self.act(|world| world.post.broadcast(&Frame::Text(warning)));
    }

    /// Asks for every socket to be opened anew, and closes them.
    pub fn refresh_sockets(&self) {
        let refresh = json!({"type": "disconnect", "reason": "refresh_requested"}).to_string();
        self.act(|world| {
            world.post.broadcast(&Frame::Text(refresh));
            world.post.broadcast(&Frame::Close);
        });
    }

    /// Tells the app of something that this server does not do by itself.
    pub fn tell(&self, event: Value) {
        self.act(|world| world.tell(event));
    }
}
