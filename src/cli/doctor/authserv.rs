//! Whether `reply.authserv_id` is the name that the operator's own mail server has, as stored mails show it.

use super::Findings;
use crate::cli::failure::Outcome;
use crate::config::Config;
use crate::mail::{self, Mail};
use crate::reply::Authentication;
use crate::reply::authentication::{own_authserv_id, read};
use crate::store::Only;
use crate::ticket::Disposition;
use std::collections::BTreeSet;

/// So many of the latest mails are looked at.
const LATEST: usize = 50;

/// So many of them at least, and nine in ten, of senders in more than one domain, must name the server, and all alike: what only some
/// have, they may have written themselves.
const ENOUGH: usize = 5;

pub(super) fn examine(config: &Config, findings: &mut Findings<'_>) -> Outcome {
    let given = config.reply.authserv_id.as_deref();
    let shown = shown(&latest(config), given);
    let Some(given) = given else {
        let remedy = match &shown {
            Some((name, mails)) => format!(
                "put authserv_id = \"{name}\" into [reply], if that is your own mail server: the last {mails} mails carry \
                 Authentication-Results of it"
            ),
            None => "send yourself a mail, look for Authentication-Results that your own server adds at the top, and put \
                     its first word into reply.authserv_id"
                .to_owned(),
        };
        return findings.note("authserv_id", "not set: all senders count as unverified", &remedy);
    };
    let Some((name, mails)) = shown else { return Ok(()) };
    let detail = format!(
        "the last {mails} mails carry Authentication-Results of {name}, and reply.authserv_id is {given}: no sender is believed"
    );
    let remedy = format!("set authserv_id = \"{name}\", if that is your own mail server");
    findings.note("authserv_id", detail, &remedy)
}

/// The latest mails of clients. Without a database there are none.
fn latest(config: &Config) -> Vec<Mail> {
    let Ok(store) = crate::cli::store(config) else { return Vec::new() };
    let agents = config.agents();
    let read = store.read_now(|reader| {
        let rows = reader.mails(Some(Only(Some(Disposition::Filed))), LATEST)?;
        let mut mails = Vec::new();
        for row in rows {
            let is_received =
                row.key.is_some_and(|key| config.mailbox.iter().any(|mailbox| mailbox.name == key.mailbox));
            if is_received && let Some(raw) = reader.readable(row.id)? {
                let mail = mail::parse(&raw);
                // Agents' mails may not come from outside.
                if !mail.author_address().is_some_and(|author| author.is_among(&agents)) {
                    mails.push(mail);
                }
            }
        }
        Ok(mails)
    });
    // Damage is told by others.
    read.unwrap_or_default()
}

/// The name under which the server that these mails came to writes Authentication-Results, and how many show it, if `given` is another
/// and there is no doubt.
fn shown(mails: &[Mail], given: Option<&str>) -> Option<(String, usize)> {
    let believed = |mail: &Mail| matches!(read(mail, given), Authentication::Pass | Authentication::Fail);
    if mails.iter().any(believed) {
        return None;
    }
    let showing: Vec<(String, &Mail)> =
        mails.iter().filter_map(|mail| Some((own_authserv_id(mail)?, mail))).collect();
    let names: BTreeSet<&str> = showing.iter().map(|(name, _)| name.as_str()).collect();
    let domains: BTreeSet<&str> =
        showing.iter().filter_map(|(_, mail)| Some(mail.author_address()?.domain())).collect();
    let [name] = names.into_iter().collect::<Vec<_>>()[..] else { return None };
    let is_another = given.is_none_or(|given| !given.eq_ignore_ascii_case(name));
    let is_plain = showing.len() >= ENOUGH && showing.len() * 10 >= mails.len() * 9 && domains.len() > 1;
    (is_another && is_plain).then(|| (name.to_owned(), showing.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mail that a server of this name has taken from this client.
    fn mail(server: &str, client: &str) -> Mail {
        let raw = format!(
            "Received: from smtp.alfa.test by {server} with ESMTPS; Mon, 1 Jan 2024 10:00:01 +0300\r\n\
             Authentication-Results: {server}; dmarc=pass header.from=x.test\r\nFrom: a@{client}\r\n\r\nText\r\n"
        );
        mail::parse(raw.as_bytes())
    }

    #[test]
    fn another_name_is_shown_where_all_mails_agree() {
        let of = |server: &str, clients: &[&str]| -> Vec<Mail> {
            clients.iter().map(|client| mail(server, client)).collect()
        };
        let clients = ["a.test", "b.test", "a.test", "a.test", "c.test"];
        let ours = of("mx.m2m.test", &clients);
        let found = Some(("mx.m2m.test".to_owned(), 5));
        assert_eq!(shown(&ours, Some("mx.m2m.tset")), found);
        assert_eq!(shown(&ours, None), found);
        assert_eq!(shown(&ours, Some("MX.m2m.test")), None);
        assert_eq!(shown(&of("mx.m2m.test", &["a.test"; 5]), None), None, "one sender");
        assert_eq!(shown(&of("mx.m2m.test", &clients[..4]), None), None, "few");
        let without =
            mail::parse(b"Received: from x.test by mx.m2m.test with ESMTPS; Mon\r\nFrom: a@x.test\r\n\r\n");
        assert_eq!(shown(&[ours.clone(), vec![without]].concat(), None), None, "not all of them");
        let others = of("mx.other.test", &["d.test"]);
        assert_eq!(shown(&[ours, others].concat(), None), None, "two servers");
    }
}
