//! The database fails in every way that it may while people work, and it comes back: who presses is told to try again,
//! what somebody wrote is kept, readiness says how it is, and everything goes on by itself.
//!
//! A full disk is played by triggers that fail as a full disk does: a real one cannot be had without a file system
//! of one's own.

use serde_json::Value;

use crate::harness::{Desk, Server, TRY_AGAIN, Team, free_port};
use crate::servers::{ready, until};

/// Fails every write as a full disk does.
const FULL: &str = "
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
    DO $$ DECLARE t text; BEGIN
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON %I FOR EACH ROW
                EXECUTE FUNCTION full_disk()', t);
        END LOOP; END $$;";
const ROOM: &str = "DROP FUNCTION full_disk CASCADE;";
/// Keeps everybody from writing, and whoever tries from giving their connection back.
const SLOW: &str = "LOCK TABLE requests, incidents, effects, duties, meta IN EXCLUSIVE MODE";

/// Something that a fault does not end: a claim under way, a report, and what they wait for.
struct Scene {
    desk: Desk,
    team: Team,
    card: crate::harness::Card,
    address: String,
}

impl Scene {
    async fn new(desk: Desk) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let desk = desk.with("HTTP_ADDR", &address).start();
        let team = Team::working(&desk.api).await;
        let card = team.report("flat tyre").await;
        desk.quiet().await;
        let scene = Self { desk, team, card, address };
        until("the desk to be ready", async || scene.is_ready().await).await;
        scene
    }

    async fn is_ready(&self) -> bool {
        ready(&self.address).await["ready"] == Value::Bool(true)
    }

    /// People go on while the database is away, and are told.
    async fn people_go_on(&self) {
        let claim = self.team.push(self.team.dora, &self.card, "Claim").await;
        self.team.write(self.team.drivers[0], "/new_issue broken axle");
        until("readiness to be red", async || !self.is_ready().await).await;
        let answer = self.desk.api.wait_answer(&claim).await;
        assert!(answer.text.contains(TRY_AGAIN), "{answer:?}");
    }

    /// It goes on by itself, and nothing is lost or doubled.
    async fn it_goes_on(self) {
        until("readiness to be green again", async || self.is_ready().await).await;
        let Self { desk, team, card, .. } = self;
        team.says("Issue: broken axle").await;
        team.finish(&card).await;
        let ledger = desk.close().await;
        assert_eq!(ledger.incidents.len(), 2);
        let facts = ["created", "acknowledged", "resolution_requested", "resolved"];
        assert_eq!(ledger.incident(&card.number).facts(), facts);
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_costs_nothing_but_time() {
    let scene = Scene::new(Desk::on_a_server().await).await;
    scene.desk.server().cut().await;
    scene.people_go_on().await;
    scene.desk.server().mend();
    scene.it_goes_on().await;
}

#[tokio::test]
async fn a_server_that_crashes_costs_nothing_but_time() {
    let scene = Scene::new(Desk::prepared().keeping_in(Server::own().await)).await;
    scene.desk.server().crash().await;
    scene.people_go_on().await;
    scene.desk.server().recover().await;
    scene.it_goes_on().await;
}

#[tokio::test]
async fn a_full_disk_costs_nothing_but_time() {
    let scene = Scene::new(Desk::on_a_server().await).await;
    scene.desk.server().database.execute(FULL).await;
    scene.people_go_on().await;
    scene.desk.server().database.execute(ROOM).await;
    scene.it_goes_on().await;
}

#[tokio::test]
async fn a_server_that_answers_nobody_and_so_keeps_every_connection_costs_nothing_but_time() {
    let scene = Scene::new(Desk::on_a_server().await.with("DATABASE_CONNECTIONS", 2)).await;
    let slow = scene.desk.server().database.hold(SLOW).await;
    scene.people_go_on().await;
    slow.release().await;
    scene.it_goes_on().await;
}
