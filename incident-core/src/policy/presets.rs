//! The presets: the lifecycles of the replaced systems, written as differences from one another.

use std::time::Duration;

use super::{
    AckMode, Anchor, AutoAnswer, Eligible, Hourly, IdleRule, Initial, LateReply, LevelRule, Nudge, Patience,
    Preset, Quota, Role, Roles, RouteRule, Rules, Sla, Summary, SummaryEnd, SummaryRule, TriageRule,
};
use crate::incident::Level;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl From<Preset> for Rules {
    fn from(preset: Preset) -> Self {
        match preset {
            Preset::TwoTier => two_tier(),
            Preset::TwoTierShared => two_tier_shared(),
            Preset::Departments => departments(),
            Preset::Support => support(),
            Preset::Tickets => tickets(),
        }
    }
}

fn reminded_once(after: Duration) -> Option<Nudge> {
    Some(Nudge { after, times: 1, then_escalate: false })
}

fn rung(eligible: Eligible, nudge: Option<Nudge>) -> LevelRule {
    LevelRule { eligible, nudge, paging: None, summon: false }
}

fn two_tier() -> Rules {
    let responders = rung(Eligible::Roles(Roles::from(Role::Responder)), reminded_once(10 * MINUTE));
    let managers = rung(Eligible::Roles(Roles::from(Role::Manager)), reminded_once(15 * MINUTE));
    Rules {
        preset: Preset::TwoTier,
        initial: Initial::Open,
        reporter_routes: false,
        route: None,
        triage: None,
        levels: vec![responders, LevelRule { summon: true, ..managers }],
        patience: Patience { low: 200, high: 50, urgent: 25 },
        teams: false,
        ack_mode: AckMode::Exclusive,
        self_registration: false,
        escalation_clears_assignees: true,
        eligible_escalates: false,
        resolve_at_current_level: true,
        resolve_unclaimed: false,
        summary: Summary::Required,
        summary_wait: Some(SummaryRule { after: 10 * MINUTE, reminders: 1, then: SummaryEnd::Wait }),
        summary_by_others: false,
        reports: Some(Quota { count: 5, within: MINUTE }),
        hourly: Hourly::default(),
        sla: Sla { response: None, resolve: None, anchor: Anchor::Created },
        idle: None,
        close_after: None,
        reopen_window: Some(7 * DAY),
        late_reply: LateReply::Refuse,
        reporter_closes: false,
        override_state: false,
        rooms: false,
    }
}

fn two_tier_shared() -> Rules {
    Rules {
        preset: Preset::TwoTierShared,
        ack_mode: AckMode::Shared,
        escalation_clears_assignees: false,
        ..two_tier()
    }
}

fn departments() -> Rules {
    let team = rung(Eligible::Team, reminded_once(10 * MINUTE));
    Rules {
        preset: Preset::Departments,
        initial: Initial::Triage,
        reporter_routes: true,
        route: Some(RouteRule { after: 10 * MINUTE, default_team: None }),
        levels: vec![LevelRule { summon: true, ..team }],
        teams: true,
        ack_mode: AckMode::Shared,
        summary_wait: Some(SummaryRule { after: 10 * MINUTE, reminders: 0, then: SummaryEnd::Close }),
        sla: Sla { response: None, resolve: None, anchor: Anchor::Routed },
        ..two_tier()
    }
}

fn support() -> Rules {
    let engineers = Eligible::Roles(Roles::from(Role::Responder).with(Role::Manager));
    let on_call = LevelRule { summon: true, ..rung(engineers.clone(), reminded_once(15 * MINUTE)) };
    Rules {
        preset: Preset::Support,
        initial: Initial::Triage,
        route: Some(RouteRule { after: 10 * MINUTE, default_team: None }),
        triage: Some(TriageRule {
            answers: AutoAnswer::Draft,
            threshold: 70,
            rounds: 3,
            feedback: Some(DAY),
            default_team: None,
            escalate_to: Level::SECOND,
        }),
        levels: vec![rung(engineers, None), on_call],
        eligible_escalates: true,
        resolve_at_current_level: false,
        resolve_unclaimed: true,
        summary: Summary::Optional,
        summary_wait: None,
        late_reply: LateReply::Journal,
        ..two_tier()
    }
}

fn tickets() -> Rules {
    let staff = Eligible::Roles(Roles::from(Role::Responder).with(Role::Manager));
    Rules {
        preset: Preset::Tickets,
        levels: vec![rung(staff.clone(), None), LevelRule { summon: true, ..rung(staff, None) }],
        escalation_clears_assignees: false,
        eligible_escalates: true,
        resolve_at_current_level: false,
        resolve_unclaimed: true,
        summary: Summary::Optional,
        summary_wait: None,
        idle: Some(IdleRule { warn: 5 * DAY, close: 14 * DAY }),
        reporter_closes: true,
        override_state: true,
        rooms: true,
        ..two_tier()
    }
}
