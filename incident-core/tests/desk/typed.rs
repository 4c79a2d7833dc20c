//! Commands about incidents, as people type them.

use futures::executor::block_on;
use incident_core::desk::{Ask, HandleError};
use incident_core::ids::{ChatRef, GroupId, MessageRef, Platform};
use incident_core::incident::{Attachment, CloseReason, Fact, HoldReason, Invalid, Priority, Rejection, Tag};
use incident_core::policy::{Actor, Policy, Preset};
use incident_core::ports::{RosterCommit, Store};
use incident_core::roster::{self, Grantee, RosterCommand, RosterInput};
use incident_core::testkit::What;
use incident_core::testkit::cast::text;
use incident_core::view::{Action, CommandWord, Done, Reply, Said};

use crate::house::{House, NOON, account, command, profile, room};

fn done(word: CommandWord) -> Said {
    Said::Done(Done::Typed(word))
}

fn refused(rejection: impl Into<Rejection>) -> Said {
    Said::Refused(rejection.into())
}

impl House {
    /// What happened last to the first incident.
    fn last_fact(&self) -> Fact {
        let incident = self.incidents()[0].incident.id;
        let journal = block_on(self.store.history(self.company(), incident)).expect("the store works");
        journal.last().expect("it was reported").fact.clone()
    }

    pub(crate) fn card(&self) -> MessageRef {
        let shown = self.chat.shown(&room());
        let card = shown.iter().find(|shown| matches!(shown.what, What::Card(_)));
        card.expect("a card is shown").message.clone()
    }

    fn replying(&self, who: &str, to: MessageRef, word: CommandWord, text: &str) -> Reply {
        let Ask::Command { named, attachments, quoted, .. } = command(word, text) else {
            panic!("it is a command");
        };
        let text = text.to_owned();
        self.ask(who, Ask::Command { word, text, named, attachments, quoted, about: Some(to) })
    }
}

#[test]
fn an_incident_is_named_by_its_number_or_by_a_reply_to_its_card() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.report("dan", "broken axle");
    let card = house.card();
    for named in ["1", "#1", "TKT-2026-0001", "tkt-2026-0001"] {
        let reply = house.command("ann", CommandWord::Note, &format!("{named}  two\nlines"));
        assert_eq!((reply.said, reply.lines.len()), (done(CommandWord::Note), 1), "{named}");
        assert_eq!(house.last_fact(), Fact::NoteAdded { text: text("two\nlines"), internal: false });
    }
    // Digits in a reply are about the matter; a number that is written out is another incident.
    house.replying("ann", card.clone(), CommandWord::Note, "2 tyres");
    assert_eq!(house.last_fact(), Fact::NoteAdded { text: text("2 tyres"), internal: false });
    let other = house.replying("ann", card.clone(), CommandWord::Priority, "#2 high");
    assert_eq!(other.text(), "TKT-2026-0002 has the priority high.");
    let status = house.replying("eve", card, CommandWord::Status, "");
    assert!(status.text().starts_with("TKT-2026-0001: "), "{}", status.text());
    house.settle();
    let unknown = MessageRef::new(room(), "999");
    let usage = house.replying("ann", unknown, CommandWord::Note, "what is this about?");
    assert_eq!(usage.said, Said::Usage(CommandWord::Note));
}

#[test]
fn each_command_does_what_it_says() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("bob", Action::Claim);
    let steps = [
        ("ann", CommandWord::Hold, "1 External", Fact::Held { reason: HoldReason::External }),
        ("ann", CommandWord::Resume, "1", Fact::Resumed),
        ("ann", CommandWord::Priority, "1 urgent", Fact::PriorityChanged { priority: Priority::Urgent }),
        ("ann", CommandWord::Tag, "1 #Brakes", Fact::Tagged { tag: Tag::new("brakes").unwrap() }),
        ("ann", CommandWord::Untag, "1 brakes", Fact::Untagged { tag: Tag::new("brakes").unwrap() }),
        (
            "dan",
            CommandWord::Edit,
            "1 two flat tyres",
            Fact::DescriptionEdited { description: text("two flat tyres") },
        ),
        (
            "ann",
            CommandWord::NoteInternal,
            "1 again?",
            Fact::NoteAdded { text: text("again?"), internal: true },
        ),
    ];
    for (who, word, said, fact) in steps {
        assert_eq!(house.command(who, word, said).said, done(word), "{said}");
        assert_eq!(house.last_fact(), fact);
    }
    house.settle();
    assert_eq!(house.said("Issue: two flat tyres"), 1);
    assert_eq!(house.said("Priority: urgent"), 1);
    assert_eq!(house.said("again?"), 0, "an internal note is on no card");
}

