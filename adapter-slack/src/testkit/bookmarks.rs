//! Bookmarks, with the refusals that are documented for them. Slack takes the same link as often as it is given.

use serde_json::{Value, json};

use super::api::{Answer, text};
use super::world::{Bookmark, Channel, World};

/// How many a channel has at most.
const MOST: usize = 100;

impl World {
    fn bookmarked(&mut self, arguments: &Value) -> Result<&mut Channel, &'static str> {
        let about = json!({"channel": arguments["channel_id"]});
        self.reachable(&about).map(|(_, channel)| channel)
    }

    pub(super) fn list_bookmarks(&mut self, arguments: &Value) -> Answer {
        let channel = self.bookmarked(arguments)?;
        let shown = |bookmark: &Bookmark| {
            let Bookmark { id, title, link } = bookmark;
            json!({"id": id, "title": title, "link": link, "type": "link", "emoji": null, "entity_id": null})
        };
        Ok(json!({"bookmarks": channel.bookmarks.iter().map(shown).collect::<Vec<_>>()}))
    }

    pub(super) fn add_bookmark(&mut self, arguments: &Value) -> Answer {
        let id = self.id('B');
        let channel = self.bookmarked(arguments)?;
        let (title, link) = (text(arguments, "title"), text(arguments, "link"));
        match text(arguments, "type") {
            "link" if title.is_empty() => Err("invalid_arguments"),
            "link" if !link.starts_with("https://") && !link.starts_with("http://") => Err("invalid_link"),
            "link" if channel.bookmarks.len() >= MOST => Err("too_many_bookmarks"),
            "link" => {
                let (title, link) = (title.to_owned(), link.to_owned());
                channel.bookmarks.push(Bookmark { id: id.clone(), title, link });
                Ok(json!({"bookmark": {"id": id}}))
            }
            _ => Err("invalid_bookmark_type"),
        }
    }

    pub(super) fn remove_bookmark(&mut self, arguments: &Value) -> Answer {
        let channel = self.bookmarked(arguments)?;
        let before = channel.bookmarks.len();
        channel.bookmarks.retain(|bookmark| bookmark.id != text(arguments, "bookmark_id"));
        if channel.bookmarks.len() == before { Err("not_found") } else { Ok(json!({})) }
    }
}
