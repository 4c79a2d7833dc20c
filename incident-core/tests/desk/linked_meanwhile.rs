//! A chat that is linked with a group at the very moment at which something is reported there.

use std::sync::{Arc, Mutex};
use std::thread;

use async_trait::async_trait;
use futures::executor::block_on;
use incident_core::desk::{Ask, Named};
use incident_core::ids::{ChatRef, Circle, Identity, Platform};
use incident_core::incident::Lane;
use incident_core::ports::{Directory, DirectoryError};
use incident_core::testkit::FixedDirectory;
use incident_core::view::CommandWord;

use crate::house::{House, command};
use crate::mirrors::Pair;

/// Something that happens while the platform is asked who belongs to a circle.
type Meanwhile = Box<dyn FnOnce() + Send>;

struct Slow {
    directory: Arc<FixedDirectory>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

#[async_trait]
impl Directory for Slow {
    async fn is_admin(&self, chat: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        self.directory.is_admin(chat, who).await
    }

    async fn circles(
        &self,
        chat: &ChatRef,
        who: &Identity,
        among: &[Circle],
    ) -> Result<Vec<Circle>, DirectoryError> {
        let meanwhile = self.meanwhile.lock().expect("nobody panicked").take();
        if let Some(meanwhile) = meanwhile {
            thread::scope(|scope| scope.spawn(meanwhile).join().expect("it works"));
        }
        self.directory.circles(chat, who, among).await
    }
}

fn pair_with_a_circle() -> Pair {
    let pair = Pair::apart(House::new());
    let circle = Circle::new(Platform::Telegram, "staff", "staff").expect("it is one");
    let (attachments, quoted, about) = (Vec::new(), None, None);
    let (word, text, named) = (CommandWord::AddDispatcher, "@staff".to_owned(), vec![Named::Circle(circle)]);
    pair.house.ask("admin", Ask::Command { word, text, named, attachments, quoted, about });
    pair.house.settle();
    pair
}

#[test]
fn what_is_reported_in_the_moment_of_linking_is_shown_in_both_chats() {
    let Pair { house, slack, directory } = pair_with_a_circle();
    let pair = Pair { house, slack, directory };
    let link = pair.request("boss", command(CommandWord::Link, &pair.code()));
    let other = pair.house.another_desk();
    let other = other.with_messenger(Platform::Slack, pair.slack.clone(), pair.directory.clone());
    let meanwhile: Meanwhile = Box::new(move || {
        block_on(other.handle(link)).expect("the store works");
        // Whatever there is to be shown in the new chat is looked for before the report is there.
        while block_on(other.deliver(Lane::Upkeep)).expect("the store works").is_some() {}
    });
    let slow = Slow { directory: pair.house.directory.clone(), meanwhile: Mutex::new(Some(meanwhile)) };
    let Pair { house, slack, directory } = pair;
    let chat = house.chat.clone();
    let house = house.refit(|desk| desk.with_messenger(Platform::Telegram, chat, Arc::new(slow)));
    let pair = Pair { house, slack, directory };
    pair.house.report("dan", "flat tyre");
    pair.house.settle();
    assert_eq!(pair.cards().map(|cards| cards.len()), [1, 1]);
}
