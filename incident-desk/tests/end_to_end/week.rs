//! A company of two groups and two teams, set up as README and `/help` say, works for a week by a clock of its own, over
//! the end of winter time. The report must tell what the plan of that week comes to, to the second.

mod plan;
mod tables;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use adapter_telegram::testkit::{BotApi, Message, World};
use incident_core::testkit::ManualClock;
use incident_desk::assemble;
use incident_desk::config::{Config, Sources};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::plan::Act::{Cancel, Choose, Claim, Hold, Leave, Reopen, Resolve, Resume, Summarize, Tag};
use self::plan::Member::{Dave, Dora};
use self::plan::{Act, DAY, Member, PLAN, Reckoned, Values, at, compare, compare_people, values};
use self::tables::{compare_ages, compare_origins, compare_tables};
use crate::harness::{Card, Team, eventually};

/// The desk of the binary in this process, with a clock that only the test moves.
struct Office {
    api: BotApi,
    clock: Arc<ManualClock>,
    dir: TempDir,
    environment: Vec<(OsString, OsString)>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<anyhow::Result<()>>,
}

impl Office {
    fn open(chief: impl FnOnce(&BotApi) -> i64) -> Self {
        let api = BotApi::start();
        let chief = chief(&api);
        let dir = tempfile::tempdir().expect("there is room for temporary files");
        let environment = [
            ("TELEGRAM_BOT_TOKEN", api.token()),
            ("TELEGRAM_API_URL", api.url()),
            ("DATABASE_URL", format!("sqlite:{}", dir.path().join("desk.db").display())),
            ("WORKFLOW", "departments".to_owned()),
            ("PLATFORM_ADMIN_IDS", chief.to_string()),
        ];
        let environment = environment.map(|(key, value)| (OsString::from(key), OsString::from(value)));
        let sources = Sources::read_in(dir.path(), environment.clone(), None);
        let mut config = Config::from_sources(&sources).expect("the configuration is sound");
        // The loops sleep by the clock on the wall, and must notice that the other one was moved.
        config.idle_poll = Duration::from_millis(5);
        let clock = Arc::new(ManualClock::at(at(-3 * DAY)));
        let (stop, stopped) = oneshot::channel::<()>();
        let by = Arc::<ManualClock>::clone(&clock);
        let served =
            tokio::spawn(async move { assemble::serve(&config, by, async { drop(stopped.await) }).await });
        Self { api, clock, dir, environment: environment.to_vec(), stop, served }
    }

    /// Lets time pass until some seconds after midnight of Monday, and everything be done that is due then.
    async fn pass_until(&self, secs: i64) {
        self.clock.set(at(secs));
        self.quiet().await;
    }

    /// Waits until every update is confirmed and nothing is owed any more.
    async fn quiet(&self) {
        self.api
            .wait_until(|world| (world.unconfirmed() == 0).then_some(()), "all updates to be confirmed")
            .await;
        let path = self.dir.path().join("desk.db");
        let read = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(path, read).expect("the database opens");
        let owed = || {
            database.query_row("SELECT count(*) FROM effects WHERE state = 'owed'", [], |row| {
                row.get::<_, i64>(0)
            })
        };
        eventually("nothing to be owed", || (owed().ok()? == 0).then_some(())).await;
    }

    /// Asks the program for the week as values by table, row and column, while the desk runs.
    async fn report(&self, further: &[&str]) -> Values {
        let mut program = Command::new(env!("CARGO_BIN_EXE_incident-desk"));
        program
            .env_clear()
            .envs(self.environment.iter().cloned())
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        program.args([
            "report",
            "--period",
            "week",
            "--at",
            "2026-03-25",
            "--zone",
            "Europe/Amsterdam",
            "--format",
            "csv",
        ]);
        let output = program.args(further).output().await.expect("the binary starts");
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{complaint}");
        values(&String::from_utf8(output.stdout).expect("a report is text"))
    }

    async fn close(self) {
        self.quiet().await;
        drop(self.stop);
        self.served.await.expect("it does not panic").expect("it ends well");
    }
}

/// Where the people of the plan are.
struct Company {
    office: Office,
    groups: [Team; 2],
}

impl Company {
    /// Sets everything up through commands.
    async fn set_up() -> Self {
        let mut chief = 0;
        let office = Office::open(|api| {
            chief = api.user("Chief", Some("chief"));
            chief
        });
        let alone = office.api.start_private(chief);
        let groups = ["_north", "_south"].map(|suffix| Team::gathered_as(&office.api, suffix));
        office.api.write(alone, chief, "/add_company Hauliers");
        office.api.wait_said(alone, "Hauliers").await;
        for (team, suffix) in groups.iter().zip(["north", "south"]) {
            office.api.join(team.chat, chief);
            team.ask(chief, "/add_group Hauliers", "belongs to Hauliers now").await;
            team.ask(team.berta, &format!("/configure_managers @max_{suffix}"), "Managers of this group")
                .await;
            team.ask(team.berta, "/settings timezone Europe/Amsterdam", "Europe/Amsterdam").await;
        }
        let [north, south] = &groups;
        north.ask(north.berta, "/add_team Tyres", "1. Tyres: (none)").await;
        north.ask(north.berta, "/add_team Safety", "2. Safety: (none)").await;
        north.ask(north.berta, "/add_team_member 1 @dora_north @dave_north", "@dave_north").await;
        south.ask(south.berta, "/add_team_member 1 @dora_south", "@dora_south").await;
        south.ask(south.berta, "/add_team_member 2 @dave_south", "2. Safety: @dave_south").await;
        let help = north.ask(north.drivers[0], "/help", "/new_issue").await.text;
        assert!(help.contains("/teams") && help.contains("/settings"), "{help}");
        Self { office, groups }
    }

