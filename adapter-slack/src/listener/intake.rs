//! From a delivery to what Slack is told of it, and on to the work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use incident_core::adapter::Recent;
use incident_core::desk::{Ask, Desk, Request};
use incident_core::ids::{MessageRef, Platform};
use incident_core::ports::{self, Clock, Leases, Pending, StoreError};
use incident_core::view::Reply;
use serde_json::json;
use slack_morphism::blocks::SlackView;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Listener;
use super::lanes::{Job, Lanes};
use crate::inbound::{self, Asked, BotIdentity, Delivered, Kind, Opens};
use crate::messenger::{Method, Slack};
use crate::outbound::{self, Pressed};

/// How long it may take to keep a delivery; Slack waits for three seconds, all told.
const KEEP_LIMIT: Duration = Duration::from_millis(2_000);
/// How long it may take to find out which form is to be opened.
const FORM_LIMIT: Duration = Duration::from_millis(1_500);
/// How long others leave alone what this process works on. It is renewed for as long as that takes.
const LEASE: Duration = Duration::from_secs(20);
/// How many deliveries are taken over at once.
const TAKEN_OVER: u32 = 100;
/// How often a delivery is taken over; after that, it is what ends those who take it.
const MOST_ATTEMPTS: u32 = 10;

/// What Slack is told of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receipt {
    /// That it arrived.
    Acknowledged,
    /// Nothing, so that it is delivered again.
    Withheld,
}

/// Takes deliveries in. Clones share everything.
#[derive(Clone)]
pub(super) struct Intake {
    bot: Arc<BotIdentity>,
    slack: Slack,
    desk: Arc<Desk>,
    leases: Arc<Leases>,
    clock: Arc<dyn Clock>,
    sweep: Duration,
    mint: Arc<dyn Fn() -> u128 + Send + Sync>,
    on_life: Arc<dyn Fn() + Send + Sync>,
    recent: Arc<Mutex<Recent>>,
    lanes: Arc<Lanes>,
}

impl Intake {
    pub(super) fn new(listener: &Listener, bot: BotIdentity) -> Self {
        let slack = listener.slack.clone();
        let (inbox, clock) = (Arc::clone(&listener.inbox), Arc::clone(&listener.clock));
        let leases = Arc::new(Leases::new(inbox, Platform::Slack, LEASE));
        let holding = (Arc::clone(&leases), Arc::clone(&clock));
        let lanes = Lanes::new(Arc::clone(&listener.handle), slack.clone(), holding);
        Self {
            bot: Arc::new(bot),
            slack,
            desk: Arc::clone(&listener.desk),
            leases,
            clock,
            sweep: listener.patience.sweep,
            mint: Arc::clone(&listener.mint),
            on_life: Arc::clone(&listener.on_life),
            recent: Arc::default(),
            lanes: Arc::new(lanes),
        }
    }

    /// Notes that Slack reaches this process.
    pub(super) fn lives(&self) {
        (self.on_life)();
    }

    /// Takes over, again and again, what another process acknowledged and did not do, and renews what this one does.
    pub(super) async fn take_over(&self) {
        let mut sweeps = tokio::time::interval(self.sweep);
        loop {
            sweeps.tick().await;
            match self.leases.take(self.clock.now(), TAKEN_OVER).await {
                Ok(left) => left.into_iter().for_each(|pending| self.begin_again(pending)),
                Err(error) => tracing::warn!(%error, "what was kept cannot be looked at now"),
            }
        }
    }

    /// Works on what was left.
    fn begin_again(&self, Pending { delivered, attempt }: Pending) {
        let key = delivered.key;
        let body = serde_json::from_str::<Delivered>(&delivered.body).ok();
        match body.and_then(|delivered| self.understood(&delivered)) {
            Some(asked) if attempt <= MOST_ATTEMPTS => {
                self.recent().insert(key);
                // A form can be opened for three seconds, and they are over.
                let asked = Asked { opens: Opens::Nothing, ..asked };
                self.lanes.submit(Job { asked, kept: true });
            }
            Some(_) | None => {
                tracing::error!(key = key.as_str(), attempt, "what was kept cannot be done; it is left");
                let intake = self.clone();
                self.lanes.spawn(async move { intake.lanes.forget(&key).await });
            }
        }
    }

    /// Takes a delivery in, and says what Slack is told.
    pub(super) async fn take(&self, delivered: Delivered) -> Receipt {
        self.lives();
        metrics::counter!("slack_deliveries_total", "kind" => delivered.kind.as_str()).increment(1);
        let Some(asked) = self.understood(&delivered) else {
            return Receipt::Acknowledged;
        };
        let key = asked.request.key.clone();
        if self.recent().knows(&key) {
            tracing::debug!(key = key.as_str(), "a delivery came again");
            return Receipt::Acknowledged;
        }
        // Overheard talk may be lost, and a form that does not open is asked for again.
        let passing = matches!(asked.request.ask, Ask::Remark { .. });
        if passing || matches!(asked.opens, Opens::Report { .. }) {
            if self.recent().insert(key) {
                self.begin(Job { asked, kept: false });
            }
            return Receipt::Acknowledged;
        }
        // What comes again while it is being kept is not acknowledged before it is.
        match self.keep(&asked, &delivered).await {
            Ok(new) => {
                self.recent().insert(key);
                // If it is not new, whoever kept it works on it, or whoever takes it over.
                if new {
                    self.begin(Job { asked, kept: true });
                }
                Receipt::Acknowledged
            }
            Err(reason) => {
                tracing::warn!(key = key.as_str(), reason, "a delivery cannot be kept");
                self.not_kept(delivered.kind, &asked)
            }
        }
    }

