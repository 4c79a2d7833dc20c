//! What a seed gives before anything happens: the rules, the chats, and how bad it will be.

use std::time::Duration;

use super::dice::Dice;
use crate::policy::{Nudge, Paging, Policy, Preset, Rules, Sla, SummaryEnd, SummaryRule};
use crate::testkit::cast;

/// How often things go wrong, in percent of the occasions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weather {
    /// Whether nothing goes wrong at all.
    pub(super) calm: bool,
    /// The chat asks for patience.
    pub(super) busy: u64,
    /// The chat fails without having done anything.
    pub(super) failing: u64,
    /// The chat does what it is asked, and the answer is lost.
    pub(super) losing_answers: u64,
    /// The store fails, before or after it has done what it is asked.
    pub(super) store_failing: u64,
    /// How much more often than in the mildest weather somebody or something dies, moves or is thrown out.
    pub(super) violence: u64,
}

impl Weather {
    /// No faults.
    pub(super) const CALM: Self =
        Self { calm: true, busy: 0, failing: 0, losing_answers: 0, store_failing: 0, violence: 0 };

    /// A third of the worlds is calm: what is excused by a fault elsewhere is not excused there.
    pub(super) fn of(dice: &mut Dice) -> Self {
        if dice.chance(34) {
            return Self::CALM;
        }
        let mut often = |most: u64| if dice.chance(60) { dice.below(most + 1) } else { 0 };
        Self {
            calm: false,
            busy: often(12),
            failing: often(15),
            losing_answers: often(25),
            store_failing: often(4),
            violence: often(3),
        }
    }

    pub(super) fn shown(&self) -> String {
        let Self { calm, busy, failing, losing_answers, store_failing, violence } = self;
        if *calm {
            return "calm".to_owned();
        }
        format!(
            "chat busy {busy} %, failing {failing} %, losing answers {losing_answers} %, store failing \
             {store_failing} %, violence {violence}"
        )
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// Makes up a policy: a preset, often with a rule or two changed.
pub(super) fn policy(dice: &mut Dice) -> Policy {
    let preset = dice.pick(&Preset::ALL).copied().unwrap_or(Preset::TwoTier);
    let mut rules = Rules::from(preset);
    if dice.chance(35) {
        let chain = vec![cast::ANN, cast::MIA];
        let paging = Some(Paging { chain, tries: 2, gap: MINUTE });
        rules.levels.iter_mut().for_each(|level| level.paging.clone_from(&paging));
    }
    if dice.chance(30) {
        let times = 1 + dice.below(3) as u8;
        let then_escalate = dice.chance(50);
        let nudge = Some(Nudge { after: 10 * MINUTE, times, then_escalate });
        rules.levels.iter_mut().for_each(|level| level.nudge = nudge);
    }
    if dice.chance(30) {
        let then = *dice
            .pick(&[SummaryEnd::Wait, SummaryEnd::Reopen, SummaryEnd::Close])
            .unwrap_or(&SummaryEnd::Wait);
        rules.summary_wait = Some(SummaryRule { after: 5 * MINUTE, reminders: dice.below(3) as u8, then });
    }
    if dice.chance(25) {
        rules.sla = Sla { response: Some(20 * MINUTE), resolve: Some(120 * MINUTE), ..rules.sla };
    }
    rules.summary_by_others = dice.chance(25);
    rules.self_registration = dice.chance(15);
    rules.reports = None;
    Policy::new(rules).expect("only waits and times above zero are made up")
}
