//! The command line: one small file a subcommand. Each takes what it needs, reads the configuration (no secrets,
//! unless it talks to servers), and writes to a `Screen`.

mod allocator;
mod backup;
mod calendar;
mod check_config;
mod clients;
mod core_file;
mod doctor;
mod explain;
mod export;
mod failure;
mod letter;
mod mail;
mod mails;
mod outbox;
mod progress;
mod reconcile;
mod restore;
mod screen;
mod table;
mod ticket;
mod ticket_change;
mod tickets;
mod verify;
mod view;

use crate::config::Config;
use crate::intake::Desk;
use crate::store::{Access, Only, Store, Tx};
use crate::ticket::State;
use crate::ticket::token::TokenKey;
use chrono::Utc;
use clap::builder::{OsStringValueParser, PossibleValuesParser, TypedValueParser as _};
use clap::{Parser, Subcommand};
use failure::{Exit, Failure, Outcome};
use screen::Screen;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use strum::VariantArray as _;
use tickets::Which;
use tokio::runtime::Runtime;

/// Where the configuration is if nobody says where.
const USUAL_CONFIG: &str = "/etc/askback/askback.toml";

/// Reads a support mailbox, files every mail into a ticket, and asks clients for exactly what is missing.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true, max_term_width = 100)]
struct Cli {
    /// The configuration
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        env = "ASKBACK_CONFIG",
        default_value = USUAL_CONFIG,
        // That of a path refuses an empty one, even where a variable that was set to nothing is not needed.
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    config: PathBuf,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon until SIGTERM; SIGHUP re-reads the configuration
    Run,
    /// Check the configuration
    CheckConfig {
        /// The result as JSON
        #[arg(long)]
        json: bool,
        /// Whether the running daemon would take it at a reload: reads the passwords, too
        #[arg(long)]
        reload: bool,
    },
    /// Look at everything the daemon stands on: configuration, passwords, clock, database, servers
    Doctor {
        /// The list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Write all mails as JSON lines, received and sent, with their text and what became of them
    Export,
    /// Show what would become of mails, taken as one conversation of one client; sends nothing
    Explain {
        /// Mails as files, in the order they came; - for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// One line of JSON a file
        #[arg(long)]
        json: bool,
    },
    /// List tickets
    Tickets {
        #[command(flatten)]
        which: Which,
        /// Close them: what nobody waits for any more; questions and confirmations that still wait are not sent
        #[arg(long, requires = "before")]
        close: bool,
        /// The list as JSON
        #[arg(long, conflicts_with = "close")]
        json: bool,
    },
    /// Show a ticket: its conversation, what was found in it, letters and events; or change it
    Ticket {
        /// Its number, as letters and notices write it or bare
        #[arg(value_parser = ticket_number)]
        number: u32,
        /// The ticket as JSON
        #[arg(long, conflicts_with = "Change")]
        json: bool,
        #[command(flatten)]
        change: Option<ticket_change::Change>,
    },
    /// Show a mail and what became of it
    Mail {
        /// Its number (not its ticket's)
        number: i64,
        /// The mail as JSON
        #[arg(long, conflicts_with = "raw")]
        json: bool,
        /// The bytes of the mail as they came
        #[arg(long)]
        raw: bool,
    },
    /// List mails, the latest first
    Mails {
        /// Only received ones of which this became: new, filed, automatic, quarantined, held, duplicate
        #[arg(long, value_parser = disposition_parser())]
        disposition: Option<Only>,
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        /// The list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Look at mails from senders who are doubtful or not registered, and decide on them
    #[command(subcommand)]
    Quarantine(mails::QuarantineCommand),
    /// Look at mails that could not be processed, and decide on them
    #[command(subcommand)]
    Held(mails::HeldCommand),
    /// The client registry: organisations with their domains and persons
    #[command(subcommand)]
    Clients(clients::ClientsCommand),
    /// List letters that wait, went out or could not; or show one
    #[command(args_conflicts_with_subcommands = true)]
    Outbox {
        /// The number of the letter to show
        #[arg(conflicts_with = "state")]
        number: Option<i64>,
        /// List only those in this state
        #[arg(long, value_parser = outbox_state_parser())]
        state: Option<outbox::Shown>,
        /// The list or the letter as JSON
        #[arg(long)]
        json: bool,
        /// The bytes of the letter as they go out
        #[arg(long, requires = "number", conflicts_with = "json")]
        raw: bool,
        #[command(subcommand)]
        command: Option<letter::LetterCommand>,
    },
    /// Check the database: its pages, the SHA-256 of every mail, what its tables say of each other
    Verify,
    /// Copy the database into a new file while the daemon works; the copy is checked before it gets its name
    Backup {
        /// The new file
        #[arg(value_name = "PATH")]
        to: PathBuf,
    },
    /// Put a backup in the place of the database, which is kept aside; the daemon must be stopped
    Restore {
        /// The backup
        #[arg(value_name = "PATH")]
        from: PathBuf,
    },
    /// Compare each watched folder with the database, and fetch the mails that are missing here; also beside the daemon
    Reconcile {
        /// Only look: nothing changes here or on the server; exit code 65 if mails are missing
        #[arg(long)]
        dry_run: bool,
        /// The result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Look at the working hours
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
}

/// A ticket's number: `12`, `#12`, `[#12]`, `№ 12`.
fn ticket_number(text: &str) -> Result<u32, String> {
    let bare = text.trim_matches(['[', ']', '#', '№', ' ']);
    let number: Option<NonZeroU32> = bare.parse().ok();
    number.map(NonZeroU32::get).ok_or_else(|| format!("a ticket has a number from 1 to {}", u32::MAX))
}

fn state_parser() -> impl clap::builder::TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::VARIANTS.iter().map(<&str>::from)).try_map(|name| name.parse::<State>())
}

fn disposition_parser() -> impl clap::builder::TypedValueParser<Value = Only> {
    PossibleValuesParser::new(Only::names())
        .try_map(|name| Only::from_name(&name).ok_or("unknown disposition"))
}

fn outbox_state_parser() -> impl clap::builder::TypedValueParser<Value = outbox::Shown> {
    PossibleValuesParser::new(outbox::Shown::all().map(outbox::Shown::name))
        .try_map(|name| outbox::Shown::from_name(&name).ok_or("unknown state"))
}

/// Runs the program: parses the arguments, does the command, turns its error into an exit code (sysexits.h).
#[must_use]
pub fn main() -> ExitCode {
    core_file::forbid();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; if they cannot be written, nobody is there to be told.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    let mut screen = Screen::stdout();
    match run(&cli, &mut screen).and_then(|()| screen.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = screen.flush();
            failure.report(&mut std::io::stderr())
        }
    }
}

