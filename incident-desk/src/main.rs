//! The program: command line in, exit status out. Everything it does is in the library beside it.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use incident_core::figures::Window;
use incident_core::ports::{Clock, Store, TABLES};
use incident_core::view::Phrasebook;
use incident_desk::cli::{self, Cli, Command, Exit, Format, Import, Raisedash, Route, Source};
use incident_desk::clock::SystemClock;
use incident_desk::config::{Config, Database, Sources};
use incident_desk::database::{self, Opened};
use incident_desk::import::{self, Imported, Plan, raisedash::RaisedashFile};
use incident_desk::moving::{self, Move, Sum};
use incident_desk::person;
use incident_desk::report::{self, Question};
use incident_desk::verify::{self, Verified};
use incident_desk::{assemble, export, probe, sandbox, simulate, telemetry};
use store_sqlite::{Options, Progress, SqliteStore};

// Messages and rows are many small strings; with this allocator an update costs less than with the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many threads work beside the main one. The desk's work is short and mostly waits for the disk and the
/// network; with more threads, an update costs more because they wake one another.
const WORKERS: usize = 1;

const BACKUP_ON_A_SERVER: &str = "incident-desk: backup copies a SQLite file, and DATABASE_URL names a PostgreSQL \
    database: use pg_dump there, which may run beside the desk, such as pg_dump --format=custom --file=PATH DATABASE";

const REHEARSAL_ON_A_SERVER: &str = "incident-desk: a dry run works on a copy, and a PostgreSQL database is not copied: \
    rehearse with DATABASE_URL=sqlite:PATH, or without --dry-run in a database made with createdb --template";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let exit = match run(&cli) {
        Ok(exit) => exit,
        // Whoever reads our output has read enough. What does more than show must say that it was not finished.
        Err(error) if only_shows(&cli.requested()) && is_broken_pipe(&error) => Exit::Success,
        Err(error) => {
            complain(&format!("incident-desk: {}", explained(&error)));
            Exit::Failure
        }
    };
    exit.into()
}

const fn only_shows(command: &Command) -> bool {
    match command {
        Command::Export(_) | Command::Report(_) | Command::Simulate(_) | Command::Sandbox(_) => true,
        Command::Serve
        | Command::CheckConfig
        | Command::Migrate(_)
        | Command::Backup(_)
        | Command::Import(_)
        | Command::Verify
        | Command::Person(_)
        | Command::Health => false,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(broken))
}

/// Says what went wrong and why. Some errors speak of their cause themselves; it is not said twice.
fn explained(error: &anyhow::Error) -> String {
    let mut sentence = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !sentence.contains(&cause) {
            let joint = if sentence.is_empty() { "" } else { ": " };
            sentence = format!("{sentence}{joint}{cause}");
        }
    }
    sentence
}

fn run(cli: &Cli) -> anyhow::Result<Exit> {
    let command = cli.requested();
    if let Command::Sandbox(options) = &command {
        return runtime()?.block_on(run_sandbox(options));
    }
    if let Command::Simulate(options) = &command {
        return simulate::simulate(options, &mut BufWriter::new(io::stdout().lock()));
    }
    let config = match Config::from_sources(&Sources::read(cli.config_path())) {
        Ok(config) => config,
        Err(problems) => {
            complain(&problems.to_string());
            return Ok(Exit::Usage);
        }
    };
    match command {
        Command::Serve => serve(&config),
        Command::CheckConfig => check_config(&config),
        Command::Migrate(options) => match options.route() {
            Some(route) => runtime()?.block_on(run_move(&config, &route, options.dry_run)),
            None => migrate(&config),
        },
        Command::Backup(backup) => back_up(&config, &backup.output),
        Command::Export(options) => runtime()?.block_on(run_export(&config, options.output.as_deref())),
        Command::Import(Import { from: Source::Raisedash(options) }) => {
            runtime()?.block_on(run_import(&config, &options))
        }
        Command::Report(options) => runtime()?.block_on(run_report(&config, &options)),
        Command::Verify => runtime()?.block_on(run_verify(&config)),
        Command::Person(asked) => runtime()?.block_on(person::run(&config, &asked)).map(|()| Exit::Success),
        Command::Health => health(&config),
        Command::Sandbox(_) | Command::Simulate(_) => Ok(Exit::Success),
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()
}

fn serve(config: &Config) -> anyhow::Result<Exit> {
    if let Err(missing) = config.platforms() {
        complain(&missing.to_string());
        return Ok(Exit::Usage);
    }
    let hook = config.error_hook.as_ref();
    let _farewell = telemetry::init(&config.log_filter, config.log_format, config.secrets(), hook)?;
    for hint in config.hints() {
        tracing::warn!("{hint}");
    }
    runtime()?.block_on(assemble::serve(config, Arc::new(SystemClock), terminated()))?;
    Ok(Exit::Success)
}

/// Ends when the process is asked to stop, by SIGTERM or Ctrl-C.
async fn terminated() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupted => {}
        },
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be awaited; use Ctrl-C");
            drop(interrupted.await);
        }
    }
}

