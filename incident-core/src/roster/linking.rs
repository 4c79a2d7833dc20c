//! Groups that live in several chats, and people with several accounts. Both are linked by a code that one side is given
//! and the other one types, once and soon: who knows it was trusted by whoever asked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Grantee, Group, Landmark, Right, Roster};
use crate::ids::{ChatRef, CompanyId, GroupId, PersonId};
use crate::ports::Address;
use crate::text::Text;
use crate::time::Timestamp;

/// How many chats may be linked with a group's own.
pub(super) const MOST_MIRRORS: usize = 4;

/// How long a code may be used.
pub const CODE_LASTS: Duration = Duration::from_secs(600);

/// A chat that shows the incidents of a group besides the group's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// The chat.
    pub chat: ChatRef,
    /// What it is called.
    pub title: Text,
    /// The rights we were refused there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<Right>,
}

impl Mirror {
    fn refuse(&mut self, right: Right, refused: bool) {
        if refused {
            self.refused.insert(right);
        } else {
            self.refused.remove(&right);
        }
    }
}

/// What a company has linked; kept beside the settings and set by nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// The chats in which groups live besides their own, those linked first at the beginning.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mirrors: BTreeMap<GroupId, Vec<Mirror>>,
    /// Whose other accounts people are: from the person that only the account is to the person behind it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub people: BTreeMap<PersonId, PersonId>,
    /// The codes that may still be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
    /// The groups that live on in what was a mirror: topics of before are those of a chat that they have no more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub moved_in: BTreeSet<GroupId>,
}

impl Links {
    /// Tells whether nothing is linked, and nothing offered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A secret that is typed once. It is shown to nobody by accident: neither logs nor errors write it out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(Text);

/// The letters of a code: none looks like another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many letters it has, of five bits each.
const LETTERS: usize = 10;

impl Code {
    /// Makes a code of what is random in a fresh id; `None` never, but for texts that cannot be kept.
    pub fn of(fresh: u128) -> Option<Self> {
        let letter = |nth: usize| char::from(ALPHABET[(fresh >> (5 * nth)) as usize & 31]);
        Self::read(&(0..LETTERS).map(letter).collect::<String>())
    }

    /// Reads a code as people type it: case does not matter, nor do letters that look like digits.
    pub fn read(typed: &str) -> Option<Self> {
        let same = |letter: char| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        };
        let read: String = typed.trim().chars().map(same).collect();
        let known = |letter: char| letter.is_ascii() && ALPHABET.contains(&(letter as u8));
        let limits = crate::text::Limits { min: LETTERS, max: LETTERS };
        Text::new(&read, limits).ok().filter(|_| read.chars().all(known)).map(Self)
    }

    /// Returns it for the eyes of whoever asked for it.
    pub fn shown(&self) -> &str {
        self.0.as_str()
    }

    /// Returns it with the company in which it may be used: who types it is in none yet.
    pub fn shown_in(&self, company: CompanyId) -> String {
        format!("{company}-{}", self.0)
    }

    /// Reads a code with its company.
    pub fn read_in(typed: &str) -> Option<(CompanyId, Self)> {
        let (company, code) = typed.trim().rsplit_once('-')?;
        Some((company.to_ascii_uppercase().parse().ok()?, Self::read(code)?))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The code.
    pub code: Code,
    /// What it links with.
    pub with: With,
    /// Until when it may be used.
    pub until: Timestamp,
}

/// What something is linked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// A group: the chat in which the code is typed shows its incidents, too.
    Group(GroupId),
    /// A person: the account that types it is theirs, too.
    Person(PersonId),
}

/// What may be asked about links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum LinkOrder {
    /// Let a code be used; one that was given out before for the same may be used no more. Where not everybody may see the
    /// code, it is told in a chat.
    Offer { offer: Offer, tell: Option<(GroupId, ChatRef)> },
    /// Let a group live in another chat as well.
    Chat { chat: ChatRef, title: Text, code: Code, at: Timestamp },
    /// Let a group live in one of its chats no more. One that is lost cannot be tidied up.
    Leave { group: GroupId, chat: ChatRef, lost: bool },
    /// A linked chat has a new address.
    Move { group: GroupId, from: ChatRef, to: ChatRef },
    /// A right in a linked chat was refused, or works again.
    Right { group: GroupId, chat: ChatRef, right: Right, held: bool },
    /// Let the person that an account is be the one behind a code.
    Person { person: PersonId, code: Code, at: Timestamp },
    /// Let nobody use what was offered any more.
    Spend { with: With },
    /// Let an account be a person of its own again; that of somebody with others, all of them.
    Part { person: PersonId },
}

