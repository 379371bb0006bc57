//! `askback run`: starts the tasks, keeps them running, stops them in order.
//!
//! Each stage's queue is a table, so a task can die and start again anywhere: `watch` (one a folder), `reconcile` (one a mailbox),
//! `intake`, `login` (one an OAuth account), `clock`, `outbox`, `copies`, `wall`, `report`. A new configuration (SIGHUP) is read
//! whole before the old one is let go; then all tasks stop and start again with the new one, on the same open database.

mod clock;
mod log;
mod login;
pub(crate) mod reconcile;
mod sink;
mod status;
mod supervise;
mod wall;

use crate::config::{Config, Secrets};
use crate::imap;
use crate::intake::{self, Attempts, Bells, Desk, Trial};
use crate::outbox;
use crate::outbox::copies::run_copies;
use crate::outbox::smtp::Smtp;
use crate::store::setting::TOKEN_KEY;
use crate::store::{Access, Store, StoreError};
use crate::ticket::token::TokenKey;
use anyhow::Context as _;
use chrono::Utc;
use clock::Clock;
use log::Log;
pub(crate) use log::journal_mark;
use login::Login;
use reconcile::daily::{self, Daily};
use sd_notify::NotifyState;
pub(crate) use sink::StoreSink;
use status::Status;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use supervise::Tasks;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};
use wall::{Wall, while_right};

pub(crate) use wall::is_possible as clock_is_possible;

/// SIGTERM lets the mail in hand be finished, but never longer than this.
const STOP_WITHIN: Duration = Duration::from_secs(4);

/// And noting that this is no fault of the mails in hand takes no longer than this.
const EXCUSE_WITHIN: Duration = Duration::from_millis(300);

/// Threads that wait for sockets and clocks. Slow work has threads of its own, so two are enough on any machine.
const WORKERS: usize = 2;

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// What keeps the daemon from starting, or a task that cannot be kept running.
pub fn run(config_path: &Path, config: Config) -> anyhow::Result<()> {
    let log = Log::start(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .context("the async runtime does not start")?;
    let outcome = runtime.block_on(serve(config_path, config, &log));
    runtime.shutdown_timeout(Duration::from_millis(300));
    outcome
}

/// What lives longer than one configuration.
struct House {
    store: Store,
    token_key: TokenKey,
    status: Arc<Status>,
    attempts: Arc<Attempts>,
    bells: Bells,
    sent: Arc<Notify>,
    /// What is known of this machine's clock.
    wall: Arc<Mutex<Wall>>,
    /// Whether it is believed.
    right: Arc<watch::Sender<bool>>,
}

impl House {
    /// Stops all tasks; that some are cut off is no fault of the mails in hand.
    async fn stop(&self, tasks: Tasks) {
        if tasks.stop(STOP_WITHIN).await {
            return;
        }
        let excused = tokio::time::timeout(EXCUSE_WITHIN, self.attempts.cut_off(&self.store)).await;
        if !matches!(excused, Ok(Ok(()))) {
            tracing::warn!(
                "the mails in hand could not be noted as innocent: the database was busy to the end"
            );
        }
    }
}

async fn serve(config_path: &Path, config: Config, log: &Log) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut reload = signal(SignalKind::hangup())?;

    // Before anything is created: a wrong password file must not leave an empty database behind.
    let mut secrets = config.secrets()?;
    let store = Store::open(&config.store.path, Access::Daemon)?;
    let house = House {
        store: store.clone(),
        token_key: token_key(&store).await?,
        status: Arc::new(Status::default()),
        attempts: Arc::new(Attempts::new(Trial::new(config_path))),
        bells: Bells::default(),
        sent: Arc::default(),
        wall: Arc::default(),
        right: Arc::default(),
    };
    let store_path = config.store.path.clone();
    let mut tasks = start(&house, Setup::new(config, secrets.clone(), &house)?);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "askback is running");
    status::notify(&[NotifyState::Ready]);

    let outcome = loop {
        tokio::select! {
            _ = terminate.recv() => break Ok(()),
            _ = interrupt.recv() => break Ok(()),
            bug = tasks.failure() => break Err(bug),
            _ = reload.recv() => {
                match reload_setup(config_path, &store_path, &secrets, &house) {
                    Ok(setup) => {
                        secrets = setup.secrets.clone();
                        house.stop(tasks).await;
                        house.status.clear();
                        log.change(&setup.config.log);
                        tasks = start(&house, setup);
                        tracing::info!("the new configuration is in force");
                    }
                    Err(error) => {
                        tracing::error!("the new configuration is refused, the old one stays: {error:#}");
                        house.status.refused(&format!("{error:#}"));
                        status::notify(&[NotifyState::Status(&house.status.line())]);
                    }
                }
            }
        }
    };
    status::notify(&[NotifyState::Stopping]);
    tracing::info!("stopping: the mail in hand is finished first");
    house.stop(tasks).await;
    drop(house);
    if tokio::time::timeout(Duration::from_millis(300), store.close()).await.is_err() {
        tracing::warn!("the database was busy to the end; its log is replayed at the next start");
    }
    outcome
}