fn check_config(config: &Config) -> anyhow::Result<Exit> {
    let mut out = io::stdout().lock();
    for line in config.describe().iter().chain(config.hints()) {
        writeln!(out, "{line}")?;
    }
    if let Err(missing) = config.platforms() {
        complain(&missing.to_string());
        return Ok(Exit::Usage);
    }
    Ok(Exit::Success)
}

fn health(config: &Config) -> anyhow::Result<Exit> {
    let Some(addr) = config.http_addr else {
        complain("incident-desk: set HTTP_ADDR, where the desk that runs says how it is");
        return Ok(Exit::Usage);
    };
    let answer =
        probe::ready(addr).with_context(|| format!("the desk does not answer at HTTP_ADDR {addr}"))?;
    writeln!(io::stdout(), "{}", answer.said)?;
    Ok(if answer.ready { Exit::Success } else { Exit::Failure })
}

fn migrate(config: &Config) -> anyhow::Result<Exit> {
    let version = runtime()?.block_on(database::migrate(config))?;
    writeln!(io::stdout(), "{} has schema version {version}", config.database)?;
    Ok(Exit::Success)
}

/// Copies everything from one database to another, or says what there is to copy.
async fn run_move(config: &Config, route: &Route, dry_run: bool) -> anyhow::Result<Exit> {
    let mut ends = Vec::new();
    for (option, url) in [("--from", &route.from), ("--to", &route.to)] {
        match Database::parse(url.expose()) {
            Ok(database) => {
                let mut end = config.clone();
                end.database = database;
                ends.push(end);
            }
            Err(wrong) => complain(&format!("incident-desk: the URL of {option} {wrong}")),
        }
    }
    let [from, to] = ends.as_slice() else {
        return Ok(Exit::Usage);
    };
    if from.database == to.database {
        complain("incident-desk: --from and --to are the same database");
        return Ok(Exit::Usage);
    }
    let mut out = BufWriter::new(io::stdout());
    if dry_run {
        return list(from, to, &mut out).await;
    }
    let now = SystemClock.now();
    let (source, target) = (Opened::source(from, now).await?, Opened::target(to, now).await?);
    let name = from.database.lasting_name();
    let moving = Move { from: source.rows(), source: &name, to: target.rows() };
    moving.copy(&mut tell).await?;
    let seen = verify::verify(&*target.store(), Some(target.audit()), &mut out, &mut |_| {}).await?;
    moving.finish().await?;
    let Verified { incidents, events, differences, .. } = seen;
    writeln!(out, "copied {} to {}: all rows are the same in both", from.database, to.database)?;
    if differences == 0 {
        writeln!(
            out,
            "verified: {events} events, and all {incidents} incidents are what their journals tell"
        )?;
    } else {
        writeln!(out, "verified: {differences} differences, which are in the source as well")?;
    }
    out.flush()?;
    target.close().await;
    source.close().await;
    Ok(if differences == 0 { Exit::Success } else { Exit::Failure })
}

/// Lists what a move would copy, and what it would stop at.
async fn list(from: &Config, to: &Config, out: &mut (dyn Write + Send)) -> anyhow::Result<Exit> {
    let source = Opened::beside(from).await?;
    let mut unkept = 0;
    for table in &TABLES {
        let sum = Sum::of(source.rows(), table).await?;
        writeln!(out, "{}: {} rows", table.name, sum.rows)?;
        if sum.unkept > 0 && matches!(to.database, Database::Server(_)) {
            unkept += sum.unkept;
            writeln!(
                out,
                "! {}: {} rows hold the character U+0000, which PostgreSQL cannot keep",
                table.name, sum.unkept
            )?;
        }
    }
    writeln!(out, "nothing was copied from {} to {}: this was a rehearsal", from.database, to.database)?;
    out.flush()?;
    source.close().await;
    Ok(if unkept == 0 { Exit::Success } else { Exit::Failure })
}

/// Tells how far a move is.
fn tell(progress: moving::Progress) {
    match progress {
        moving::Progress::GoesOn => complain("going on with a copy that was interrupted"),
        moving::Progress::Copied { table, rows, of } if rows == of || rows % 10_000 == 0 => {
            complain(&format!("{table}: {rows} of {of} rows copied"));
        }
        moving::Progress::Copied { .. } => {}
        moving::Progress::Same { table, rows } => complain(&format!("{table}: {rows} rows compared")),
    }
}

fn back_up(config: &Config, to: &Path) -> anyhow::Result<Exit> {
    let Database::File(path) = &config.database else {
        complain(BACKUP_ON_A_SERVER);
        return Ok(Exit::Usage);
    };
    let mut shown = 0;
    database::file_beside(path, config)?.backup(to, |Progress { copied, total }| {
        let percent = u64::from(copied) * 100 / u64::from(total).max(1);
        if percent >= shown + 10 {
            shown = percent;
            complain(&format!("{percent} %"));
        }
    })?;
    writeln!(io::stdout(), "copied {} to {}", config.database, to.display())?;
    Ok(Exit::Success)
}

