//! That no secret is shown.

use crate::*;

fn with_secrets(more: &[(&str, &str)]) -> Sources {
    let webhook = [
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_WEBHOOK_URL", "https://desk.example.org"),
        ("TELEGRAM_WEBHOOK_ADDR", "127.0.0.1:9000"),
        ("TELEGRAM_WEBHOOK_SECRET", SECRET),
    ];
    environment(&[webhook.as_slice(), more].concat())
}

fn assert_clean(text: &str) {
    let telling = TOKEN.split_once(':').map(|(_, half)| half).expect("a token has two halves");
    assert!(!text.contains(telling) && !text.contains(SECRET), "{text}");
}

#[test]
fn a_good_configuration_shows_them_nowhere() {
    let sources = with_secrets(&[]);
    let config = good(&sources);
    assert_clean(&format!("{config:?} {config:#?} {sources:?} {:?}", config.platforms()));
    let lines = config.describe();
    assert_clean(&lines.join("\n"));
    assert_eq!(lines[0], "TELEGRAM_BOT_TOKEN = set (environment)");
    assert_eq!(lines[4], "TELEGRAM_WEBHOOK_SECRET = set (environment)");
}

#[test]
fn errors_do_not_show_them_even_where_they_do_not_belong() {
    let long = "x".repeat(70);
    let values = [
        TOKEN,
        SECRET,
        &format!("{SECRET}/{TOKEN}"),
        &format!("https://u:{SECRET}@host"),
        &format!("{TOKEN}{long}"),
    ];
    let misplaced = Key::all().flat_map(|key| values.map(|value| [(key.name(), value)]));
    let refused = misplaced.filter_map(|pair| Config::from_sources(&with_secrets(&pair)).err());
    let texts: Vec<_> = refused.map(|errors| format!("{errors} {errors:?}")).collect();
    assert!(texts.len() > 80, "almost nothing takes such a value, and {} were refused", texts.len());
    texts.iter().for_each(|text| assert_clean(text));
}

#[test]
fn a_broken_file_is_described_without_its_text() {
    let lines = [
        format!("telegram_bot_token = {TOKEN}"),
        format!("telegram_bot_token = \"{TOKEN}"),
        format!("telegram_bot_token = ['{TOKEN}']"),
        format!("telegram_bot_token = {{ a = '{TOKEN}' }}"),
        format!("telegram_webhook_secret '{SECRET}'"),
        format!("telegram_webhook_secret = '{SECRET}' '{SECRET}'"),
    ];
    for line in lines {
        let errors = Config::from_sources(&sources(&[], "", &format!("log_level = 'info'\n{line}")));
        let errors = errors.map(|_| ()).expect_err(&line);
        assert_clean(&format!("{errors} {errors:?}"));
    }
    let found = problems(&sources(&[], "", "log_level = 'info'\nlog_format = json"));
    assert!(found[0].starts_with("desk.toml, line 2: is not TOML: "), "{found:?}");
    let found = problems(&sources(&[], &format!("export {TOKEN}\nTELEGRAM_BOT_TOKEN=\"{TOKEN}"), ""));
    assert_eq!(
        found,
        [".env, line 1: has no `=`", ".env, line 2: opens a quotation mark that is never closed"]
    );
}

#[test]
fn all_of_them_are_handed_to_the_guard_of_the_logs() {
    let guarded = good(&with_secrets(&[])).secrets();
    let guarded: Vec<_> = guarded.iter().map(|secret| secret.expose_secret()).collect();
    assert_eq!(guarded, [TOKEN, "TEST-token_000000000000000000", SECRET]);
}

#[test]
fn the_password_of_a_database_is_one() {
    let url = format!("postgres://desk:{SECRET}@db.example/incidents?password={SECRET}");
    let sources = environment(&[("DATABASE_URL", &url)]);
    let config = good(&sources);
    assert_clean(&format!("{config:?} {config:#?} {sources:?} {}", config.describe().join("\n")));
    let shown = settings(&config);
    assert_eq!(shown["DATABASE_URL"], "postgres://desk@db.example/incidents");
    let guarded = config.secrets();
    assert!(guarded.iter().all(|secret| secret.expose_secret() == SECRET) && !guarded.is_empty());
    let broken = format!("postgres://desk:{SECRET}@db.example:port/incidents");
    let errors = Config::from_sources(&environment(&[("DATABASE_URL", &broken)]));
    let errors = errors.map(|_| ()).expect_err("the port is none");
    assert_clean(&format!("{errors} {errors:?}"));
}