#[test]
fn reports_are_cancelled_reopened_and_closed_as_duplicates() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.report("dan", "the tyre is flat");
    assert_eq!(house.command("dan", CommandWord::Cancel, "1 found a pump").said, done(CommandWord::Cancel));
    let cancelled = Fact::Closed { reason: CloseReason::Cancelled, note: Some(text("found a pump")) };
    assert_eq!(house.last_fact(), cancelled);
    assert_eq!(house.command("dan", CommandWord::Reopen, "1 no, it leaks").said, done(CommandWord::Reopen));
    assert_eq!(house.last_fact(), Fact::Reopened { reason: text("no, it leaks") });
    let not_hers = house.command("ann", CommandWord::Duplicate, "1 of 2");
    assert_eq!(not_hers.said, refused(Rejection::NotAuthorized));
    for (said, answer) in [
        ("1 of 1", refused(Invalid::Unreachable)),
        ("1 of 77", refused(Rejection::Unknown)),
        ("1 of", Said::Usage(CommandWord::Duplicate)),
        ("1 of two", Said::Usage(CommandWord::Duplicate)),
        ("1 of #2", done(CommandWord::Duplicate)),
    ] {
        assert_eq!(house.command("mia", CommandWord::Duplicate, said).said, answer, "{said}");
    }
    let closed = Fact::Closed { reason: CloseReason::Duplicate, note: Some(text("TKT-2026-0002")) };
    assert_eq!(house.last_fact(), closed);
}

#[test]
fn people_are_asked_relieved_and_taken_off_by_name() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let assign = |who, said| house.command(who, CommandWord::Assign, said).said;
    assert_eq!(assign("mia", "1 @ann"), Said::Unseen("@ann".into()));
    for who in ["ann", "bob", "eve"] {
        house.command(who, CommandWord::Note, "1 I am here");
    }
    assert_eq!(assign("mia", "1 @ann"), done(CommandWord::Assign));
    house.settle();
    assert_eq!(house.said("Asked to take it: @ann"), 1);
    assert_eq!(house.said("you were asked to take this"), 1);
    assert_eq!(assign("eve", "1 @bob"), refused(Rejection::NotAuthorized));
    house.command("dan", CommandWord::Mine, "");
    assert_eq!(assign("mia", "1 @dan"), refused(Rejection::NotEligible));
    assert_eq!(assign("mia", "1 @a@b"), Said::BadHandle("@a@b".into()));
    assert_eq!(assign("mia", "1 @ann @bob"), Said::Usage(CommandWord::Assign));
    house.press("ann", Action::Claim);
    house.settle();
    let reassign = |who, said| house.command(who, CommandWord::Reassign, said).said;
    assert_eq!(reassign("bob", "1 @bob"), refused(Rejection::NotAuthorized));
    // Whom a manager takes it from is clear where only one holds it.
    assert_eq!(reassign("mia", "1 @bob"), done(CommandWord::Reassign));
    house.settle();
    house.press("bob", Action::Claim);
    house.settle();
    assert_eq!(reassign("mia", "1 @ann @bob"), refused(Rejection::NotAssignee));
    assert_eq!(reassign("bob", "1 @ann"), done(CommandWord::Reassign));
    house.settle();
    house.press("ann", Action::Claim);
    let revoke = |who, said| house.command(who, CommandWord::Revoke, said).said;
    assert_eq!(revoke("mia", "1 @ann"), Said::Usage(CommandWord::Revoke));
    assert_eq!(revoke("bob", "1 @ann went home"), refused(Rejection::NotAuthorized));
    assert_eq!(revoke("mia", "1 @ann went, home"), done(CommandWord::Revoke));
    house.settle();
    assert_eq!(house.said("@ann does not hold it any more"), 1);
    house.press("ann", Action::Claim);
    house.settle();
    // Who administers the chat may, too, and is found out by asking the platform.
    assert_eq!(revoke("admin", "1 @ann went home"), done(CommandWord::Revoke));
}