    fn member(&self, group: usize, member: Member) -> i64 {
        match member {
            Dora => self.groups[group].dora,
            Dave => self.groups[group].dave,
        }
    }

    /// Does everything that is planned, in the order of the instants.
    async fn work(&self) {
        let mut steps: Vec<(i64, usize, Option<Act>)> = Vec::new();
        for (job, planned) in PLAN.iter().enumerate() {
            steps.push((planned.reported, job, None));
            steps.extend(planned.acts.iter().map(|(after, act)| (planned.reported + after, job, Some(*act))));
        }
        steps.sort_by_key(|(instant, ..)| *instant);
        let mut cards: BTreeMap<usize, Card> = BTreeMap::new();
        for (instant, job, act) in steps {
            self.office.pass_until(instant).await;
            let group = PLAN[job].group;
            let team = &self.groups[group];
            match act {
                None => {
                    let card = team.report_by(team.drivers[job % 5], &format!("job {job}")).await;
                    cards.insert(job, card);
                }
                Some(act) => self.act(group, team.drivers[job % 5], &cards[&job], act).await,
            }
            self.office.quiet().await;
        }
    }

    /// Asks for the week in the chat of a group, and reads the file with its values.
    async fn report_in_chat(&self, group: usize) -> Values {
        let team = &self.groups[group];
        let asked = team.write(team.max, "/report week 2026-03-25");
        let table = |message: &Message| {
            let media = message.media.as_ref().filter(|_| message.id > asked)?;
            media.name.as_ref().filter(|name| name.ends_with(".csv"))?;
            media.bytes.as_ref().map(|bytes| bytes.to_vec())
        };
        let sent = |world: &World| world.messages(team.chat).find_map(table);
        let bytes = self.office.api.wait_until(sent, "a report").await;
        values(&String::from_utf8(bytes).expect("it is text"))
    }

    async fn act(&self, group: usize, driver: i64, card: &Card, act: Act) {
        let team = &self.groups[group];
        let ask = async |who: i64, word: &str, rest: &str| {
            let said = team.ask(who, &format!("{word} {}{rest}", card.number), &card.number).await;
            assert!(!said.text.contains('❌'), "{word}: {}", said.text);
        };
        let press = async |who: i64, label: &str| {
            let answer = team.press(who, card, label).await;
            assert!(!answer.contains('❌'), "{label}: {answer}");
        };
        match act {
            Choose(name) => press(driver, name).await,
            Claim(who) => press(self.member(group, who), "Claim").await,
            Leave(who) => press(self.member(group, who), "Leave").await,
            Resolve(who) => press(self.member(group, who), "Resolve").await,
            Hold(who) => ask(self.member(group, who), "/hold", " external").await,
            Tag(who, word) => ask(self.member(group, who), "/tag", &format!(" {word}")).await,
            Resume(who) => ask(self.member(group, who), "/resume", "").await,
            Summarize(who) => {
                let question = team.question(card).await;
                team.api.reply(team.chat, self.member(group, who), question.id, "done and dusted");
                team.shows(card, "RESOLVED").await;
            }
            Cancel => ask(driver, "/cancel", " never mind").await,
            Reopen => ask(driver, "/reopen", " it is back").await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_of_two_groups_and_two_teams_is_reported_right_to_the_second() {
    let company = Company::set_up().await;
    company.work().await;
    company.office.pass_until(7 * DAY).await;

    let whole = company.office.report(&[]).await;
    let plan = Reckoned::of(&PLAN, None);
    compare(&whole, &plan);
    compare_tables(&whole, None);
    for (group, title) in ["Drivers_north", "Drivers_south"].into_iter().enumerate() {
        let (own, plan) =
            (company.office.report(&["--group", title]).await, Reckoned::of(&PLAN, Some(group)));
        // In the chat the zone is the one that the group has set.
        let in_chat = company.report_in_chat(group).await;
        compare_ages(&in_chat, group, 7 * DAY);
        for told in [own, in_chat] {
            compare(&told, &plan);
            compare_people(&told, &plan);
            compare_tables(&told, Some(group));
            compare_origins(&told, group);
        }
        let row = ("groups".to_owned(), title.to_owned(), "Incidents".to_owned());
        assert_eq!(whole[&row], plan.reported.to_string());
    }
    company.office.close().await;
}
