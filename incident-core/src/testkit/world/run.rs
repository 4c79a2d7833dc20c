//! A world that goes on: what it holds, how it begins and how it ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::books::{Books, TaskId};
use super::chatting::Watched;
use super::dice::Dice;
use super::pause::at_once;
use super::tale::{Failure, Tale};
use super::tasks::{Task, Update};
use super::town::{self, House};
use super::weather::{self, Weather};
use super::{STEPS, World};
use crate::desk::Desk;
use crate::ids::Platform;
use crate::policy::Policy;
use crate::ports::{Clock, Directory, Messenger, Pager, Store};
use crate::testkit::invariants::Broken;
use crate::testkit::{FixedDirectory, ManualClock, RecordingPager, cast};
use crate::view::Phrasebook;

/// A world that goes on.
pub(super) struct Run {
    seed: u64,
    steps: u32,
    replay: String,
    pub(super) dice: Dice,
    pub(super) weather: Weather,
    pub(super) policy: Policy,
    pub(super) clock: Arc<ManualClock>,
    /// The embedder's store, without weather.
    pub(super) store: Arc<dyn Store>,
    ports: Ports,
    pub(super) books: Arc<Books>,
    pub(super) desk: Arc<Desk>,
    pub(super) directory: Arc<FixedDirectory>,
    pub(super) book: Phrasebook,
    pub(super) houses: Vec<House>,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    pub(super) next_task: TaskId,
    pub(super) updates: Vec<Update>,
    pub(super) reports: u32,
}

/// What a desk is connected to, through the weather.
struct Ports {
    store: Arc<dyn Store>,
    messenger: Arc<dyn Messenger>,
    directory: Arc<dyn Directory>,
    pager: Arc<dyn Pager>,
    books: Arc<Books>,
}

impl Ports {
    fn desk(&self, clock: &Arc<ManualClock>, policy: &Policy) -> Arc<Desk> {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
        let books = Arc::clone(&self.books);
        let (messenger, directory) = (Arc::clone(&self.messenger), Arc::clone(&self.directory));
        let desk = Desk::new(Arc::clone(&self.store), clock, policy.clone())
            .with_messenger(Platform::Sandbox, messenger, directory)
            .with_pager(Arc::clone(&self.pager))
            .with_platform_admins([town::account(cast::PIA)])
            .with_nudge(move |nudge| books.with(|books| books.nudged(nudge)));
        Arc::new(desk)
    }
}

impl Run {
    pub(super) fn begin(world: World) -> Result<Self, Box<Failure>> {
        let mut dice = Dice::new(world.seed);
        let weather = Weather::of(&mut dice);
        let rolled = weather::policy(&mut dice);
        let replay = world.replay();
        let policy = world.policy.unwrap_or(rolled);
        let steps = world.steps.unwrap_or(STEPS);
        let clock = Arc::new(ManualClock::at(cast::START));
        let rules = policy.rules();
        let tale =
            Tale::new(format!("seed {}: {} rules; {}", world.seed, rules.preset.as_str(), weather.shown()));
        let books = Arc::new(Books::open(&policy, (weather, Dice::new(dice.roll())), &clock, tale.clone()));
        let directory = Arc::new(FixedDirectory::new());
        let houses =
            town::settle(&mut dice, &policy, &*world.store, (&directory, world.linked)).map_err(|error| {
                let broken = Broken { invariant: "a world can be set up", how: error.to_string() };
                Box::new(Failure { seed: world.seed, step: 0, broken, tale, replay: replay.clone() })
            })?;
        for house in &houses {
            let roster = at_once(world.store.roster(house.company)).ok().flatten();
            books.with(|books| roster.into_iter().for_each(|roster| books.rosters.written(0, roster)));
        }
        let ports = Ports {
            books: Arc::clone(&books),
            store: Arc::new(Watched { inner: Arc::clone(&world.store), books: Arc::clone(&books) }),
            messenger: Arc::new(Watched { inner: world.messenger, books: Arc::clone(&books) }),
            directory: Arc::new(Watched::<dyn Directory> {
                inner: Arc::<FixedDirectory>::clone(&directory),
                books: Arc::clone(&books),
            }),
            pager: Arc::new(Watched::<dyn Pager> {
                inner: Arc::new(RecordingPager::new()),
                books: Arc::clone(&books),
            }),
        };
        let desk = ports.desk(&clock, &policy);
        Ok(Self {
            seed: world.seed,
            steps,
            replay,
            dice,
            weather,
            policy,
            clock,
            store: world.store,
            ports,
            books,
            desk,
            directory,
            book: Phrasebook::new(),
            houses,
            tasks: BTreeMap::new(),
            next_task: 1,
            updates: Vec::new(),
            reports: 0,
        })
    }

    /// Takes all steps, heals, and is judged.
    pub(super) fn finished(mut self) -> Result<Tale, Box<Failure>> {
        let told = self.tell();
        let (tale, step) = self.books.with(|books| (books.tale.clone(), books.step));
        match told {
            Ok(()) => Ok(tale),
            Err(broken) => {
                Err(Box::new(Failure { seed: self.seed, step, broken, tale, replay: self.replay }))
            }
        }
    }

    fn tell(&mut self) -> Result<(), Broken> {
        for _ in 0..self.steps {
            self.step();
            self.judge()?;
        }
        self.books.with(|books| {
            books.tale.figures.steps = books.step;
            books.say("nothing fails any more: it heals".to_owned());
        });
        self.heal()?;
        self.verdict()
    }

    /// Gives the process a new life: nothing that it kept in memory is left.
    pub(super) fn restart(&mut self) {
        self.desk = self.ports.desk(&self.clock, &self.policy);
    }
}
