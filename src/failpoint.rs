//! Places where tests make the program die, to see that nothing is lost or done twice. Only debug builds have them, which
//! `cargo test` makes; in a release build `hit` is empty.

/// All places: a start, then in the order in which a mail comes by.
#[cfg(debug_assertions)]
pub const POINTS: [&str; 25] = [
    "migrate.statement",
    "migrate.committed",
    "list.before-commit",
    "list.committed",
    "fetch.body",
    "fetch.part",
    "store.before-commit",
    "store.committed",
    "confirm.before-server",
    "confirm.server-told",
    "confirm.noted",
    "intake.claimed",
    "intake.read",
    "intake.filed-one",
    "intake.committed",
    "outbox.claimed",
    "smtp.greeted",
    "smtp.logged-in",
    "smtp.sender",
    "smtp.recipient",
    "smtp.data",
    "smtp.dot-sent",
    "outbox.handed-over",
    "outbox.recorded",
    "copy.appended",
];

/// Places in an exchange of refresh tokens.
#[cfg(debug_assertions)]
pub const LOGIN_POINTS: [&str; 2] = ["oauth.answered", "oauth.kept"];

/// Where a mail dies that kills whoever reads it.
#[cfg(debug_assertions)]
pub const READING: [&str; 1] = ["intake.reading"];

/// In a debug build, ends the process on the spot, as SIGKILL does, if the environment asks for it here:
/// `ASKBACK_FAILPOINT=outbox.claimed:2` at the second time.
pub(crate) fn hit(point: &'static str) {
    #[cfg(debug_assertions)]
    armed::hit(point);
    #[cfg(not(debug_assertions))]
    let _ = point;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Where to die, and at which time.
    static TARGET: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static HITS: AtomicU32 = AtomicU32::new(0);

    pub(super) fn hit(point: &'static str) {
        debug_assert!(
            super::POINTS
                .iter()
                .chain(&super::LOGIN_POINTS)
                .chain(&super::READING)
                .any(|known| *known == point),
            "{point} is not in the list"
        );
        let target = TARGET.get_or_init(|| {
            let wanted = std::env::var("ASKBACK_FAILPOINT").ok()?;
            let (point, time) = wanted.split_once(':')?;
            Some((point.to_owned(), time.parse().ok()?))
        });
        if let Some((wanted, time)) = target
            && wanted == point
            && HITS.fetch_add(1, Ordering::Relaxed) + 1 == *time
        {
            std::process::abort();
        }
    }
}
