//! Commands about incidents, typed into a group: what they do, and what nobody gets them to do.

use adapter_telegram::testkit::World;
use incident_core::view::CommandWord;

use crate::harness::{Card, Desk, Team};

/// Replies to the card of an incident and waits for what is said to that.
async fn replied(team: &Team, who: i64, card: &Card, text: &str) -> String {
    let asked = team.api.reply(team.chat, who, card.message(&team.api).id, text);
    answer_to(team, asked).await
}

async fn answer_to(team: &Team, asked: i64) -> String {
    let (chat, bot) = (team.chat, team.api.bot_id());
    let answer = move |world: &World| {
        let mut said = world.messages(chat);
        said.find(|message| message.from == bot && message.reply_to == Some(asked))
            .map(|message| message.text.clone())
    };
    team.api.wait_until(answer, &format!("an answer to message {asked}")).await
}

#[tokio::test]
async fn an_incident_is_led_by_typing_alone() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let number = &card.number;
    assert_eq!(
        replied(&team, team.dora, &card, "/priority urgent").await,
        format!("{number} has the priority urgent.")
    );
    team.shows(&card, "Priority: urgent").await;
    team.press(team.dora, &card, "Claim").await;
    let noted = team.ask(team.dora, "/note 1 a nail, <b>that</b> long", "Noted").await.text;
    assert_eq!(noted, format!("Noted on {number}."));
    replied(&team, team.drivers[0], &card, "/edit two flat tyres").await;
    team.shows(&card, "Issue: two flat tyres").await;
    assert_eq!(
        replied(&team, team.dora, &card, "/hold external").await,
        format!("{number} is on hold. Waiting for something outside.")
    );
    team.shows(&card, "ON HOLD").await;
    replied(&team, team.dora, &card, "/resume").await;
    // Dave is known from the first time he says something.
    let unseen = team.ask(team.max, "/reassign 1 @dave", "❌").await.text;
    assert!(unseen.starts_with("❌ I have not seen @dave"), "{unseen}");
    team.ask(team.dave, "/tag 1 tyres", "tyres").await;
    replied(&team, team.max, &card, "/reassign @dave").await;
    team.shows(&card, "Asked to take it: @dave").await;
    let open = team.ask(team.drivers[1], "/open", number).await.text;
    assert_eq!(open, format!("❗ {number} · urgent · 🔥 UNCLAIMED — two flat tyres"));
    team.finish(&card).await;
    let reopened = replied(&team, team.drivers[0], &card, "/reopen it leaks again").await;
    assert_eq!(reopened, format!("{number} is open again."));
    team.shows(&card, "UNCLAIMED").await;
    replied(&team, team.drivers[0], &card, "/cancel it was the other truck").await;
    let history = team.ask(team.drivers[2], &format!("/history {number}"), "claimed").await.text;
    assert!(history.contains("There is more, earlier: /history"), "{history}");
    let told: Vec<&str> =
        history.lines().filter_map(|line| line.split_once("@dora: ")).map(|it| it.1).collect();
    assert!(told.contains(&"noted: a nail, <b>that</b> long"), "{history}");
    let ledger = desk.close().await;
    let facts = ledger.incident(number).facts();
    assert_eq!(facts.last().map(AsRef::as_ref), Some("closed"), "{facts:?}");
}

/// What makes a command complete once an incident is named.
fn rest_of(word: CommandWord) -> Option<&'static str> {
    match word {
        CommandWord::Status
        | CommandWord::History
        | CommandWord::Files
        | CommandWord::Pin
        | CommandWord::Resume => Some(""),
        CommandWord::Assign | CommandWord::Reassign => Some("@dora"),
        CommandWord::Revoke => Some("@dora went home"),
        CommandWord::Hold => Some("external"),
        CommandWord::Cancel | CommandWord::Reopen => Some("because"),
        CommandWord::Duplicate => Some("of 1"),
        CommandWord::Override => Some("closed because"),
        CommandWord::Priority => Some("urgent"),
        CommandWord::Tag | CommandWord::Untag => Some("brakes"),
        CommandWord::Edit | CommandWord::Note | CommandWord::NoteInternal => Some("something else"),
        CommandWord::Start
        | CommandWord::Help
        | CommandWord::ConfigureManagers
        | CommandWord::AddDispatcher
        | CommandWord::RemoveDispatcher
        | CommandWord::Language
        | CommandWord::Settings
        | CommandWord::Panel
        | CommandWord::Schedule
        | CommandWord::RegisterDriver
        | CommandWord::NewIssue
        | CommandWord::Stats
        | CommandWord::Report
        | CommandWord::Open
        | CommandWord::Mine
        | CommandWord::Teams
        | CommandWord::AddTeam
        | CommandWord::AddRestrictedTeam
        | CommandWord::AddTeamMember
        | CommandWord::RemoveTeamMember
        | CommandWord::Link
        | CommandWord::Unlink
        | CommandWord::LinkMe
        | CommandWord::AddCompany
        | CommandWord::AddGroup
        | CommandWord::ListGroups
        | CommandWord::SuspendGroup
        | CommandWord::ActivateGroup => None,
    }
}

