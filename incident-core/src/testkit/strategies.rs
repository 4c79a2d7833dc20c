//! Proptest strategies: who, what, under which rules, in which order.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;

use super::story::{Choice, Jump, Story, Turn};
use super::{cast, explore};
use crate::ids::TeamId;
use crate::incident::{Command, Level};
use crate::policy::{
    AckMode, Actor, Anchor, AutoAnswer, Eligible, Hourly, IdleRule, Initial, LateReply, LevelRule, Nudge,
    Paging, Patience, Policy, Preset, Quota, Role, Roles, RouteRule, Rules, Sla, Summary, SummaryEnd,
    SummaryRule, TriageRule,
};

/// Anybody of the cast, the assistant, or the desk itself.
pub fn actor() -> impl Strategy<Value = Actor> + Clone {
    select(cast::actors())
}

/// Any command, with arguments that fit an incident nobody has done anything to yet.
pub fn command() -> impl Strategy<Value = Command> + Clone {
    select(explore::commands(None))
}

/// Any preset.
pub fn preset() -> impl Strategy<Value = Policy> + Clone {
    select(Preset::ALL.map(Policy::preset).to_vec())
}

/// One policy, your own for example.
pub const fn only(policy: Policy) -> impl Strategy<Value = Policy> + Clone {
    Just(policy)
}

/// A preset, or any rules that make a policy.
pub fn policy() -> BoxedStrategy<Policy> {
    prop_oneof![preset(), rules().prop_map(|rules| Policy::new(rules).expect("only valid rules are made up"))]
        .boxed()
}

/// A story of at most so many turns, under a policy.
pub fn story(policy: impl Strategy<Value = Policy>, turns: usize) -> impl Strategy<Value = Story> {
    (policy, vec(turn(), 1..=turns)).prop_map(|(policy, turns)| Story { policy, turns })
}

/// A turn of a story: mostly something sensible, at a moment that is mostly later than the one before.
pub fn turn() -> impl Strategy<Value = Turn> {
    let choice = prop_oneof![
        6 => (any::<u16>(), any::<u16>()).prop_map(|(command, actor)| Choice::Sensible(command, actor)),
        2 => (any::<u16>(), any::<u16>(), option::of(0..6_u8))
            .prop_map(|(command, actor, ago)| Choice::Wild(command, actor, ago)),
        3 => Just(Choice::Wake),
    ];
    (jump(), choice).prop_map(|(jump, choice)| Turn { jump, choice })
}

/// What a clock may do: go on a little, stand still, go back, go far, or go to the next deadline.
pub fn jump() -> impl Strategy<Value = Jump> {
    prop_oneof![
        4 => (1..600_u64).prop_map(|secs| Jump::Forward(Duration::from_secs(secs))),
        2 => Just(Jump::Still),
        1 => (1..7_200_u64).prop_map(|secs| Jump::Back(Duration::from_secs(secs))),
        1 => (1..30_u64).prop_map(|days| Jump::Forward(Duration::from_secs(days * 86_400))),
        4 => Just(Jump::Due),
    ]
}

/// A wait: usual ones, and ones so short or long that arithmetic gets into trouble.
pub fn wait() -> impl Strategy<Value = Duration> + Clone {
    prop_oneof![
        9 => (1..7_200_u64).prop_map(Duration::from_secs),
        1 => Just(Duration::from_micros(1)),
        1 => Just(Duration::MAX),
    ]
}

/// Any rules that make a policy.
pub fn rules() -> impl Strategy<Value = Rules> {
    let flags = (any::<[bool; 13]>(), select(Preset::ALL.to_vec()));
    let waits = (route(), triage(), summary_wait(), idle(), option::of(wait()), option::of(wait()));
    let others = (quota(), sla(), late_reply(), patience());
    flags
        .prop_flat_map(move |flags| (Just(flags), levels(flags.0[0]), waits.clone(), others.clone()))
        .prop_map(|((on, preset), levels, waits, (reports, sla, late_reply, patience))| {
            let (route, triage, summary_wait, idle, close_after, reopen_window) = waits;
            let highest = Level::new(levels.len() as u8).unwrap_or(Level::LAST);
            Rules {
                preset,
                initial: if on[1] { Initial::Triage } else { Initial::Open },
                reporter_routes: on[2],
                route,
                triage: triage.map(|rule| TriageRule { escalate_to: rule.escalate_to.min(highest), ..rule }),
                levels,
                patience,
                teams: on[0],
                ack_mode: if on[3] { AckMode::Shared } else { AckMode::Exclusive },
                self_registration: on[4],
                escalation_clears_assignees: on[5],
                eligible_escalates: on[6],
                resolve_at_current_level: on[7],
                resolve_unclaimed: on[8],
                summary: if on[9] { Summary::Required } else { Summary::Optional },
                summary_wait,
                summary_by_others: on[10],
                reports,
                hourly: Hourly::default(),
                sla,
                idle,
                close_after,
                reopen_window,
                late_reply,
                reporter_closes: on[11],
                override_state: on[12],
                rooms: on[12],
            }
        })
}