/// The secret of this database's tokens, made at the first start.
async fn token_key(store: &Store) -> anyhow::Result<TokenKey> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let key = store.write(32, move |tx| tx.setting_or_insert(TOKEN_KEY, || fresh.to_vec())).await?;
    let key = key.try_into().map_err(|_| StoreError::Damaged("the key of its tokens".to_owned()))?;
    Ok(TokenKey::new(key))
}

/// One configuration with all that it names, read whole: whatever is wrong with it shows before any task stops for it.
struct Setup {
    config: Config,
    secrets: Secrets,
    desk: Desk,
}

impl Setup {
    fn new(config: Config, secrets: Secrets, house: &House) -> anyhow::Result<Self> {
        let desk = config.desk(house.token_key.clone(), Utc::now())?;
        Ok(Self { config, secrets, desk })
    }
}

/// Reads the configuration that is to replace the running one.
fn reload_setup(path: &Path, store_path: &Path, before: &Secrets, house: &House) -> anyhow::Result<Setup> {
    let config = Config::load(path)?;
    anyhow::ensure!(
        config.store.path == store_path,
        "store.path cannot change while askback runs; restart it instead"
    );
    let secrets = config.secrets()?.carrying_on(before);
    Setup::new(config, secrets, house)
}

/// Starts all tasks of one configuration.
fn start(house: &House, setup: Setup) -> Tasks {
    let Setup { config, secrets, desk } = setup;
    let desk = Arc::new(desk);
    let sink = Arc::new(StoreSink {
        store: house.store.clone(),
        arrived: house.bells.arrived.clone(),
        status: house.status.clone(),
    });

    let mut tasks = Tasks::new(house.status.clone());
    let watched: Vec<_> =
        config.mailboxes(&secrets).into_iter().chain(config.sent_folders(&secrets)).collect();
    let folders: Vec<String> = watched.iter().map(|settings| settings.mailbox.clone()).collect();
    for settings in watched {
        let sink = sink.clone();
        tasks.spawn(&format!("watch {}", settings.mailbox), move |stop| {
            imap::watch(settings.clone(), sink.clone(), stop)
        });
    }
    for (mailbox, at, folders) in config.reconciliations(&secrets) {
        let zone = config.hours.zone();
        let daily = Arc::new(Daily { mailbox, folders, at, zone, sink: sink.clone() });
        let name = format!("reconcile {}", daily.mailbox);
        tasks.spawn(&name, while_right(&house.right, move |stop| daily::run(daily.clone(), stop)));
    }
    {
        let (store, desk) = (house.store.clone(), desk.clone());
        let (attempts, bells) = (house.attempts.clone(), house.bells.clone());
        let intake =
            move |stop| intake::run(store.clone(), desk.clone(), attempts.clone(), bells.clone(), stop);
        tasks.spawn("intake", while_right(&house.right, intake));
    }
    for tokens in secrets.tokens() {
        let name = format!("login {}", tokens.name());
        let login = Arc::new(Login {
            tokens: tokens.clone(),
            store: house.store.clone(),
            desk: desk.clone(),
            people: config.operators(),
            status: house.status.clone(),
            letters: house.bells.letters.clone(),
        });
        tasks.spawn(&name, while_right(&house.right, move |stop| login::run(login.clone(), stop)));
    }
    {
        let (store, filed, letters) =
            (house.store.clone(), house.bells.filed.clone(), house.bells.letters.clone());
        let clock = Arc::new(Clock {
            desk: desk.clone(),
            policy: config.nudge_policy(),
            every: config.nudges.every,
            close_after: config.tickets.close_after,
            folders: folders.clone(),
            status: house.status.clone(),
        });
        let clock =
            move |stop| clock::run(store.clone(), clock.clone(), filed.clone(), letters.clone(), stop);
        tasks.spawn("clock", while_right(&house.right, clock));
    }
    {
        let (store, letters, sent) = (house.store.clone(), house.bells.letters.clone(), house.sent.clone());
        let settings = config.smtp_settings(&secrets);
        let outbox = move |stop| {
            outbox::run(store.clone(), Smtp::new(settings.clone()), letters.clone(), sent.clone(), stop)
        };
        tasks.spawn("outbox", while_right(&house.right, outbox));
    }
    if let Some((settings, folder)) = config.sent_folder(&secrets) {
        let (store, sent) = (house.store.clone(), house.sent.clone());
        tasks.spawn("copies", move |stop| {
            let folder = imap::SentFolder::new(settings.clone(), folder.clone(), stop.clone());
            run_copies(store.clone(), folder, sent.clone(), stop)
        });
    }
    {
        let (store, wall) = (house.store.clone(), house.wall.clone());
        let (right, status) = (house.right.clone(), house.status.clone());
        tasks.spawn("wall", move |stop| {
            wall::watch_clock(store.clone(), Utc::now, wall.clone(), right.clone(), status.clone(), stop)
        });
    }
    {
        let (store, status) = (house.store.clone(), house.status.clone());
        tasks.spawn("report", move |stop| {
            status::report(status.clone(), store.clone(), desk.clone(), folders.clone(), stop)
        });
    }
    tasks
}
