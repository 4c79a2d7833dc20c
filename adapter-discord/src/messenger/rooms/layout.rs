//! Where in a guild there is room for another channel: pure.

use serde::Deserialize;

use super::access::{Overwrite, is_private};
use super::{CATEGORY, PRIVATE_THREAD, TEXT};

/// How many channels a category takes, and how many a guild does, its categories among them.
const IN_CATEGORY: usize = 50;
const IN_GUILD: usize = 500;

/// A channel as the list of a guild has it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Listed {
    pub(super) id: String,
    #[serde(rename = "type", default)]
    kind: u64,
    #[serde(default)]
    pub(super) name: String,
    topic: Option<String>,
    pub(super) parent_id: Option<String>,
    owner_id: Option<String>,
    #[serde(default)]
    permission_overwrites: Vec<Overwrite>,
}

impl Listed {
    /// Tells whether this is a thread of that name that the bot has opened, and that those alone see who were let in.
    pub(super) fn is_room(&self, name: &str, parent: &str, bot: &str) -> bool {
        self.kind == PRIVATE_THREAD
            && self.name == name
            && self.parent_id.as_deref() == Some(parent)
            && self.owner_id.as_deref() == Some(bot)
    }
}

/// Whether a room stands there already.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Room(String),
    Nothing,
}

/// Where another channel can be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shelf<'a> {
    /// Under this category, or under none.
    Under(Option<&'a str>),
    /// Under a new category of this name.
    Next(String),
}

/// The channels of a guild, and where rooms should be.
pub(super) struct Layout<'a> {
    listed: &'a [Listed],
    category: Option<&'a str>,
}

impl<'a> Layout<'a> {
    /// Looks at a guild. Rooms belong into the category that was chosen, else into that of the channel beside.
    pub(super) fn new(listed: &'a [Listed], beside: &str, chosen: Option<&'a str>) -> Self {
        let beside = listed.iter().find(|one| one.id == beside);
        let category = chosen.or_else(|| beside.and_then(|one| one.parent_id.as_deref()));
        Self { listed, category }
    }

    /// Finds a room by its topic. What everybody in the guild sees is none.
    pub(super) fn find(&self, topic: &str, guild: &str) -> Found {
        let says = |one: &&Listed| one.kind == TEXT && one.topic.as_deref() == Some(topic);
        let mut rooms = self.listed.iter().filter(says);
        let room = rooms.find(|one| is_private(&one.permission_overwrites, guild));
        room.map_or(Found::Nothing, |room| Found::Room(room.id.clone()))
    }

    /// Tells whether the guild takes no channel any more.
    pub(super) fn is_full(&self) -> bool {
        self.listed.len() >= IN_GUILD
    }

    /// Finds where another channel can be.
    pub(super) fn with_room(&self) -> Shelf<'a> {
        let Some(first) = self.category else { return Shelf::Under(None) };
        if self.has_room(first) {
            return Shelf::Under(Some(first));
        }
        let known = self.listed.iter().find(|one| one.id == first);
        let name = known.map_or("rooms", |known| known.name.as_str());
        for number in 2_u32.. {
            let next = format!("{name} {number}");
            match self.listed.iter().find(|one| one.kind == CATEGORY && one.name == next) {
                Some(found) if self.has_room(&found.id) => return Shelf::Under(Some(&found.id)),
                Some(_) => {}
                None => return Shelf::Next(next),
            }
        }
        Shelf::Under(None)
    }

    fn has_room(&self, category: &str) -> bool {
        self.listed.iter().filter(|one| one.parent_id.as_deref() == Some(category)).count() < IN_CATEGORY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(id: &str, name: &str) -> Listed {
        Listed { id: id.to_owned(), kind: CATEGORY, name: name.to_owned(), ..Listed::default() }
    }

    fn private() -> Vec<Overwrite> {
        serde_json::from_str(r#"[{"id": "9", "deny": "1024"}]"#).expect("overwrites")
    }

    fn rooms(parent: &str, count: usize) -> impl Iterator<Item = Listed> {
        (0..count).map(move |number| Listed {
            id: format!("{parent}-{number}"),
            topic: Some(format!("{parent} {number}")),
            parent_id: Some(parent.to_owned()),
            permission_overwrites: private(),
            ..Listed::default()
        })
    }

    #[test]
    fn a_full_category_is_followed_by_the_next_of_its_name() {
        let mut listed: Vec<Listed> = rooms("1", 49).collect();
        listed.push(category("1", "Tickets"));
        assert_eq!(Layout::new(&listed, "x", Some("1")).with_room(), Shelf::Under(Some("1")));
        listed.extend(rooms("1", 1));
        assert_eq!(Layout::new(&listed, "x", Some("1")).with_room(), Shelf::Next("Tickets 2".to_owned()));
        listed.push(category("2", "Tickets 2"));
        assert_eq!(Layout::new(&listed, "x", Some("1")).with_room(), Shelf::Under(Some("2")));
        listed.extend(rooms("2", 50));
        assert_eq!(Layout::new(&listed, "x", Some("1")).with_room(), Shelf::Next("Tickets 3".to_owned()));
    }

    #[test]
    fn rooms_are_beside_the_channel_where_nothing_is_chosen_and_are_found_by_their_topic() {
        let listed: Vec<Listed> = rooms("1", 3).collect();
        let layout = Layout::new(&listed, "1-2", None);
        assert_eq!(layout.with_room(), Shelf::Under(Some("1")));
        assert_eq!(layout.find("1 1", "9"), Found::Room("1-1".to_owned()));
        assert_eq!(layout.find("1 9", "9"), Found::Nothing);
        assert_eq!(layout.find("1 1", "8"), Found::Nothing, "everybody sees it");
        assert_eq!(Layout::new(&listed, "elsewhere", None).with_room(), Shelf::Under(None));
    }

    #[test]
    fn a_guild_is_full_with_five_hundred_channels() {
        let full = |count| Layout::new(&rooms("1", count).collect::<Vec<_>>(), "x", None).is_full();
        assert_eq!((full(499), full(500)), (false, true));
    }
}
