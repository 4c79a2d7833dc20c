use std::sync::Mutex;

use tokio::sync::watch;

use super::*;

/// A duty whose answers a test decides.
struct Ruled {
    rule: Mutex<Rule>,
    handed_over: watch::Sender<u32>,
}

#[derive(Clone, Copy)]
enum Rule {
    Yours,
    Others,
    Failing,
    /// Nobody answers at all.
    Silence,
}

#[async_trait]
impl Duty for Ruled {
    async fn hold(&self, _: Timestamp, _: Timestamp) -> Result<bool, StoreError> {
        let rule = *self.rule.lock().unwrap();
        match rule {
            Rule::Yours => Ok(true),
            Rule::Others => Ok(false),
            Rule::Failing => {
                Err(StoreError { operation: "hold", temporary: true, source: "it is broken".into() })
            }
            Rule::Silence => std::future::pending().await,
        }
    }

    async fn hand_over(&self) -> Result<(), StoreError> {
        self.handed_over.send_modify(|times| *times += 1);
        Ok(())
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(0)
    }
}

/// A replica at work: what it does about the duty, and what it is told.
struct Replica {
    duty: Arc<Ruled>,
    /// Whether the work is being done.
    works: watch::Receiver<bool>,
    shutdown: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<Result<(), &'static str>>,
    turns: Arc<Mutex<Vec<Turn>>>,
}

/// How long the work takes to finish when it is asked to stop.
const FINISHING: Duration = Duration::from_secs(4);

/// Works until it is asked to stop, and then takes its time; or for as long as it lives.
async fn labour(
    working: watch::Sender<bool>,
    life: Duration,
    stop: oneshot::Receiver<()>,
) -> Result<(), &'static str> {
    working.send_replace(true);
    let stopped = tokio::time::timeout(life, stop).await.is_ok();
    if stopped {
        tokio::time::sleep(FINISHING).await;
    }
    working.send_replace(false);
    if stopped { Ok(()) } else { Err("it broke") }
}

impl Replica {
    /// Starts a replica whose work fails by itself after a time.
    fn failing_after(rule: Rule, life: Duration) -> Self {
        let duty = Arc::new(Ruled { rule: Mutex::new(rule), handed_over: watch::Sender::new(0) });
        let turns = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&turns);
        let on_turn = Box::new(move |turn| told.lock().unwrap().push(turn));
        let held: Arc<dyn Duty> = Arc::<Ruled>::clone(&duty);
        let standby = Standby { duty: held, clock: Arc::new(Still), on_turn };
        let (working, works) = watch::channel(false);
        let (shutdown, asked) = oneshot::channel::<()>();
        let ended = tokio::spawn(async move {
            let work = |stop| labour(working.clone(), life, stop);
            standby.run(async { drop(asked.await) }, work).await
        });
        Self { duty, works, shutdown, ended, turns }
    }

    fn new(rule: Rule) -> Self {
        Self::failing_after(rule, Duration::from_secs(1_000_000))
    }

    fn rule(&self, rule: Rule) {
        *self.duty.rule.lock().unwrap() = rule;
    }

    /// Waits until the work is done or not done; returns how long that took.
    async fn until(&mut self, works: bool) -> Duration {
        let asked = Instant::now();
        self.works.wait_for(|so| *so == works).await.unwrap();
        asked.elapsed()
    }

    fn handed_over(&self) -> u32 {
        *self.duty.handed_over.borrow()
    }
}

#[tokio::test(start_paused = true)]
async fn who_stands_by_begins_as_soon_as_the_duty_is_free() {
    let mut replica = Replica::new(Rule::Others);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!*replica.works.borrow());
    replica.rule(Rule::Failing);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!*replica.works.borrow());
    replica.rule(Rule::Yours);
    assert!(replica.until(true).await <= ASK_EVERY);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(*replica.works.borrow(), "it is renewed");
    assert_eq!(*replica.turns.lock().unwrap(), [Turn::StandsBy, Turn::Holds]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_renewed_is_stopped_before_it_ends_and_begun_again_later() {
    for rule in [Rule::Failing, Rule::Silence] {
        let mut replica = Replica::new(Rule::Yours);
        replica.until(true).await;
        tokio::time::sleep(Duration::from_secs(20)).await;
        let failed = Instant::now();
        replica.rule(rule);
        let stopped = replica.until(false).await - FINISHING;
        assert!(stopped <= LEASE - MARGIN, "{stopped:?} after {failed:?}");
        assert!(stopped >= LEASE - MARGIN - RENEW_EVERY, "{stopped:?}: it tries for as long as it can");
        replica.rule(Rule::Yours);
        assert!(replica.until(true).await <= LEASE + ASK_EVERY);
        assert_eq!(replica.handed_over(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_passes_interrupts_nothing() {
    let mut replica = Replica::new(Rule::Yours);
    replica.until(true).await;
    for _ in 0..10 {
        replica.rule(Rule::Failing);
        tokio::time::sleep(LEASE - MARGIN - RENEW_EVERY - ASK_EVERY).await;
        replica.rule(Rule::Yours);
        tokio::time::sleep(LEASE).await;
    }
    assert_eq!(*replica.turns.lock().unwrap(), [Turn::StandsBy, Turn::Holds]);
}

#[tokio::test(start_paused = true)]
async fn who_finds_another_in_its_place_stops() {
    let mut replica = Replica::new(Rule::Yours);
    replica.until(true).await;
    replica.rule(Rule::Others);
    assert!(replica.until(false).await - FINISHING <= RENEW_EVERY);
    replica.rule(Rule::Yours);
    replica.until(true).await;
    let turns = [Turn::StandsBy, Turn::Holds, Turn::StandsBy, Turn::Holds];
    assert_eq!(*replica.turns.lock().unwrap(), turns);
}

#[tokio::test(start_paused = true)]
async fn who_is_asked_to_stop_finishes_and_then_hands_over() {
    let mut replica = Replica::new(Rule::Yours);
    replica.until(true).await;
    replica.shutdown.send(()).unwrap();
    let (duty, works) = (Arc::clone(&replica.duty), replica.works.clone());
    duty.handed_over.subscribe().wait_for(|times| *times == 1).await.unwrap();
    assert!(!*works.borrow(), "nobody else may begin while it finishes");
    assert_eq!(replica.ended.await.unwrap(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn who_stands_by_stops_at_once_and_hands_nothing_over() {
    let replica = Replica::new(Rule::Silence);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (handed_over, asked) = (replica.handed_over(), Instant::now());
    replica.shutdown.send(()).unwrap();
    assert_eq!(replica.ended.await.unwrap(), Ok(()));
    assert_eq!((handed_over, asked.elapsed()), (0, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn work_that_fails_by_itself_is_the_end_of_it() {
    let replica = Replica::failing_after(Rule::Yours, Duration::from_secs(30));
    let duty = Arc::clone(&replica.duty);
    assert_eq!(replica.ended.await.unwrap(), Err("it broke"));
    assert_eq!(*duty.handed_over.borrow(), 1);
}
