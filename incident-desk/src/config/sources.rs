//! Gathers the texts a configuration is made of.
//!
//! Everything that touches the process or the file system is here, and what it finds is a plain value: the
//! rules themselves can then be tested with a few strings.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::{
    keys::Key,
    problem::{Origin, Problem},
};

/// Names the environment variable that points at the TOML file.
pub const CONFIG_VARIABLE: &str = "INCIDENT_DESK_CONFIG";

/// Names the TOML file that is read when neither the command line nor the environment names one.
pub const DEFAULT_FILE: &str = "incident-desk.toml";

/// Holds the text of a file and the path it was found under.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The path, as it is to be shown.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

/// Holds everything a configuration is built from: the environment, the `.env` file and the TOML file.
#[derive(Clone, Default)]
pub struct Sources {
    /// The process environment.
    pub environment: BTreeMap<String, String>,
    /// The `.env` file, if there is one.
    pub dotenv: Option<Text>,
    /// The TOML file, if there is one.
    pub file: Option<Text>,
    pub(super) unreadable: Vec<Problem>,
}

impl Sources {
    /// Reads the process environment and the files of the working directory.
    ///
    /// The TOML file is the one at `config_path`, else the one that `INCIDENT_DESK_CONFIG` names, else
    /// `incident-desk.toml` if it exists. What cannot be read is not an error here: it is one of the problems
    /// that [`Config::from_sources`](super::Config::from_sources) reports, together with all others.
    #[must_use]
    pub fn read(config_path: Option<&Path>) -> Self {
        Self::read_in(Path::new(""), env::vars_os(), config_path)
    }

    /// Reads the files of the given directory, and takes the environment from the caller.
    #[must_use]
    pub fn read_in(
        directory: &Path,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        config_path: Option<&Path>,
    ) -> Self {
        let mut sources = Self::default();
        for (name, value) in environment {
            sources.take_variable(name, value);
        }
        sources.dotenv = sources.text(directory, Path::new(".env"), None);
        sources.file = match (config_path, sources.named_file()) {
            (Some(path), _) => sources.text(directory, path, Some(Origin::CommandLine)),
            (None, Some(path)) => sources.text(directory, &path, Some(Origin::Environment)),
            (None, None) => sources.text(directory, Path::new(DEFAULT_FILE), None),
        };
        sources
    }

    fn take_variable(&mut self, name: OsString, value: OsString) {
        let Ok(name) = name.into_string() else { return };
        match value.into_string() {
            Ok(value) => {
                self.environment.insert(name, value);
            }
            Err(_) => {
                if let Some(key) = Key::from_name(&name) {
                    let problem = Problem::of_key(key, &Origin::Environment, "the value is not UTF-8 text");
                    self.unreadable.push(problem);
                }
            }
        }
    }

    fn named_file(&self) -> Option<PathBuf> {
        self.environment.get(CONFIG_VARIABLE).filter(|path| !path.trim().is_empty()).map(PathBuf::from)
    }

    /// Reads a file; a missing one is a problem only if somebody asked for it.
    fn text(&mut self, directory: &Path, path: &Path, asked_by: Option<Origin>) -> Option<Text> {
        let error = match fs::read_to_string(directory.join(path)) {
            Ok(text) => return Some(Text { path: path.to_owned(), text }),
            Err(error) if error.kind() == io::ErrorKind::NotFound && asked_by.is_none() => return None,
            Err(error) => error,
        };
        let wrong = if error.kind() == io::ErrorKind::InvalidData {
            "the file is not UTF-8 text".to_owned()
        } else {
            format!("cannot read the file: {error}")
        };
        let subject = match &asked_by {
            Some(Origin::CommandLine) => format!("--config {}", path.display()),
            Some(Origin::Environment) => format!("{CONFIG_VARIABLE}={}", path.display()),
            Some(Origin::File(_) | Origin::Default) | None => path.display().to_string(),
        };
        self.unreadable.push(Problem::of(subject, asked_by, wrong));
        None
    }
}

// The values are left out: any of them may be a secret.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("environment", &self.environment.keys())
            .field("dotenv", &self.dotenv)
            .field("file", &self.file)
            .field("unreadable", &self.unreadable)
            .finish()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("path", &self.path).field("bytes", &self.text.len()).finish()
    }
}
