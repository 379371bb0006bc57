//! How a command ends when it fails: two lines on standard error and an exit code of sysexits.h.

use crate::config::{ConfigErrors, SecretError};
use crate::mail::header_text::escape_for_terminal;
use crate::private_file;
use crate::store::StoreError;
use std::io;
use std::process::ExitCode;

/// Exit codes of sysexits.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// The command line is wrong.
    Usage = 64,
    /// A file that was named is not what it should be.
    DataErr = 65,
    /// There is no such file, ticket or mail.
    NoInput = 66,
    /// A server or another part does not work.
    Unavailable = 69,
    /// A mistake of ours.
    Software = 70,
    /// A file cannot be made where it should be.
    CantCreat = 73,
    /// Reading or writing failed.
    IoErr = 74,
    /// Try again.
    TempFail = 75,
    /// No right to do that.
    NoPerm = 77,
    /// The configuration is wrong.
    Config = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// `None`: the reader of our output has gone, which is no failure.
    exit: Option<Exit>,
    /// What is wrong, each with its remedy (which may be empty). None: it has been told already.
    told: Vec<(String, String)>,
}

pub(super) type Outcome = Result<(), Failure>;

impl Failure {
    pub(super) fn new(exit: Exit, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { exit: Some(exit), told: vec![(what.into(), remedy.into())] }
    }

    /// A failure that the command's own output tells.
    pub(super) fn told(exit: Exit) -> Self {
        Self { exit: Some(exit), told: Vec::new() }
    }

    /// The exit code, if it is a failure.
    pub(super) fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// What is wrong, each with its remedy.
    pub(super) fn reasons(&self) -> &[(String, String)] {
        &self.told
    }

    /// Tells it on `stderr` and gives the exit code.
    pub(super) fn report(&self, stderr: &mut impl io::Write) -> ExitCode {
        let mark = crate::daemon::journal_mark();
        for (what, remedy) in &self.told {
            // If not even standard error can be written to, the exit code has to do.
            let _ = writeln!(stderr, "{mark}askback: {}", escape_for_terminal(what));
            if !remedy.is_empty() {
                let _ = writeln!(stderr, "{mark}remedy: {}", escape_for_terminal(remedy));
            }
        }
        self.exit.map_or(ExitCode::SUCCESS, ExitCode::from)
    }
}

impl From<io::Error> for Failure {
    /// Of writing to standard output.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { exit: None, told: Vec::new() };
        }
        Self::new(Exit::IoErr, format!("the output cannot be written: {}", private_file::plain(&error)), "")
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() {
            return io::Error::from(error).into();
        }
        Self::new(Exit::Software, format!("the output cannot be written as JSON: {error}"), "")
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        let told = errors.problems().iter().map(|problem| errors.describe(problem)).collect();
        Self { exit: Some(Exit::Config), told }
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        Self::new(Exit::Config, format!("{}: {}", error.key, error.what), error.remedy)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Missing { .. } | StoreError::NoBackup { .. } => Exit::NoInput,
            StoreError::CannotCreate(_) => Exit::CantCreat,
            StoreError::Folder { .. } => Exit::Config,
            StoreError::Locked { .. } | StoreError::Busy | StoreError::NoMemory => Exit::TempFail,
            StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::NotOurs { .. }
            | StoreError::Damaged(_)
            | StoreError::Unsound(_) => Exit::DataErr,
            StoreError::Rights { .. } => Exit::NoPerm,
            StoreError::Full | StoreError::Io(_) => Exit::IoErr,
            StoreError::Closed => Exit::Software,
        };
        let (what, remedy) = split_remedy(&error.to_string());
        Self::new(exit, what, remedy)
    }
}

impl From<anyhow::Error> for Failure {
    /// Of the database and the daemon, mostly; what a command writes meanwhile may also find its reader gone.
    fn from(error: anyhow::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(failure) => return failure,
            Err(error) => error,
        };
        let error = match error.downcast::<SecretError>() {
            Ok(error) => return error.into(),
            Err(error) => error,
        };
        match error.downcast::<StoreError>() {
            Ok(error) => error.into(),
            Err(error) => {
                let (what, remedy) = split_remedy(&format!("{error:#}"));
                Self::new(Exit::Software, what, remedy)
            }
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.told.iter().try_for_each(|(what, remedy)| writeln!(f, "{what}: {remedy}"))
    }
}

impl std::error::Error for Failure {}

/// Messages of the lower parts name the remedy behind the last colon. What others say stands before it, in parentheses.
pub(super) fn split_remedy(message: &str) -> (String, String) {
    match message.rsplit_once(": ") {
        Some((what, remedy)) => (what.to_owned(), remedy.to_owned()),
        None => (message.to_owned(), String::new()),
    }
}