async fn run_export(config: &Config, out: Option<&Path>) -> anyhow::Result<Exit> {
    let store = Opened::beside(config).await?.store();
    match out {
        None => {
            let mut out = BufWriter::new(io::stdout());
            export::export(&*store, &mut out).await?;
        }
        Some(path) => {
            let lines = export::export(&*store, &mut BufWriter::new(create(path)?)).await?;
            complain(&format!("{lines} lines"));
        }
    }
    Ok(Exit::Success)
}

async fn run_report(config: &Config, options: &cli::Report) -> anyhow::Result<Exit> {
    let now = SystemClock.now();
    let opened = Opened::beside(config).await?;
    let whose = (options.company.as_deref(), options.group.as_deref());
    let calendar = report::calendar(&*opened.store(), whose, &config.calendar).await?;
    let zone = options.zone.clone().unwrap_or(calendar.zone);
    let day = options.at.unwrap_or_else(|| zone.date(now));
    let window = Window::of(options.period, day, &zone, options.week_start.unwrap_or(calendar.week_start))?;
    let policy = assemble::policy(config)?;
    let asked = Question {
        company: options.company.as_deref(),
        group: options.group.as_deref(),
        window: &window,
        policy: &policy,
        now,
    };
    let report = report::report(&*opened.store(), &*opened.cases(), &asked).await?;
    let text = match options.format {
        Format::Html => report::html(&report, Phrasebook::new().locale(Some(&options.language))),
        Format::Csv => report::csv(&report),
    };
    match &options.output {
        None => io::stdout().lock().write_all(text.as_bytes())?,
        Some(path) => create(path)?.write_all(text.as_bytes())?,
    }
    Ok(Exit::Success)
}

fn create(path: &Path) -> anyhow::Result<File> {
    let advice = if path.exists() { "; a file that exists is never overwritten" } else { "" };
    File::create_new(path).with_context(|| format!("cannot create {}{advice}", path.display()))
}

async fn run_verify(config: &Config) -> anyhow::Result<Exit> {
    let opened = Opened::beside(config).await?;
    let mut told = 0;
    let mut progress = |seen: Verified| {
        if seen.incidents >= told + 10_000 {
            told = seen.incidents;
            complain(&format!("{told} incidents verified"));
        }
    };
    let mut out = BufWriter::new(io::stdout());
    let seen = verify::verify(&*opened.store(), Some(opened.audit()), &mut out, &mut progress).await?;
    let Verified { companies, incidents, events, differences } = seen;
    writeln!(
        out,
        "companies: {companies}, incidents: {incidents}, events: {events}, differences: {differences}"
    )?;
    out.flush()?;
    Ok(if differences == 0 { Exit::Success } else { Exit::Failure })
}

async fn run_import(config: &Config, options: &Raisedash) -> anyhow::Result<Exit> {
    let file = RaisedashFile::open(&options.file, options.utc_offset)?;
    let rehearsal = tempfile::tempdir()?;
    let store: Arc<dyn Store> = match (&config.database, options.dry_run) {
        (Database::File(path), true) => {
            let copy = rehearsal.path().join("copy.db");
            if path.exists() {
                database::file_beside(path, config)?.backup(&copy, |_| {})?;
            }
            Arc::new(SqliteStore::open(&copy, Options::default())?)
        }
        (Database::Server(_), true) => {
            complain(REHEARSAL_ON_A_SERVER);
            return Ok(Exit::Usage);
        }
        (Database::File(_) | Database::Server(_), false) => Opened::open(config).await?.store(),
    };
    let policy = assemble::policy(config)?;
    let chats = options.chats.iter().copied().collect();
    let plan = Plan { policy: &policy, chats, now: SystemClock.now() };
    let mut out = BufWriter::new(io::stdout());
    let Imported { incidents, known, left_out } = import::import(&*store, &file, &plan, &mut out).await?;
    writeln!(out, "taken over: {incidents}, there already: {known}, left out: {left_out}")?;
    if options.dry_run {
        writeln!(out, "nothing was changed: this was a rehearsal on a copy")?;
    }
    out.flush()?;
    Ok(if left_out == 0 { Exit::Success } else { Exit::Failure })
}

async fn run_sandbox(options: &cli::Sandbox) -> anyhow::Result<Exit> {
    let path = options.database();
    if options.fresh && path.exists() {
        sandbox::forget(&path).await.with_context(|| format!("cannot start anew with {}", path.display()))?;
    }
    let store = SqliteStore::open(&path, Options::default())
        .with_context(|| format!("cannot open the sandbox {}", path.display()))?;
    let sandbox = sandbox::Sandbox::open(Arc::new(store)).await?;
    sandbox.converse(&mut BufReader::new(io::stdin()), &mut io::stdout()).await?;
    Ok(Exit::Success)
}

/// Writes a sentence to standard error. If nobody can read that, there is nobody to tell.
fn complain(sentence: &str) {
    drop(writeln!(io::stderr(), "{sentence}"));
}