/// What happened to links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "link", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum LinkFact {
    /// A code may be used.
    Offered { offer: Offer },
    /// A group lives in another chat as well.
    ChatLinked { group: GroupId, chat: ChatRef, title: Text },
    /// A group lives in one of its chats no more.
    ChatLeft { group: GroupId, chat: ChatRef },
    /// A linked chat has a new address.
    ChatMoved { group: GroupId, from: ChatRef, to: ChatRef },
    /// A right in a linked chat was refused, or works again.
    RightChanged { group: GroupId, chat: ChatRef, right: Right, held: bool },
    /// A person is known to be another one's other account.
    PersonLinked { person: PersonId, to: PersonId },
    /// What was offered may be used no more.
    Spent { with: With },
    /// An account is a person of its own again, or all those of somebody are.
    PersonParted { person: PersonId },
}

/// The chats in which a group lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chats {
    /// Its own.
    pub own: ChatRef,
    /// Those linked with it.
    pub linked: Vec<ChatRef>,
    /// Where lines of its log are owed, if it has one. That is the address of no chat, lest one group's log hold up
    /// another group's chat: which chat keeps the log is looked up, and whose it is looked at, when a line is written.
    pub log: Option<ChatRef>,
}

impl Chats {
    /// Lists all of them, its own first.
    pub fn all(&self) -> impl Iterator<Item = &ChatRef> {
        std::iter::once(&self.own).chain(&self.linked)
    }

    /// Addresses all of them, its own first.
    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        self.all().map(|chat| self.address(chat))
    }

    /// Addresses a chat, whether it is one of them or not.
    pub fn address(&self, chat: &ChatRef) -> Address {
        Address { chat: chat.clone(), elsewhere: *chat != self.own }
    }

    /// Tells whether a chat is one of them.
    pub fn has(&self, chat: &ChatRef) -> bool {
        self.all().any(|own| own == chat)
    }
}

impl Roster {
    /// Returns the chats in which a group lives.
    pub fn chats(&self, group: GroupId) -> Option<Chats> {
        let own = self.groups.get(&group)?.chat.clone();
        let linked = self.mirrors(group).iter().map(|mirror| mirror.chat.clone()).collect();
        let log = self.landmark(group, Landmark::Log);
        let log = log.map(|_| ChatRef::new(own.platform, format!("log:{group}")));
        Some(Chats { own, linked, log })
    }

    /// Returns the chats in which a group lives besides its own.
    pub fn mirrors(&self, group: GroupId) -> &[Mirror] {
        self.settings.links.mirrors.get(&group).map_or(&[], Vec::as_slice)
    }

    /// Lists every chat with the group that lives in it.
    pub fn all_chats(&self) -> impl Iterator<Item = (&ChatRef, GroupId)> {
        let linked = |group: &GroupId| self.mirrors(*group).iter().map(|mirror| &mirror.chat);
        self.groups.values().flat_map(move |group: &Group| {
            std::iter::once(&group.chat).chain(linked(&group.id)).map(|chat| (chat, group.id))
        })
    }

    /// Tells whether we were refused a right in a chat of a group.
    pub fn refuses(&self, group: GroupId, chat: &ChatRef, right: Right) -> bool {
        match self.mirrors(group).iter().find(|mirror| mirror.chat == *chat) {
            Some(mirror) => mirror.refused.contains(&right),
            None => self.groups.get(&group).is_some_and(|group| group.refused.contains(&right)),
        }
    }

    /// Returns who somebody is: the person behind the account, where it is another account of theirs.
    pub fn who(&self, person: PersonId) -> PersonId {
        *self.settings.links.people.get(&person).unwrap_or(&person)
    }

    /// Lists everybody whom a person is known as, themselves first.
    pub fn known_as(&self, person: PersonId) -> impl Iterator<Item = PersonId> {
        let others = self.settings.links.people.iter();
        let others = others.filter(move |(_, to)| **to == person).map(|(other, _)| *other);
        std::iter::once(person).chain(others)
    }