#[test]
fn what_makes_no_sense_is_answered_with_the_usage_and_changes_nothing() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let before = house.incidents();
    let about_one: Vec<CommandWord> = CommandWord::ALL
        .into_iter()
        .filter(|word| word.usage(house.desk.phrasebook().locale(None)).contains("[TKT-"))
        .collect();
    assert_eq!(about_one.len(), 19, "{about_one:?}");
    for word in about_one {
        for said in ["", "-1", "0", "99999999999", "TKT-2026-", "TKT--1", "flat tyre", "🛞", "\u{202E}1"] {
            let reply = house.command("mia", word, said);
            let usage = matches!(reply.said, Said::Usage(of) if of == word);
            let status = word == CommandWord::Status && matches!(reply.said, Said::BadNumber(_));
            assert!(usage || status, "/{} {said}: {reply:?}", word.word());
        }
    }
    for (word, said) in [
        (CommandWord::Hold, "1"),
        (CommandWord::Hold, "1 answered"),
        (CommandWord::Hold, "1 reporter now"),
        (CommandWord::Resume, "1 please"),
        (CommandWord::Priority, "1 highest"),
        (CommandWord::Priority, "1 urgent urgent"),
        (CommandWord::Tag, "1"),
        (CommandWord::Tag, "1 two words"),
        (CommandWord::Edit, "1  "),
        (CommandWord::Note, "1"),
        (CommandWord::Reopen, "1"),
        (CommandWord::Assign, "1"),
        (CommandWord::Assign, "1 @a @b"),
        (CommandWord::Reassign, "1 @a @b @c"),
        (CommandWord::History, "1 0"),
        (CommandWord::History, "1 -2"),
        (CommandWord::Files, "1 2"),
        (CommandWord::Open, "two words"),
        (CommandWord::Mine, "all"),
    ] {
        assert_eq!(house.command("mia", word, said).said, Said::Usage(word), "{said}");
    }
    let long = |count| format!("1 {}", "x".repeat(count));
    for (word, count) in [
        (CommandWord::Edit, 3_001),
        (CommandWord::Note, 3_001),
        (CommandWord::Reopen, 501),
        (CommandWord::Cancel, 501),
        (CommandWord::Tag, 33),
    ] {
        let reply = house.command("mia", word, &long(count)).said;
        let too_long = matches!(reply, Said::Refused(Rejection::InvalidInput { reason: Invalid::Text(_) }));
        assert!(too_long, "/{}: {reply:?}", word.word());
    }
    assert_eq!(house.incidents(), before);
}

#[test]
fn a_number_of_another_company_is_no_number_here() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let card = house.card();
    let elsewhere = ChatRef::new(Platform::Telegram, "-200");
    house.directory.promote(&elsewhere, &account("eve"));
    let there = |ask| {
        let mut request = house.request("eve", ask);
        request.chat = elsewhere.clone();
        house.handle(request).said
    };
    assert_eq!(there(command(CommandWord::ConfigureManagers, "@eve")), Said::Rostered);
    for word in [CommandWord::Note, CommandWord::Cancel, CommandWord::Edit, CommandWord::Reopen] {
        assert_eq!(there(command(word, "1 what is it?")), refused(Rejection::Unknown), "{word:?}");
    }
    let alone = [CommandWord::History, CommandWord::Files, CommandWord::Resume, CommandWord::Status];
    for word in alone.into_iter().chain([CommandWord::Pin]) {
        assert_eq!(there(command(word, "1")), refused(Rejection::Unknown), "{word:?}");
    }
    let Ask::Command { word, text, named, attachments, quoted, .. } = command(CommandWord::Note, "mine")
    else {
        panic!("it is a command");
    };
    let about = Some(card);
    assert_eq!(
        there(Ask::Command { word, text, named, attachments, quoted, about }),
        Said::Usage(CommandWord::Note)
    );
}

#[test]
fn a_number_of_another_group_is_no_number_here_either() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let (elsewhere, company) = (ChatRef::new(Platform::Telegram, "-300"), house.company());
    let before = block_on(house.store.roster(company)).unwrap().expect("it was founded");
    let group = GroupId::from_u128(300);
    let manager = Grantee::Handle(profile("mia").handle.expect("she has one"));
    let commands = vec![
        RosterCommand::AddGroup { group, chat: elsewhere.clone(), title: text("vans"), active: true },
        RosterCommand::ConfigureManagers { group, managers: vec![manager] },
    ];
    let input = RosterInput { company, at: NOON, actor: Actor::System, commands };
    let step = roster::step(&Policy::preset(Preset::TwoTier), Some(&before), &input).unwrap();
    block_on(house.store.commit_roster(RosterCommit::new(before.version, step, NOON))).unwrap();
    for (word, said) in [
        (CommandWord::Note, "1 mine"),
        (CommandWord::Cancel, "1 mine"),
        (CommandWord::History, "1"),
        (CommandWord::Files, "1"),
        (CommandWord::Status, "1"),
    ] {
        let mut request = house.request("mia", command(word, said));
        request.chat = elsewhere.clone();
        assert_eq!(house.handle(request).said, refused(Rejection::Unknown), "{word:?}");
    }
    let mut request = house.request("mia", command(CommandWord::Open, ""));
    request.chat = elsewhere;
    assert_eq!(house.handle(request).text(), "Nothing is open here.");
}