fn run(cli: &Cli, screen: &mut Screen) -> Outcome {
    let is_named = !cli.config.as_os_str().is_empty();
    let path = if is_named { cli.config.as_path() } else { Path::new(USUAL_CONFIG) };
    match &cli.command {
        Command::Run => {
            allocator::settle();
            let config = config(path)?;
            desk(&config)?;
            Ok(crate::daemon::run(path, config)?)
        }
        Command::CheckConfig { json, reload } => check_config::run(path, *json, *reload, screen),
        Command::Doctor { json } => doctor::run(path, *json, screen),
        Command::Export => export::run(&config(path)?, screen),
        Command::Explain { files, json } => explain::run(&config(path)?, files, *json, screen),
        Command::Tickets { which, close: true, json: _ } => {
            ticket_change::close_all(&config(path)?, *which, screen)
        }
        Command::Tickets { which, close: false, json } => tickets::run(&config(path)?, *which, *json, screen),
        Command::Ticket { number, json: _, change: Some(change) } => {
            ticket_change::run(&config(path)?, *number, change, screen)
        }
        Command::Ticket { number, json, change: None } => ticket::run(&config(path)?, *number, *json, screen),
        Command::Mail { number, json: _, raw: true } => mail::raw(&config(path)?, *number, screen),
        Command::Mail { number, json, raw: false } => mail::run(&config(path)?, *number, *json, screen),
        Command::Mails { disposition, limit, json } => {
            mails::list(&config(path)?, *disposition, *limit, *json, screen)
        }
        Command::Quarantine(command) => mails::quarantine(&config(path)?, command, screen),
        Command::Held(command) => mails::held(&config(path)?, command, screen),
        Command::Clients(command) => clients::run(&config(path)?, command, screen),
        Command::Outbox { command: Some(command), .. } => letter::change(&config(path)?, command, screen),
        Command::Outbox { number: Some(number), raw: true, .. } => {
            letter::raw(&config(path)?, *number, screen)
        }
        Command::Outbox { number: Some(number), json, .. } => {
            letter::run(&config(path)?, *number, *json, screen)
        }
        Command::Outbox { state, json, .. } => outbox::run(&config(path)?, *state, *json, screen),
        Command::Verify => verify::run(&config(path)?, screen),
        Command::Backup { to } => backup::run(&config(path)?, to, screen),
        Command::Restore { from } => restore::run(&config(path)?, from, screen),
        Command::Reconcile { dry_run, json } => reconcile::run(&config(path)?, *dry_run, *json, screen),
        Command::Calendar(command) => calendar::run(&config(path)?, command, screen),
    }
}

fn config(path: &Path) -> Result<Config, Failure> {
    Ok(Config::load(path)?)
}

/// What decisions stand on, made as the daemon makes it but with a key that signs nothing: wrong templates and rules show
/// here, before a daemon starts with them.
fn desk(config: &Config) -> Result<Desk, Failure> {
    config.desk(TokenKey::new([0; 32]), Utc::now()).map_err(|error| {
        let (what, remedy) = failure::split_remedy(&format!("{error:#}"));
        Failure::new(Exit::Config, what, remedy)
    })
}

/// What runs a command that waits for servers or for the daemon.
fn runtime() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| {
        Failure::new(Exit::Software, format!("the async runtime does not start: {error}"), "")
    })
}

/// Changes the database beside the running daemon.
fn change<T: Send + 'static>(
    config: &Config,
    work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let store = Store::open(&config.store.path, Access::Operator)?;
    let runtime = runtime()?;
    let done = runtime.block_on(store.write(0, work));
    runtime.block_on(store.close())?;
    Ok(done?)
}

/// The database of a configuration, to look at.
fn store(config: &Config) -> Result<Store, Failure> {
    Ok(Store::open(&config.store.path, Access::ReadOnly)?)
}
