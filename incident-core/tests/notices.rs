//! What people are told once: every notice, announcement and refusal in its words, and whom it addresses.

use incident_core::figures::Zone;
use incident_core::ids::{Handle, Platform};
use incident_core::incident::{
    Audience, CloseReason, Command, Invalid, Level, Notice, Prompt, Rejection, StateKind,
};
use incident_core::policy::{Act, Policy, Preset, Role};
use incident_core::roster::{Announcement, Grantee, Right, Roster};
use incident_core::testkit::cast::{self, ANN, BOB, DRIVER, GROUP, MIA, TYRES, text};
use incident_core::testkit::{Given, given};
use incident_core::text::{TextError, visible};
use incident_core::view::{
    About, Action, CardSource, CommandWord, Done, Message, Phrasebook, ReplyTone, Said, Span, announcement,
    notice, say,
};

fn told(given: &Given, what: &Notice, answer: Option<&str>) -> Message {
    let (book, roster, people) = (Phrasebook::new(), cast::roster(), cast::people());
    let filed = cast::filed(given.incident());
    let locale = book.locale(None);
    let source =
        CardSource { filed: &filed, roster: &roster, policy: given.policy(), people: &people, locale };
    notice(&source, &roster.groups[&GROUP], what, answer)
}

/// What a message says, and whom it addresses.
fn words(message: &Message) -> (String, String) {
    let lines: Vec<String> =
        message.lines.iter().map(|line| line.iter().map(Span::as_plain).collect()).collect();
    let mentions: Vec<&str> = message.mentions.iter().map(|mention| mention.name.as_str()).collect();
    (lines.join("\n"), mentions.join(" "))
}

fn reported(preset: Preset) -> Given {
    given(Policy::preset(preset)).asked(DRIVER, cast::report("A tyre is flat"))
}

#[track_caller]
fn says(given: &Given, what: Notice, line: &str, addressed: &str) {
    assert_eq!(words(&told(given, &what, None)), (line.to_owned(), addressed.to_owned()));
}

#[test]
fn whoever_should_come_is_addressed() {
    let open = reported(Preset::TwoTier);
    let responders = Audience::Role(Role::Responder);
    says(&open, Notice::Summon { audience: responders }, "🔔 TKT-2026-0001 needs attention.", "Ann Bob");
    let person = Notice::Summon { audience: Audience::Person(BOB) };
    says(&open, person, "🔔 TKT-2026-0001: you were asked to take this.", "Bob");
    let minutes = |audience, minutes| Notice::Unclaimed { audience, minutes };
    let unclaimed = "🔔 TKT-2026-0001 has been unclaimed for 10 minutes. Please review.";
    says(&open, minutes(responders, 10), unclaimed, "");
    let escalated = open.asked(ANN, Command::Acknowledge).asked(ANN, Command::Escalate);
    let managers = Audience::Role(Role::Manager);
    let needed = "🔔 TKT-2026-0001 requires manager attention.";
    says(&escalated, Notice::Summon { audience: managers }, needed, "Mia Max");
    let awaiting = "🔔 TKT-2026-0001 has been awaiting a manager for 1 minute.";
    says(&escalated, minutes(managers, 1), awaiting, "Mia Max");
    let routed = reported(Preset::Departments).asked(DRIVER, Command::Route { to: cast::choice(TYRES) });
    says(
        &routed,
        Notice::Summon { audience: Audience::Team },
        "🔔 TKT-2026-0001 needs attention.",
        "Tim Tom",
    );
}

#[test]
fn whoever_works_on_it_hears_what_concerns_them() {
    let claimed = reported(Preset::TwoTier).asked(ANN, Command::Acknowledge);
    let holders = Audience::Assignees;
    let wrote = "💬 TKT-2026-0001: the reporter has written.";
    says(&claimed, Notice::ReporterWrote { audience: holders }, wrote, "Ann");
    let late = "⏰ TKT-2026-0001 has broken its promised time.";
    says(&claimed, Notice::Breached { audience: holders }, late, "Ann");
    let exhausted = "🚨 TKT-2026-0001: everybody on call was called and nobody answered.";
    says(&claimed, Notice::Exhausted, exhausted, "Mia Max");
    let missing = "⌛ TKT-2026-0001: the summary did not come, so work goes on.";
    says(&claimed, Notice::SummaryMissing, missing, "");
    let ended = "⚠️ TKT-2026-0001: Bob does not hold it any more.";
    says(&claimed, Notice::ClaimEnded { person: BOB }, ended, "");
    let unrouted = "🔔 TKT-2026-0001 has been waiting for a team for 20 minutes.";
    says(&reported(Preset::Departments), Notice::Unrouted { minutes: 20 }, unrouted, "");
}

