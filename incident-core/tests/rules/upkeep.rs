//! What platforms and administrators do to it, and what stale presses do not.

use incident_core::ids::{IncidentId, Version};
use incident_core::incident::{
    CloseReason, Command, Effect, Ending, Fact, Input, Invalid, Notice, Rejection, State, StateKind, step,
};
use incident_core::policy::{Actor, Preset, Role};
use incident_core::testkit::cast::{self, ADA, ANN, BOB, DRIVER, MIA, PIA, SAM};

use super::*;

fn overruling() -> Policy {
    but(Preset::TwoTier, |rules| rules.override_state = true)
}

fn overrule(target: StateKind) -> Command {
    Command::OverrideState { target, reason: words() }
}

fn overruled(target: StateKind) -> Fact {
    Fact::StateOverridden { target, reason: words() }
}

#[test]
fn t53_an_administrator_opens_resolves_or_closes_it_against_the_rules() {
    let given = claimed(overruling()).later(MINUTE);
    let open = given.clone().when(ADA, overrule(StateKind::Open)).then([overruled(StateKind::Open)]);
    let open = open.then_effects([Effect::ShowCard]).then_in(StateKind::Open).and();
    assert_eq!(open.incident().stints[0].until, Some((open.now(), Ending::Overridden)));
    given
        .clone()
        .when(ADA, overrule(StateKind::Resolved))
        .then([overruled(StateKind::Resolved)])
        .then_effects([Effect::ShowCard, say(Notice::Resolved)])
        .then_in(StateKind::Resolved);
    let closed = given
        .when(PIA, overrule(StateKind::Closed))
        .then_effects([Effect::ShowCard, say(Notice::Closed { reason: CloseReason::Admin })])
        .then_in(StateKind::Closed)
        .and();
    let again = closed.when(ADA, overrule(StateKind::Open)).then_in(StateKind::Open).and();
    assert_eq!(again.incident().cycle.0, 2);
}

#[test]
fn t53_what_was_resolved_before_it_was_closed_stays_whose_it_was() {
    let given = resolved(overruling());
    let (before, when) = (given.incident().state.clone(), given.incident().clocks.resolved_at);
    let closed = given.later(MINUTE).when(ADA, overrule(StateKind::Closed)).then_in(StateKind::Closed).and();
    let (at, outcome) = (Some(closed.now()), closed.incident().outcome().cloned().map(State::Resolved));
    assert_eq!((outcome, closed.incident().clocks.closed_at), (Some(before.clone()), at));
    let again = closed.later(MINUTE).when(PIA, overrule(StateKind::Resolved));
    let again = again.then([overruled(StateKind::Resolved)]).then_state(before).and();
    let clocks = &again.incident().clocks;
    assert_eq!((again.incident().resolver(), clocks.resolved_at, clocks.closed_at), (Some(ANN), when, None));

    let closed = claimed(overruling()).asked(ADA, overrule(StateKind::Closed));
    assert_eq!(closed.incident().resolver(), None);
    let resolved = closed.later(MINUTE).asked(PIA, overrule(StateKind::Resolved));
    let clocks = &resolved.incident().clocks;
    let now = Some(resolved.now());
    assert_eq!(
        (resolved.incident().resolver(), clocks.resolved_at, clocks.closed_at),
        (Some(PIA), now, None)
    );
}

#[test]
fn t53_where_those_above_are_summoned_an_override_summons_them() {
    let risen = claimed(overruling()).asked(ANN, Command::Escalate).asked(MIA, Command::Acknowledge);
    risen
        .when(ADA, overrule(StateKind::Open))
        .then_effects([Effect::ShowCard, summon(Audience::Role(Role::Manager))]);
}

#[test]
fn t53_no_state_is_conjured_up_that_needs_a_holder_or_a_promise() {
    for target in [StateKind::Triage, StateKind::Acknowledged, StateKind::OnHold, StateKind::PendingSummary] {
        claimed(overruling()).when(ADA, overrule(target)).refused(invalid(Invalid::Unreachable));
    }
    claimed(overruling()).when(MIA, overrule(StateKind::Open)).refused(Rejection::NotAuthorized);
    claimed(overruling()).when(Actor::System, overrule(StateKind::Open)).refused(Rejection::NotAuthorized);
    claimed(two_tier()).when(ADA, overrule(StateKind::Open)).refused(Rejection::NotAuthorized);
    reported(overruling()).when(ADA, overrule(StateKind::Open)).refused(invalid(Invalid::NoChange));
    let endless = Command::OverrideState { target: StateKind::Closed, reason: cast::text(&"x".repeat(501)) };
    let too_long = incident_core::text::TextError::TooLong { max: 500 };
    claimed(overruling()).when(ADA, endless).refused(invalid(Invalid::Text(too_long)));
}

