//! Which files are read.

use crate::*;

fn read(directory: &Path, environment: &[(&str, &str)], config_path: Option<&str>) -> Sources {
    let environment = environment.iter().map(|(key, value)| (OsString::from(key), OsString::from(value)));
    Sources::read_in(directory, environment, config_path.map(Path::new))
}

#[test]
fn the_command_line_names_the_file_before_the_environment_and_that_before_the_working_directory() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for name in ["incident-desk.toml", "named.toml", "given.toml"] {
        fs::write(directory.path().join(name), "log_format = 'json'").expect("a file");
    }
    let named = [("INCIDENT_DESK_CONFIG", "named.toml")];
    let found = [
        read(directory.path(), &named, Some("given.toml")),
        read(directory.path(), &named, None),
        read(directory.path(), &[("INCIDENT_DESK_CONFIG", "")], None),
    ];
    let origins = found.map(|sources| good(&sources).origin(Key::LogFormat).to_string());
    assert_eq!(origins, ["given.toml", "named.toml", "incident-desk.toml"]);
}

#[test]
fn files_nobody_asked_for_may_be_missing_and_others_may_not() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    assert_eq!(settings(&good(&read(directory.path(), &[], None))), settings(&good(&Sources::default())));
    let missing = "cannot read the file: No such file or directory (os error 2)";
    let asked = problems(&read(directory.path(), &[], Some("given.toml")));
    assert_eq!(asked, [format!("--config given.toml (command line): {missing}")]);
    let asked = problems(&read(directory.path(), &[("INCIDENT_DESK_CONFIG", "named.toml")], None));
    assert_eq!(asked, [format!("INCIDENT_DESK_CONFIG=named.toml (environment): {missing}")]);
}

#[test]
fn the_dotenv_file_of_the_working_directory_is_read_and_cannot_name_the_other_file() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    fs::write(directory.path().join(".env"), "export LOG_FORMAT='json' # for machines\n").expect("a file");
    assert_eq!(good(&read(directory.path(), &[], None)).describe()[35], "LOG_FORMAT = json (.env)");
    fs::write(directory.path().join(".env"), "INCIDENT_DESK_CONFIG=x.toml\n").expect("a file");
    let expected =
        "INCIDENT_DESK_CONFIG (.env): works only in the process environment; use it there, or use --config";
    assert_eq!(problems(&read(directory.path(), &[], None)), [expected]);
}

#[cfg(unix)]
#[test]
fn text_that_is_not_utf_8_is_refused_where_it_matters() {
    use std::os::unix::ffi::OsStringExt;

    let directory = tempfile::tempdir().expect("a temporary directory");
    fs::write(directory.path().join(".env"), b"A=\xff").expect("a file");
    let bad = OsString::from_vec(vec![0xff]);
    let environment = [(OsString::from("LOG_LEVEL"), bad.clone()), (OsString::from("OTHER"), bad)];
    let found = problems(&Sources::read_in(directory.path(), environment, None));
    let allowed = Key::LogLevel.allowed();
    let expected = [
        format!("LOG_LEVEL (environment): the value is not UTF-8 text; allowed: {allowed}"),
        ".env: the file is not UTF-8 text".to_owned(),
    ];
    assert_eq!(found, expected);
}