#[test]
fn a_question_can_be_replied_to_and_nothing_else_can() {
    let claimed = reported(Preset::TwoTier).asked(ANN, Command::Acknowledge);
    let ask = |again| Notice::Ask { prompt: Prompt::Summary, person: ANN, again };
    let first = told(&claimed, &ask(false), None);
    let question = "Ann, please reply to this message with the resolution summary for TKT-2026-0001: what was \
                    done, the root cause, any follow-up.";
    assert_eq!((words(&first).0.as_str(), first.asks), (question, true));
    assert!(matches!(&first.lines[0][0], Span::Mention(mention) if mention.person == Some(ANN)));
    let again = "Ann, the resolution summary for TKT-2026-0001 is still outstanding. Please reply to this \
                 message with it.";
    says(&claimed, ask(true), again, "");
    assert!(!told(&claimed, &Notice::Resolved, None).asks);
}

#[test]
fn the_end_is_told_with_its_reason() {
    let open = reported(Preset::TwoTier);
    says(&open, Notice::Resolved, "✅ TKT-2026-0001 has been marked as resolved!", "");
    let closed = |reason| Notice::Closed { reason };
    says(&open, closed(CloseReason::Cancelled), "🔒 TKT-2026-0001: Cancelled.", "");
    says(&open, closed(CloseReason::NoSummary), "🔒 TKT-2026-0001: Closed without a summary.", "");
}

#[test]
fn a_reporter_who_may_close_it_is_offered_to() {
    let still = |preset| {
        let message = told(&reported(preset), &Notice::StillNeeded { person: DRIVER }, None);
        assert_eq!(words(&message).0, "⏳ Driver, is TKT-2026-0001 still needed?");
        message.buttons.concat().iter().map(|button| button.code.action).collect::<Vec<_>>()
    };
    assert_eq!(still(Preset::Tickets), [Action::KeepOpen, Action::Close]);
    assert_eq!(still(Preset::TwoTier), [Action::KeepOpen]);
}

#[test]
fn what_an_assistant_writes_is_shown_as_words_and_nothing_else() {
    let answer = "<b>Have you tried</b> \u{202E}it?";
    let message = told(&reported(Preset::Support), &Notice::Answer, Some(answer));
    assert_eq!(message.lines, [vec![Span::Plain(visible(answer))]]);
}

#[test]
fn a_group_is_told_about_itself() {
    let (book, people) = (Phrasebook::new(), cast::people());
    let told = |what: &Announcement| words(&announcement(book.locale(None), &people, what)).0;
    let person = Grantee::Person;
    let unseen = Grantee::Handle(Handle::parse(Platform::Telegram, "@New").expect("it is a handle"));
    let granted = |role, to| told(&Announcement::Granted { role, to });
    assert_eq!(granted(Role::Responder, person(ANN)), "✅ Ann is a dispatcher in this group.");
    assert_eq!(granted(Role::Manager, person(MIA)), "✅ Mia is a manager in this group.");
    assert!(
        granted(Role::Responder, unseen.clone()).starts_with("✅ @new will be a dispatcher in this group")
    );
    assert!(granted(Role::Reporter, person(DRIVER)).contains("/new_issue"));
    let revoked = Announcement::Revoked { role: Role::Responder, from: person(ANN) };
    assert_eq!(told(&revoked), "✅ Ann is not a dispatcher in this group any more.");
    let managers = told(&Announcement::Managers { managers: vec![person(MIA), unseen] });
    assert!(managers.starts_with("✅ Managers of this group: Mia, @new."), "{managers}");
    assert!(told(&Announcement::RightMissing { right: Right::Pin }).contains("cannot pin"));
}

fn answered(given: &Given, act: Option<Act>, said: Said) -> (String, ReplyTone) {
    let (book, people, filed) = (Phrasebook::new(), cast::people(), cast::filed(given.incident()));
    let reply = say(&About { filed: Some(&filed), people: &people, act, locale: book.locale(None) }, said);
    (reply.text(), reply.tone)
}