    /// Returns which chats have another address in a later roster, and which address that is.
    pub fn moves_to(&self, after: &Self) -> Vec<(ChatRef, ChatRef)> {
        let mut moves = Vec::new();
        for group in self.groups.keys() {
            let (Some(before), Some(after)) = (self.chats(*group), after.chats(*group)) else { continue };
            let gone = before.all().filter(|chat| !after.has(chat));
            let come = after.all().filter(|chat| !before.has(chat));
            moves.extend(gone.zip(come).map(|(from, to)| (from.clone(), to.clone())));
        }
        moves
    }

    /// Returns which chats groups live in no more in a later roster, and moved to no other.
    pub fn left_in(&self, after: &Self) -> Vec<ChatRef> {
        let moves = self.moves_to(after);
        let stays = |chat: &ChatRef, group| after.chats(group).is_none_or(|chats| chats.has(chat));
        let gone = self.all_chats().filter(|(chat, group)| !stays(chat, *group)).map(|(chat, _)| chat);
        gone.filter(|chat| moves.iter().all(|(from, _)| from != *chat)).cloned().collect()
    }

    /// Returns what a code stands for, if it may be used.
    pub fn offered(&self, code: &Code, at: Timestamp) -> Option<With> {
        let mut offers = self.settings.links.offers.iter().filter(|offer| offer.until > at);
        offers.find(|offer| offer.code == *code).map(|offer| offer.with)
    }

    /// Returns what was offered to somebody and may be used for some time yet.
    pub fn offer_with(&self, with: With, until: Timestamp) -> Option<&Offer> {
        self.settings.links.offers.iter().find(|offer| offer.with == with && offer.until > until)
    }

    pub(super) fn link(&mut self, fact: &LinkFact, at: Timestamp) {
        let links = &mut self.settings.links;
        links.offers.retain(|offer| offer.until > at);
        match fact {
            LinkFact::Offered { offer } => {
                links.offers.retain(|other| other.with != offer.with);
                links.offers.push(offer.clone());
            }
            LinkFact::ChatLinked { group, chat, title } => {
                links.offers.retain(|offer| offer.with != With::Group(*group));
                let mirror = Mirror { chat: chat.clone(), title: title.clone(), refused: BTreeSet::new() };
                links.mirrors.entry(*group).or_default().push(mirror);
            }
            LinkFact::ChatLeft { group, chat } => self.leave(*group, chat),
            LinkFact::ChatMoved { group, from, to } => {
                if let Some(mirror) = self.mirror(*group, from) {
                    mirror.chat = to.clone();
                }
            }
            LinkFact::RightChanged { group, chat, right, held } => {
                if let Some(mirror) = self.mirror(*group, chat) {
                    mirror.refuse(*right, !*held);
                }
            }
            LinkFact::PersonLinked { person, to } => {
                links.offers.retain(|offer| offer.with != With::Person(*to));
                links.people.values_mut().filter(|known| **known == *person).for_each(|known| *known = *to);
                links.people.insert(*person, *to);
                super::evolve::rename(self, &Grantee::Person(*person), &Grantee::Person(*to));
            }
            LinkFact::Spent { with } => links.offers.retain(|offer| offer.with != *with),
            LinkFact::PersonParted { person } => {
                links.people.retain(|account, behind| account != person && behind != person);
            }
        }
    }

    fn mirror(&mut self, group: GroupId, chat: &ChatRef) -> Option<&mut Mirror> {
        let mirrors = self.settings.links.mirrors.get_mut(&group)?;
        mirrors.iter_mut().find(|mirror| mirror.chat == *chat)
    }

    /// Takes a chat from a group. If that is its own, it lives on in the one that was linked first.
    fn leave(&mut self, group: GroupId, chat: &ChatRef) {
        let links = &mut self.settings.links;
        let mut mirrors = links.mirrors.remove(&group).unwrap_or_default();
        if let Some(known) = self.groups.get_mut(&group)
            && known.chat == *chat
            && !mirrors.is_empty()
        {
            let Mirror { chat, title, refused } = mirrors.remove(0);
            (known.chat, known.title, known.refused) = (chat, title, refused);
            links.moved_in.insert(group);
        }
        mirrors.retain(|mirror| mirror.chat != *chat);
        if !mirrors.is_empty() {
            links.mirrors.insert(group, mirrors);
        }
    }
}
