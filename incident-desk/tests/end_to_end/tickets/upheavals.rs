//! The whole story of a ticket while everything goes wrong: a `kill -9` in the middle of each step, calls that fail, hang or
//! whose answers are lost, sockets that break, and whatever is delivered, twice and in the wrong order. It is told three
//! times, and killed elsewhere each time. It ends right: one room, which is gone; one card in it; nobody who saw what they
//! should not or was called twice; all that was said in the log; and a journal that says what happened and nothing else.

mod steps;
mod theatre;

use std::collections::BTreeSet;

use adapter_discord::testkit::{Call, Fault};

use super::NOTHING;
use crate::harness::{Desk, TAKEN_OVER, answered, eventually, last_asked, left_behind, settled, within};
use steps::{Act, FACTS, Killed, NOTES, POST, STEPS, Step, Summons, Trouble};
use theatre::{LOGGED_FILE, Theatre};

/// Counts what has happened, without what was merely said.
fn happened(desk: &Desk) -> i64 {
    desk.query("SELECT count(*) FROM events WHERE type <> 'note_added'")
}

fn noted(desk: &Desk) -> i64 {
    desk.query("SELECT count(*) FROM events WHERE type = 'note_added'")
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Tells whether something that was said is kept until it is done.
fn is_kept(desk: &Desk, words: &str) -> bool {
    desk.query(&format!("SELECT count(*) FROM inbox WHERE body LIKE '%{words}%'")) > 0
}

impl Theatre {
    /// Says what goes wrong in a step until the desk is killed.
    fn upset(&self, step: &Step, killed: &Killed, troubles: &mut impl Iterator<Item = Trouble>) {
        let mut next = || troubles.find(|trouble| !trouble.is_done()).expect("there is always more trouble");
        let called = step.summons != Summons::Nobody;
        match killed {
            Killed::Noted => self.stall(),
            Killed::Done => {
                step.calls.iter().for_each(|call| self.shop.api.fail_next(call, Fault::Hang));
                self.shop.api.fail_next(POST, Fault::Hang);
            }
            Killed::Showing(call, stuck) => {
                self.shop.api.fail_next(call, next().fault());
                self.shop.api.fail_next(call, stuck.clone());
                if called && *call != POST && !step.summons_after(call) {
                    self.shop.api.fail_next(POST, next().fault());
                }
            }
        }
    }

    /// Says what goes wrong after it was killed: with all that is not done yet.
    fn upset_again(&self, step: &Step, killed: &Killed, troubles: &mut impl Iterator<Item = Trouble>) {
        let called = step.summons != Summons::Nobody;
        let (left, called) = match killed {
            Killed::Noted | Killed::Done => (step.calls, called),
            Killed::Showing(stuck, fault) => match step.calls.iter().position(|call| call == stuck) {
                Some(at) => {
                    let at = at + usize::from(*fault == Fault::HangAfter);
                    (&step.calls[at..], step.summons_after(stuck))
                }
                None => (&step.calls[..0], called),
            },
        };
        for (call, trouble) in left.iter().chain(called.then_some(&POST)).zip(troubles) {
            self.shop.api.fail_next(call, trouble.fault());
        }
    }

    /// Waits for the moment in which the desk is to be killed.
    async fn until(&self, desk: &Desk, (step, killed): (&Step, &Killed), (before, asked): (i64, i64)) {
        match killed {
            Killed::Noted => {
                let kept = || match step.act {
                    Act::Say(words) => is_kept(desk, words),
                    Act::Report(_) | Act::Press(_) | Act::Explain(..) | Act::SendFile => {
                        last_asked(desk) > asked
                    }
                };
                eventually("the desk to note it", || kept().then_some(())).await;
            }
            Killed::Done => eventually("it to be done", || (happened(desk) > before).then_some(())).await,
            Killed::Showing(call, _) => {
                // All else is shown and written down, so that nothing of it need be said again; but whoever is to be
                // called waits for being let in.
                let owed = 1 + i64::from(step.summons_after(call));
                let stuck = || self.troubles_left() == 0 && happened(desk) > before && desk.owed() <= owed;
                eventually("it to be shown but for what hangs", || stuck().then_some(())).await;
            }
        }
    }

    async fn live_through(&mut self, desk: &mut Desk, (number, step): (usize, &Step)) {
        let killed = &step.killed[self.telling];
        // Each call meets another trouble than the one before, and another one in the next telling.
        let mut troubles = Trouble::ALL.into_iter().cycle().skip(3 * number + 2 * self.telling);
        let known = (happened(desk), last_asked(desk));
        if (number + self.telling) % 2 == 1 {
            self.disconnect(step.act.is_form()).await;
        }
        let form = self.open_form(desk, step).await;
        self.upset(step, killed, &mut troubles);
        self.act(desk, (step, form), killed).await;
        self.until(desk, (step, killed), known).await;
        desk.kill().await;
        match killed {
            Killed::Noted => {
                assert_eq!(happened(desk), known.0, "it was killed before anything was done");
                self.shop.api.forgive();
            }
            Killed::Done => self.shop.api.forgive(),
            Killed::Showing(..) => {}
        }
        self.upset_again(step, killed, &mut troubles);
        self.restart(desk).await;
        let done = || (happened(desk) > known.0).then_some(());
        within(TAKEN_OVER, "what was asked to be done", done).await;
        settled(desk).await;
        within(TAKEN_OVER, "what was said to be noted", || (noted(desk) == self.notes).then_some(())).await;
        self.shows(step).await;
        assert_eq!(self.troubles_left(), 0, "all that was to go wrong in step {number} did");
    }

    /// Judges what people have seen from the first word to the last.
    fn judge(&self) {
        let (shop, room) = (&self.shop, self.room.expect("there was a room"));
        let calls = shop.api.calls();
        let (before, after) = calls.split_at(self.escalated.expect("it was escalated"));
        let helping = [shop.dan, shop.ann, shop.staff, shop.api.bot_id()];
        let let_in = |calls: &[Call], also: &[u64]| {
            let mut others = Self::let_in(shop.guild, calls);
            others.retain(|one| !helping.contains(one) && !also.contains(one));
            others.into_iter().collect::<Vec<u64>>()
        };
        assert_eq!(let_in(before, &[]), [0; 0], "nobody else was ever let in");
        assert_eq!(let_in(after, &[shop.ben]), [0; 0], "nor after that");
        let said = shop.api.messages(room).into_iter().filter(|message| message.author == shop.api.bot_id());
        let called: Vec<_> = said
            .filter(|message| !shop.api.shown(message).text.is_empty())
            .map(|message| (first_line(&shop.api.shown(&message).text), message.told, message.told_roles))
            .collect();
        let (ben, staff, nobody) =
            (BTreeSet::from([shop.ben]), BTreeSet::from([shop.staff]), BTreeSet::new());
        let expected = [
            ("🔔 TKT-2026-0001 needs attention.", &nobody, &staff),
            ("✅ RESOLVED: TKT-2026-0001", &nobody, &nobody),
            ("🔔 TKT-2026-0001 requires manager attention.", &ben, &nobody),
            ("✅ TKT-2026-0001 has been marked as resolved!", &nobody, &nobody),
            ("🔔 TKT-2026-0001 requires manager attention.", &ben, &nobody),
            ("✅ TKT-2026-0001 has been marked as resolved!", &nobody, &nobody),
        ];
        let expected =
            expected.map(|(words, people, roles)| (words.to_owned(), people.clone(), roles.clone()));
        assert_eq!(called, expected, "everybody is called once, hears of it, and nobody else does");
        for elsewhere in shop.api.messages(shop.panel) {
            let shown = shop.api.shown(&elsewhere).text;
            assert!(!self.words.iter().any(|words| shown.contains(words)), "everybody reads {shown:?}");
        }
        assert_eq!(shop.cards(room), 0, "what is over is not pinned");
        for user in [shop.mia, shop.ben, shop.ann, shop.dan, shop.zoe] {
            assert_eq!(shop.api.sees(user, room), NOTHING);
        }
    }

    /// Expects each file once in the log, and every word on the pages.
    fn judge_log(&self) {
        let logged = self.shop.api.messages(self.shop.log);
        let files: Vec<_> = logged.iter().flat_map(|message| &message.files).collect();
        let kept: Vec<_> = files.iter().filter(|file| file.name == LOGGED_FILE.0).collect();
        let [kept] = kept[..] else { panic!("{} files", kept.len()) };
        assert_eq!(kept.bytes, LOGGED_FILE.1);
        let [page] = files.iter().filter(|file| file.name != LOGGED_FILE.0).collect::<Vec<_>>()[..] else {
            panic!("{} files in the log", files.len())
        };
        let page = String::from_utf8_lossy(&page.bytes);
        let mut words = self.words.clone();
        words.push(LOGGED_FILE.0.to_owned());
        let wrong: Vec<_> = words.iter().filter(|words| page.matches(words.as_str()).count() != 1).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {page}");
        assert!(page.contains("requires manager attention"), "what the desk said is kept, too");
    }
}

async fn tell(telling: usize) {
    let mut theatre = Theatre::open(telling);
    let mut desk = theatre.shop.desk().without("TELEGRAM_BOT_TOKEN").start();
    theatre.shop.settle_in().await;
    for step in STEPS.iter().enumerate() {
        theatre.live_through(&mut desk, step).await;
    }
    answered(&desk).await;
    assert_eq!(desk.query("SELECT count(*) FROM rooms"), 0, "no room is left");
    theatre.judge();
    theatre.judge_log();
    let mut facts = left_behind(desk).await.facts();
    let all = facts.len();
    facts.retain(|fact| fact != "note_added");
    assert_eq!((facts, all), (FACTS.map(str::to_owned).to_vec(), FACTS.len() + NOTES));
}

#[tokio::test]
async fn a_ticket_ends_right_whatever_goes_wrong_in_the_middle_of_each_step() {
    tell(0).await;
}

#[tokio::test]
async fn a_ticket_ends_right_wherever_else_it_goes_wrong() {
    tell(1).await;
}

#[tokio::test]
async fn a_ticket_ends_right_wherever_it_has_not_gone_wrong_yet() {
    tell(2).await;
}