#[test]
fn a_refusal_says_what_to_do_instead() {
    let claimed = reported(Preset::TwoTier).asked(ANN, Command::Acknowledge);
    let refused = |rejection| answered(&claimed, None, Said::Refused(rejection)).0;
    let first = "Sorry, Ann has already claimed TKT-2026-0001.";
    assert_eq!(refused(Rejection::AlreadyAcknowledged { by: ANN }), first);
    let state = StateKind::Acknowledged;
    assert_eq!(refused(Rejection::WrongState { state }), "❌ Not possible now. TKT-2026-0001: Claimed.");
    assert_eq!(refused(Rejection::Stale), "The card had changed meanwhile. TKT-2026-0001: Claimed.");
    let summary = "⌛ TKT-2026-0001 is waiting for a summary from Bob.";
    assert_eq!(refused(Rejection::ClosingOut { resolver: BOB }), summary);
    let invalid = |reason| refused(Rejection::InvalidInput { reason });
    let short = invalid(Invalid::Text(TextError::TooShort { min: 5 }));
    assert_eq!(short, "❌ Too short: at least 5 characters are needed.");
    let wait = "⏳ Too many reports in a short time. Please try again in 1 second.";
    assert_eq!(refused(Rejection::RateLimited { retry_after_secs: 1 }), wait);
    assert!(refused(Rejection::TenantInactive).ends_with("with /configure_managers <@user1 @user2 …>."));
    let unauthorised = |act| answered(&claimed, Some(act), Said::Refused(Rejection::NotAuthorized));
    assert!(unauthorised(Act::Acknowledge(Level::FIRST)).0.contains("add you as a dispatcher"));
    assert!(unauthorised(Act::Acknowledge(Level::SECOND)).0.contains("name you as a manager"));
    assert!(unauthorised(Act::Administer).0.contains("Only group administrators"));
    assert_eq!(unauthorised(Act::Hold).1, ReplyTone::Alert);
}

#[test]
fn a_press_is_answered_in_passing() {
    let claimed = reported(Preset::TwoTier).asked(ANN, Command::Acknowledge);
    let done = |done| answered(&claimed, None, Said::Done(done));
    let quiet = |words: &str| (words.to_owned(), ReplyTone::Quiet);
    assert_eq!(done(Done::Pressed(Action::Claim)), quiet("You have claimed TKT-2026-0001."));
    assert_eq!(done(Done::Joined), quiet("You have joined TKT-2026-0001."));
    assert_eq!(done(Done::Summarised), quiet("TKT-2026-0001 is resolved. Thank you!"));
}

#[test]
fn the_status_of_an_incident_is_told_in_full() {
    let claimed = reported(Preset::TwoTier).asked(ANN, Command::Acknowledge);
    let resolved = claimed.clone().asked(ANN, Command::Resolve { summary: Some(text("Changed it")) });
    let status = |given: &Given| answered(given, None, Said::Status { zone: Zone::UTC, reopen: false }).0;
    let reported = "Issue: A tyre is flat\nReported 2026-01-01 00:00 UTC by Driver.";
    assert_eq!(status(&claimed), format!("TKT-2026-0001: Claimed\n{reported}\nHandled by: Ann"));
    assert_eq!(
        status(&resolved),
        format!("TKT-2026-0001: Resolved\n{reported}\nResolved by: Ann\nSummary: Changed it")
    );
}

#[test]
fn help_speaks_of_every_command() {
    let book = Phrasebook::new();
    let lines = CommandWord::help(book.locale(None));
    let text: Vec<String> = lines.iter().map(|line| line.iter().map(Span::as_plain).collect()).collect();
    for command in CommandWord::ALL {
        assert!(
            text.iter().any(|line| line.starts_with(&format!("/{}", command.word()))),
            "{}",
            command.word()
        );
        assert_eq!(CommandWord::parse(&command.word().to_uppercase()), Some(command));
    }
    assert_eq!(CommandWord::parse("newissue"), None);
}

/// The roster of the cast, so that a change of it is seen here and not in some other crate.
#[test]
fn the_cast_stands_where_it_says() {
    let roster: Roster = cast::roster();
    for person in cast::EVERYBODY {
        let (there, said) = (roster.standing(GROUP, person), cast::member(person).standing);
        let known = said.roles.iter().filter(|role| !matches!(role, Role::Admin | Role::PlatformAdmin));
        assert_eq!(
            (there.roles.iter().collect::<Vec<_>>(), there.teams),
            (known.collect(), said.teams),
            "{person}"
        );
    }
}