#[test]
fn t54_a_lost_card_is_drawn_anew() {
    for given in [reported(two_tier()), promised(two_tier()), resolved(two_tier())] {
        for who in [Actor::System, cast::actor(ADA), cast::actor(MIA), cast::actor(ANN)] {
            let state = given.incident().state.clone();
            let again = (who != Actor::System).then_some(Effect::PinCard);
            let repaired = given.clone().when(who, Command::RepairSurface).then([Fact::SurfaceReposted]);
            repaired.then_effects([Effect::ShowCard].into_iter().chain(again)).then_state(state);
        }
        given.when(DRIVER, Command::RepairSurface).refused(Rejection::NotAuthorized);
    }
}

#[test]
fn t55_whoever_lost_the_role_or_left_holds_it_no_more() {
    let gone = |person, reason: &str| Fact::ClaimRevoked { person, reason: cast::text(reason) };
    claimed(two_tier())
        .when(Actor::System, Command::RoleLost { person: ANN })
        .then([gone(ANN, "lost the role"), Fact::Unassigned])
        .then_effects([Effect::ShowCard, say(Notice::ClaimEnded { person: ANN })])
        .then_in(StateKind::Open);
    claimed(shared())
        .asked(BOB, Command::Acknowledge)
        .when(Actor::System, Command::MemberLeft { person: ANN })
        .then([gone(ANN, "left the group")])
        .then_in(StateKind::Acknowledged);
    held(claimed(two_tier()), ANN)
        .when(Actor::System, Command::RoleLost { person: ANN })
        .then([gone(ANN, "lost the role"), Fact::Unassigned])
        .then_in(StateKind::OnHold);
    let left = Command::MemberLeft { person: ANN };
    for who in [ANN, MIA, ADA] {
        claimed(two_tier()).when(who, left.clone()).refused(Rejection::NotAuthorized);
    }
    reported(two_tier()).when(Actor::System, left.clone()).refused(Rejection::NotAssignee);
    resolved(two_tier()).when(Actor::System, left).refused(wrong(StateKind::Resolved));
}

#[test]
fn t55_a_promise_falls_with_whoever_gave_it() {
    let reason = cast::text("left the group");
    promised(two_tier())
        .when(Actor::System, Command::MemberLeft { person: ANN })
        .then([
            Fact::ResolutionCancelled,
            Fact::ClaimRevoked { person: ANN, reason: reason.clone() },
            Fact::Unassigned,
        ])
        .then_in(StateKind::Open);
    let helped = claimed(shared()).after([(BOB, Command::Acknowledge), (ANN, Command::RequestResolve)]);
    helped
        .clone()
        .when(Actor::System, Command::MemberLeft { person: ANN })
        .then([Fact::ResolutionCancelled, Fact::ClaimRevoked { person: ANN, reason: reason.clone() }])
        .then_in(StateKind::Acknowledged);
    helped
        .when(Actor::System, Command::MemberLeft { person: BOB })
        .then([Fact::ClaimRevoked { person: BOB, reason }])
        .then_in(StateKind::PendingSummary);
}

#[test]
fn t55_the_chat_moves_or_is_lost() {
    for given in [reported(two_tier()), resolved(two_tier())] {
        let moved = given.clone().when(Actor::System, Command::ChannelMigrated).then([Fact::ChannelMigrated]);
        moved.then_effects([Effect::ShowCard]);
        let lost = given.clone().when(Actor::System, Command::ChannelLost).then([Fact::ChannelSuspended]);
        lost.then_effects([]);
        for command in [Command::ChannelMigrated, Command::ChannelLost] {
            given.clone().when(ADA, command).refused(Rejection::NotAuthorized);
        }
    }
}

#[test]
fn t55_what_is_still_waited_for_is_said_again_in_the_new_chat() {
    let moved = |given: Given| given.when(Actor::System, Command::ChannelMigrated);
    moved(promised(two_tier())).then_effects([Effect::ShowCard, ask(ANN, true)]);
    let managers = summon(Audience::Role(Role::Manager));
    moved(claimed(two_tier()).asked(ANN, Command::Escalate)).then_effects([Effect::ShowCard, managers]);
    moved(claimed(two_tier())).then_effects([Effect::ShowCard]);
}