#[test]
fn a_photo_in_reply_to_the_card_is_kept() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre").id;
    let photo =
        || Attachment { reference: text("file-1"), kind: text("photo"), name: None, size: Some(81_200) };
    let send = |who, text: &str| {
        let ask = Ask::Answer { to: house.card(), text: text.into(), attachments: vec![photo()] };
        house.ask(who, ask)
    };
    assert_eq!(house.command("dan", CommandWord::Files, "1").text(), "TKT-2026-0001 has no files.");
    assert_eq!(send("eve", "").said, refused(Rejection::NotAuthorized));
    assert_eq!(send("dan", "look").text(), "📎 Added to TKT-2026-0001.");
    assert_eq!(send("ann", "").said, Said::Done(Done::Attached));
    assert_eq!(house.incident(incident).attachments, 2);
    let listed = house.command("dan", CommandWord::Files, "1").text();
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 3, "{listed}");
    assert!(lines[1].ends_with("· @dan · photo, 82 kB"), "{listed}");
}

#[test]
fn a_photo_with_the_summary_is_kept_and_the_summary_counts() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre").id;
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Resolve);
    house.settle();
    let shown = house.chat.shown(&room());
    let asks = |what: &What| matches!(what, What::Message(message) if message.asks);
    let to = shown.iter().rev().find(|shown| asks(&shown.what)).expect("a summary is asked for");
    let photo = Attachment { reference: text("file-2"), kind: text("photo"), name: None, size: None };
    let ask = Ask::Answer { to: to.message.clone(), text: "new tyre".into(), attachments: vec![photo] };
    let request = house.request("ann", ask);
    assert_eq!(house.handle(request.clone()).said, Said::Done(Done::Summarised));
    let after = house.incident(incident);
    assert_eq!(
        (after.attachments, after.outcome().and_then(|it| it.summary.clone())),
        (1, Some(text("new tyre")))
    );
    // The platform delivers it once more.
    assert_eq!(house.handle(request).said, Said::Done(Done::Summarised));
    assert_eq!(house.incident(incident), after);
}

#[test]
fn a_reply_to_a_card_that_is_still_being_sent_is_asked_for_again() {
    let house = House::new();
    house.command("dan", CommandWord::NewIssue, "flat tyre");
    let quick = |ask| block_on(house.desk.handle(house.request("ann", ask)));
    let Ask::Command { word, text: said, named, attachments, quoted, .. } =
        command(CommandWord::Note, "mine")
    else {
        panic!("it is a command");
    };
    let to = MessageRef::new(room(), "77");
    let about = Some(to.clone());
    let noting = Ask::Command { word, text: said, named, attachments, quoted, about };
    assert!(matches!(quick(noting.clone()), Err(HandleError::Unsettled)));
    let file = Attachment { reference: text("file-1"), kind: text("photo"), name: None, size: None };
    let sending = Ask::Answer { to, text: String::new(), attachments: vec![file] };
    assert!(matches!(quick(sending.clone()), Err(HandleError::Unsettled)));
    house.settle();
    assert_eq!(house.ask("ann", noting).said, Said::Usage(CommandWord::Note));
    assert_eq!(house.ask("ann", sending).said, Said::Nothing);
}

#[test]
fn a_command_that_is_delivered_twice_is_carried_out_once() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre").id;
    let request = house.request("ann", command(CommandWord::Note, "1 it hisses"));
    let first = house.handle(request.clone());
    let after = house.incident(incident);
    assert_eq!(house.handle(request), first);
    assert_eq!(house.incident(incident), after);
}

#[test]
fn what_the_reporter_replies_to_the_card_is_kept_for_everybody() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    let card = house.card();
    let reply = |who, text: &str| {
        house.request(who, Ask::Answer { to: card.clone(), text: text.into(), attachments: Vec::new() })
    };
    let said = reply("dan", "the <b>left</b> one");
    for _ in 0..2 {
        assert_eq!(house.handle(said.clone()).text(), "Noted on TKT-2026-0001.");
    }
    for who in ["ann", "eve"] {
        assert_eq!(house.handle(reply(who, "coming")).said, Said::Nothing, "{who}");
    }
    assert!(matches!(house.handle(reply("dan", &"x".repeat(5_000))).said, Said::Refused(_)));
    house.settle();
    assert_eq!(house.said("the reporter has written"), 1, "{}", house.transcript());
    let history = house.command("eve", CommandWord::History, "1").text();
    let told: Vec<&str> = history.lines().filter(|line| line.contains("wrote: ")).collect();
    assert!(told.len() == 1 && told[0].ends_with("@dan: wrote: the <b>left</b> one"), "{history}");
    house.press("ann", Action::Resolve);
    house.settle();
    house.reply_to_last_question("ann", "a new tyre");
    house.settle();
    let over = house.incidents()[0].incident.clone();
    assert_eq!(house.handle(reply("dan", "thanks a lot")).said, Said::Nothing);
    assert_eq!(house.incidents()[0].incident, over);
}