fn levels(teams: bool) -> impl Strategy<Value = Vec<LevelRule>> {
    vec((eligible(teams), option::of(nudge()), option::weighted(0.3, paging()), any::<bool>()), 1..4)
        .prop_map(|levels| {
            let rung = |(eligible, nudge, paging, summon)| LevelRule { eligible, nudge, paging, summon };
            levels.into_iter().map(rung).collect()
        })
}

fn eligible(teams: bool) -> impl Strategy<Value = Eligible> {
    let mut kinds = vec![
        Eligible::Roles(Role::Responder.into()),
        Eligible::Roles(Role::Manager.into()),
        Eligible::Roles(Roles::from(Role::Responder).with(Role::Manager)),
    ];
    if teams {
        kinds.push(Eligible::Team);
    }
    select(kinds)
}

fn patience() -> impl Strategy<Value = Patience> + Clone {
    prop_oneof![
        Just(Patience::default()),
        Just(Patience { low: 200, high: 50, urgent: 25 }),
        (1_u16..400, 1_u16..400, 1_u16..400).prop_map(|(low, high, urgent)| Patience { low, high, urgent }),
    ]
}

fn nudge() -> impl Strategy<Value = Nudge> {
    (wait(), 1..4_u8, any::<bool>()).prop_map(|(after, times, then_escalate)| Nudge {
        after,
        times,
        then_escalate,
    })
}

fn paging() -> impl Strategy<Value = Paging> {
    (vec(select(cast::EVERYBODY.to_vec()), 1..4), 1..3_u8, wait()).prop_map(|(chain, tries, gap)| Paging {
        chain,
        tries,
        gap,
    })
}

fn team() -> impl Strategy<Value = Option<TeamId>> + Clone {
    option::of(select(vec![cast::TYRES, cast::ENGINES]))
}

fn route() -> impl Strategy<Value = Option<RouteRule>> + Clone {
    option::of((wait(), team()).prop_map(|(after, default_team)| RouteRule { after, default_team }))
}

fn triage() -> impl Strategy<Value = Option<TriageRule>> + Clone {
    let answers = select(vec![AutoAnswer::Send, AutoAnswer::Draft, AutoAnswer::Off]);
    let level = select(vec![Level::FIRST, Level::SECOND]);
    option::of((answers, 0..=100_u8, 0..4_u8, option::of(wait()), team(), level).prop_map(
        |(answers, threshold, rounds, feedback, default_team, escalate_to)| TriageRule {
            answers,
            threshold,
            rounds,
            feedback,
            default_team,
            escalate_to,
        },
    ))
}

fn summary_wait() -> impl Strategy<Value = Option<SummaryRule>> + Clone {
    let end = select(vec![SummaryEnd::Wait, SummaryEnd::Reopen, SummaryEnd::Close]);
    option::of((wait(), 0..3_u8, end).prop_map(|(after, reminders, then)| SummaryRule {
        after,
        reminders,
        then,
    }))
}

fn idle() -> impl Strategy<Value = Option<IdleRule>> + Clone {
    let longer = |(warn, more): (Duration, Duration)| {
        let close = warn.saturating_add(more);
        IdleRule { warn: warn.min(close.saturating_sub(Duration::from_micros(1))), close }
    };
    option::of((wait(), wait()).prop_map(longer))
}

fn quota() -> impl Strategy<Value = Option<Quota>> + Clone {
    option::of((1..5_u8, wait()).prop_map(|(count, within)| Quota { count, within }))
}

fn sla() -> impl Strategy<Value = Sla> + Clone {
    let anchor = select(vec![Anchor::Created, Anchor::Routed]);
    (option::of(wait()), option::of(wait()), anchor).prop_map(|(response, resolve, anchor)| Sla {
        response,
        resolve,
        anchor,
    })
}

fn late_reply() -> impl Strategy<Value = LateReply> + Clone {
    select(vec![LateReply::Refuse, LateReply::Journal, LateReply::Reopen])
}