/// The longest message, in characters of one unit.
const LONGEST: usize = 4_096;

/// What is typed after a command to do what must not be done; 2 is an incident of another company.
fn hostile(word: CommandWord) -> Vec<String> {
    let fill = |with: &str, count: usize| with.repeat(count);
    let long = LONGEST - word.word().len() - 4;
    let mut lines: Vec<String> =
        vec![fill("x", long), fill("🛞", LONGEST), fill("\u{202E}", long), "<b>1</b>".into(), "-1".into()];
    let Some(rest) = rest_of(word) else {
        lines.extend(["@", "@a@b", "'; DROP TABLE incidents; --", "../../etc/passwd"].map(str::to_owned));
        return lines;
    };
    let numbers = [
        "2",
        "#2",
        "TKT-2026-0002",
        "0",
        "-1",
        "+1",
        "1.0",
        "99999999999999999999",
        "TKT-2026--1",
        "TKT-99999-0001",
        "TKT-0001-0001",
        "<b>1</b>",
        "&lt;1",
        "\u{202E}1",
        "1\u{200B}",
        "１",
        "' OR 1=1 --",
        "🛞",
    ];
    lines.extend(numbers.map(|number| format!("{number} {rest}").trim().to_owned()));
    lines.extend([
        "".to_owned(),
        fill("1", long),
        format!("1 {}", fill("x", long)),
        format!("1 {}", fill("🛞", LONGEST)),
    ]);
    if !rest.is_empty() {
        lines.push("1".to_owned());
    }
    lines
}

#[tokio::test]
async fn whatever_is_typed_after_a_command_nothing_happens_that_should_not() {
    let desk = Desk::started();
    let (team, other) = (Team::working(&desk.api).await, Team::working_as(&desk.api, "_b").await);
    let card = team.report("flat tyre").await;
    other.report("broken axle").await;
    let theirs = other.report("worn brakes").await;
    for who in [team.max, team.dora, team.drivers[0]] {
        team.ask(who, "/tag 1", "Usage").await;
        let tagged = format!("/note 1 {who} is here");
        team.ask(who, &tagged, "Noted").await;
    }
    desk.quiet().await;
    let before = desk.export().await;
    let mut asked = Vec::new();
    for word in CommandWord::ALL {
        // What is long enough is a report, and whoever registers is registered, whatever follows.
        let meant = matches!(word, CommandWord::NewIssue | CommandWord::RegisterDriver);
        let lines = if meant { Vec::new() } else { hostile(word) };
        asked.extend(lines.into_iter().map(|line| format!("/{} {line}", word.word()).trim().to_owned()));
    }
    asked.extend(
        ["", "abc", "   ", &"x".repeat(3_001), &"🛞".repeat(3_001)].map(|it| format!("/new_issue {it}")),
    );
    let messages: Vec<(i64, String)> =
        asked.into_iter().map(|text| (team.write(team.max, &text), text)).collect();
    assert!(messages.len() > 400, "{}", messages.len());
    for (message, text) in messages {
        let answer = answer_to(&team, message).await;
        let shown: String = text.chars().take(60).collect();
        let word = text[1..].split_whitespace().next().and_then(CommandWord::parse).expect("it is a command");
        let tells = matches!(
            word,
            CommandWord::Start
                | CommandWord::Help
                | CommandWord::Open
                | CommandWord::Mine
                | CommandWord::Stats
                | CommandWord::Teams
        );
        // Who is asked to take it can be chosen, and is not yet.
        let tells =
            tells || (word == CommandWord::Assign && answer.starts_with("Who should take TKT-2026-0001?"));
        let refused = answer.starts_with("❌ ") || answer.starts_with(&format!("Usage: /{}", word.word()));
        assert!(refused || tells, "{shown} was answered with {answer}");
        assert!(!answer.contains("worn brakes") && !answer.contains('\u{202E}'), "{shown}: {answer}");
    }
    let choice = team.says("Who should take TKT-2026-0001?").await;
    team.api.press(team.chat, team.max, choice.id, "Back").expect("a choice can be taken back");
    team.goes(choice.id).await;
    let (stolen, message) = (other.code(&theirs, "Claim").await, card.message(&desk.api).id);
    let forged = [&*stolen, "c", "c..", "z.01ARZ3NDEKTSV4RRFFQ69G5FAV.1", "claim_t1:TKT-2026-0001", "💥"];
    for code in forged.into_iter().map(str::to_owned).chain(["x".repeat(64), "\u{202E}".repeat(21)]) {
        let query = desk.api.press_code(team.chat, team.max, message, &code);
        assert_eq!(desk.api.wait_answer(&query).await.text, "❌ This button is not valid.", "{code}");
    }
    desk.quiet().await;
    assert_eq!(desk.export().await, before);
    desk.close().await;
}