#[test]
fn t56_a_person_s_words_are_replaced_by_a_token() {
    for who in [cast::actor(DRIVER), cast::actor(PIA), Actor::System] {
        let erased = resolved(two_tier())
            .when(who, Command::EraseSubject { person: DRIVER })
            .then([Fact::SubjectErased { person: DRIVER }])
            .then_effects([Effect::ShowCard])
            .and();
        let incident = erased.incident();
        assert_eq!(incident.description, Text::erased());
        assert_eq!(incident.outcome().and_then(|outcome| outcome.summary.clone()), Some(words()));
    }
    let erased = resolved(two_tier()).asked(ANN, Command::EraseSubject { person: ANN });
    let outcome = erased.incident().outcome().cloned().expect("it is resolved");
    assert_eq!((outcome.by, outcome.summary), (ANN, Some(Text::erased())));
    assert_eq!(erased.incident().description, cast::text("A tyre is flat"));
    let edited = Command::EditDescription { description: cast::text("Two tyres are flat") };
    let edited = claimed(two_tier()).asked(ANN, edited);
    let erased = |person| {
        edited.clone().asked(person, Command::EraseSubject { person }).incident().description.clone()
    };
    assert_eq!(
        [BOB, ANN, DRIVER].map(erased),
        [cast::text("Two tyres are flat"), Text::erased(), Text::erased()]
    );
    for who in [ANN, MIA, ADA] {
        resolved(two_tier())
            .when(who, Command::EraseSubject { person: DRIVER })
            .refused(Rejection::NotAuthorized);
    }
}

#[test]
fn t56_in_the_journal_every_word_of_theirs_goes_and_every_count_stays() {
    let attachment = incident_core::incident::Attachment {
        reference: words(),
        kind: words(),
        name: Some(words()),
        size: Some(1),
    };
    let said = claimed(two_tier())
        .asked(DRIVER, Command::ReporterReply { text: words() })
        .asked(DRIVER, Command::AddNote { text: words(), internal: false })
        .asked(DRIVER, Command::Attach { attachment: attachment.clone() })
        .asked(ANN, Command::EditDescription { description: cast::text("Two tyres are flat") })
        .asked(ANN, Command::AddNote { text: words(), internal: true });
    let mut journal = said.journal().to_vec();
    journal.iter_mut().for_each(|event| event.erase(DRIVER, DRIVER));
    let token = Text::erased();
    let facts: Vec<Fact> = journal.into_iter().map(|event| event.fact).collect();
    let Fact::Created { description, .. } = &facts[0] else { panic!("it begins with a report") };
    assert_eq!(*description, token);
    let attachment =
        incident_core::incident::Attachment { reference: token.clone(), name: None, ..attachment };
    assert_eq!(
        facts[1..],
        [
            acknowledged(ANN, true),
            Fact::ReporterReplied { text: token.clone() },
            Fact::NoteAdded { text: token.clone(), internal: false },
            Fact::AttachmentAdded { attachment },
            Fact::DescriptionEdited { description: token },
            Fact::NoteAdded { text: words(), internal: true },
        ]
    );
}

#[test]
fn t57_the_same_question_gets_the_same_answer() {
    let given = claimed(two_tier());
    let first = given.clone().when(BOB, Command::Acknowledge);
    let again = given.clone().when(BOB, Command::Acknowledge);
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert_eq!(given.clone().when(ANN, Command::Escalate).step(), given.when(ANN, Command::Escalate).step());
}

#[test]
fn a_press_on_a_card_that_has_turned_is_stale_unless_there_is_a_better_answer() {
    let drawn = reported(two_tier()).incident().version;
    let came_back = claimed(two_tier()).asked(ANN, Command::Release);
    came_back.clone().seeing(drawn).when(BOB, Command::Acknowledge).refused(Rejection::Stale);
    let now = came_back.incident().version;
    came_back.seeing(now).when(BOB, Command::Acknowledge).then([acknowledged(BOB, false)]);
    claimed(two_tier())
        .seeing(drawn)
        .when(BOB, Command::Acknowledge)
        .refused(Rejection::AlreadyAcknowledged { by: ANN });
    let noted = reported(two_tier()).asked(ANN, Command::AddNote { text: words(), internal: false });
    noted.seeing(drawn).when(ANN, Command::Acknowledge).then([acknowledged(ANN, true)]);
}

#[test]
fn of_two_who_press_claim_on_a_shared_incident_the_second_joins() {
    let drawn = reported(shared()).incident().version;
    claimed(shared()).seeing(drawn).when(BOB, Command::Acknowledge).then([Fact::Joined { person: BOB }]);
    let reopened = resolved(shared()).asked(DRIVER, Command::Reopen { reason: words() });
    reopened.seeing(drawn).when(BOB, Command::Acknowledge).refused(Rejection::Stale);
    claimed(shared()).seeing(Version::NONE).when(ANN, Command::Escalate).refused(Rejection::Stale);
}

#[test]
fn what_is_asked_of_one_incident_does_nothing_to_another() {
    let given = reported(two_tier());
    let other = IncidentId::from_u128(99);
    let input = Input::new(other, given.now(), cast::actor(ANN), Command::Acknowledge);
    assert_eq!(step(given.policy(), Some(given.incident()), &input), Err(Rejection::Unknown));
    given.when(SAM, Command::Wake).then([]);
}
