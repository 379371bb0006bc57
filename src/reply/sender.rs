//! Names that only programs use.

/// Local parts of programs, whole.
const ROBOTS: [&str; 15] = [
    "mailer-daemon",
    "mailerdaemon",
    "mailer_daemon",
    "mdaemon",
    "postmaster",
    "listserv",
    "listproc",
    "majordomo",
    "bounce",
    "bounces",
    "autoreply",
    "auto-reply",
    "autoresponder",
    "auto-responder",
    "nobody",
];

/// What local parts of mailing lists begin or end with.
const LIST_PREFIXES: [&str; 2] = ["owner-", "bounces-"];
const LIST_SUFFIXES: [&str; 2] = ["-bounces", "-bounce"];

/// The same, of names that people and departments have as well.
const UNSURE_PREFIXES: [&str; 1] = ["bounce-"];
const UNSURE_SUFFIXES: [&str; 2] = ["-request", "-owner"];

/// Users of web servers and their programs, in whose name forms of sites are sent.
const WEB_SERVERS: [&str; 7] = ["nobody", "www-data", "www", "apache", "nginx", "wordpress", "webform"];

/// Programs that watch something: their names, alone or as a part of one.
const WATCHERS: [&str; 9] =
    ["zabbix", "nagios", "icinga", "prtg", "grafana", "prometheus", "alertmanager", "smartd", "uptimerobot"];

/// Mailboxes that programs write from, whole: as a part of a name they may be anything. `monitoring` is none of them: clients of this
/// trade have a department of that name.
const NOTIFIERS: [&str; 9] =
    ["alert", "alerts", "notification", "notifications", "notify", "notifier", "robot", "uptime", "watchdog"];

/// Mailboxes that nobody reads, written without separators: they come with `-`, `_` and `.` in every place.
const UNREAD: [&str; 4] = ["noreply", "donotreply", "dontreply", "neotvechat"];

/// Mailboxes that a desk or a department reads, not one person.
const ROLES: [&str; 23] = [
    "support",
    "help",
    "helpdesk",
    "servicedesk",
    "service",
    "sd",
    "desk",
    "hotline",
    "care",
    "info",
    "contact",
    "hello",
    "office",
    "sales",
    "shop",
    "orders",
    "billing",
    "invoice",
    "invoices",
    "accounting",
    "marketing",
    "news",
    "newsletter",
];

/// A local part without its `+tag`.
fn user(local: &str) -> &str {
    local.split('+').next().unwrap_or(local)
}

/// Whether a local part (in lower case) is that of a desk or a department.
pub(super) fn is_role(local: &str) -> bool {
    ROLES.contains(&user(local))
}

/// Whether a local part (in lower case) is a program's: a mailer daemon, a list manager, a no-reply mailbox.
pub(super) fn is_machine(local: &str) -> bool {
    let user = user(local);
    ROBOTS.contains(&user) || has_affix(user, &LIST_PREFIXES, &LIST_SUFFIXES) || is_unread(user)
}

/// Whether a local part (in lower case) may be a program's or a list's: no letter goes there, but a person may write from it.
pub(super) fn is_unattended(local: &str) -> bool {
    let user = user(local);
    let watches = || user.split(['-', '_', '.']).any(|part| WATCHERS.contains(&part));
    user == "root"
        || WEB_SERVERS.contains(&user)
        || NOTIFIERS.contains(&user)
        || watches()
        || has_affix(user, &UNSURE_PREFIXES, &UNSURE_SUFFIXES)
}

fn has_affix(user: &str, prefixes: &[&str], suffixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| user.starts_with(prefix))
        || suffixes.iter().any(|suffix| user.ends_with(suffix))
}

/// Whether nobody reads what is sent there: `noreply`, `no-reply-site`, `billing.noreply`.
fn is_unread(user: &str) -> bool {
    let bare: String = user.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    UNREAD.iter().any(|name| bare.starts_with(name) || bare.ends_with(name))
}

/// Whether a local part (in lower case) is one that web sites send the forms of their visitors from.
pub(super) fn sends_forms(local: &str) -> bool {
    let user = user(local);
    WEB_SERVERS.contains(&user) || is_unread(user)
}

/// Whether a local part (in lower case) is one that delivery programs and mailing lists have in Return-Path and Sender.
pub(super) fn is_list_manager(local: &str) -> bool {
    let user = user(local);
    matches!(user, "mailer-daemon" | "listserv" | "majordomo")
        || has_affix(user, &LIST_PREFIXES, &LIST_SUFFIXES)
        || has_affix(user, &UNSURE_PREFIXES, &UNSURE_SUFFIXES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_known_by_their_names() {
        for local in [
            "mailer-daemon",
            "postmaster",
            "noreply",
            "no-reply",
            "no_reply",
            "no.reply",
            "do-not-reply",
            "donotreply",
            "billing-noreply",
            "noreply-billing",
            "noreply+x1",
            "bounce",
            "bounces+123",
            "bounces-77",
            "owner-fleet",
            "fleet-bounces",
            "listserv",
            "majordomo",
            "mdaemon",
            "ne-otvechat",
        ] {
            assert!(is_machine(local), "{local}");
        }
        for local in [
            "request",
            "owner",
            "bouncer",
            "reply",
            "support",
            "info",
            "robotov",
            "alerts.ivan",
            "zabbixov",
            "ivan.petrov",
            "replyno",
            "monitoring",
            "masterpost",
        ] {
            assert!(!is_machine(local) && !is_unattended(local), "{local}");
        }
        for local in [
            "bounce-77",
            "fleet-request",
            "fleet-owner",
            "root",
            "www-data",
            "wordpress",
            "zabbix",
            "zabbix-srv",
            "alerts",
            "robot",
        ] {
            assert!(!is_machine(local) && is_unattended(local), "{local}");
        }
        assert!(
            !is_list_manager("noreply") && !is_list_manager("postmaster") && is_list_manager("owner-fleet")
        );
    }
}
