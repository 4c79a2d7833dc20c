//! The long story: three replicas on one database, of which one is killed every few seconds, a database server that
//! crashes twice, and many people who go on with their incidents all the while: as many as `ENDURANCE_INCIDENTS` says,
//! 500 where nothing is said.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::crashes::{Dice, gather};
use crate::harness::{Crowd, Desk, Server, free_port};
use crate::replicas::{conclude, sent_away};

const GROUPS: usize = 20;
/// Names how many incidents there are.
const VARIABLE: &str = "ENDURANCE_INCIDENTS";
const INCIDENTS: usize = 500;
/// After which kills the server crashes.
const SERVER_CRASHES: [usize; 2] = [1, 2];
/// How long the story may take at least, and for each incident.
const BUDGET: (Duration, Duration) = (Duration::from_secs(120), Duration::from_millis(600));

fn incidents() -> usize {
    let said = std::env::var(VARIABLE).ok();
    said.map_or(INCIDENTS, |said| said.parse().unwrap_or_else(|error| panic!("{VARIABLE}={said}: {error}")))
}

/// Kills a replica every few seconds, and the database now and then, for as long as this is polled.
async fn assail(replicas: &mut [Desk], dice: &mut Dice, kills: &AtomicUsize) {
    loop {
        tokio::time::sleep(Duration::from_millis(2_500 + dice.below(3_000))).await;
        // One that was started just before the server crashed has ended by itself.
        replicas.iter_mut().for_each(Desk::watch_over);
        let unlucky = usize::try_from(dice.below(replicas.len() as u64)).expect("a small number");
        replicas[unlucky].crash().await;
        let so_far = kills.fetch_add(1, Ordering::SeqCst) + 1;
        if SERVER_CRASHES.contains(&so_far) {
            replicas[0].server().crash().await;
            tokio::time::sleep(Duration::from_millis(dice.below(1_500))).await;
            replicas[0].server().recover().await;
        }
    }
}

/// Lets everybody live, and judges what is left.
async fn endure(mut replicas: Vec<Desk>, seed: u64) {
    let api = replicas[0].api.clone();
    let mut dice = Dice(seed);
    let mut crowds = gather(&api, GROUPS, incidents().div_ceil(GROUPS), &mut dice).await;
    let (begun, kills) = (Instant::now(), AtomicUsize::new(0));
    let budget = BUDGET.0 + BUDGET.1 * u32::try_from(incidents()).expect("not so many");
    let living = tokio::time::timeout(budget, join_all(crowds.iter_mut().map(Crowd::live)));
    let lived = tokio::select! {
        lived = living => lived.is_ok(),
        () = assail(&mut replicas, &mut dice, &kills) => unreachable!("it never ends"),
    };
    let stuck: Vec<String> = crowds.iter().flat_map(Crowd::unfinished).collect();
    assert!(lived, "{} incidents are not through: {stuck:#?}", stuck.len());
    let kills = kills.into_inner();
    let lives: usize = crowds.iter().map(|crowd| crowd.lives.len()).sum();
    eprintln!("{kills} kills of three replicas, {lives} incidents: {:?}", begun.elapsed());
    assert!(kills >= SERVER_CRASHES[1], "it was over before the server had crashed twice: {kills}");
    replicas.iter_mut().for_each(Desk::watch_over);
    assert_eq!(sent_away(&replicas), 0, "two polled at a time");
    // A crash of the server can strike like a kill of all three.
    conclude(replicas, &crowds, kills + 3 * SERVER_CRASHES.len()).await;
}

fn enduring(desk: Desk) -> Desk {
    desk.with("SLA_UNCLAIMED_NUDGE", "3s").with("LOG_LEVEL", "info")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_do_survives_the_kills_of_replicas_and_crashes_of_the_server() {
    let first = enduring(Desk::prepared().keeping_in(Server::own().await)).start();
    let replicas = vec![first.replica().start(), first.replica().start(), first];
    endure(replicas, 0x3E91_1CA5_0001).await;
}

/// Passes connections on to whichever replica takes them, as a load balancer does.
async fn balance(listener: TcpListener, ports: [u16; 3]) {
    let mut turn = 0;
    while let Ok((caller, _)) = listener.accept().await {
        turn += 1;
        tokio::spawn(pass_on(caller, ports, turn));
    }
}

/// Passes a connection on. However it ends, the caller finds out.
async fn pass_on(mut caller: TcpStream, ports: [u16; 3], turn: usize) {
    for offset in 0..ports.len() {
        let port = ports[(turn + offset) % ports.len()];
        let Ok(mut replica) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
        copy_bidirectional(&mut caller, &mut replica).await.ok();
        return;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_webhook_it_survives_the_same() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("http://{}/telegram", listener.local_addr().expect("it is bound"));
    let ports = [free_port(), free_port(), free_port()];
    let balancing: JoinHandle<()> = tokio::spawn(balance(listener, ports));
    let hooked = |desk: Desk, port: u16| {
        enduring(desk)
            .with("TELEGRAM_WEBHOOK_URL", &url)
            .with("TELEGRAM_WEBHOOK_ADDR", format!("127.0.0.1:{port}"))
            .with("TELEGRAM_WEBHOOK_SECRET", "a-webhook-secret-of-the-tests_0123456789")
            .start()
    };
    let first = hooked(Desk::prepared().keeping_in(Server::own().await), ports[0]);
    let replicas = vec![hooked(first.replica(), ports[1]), hooked(first.replica(), ports[2]), first];
    endure(replicas, 0x3E91_1CA5_0002).await;
    balancing.abort();
}