    /// Ends what is under way, and leaves what waits to whoever looks next.
    pub(super) async fn close(&self) {
        self.lanes.close().await;
        match timeout(KEEP_LIMIT, self.leases.end(self.clock.now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "what waits is left when its leases have ended"),
            Err(_) => tracing::warn!("what waits is left when its leases have ended: the store is slow"),
        }
    }

    /// Keeps a delivery, and tells whether it is new.
    async fn keep(&self, asked: &Asked, delivered: &Delivered) -> Result<bool, String> {
        let body = serde_json::to_string(delivered).map_err(|error| error.to_string())?;
        let (key, at) = (asked.request.key.clone(), self.clock.now());
        let kept = ports::Delivered { key, platform: Platform::Slack, at, body };
        let leases = Arc::clone(&self.leases);
        let mut keeping = tokio::spawn(async move { leases.keep(kept).await });
        match timeout(KEEP_LIMIT, &mut keeping).await {
            Ok(Ok(Ok(new))) => Ok(new),
            Ok(Ok(Err(error))) => Err(format!("{error}: {}", error.source)),
            Ok(Err(_)) => Err("keeping it panicked".to_owned()),
            Err(_) => {
                let late = self.clone().kept_late(keeping, delivered.kind, asked.clone());
                self.lanes.spawn(late);
                Err("it takes too long".to_owned())
            }
        }
    }

    /// Deals with what may be kept after Slack was told that it is not. An event is worked on, for nobody was told
    /// anything; whoever was asked to try again does, so the first try must come to nothing.
    async fn kept_late(self, keeping: JoinHandle<Result<bool, StoreError>>, kind: Kind, asked: Asked) {
        let key = asked.request.key.clone();
        match kind {
            Kind::EventsApi => {
                if matches!(keeping.await, Ok(Ok(true))) {
                    self.recent().insert(key);
                    self.begin(Job { asked, kept: true });
                }
            }
            Kind::SlashCommands | Kind::Interactive => {
                // What is not being written yet need not be.
                self.lanes.forget(&key).await;
                if matches!(keeping.await, Ok(Ok(true))) {
                    self.lanes.forget(&key).await;
                }
            }
        }
    }

    /// Slack delivers events again, and nothing else: whoever did that is told.
    fn not_kept(&self, kind: Kind, asked: &Asked) -> Receipt {
        match kind {
            Kind::EventsApi => Receipt::Withheld,
            Kind::SlashCommands | Kind::Interactive => {
                self.lanes.ask_to_try_again(asked);
                Receipt::Acknowledged
            }
        }
    }

    fn understood(&self, delivered: &Delivered) -> Option<Asked> {
        let fresh = (self.mint)();
        let read = AssertUnwindSafe(|| inbound::read(&self.bot, delivered, fresh));
        catch_unwind(read).unwrap_or_else(|_| {
            tracing::error!(kind = delivered.kind.as_str(), "reading a delivery panicked; it is left");
            None
        })
    }

    /// Opens the form that comes first, if there is one; else the work goes on.
    fn begin(&self, job: Job) {
        if job.asked.opens == Opens::Nothing {
            self.lanes.submit(job);
            return;
        }
        let intake = self.clone();
        self.lanes.spawn(async move {
            let opened = AssertUnwindSafe(intake.opened(&job.asked)).catch_unwind().await;
            match opened {
                Ok(true) => intake.lanes.end(&job).await,
                Ok(false) => intake.lanes.submit(job),
                Err(_) => {
                    tracing::error!(
                        key = job.asked.request.key.as_str(),
                        "making a form panicked; the desk is asked without it"
                    );
                    intake.lanes.submit(job);
                }
            }
        });
    }

    /// Opens a form; `false` if there is none, or none can be opened.
    async fn opened(&self, asked: &Asked) -> bool {
        let request = &asked.request;
        let (trigger, view) = match (&asked.opens, &request.ask) {
            (Opens::Words { trigger }, Ask::Press { code, message }) => {
                let form = timeout(FORM_LIMIT, self.form_of(request, (code, message)));
                let Ok(Some(view)) = form.await else { return false };
                (trigger, view)
            }
            (Opens::Report { trigger, reporting, said }, _) => {
                let form = timeout(FORM_LIMIT, self.desk.report_form(request)).await;
                let Ok(form) = form else { return false };
                (trigger, outbound::report_form(&form, reporting, said.as_deref()))
            }
            (Opens::Words { .. } | Opens::Nothing, _) => return false,
        };
        let opening = self.slack.call(Method::OpenView, &json!({"trigger_id": trigger, "view": view})).await;
        if let Err(error) = &opening {
            tracing::warn!(key = request.key.as_str(), %error, "a form cannot be opened; the desk is asked without it");
        }
        opening.is_ok()
    }

    /// Draws the form that a press asks for, or that it needs.
    async fn form_of(&self, request: &Request, (code, message): (&str, &MessageRef)) -> Option<SlackView> {
        let (channel, message) = (message.chat.chat.to_string(), message.message.to_string());
        if let Some(form) = self.desk.order_form(request).await {
            return Some(outbound::order_form(&form, (&channel, &message)));
        }
        let form = self.desk.form(request).await?;
        Some(outbound::form(&form, &Pressed { code: code.to_owned(), channel, message }))
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells whether an answer says anything.
pub(super) fn is_silent(reply: &Reply) -> bool {
    outbound::answer(reply).is_none()
}
