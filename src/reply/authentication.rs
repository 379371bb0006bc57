//! What a server that we trust says of a mail's sender (Authentication-Results, RFC 8601).

use super::header;
use crate::mail::Mail;

/// Whether the domain of the sender vouches for the mail (DMARC, RFC 7489).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// The trusted server says `dmarc=pass` for the sender's domain.
    Pass,
    /// The trusted server says `dmarc=fail`: somebody else uses the address.
    Fail,
    /// The trusted server says neither; or its word is not in the mail.
    None,
    /// No authserv-id is configured: nobody is trusted to say it.
    Unconfigured,
}

/// Reads the topmost Authentication-Results whose authserv-id is exactly `authserv_id`, as long as it stands above the
/// first Received that a foreign host wrote. What stands below that line, the sender may have written himself.
///
/// This relies on the mail server doing what RFC 8601, section 5, demands of it: removing header fields with its own
/// authserv-id from mail that comes in.
#[must_use]
pub fn read(mail: &Mail, authserv_id: Option<&str>) -> Authentication {
    let Some(trusted) = authserv_id.map(|id| id.trim().to_lowercase()).filter(|id| !id.is_empty()) else {
        return Authentication::Unconfigured;
    };
    for field in &mail.headers {
        match field.name.as_str() {
            "received" if !is_own_hop(&field.value, &trusted) => return Authentication::None,
            "authentication-results" => {
                let clean = header::without_comments(&field.value).to_lowercase();
                let mut parts = header::split_at_semicolons(&clean).into_iter();
                if parts.next().and_then(first_word) == Some(trusted.as_str()) {
                    let domain = mail.author_address().map_or("", |address| address.domain());
                    return dmarc(parts, domain);
                }
            }
            _ => {}
        }
    }
    Authentication::None
}

/// The authserv-id of the server that this mail was delivered to, as far as it shows beyond doubt: that of the topmost
/// Authentication-Results, if all Received above it are of that server's house, and the one is that took the mail from outside. What a
/// sender writes stands below that one, and has another name.
#[must_use]
pub fn own_authserv_id(mail: &Mail) -> Option<String> {
    let at = mail.headers.iter().position(|field| field.name == "authentication-results")?;
    let clean = header::without_comments(&mail.headers.get(at)?.value).to_lowercase();
    let id = header::split_at_semicolons(&clean).into_iter().next().and_then(first_word)?.to_owned();
    // Exchange Online writes none, but results at once.
    if !id.contains('.') || id.contains('=') {
        return None;
    }
    let mut hops = mail.headers.iter().enumerate().filter(|(_, field)| field.name == "received");
    let foreign = |value: &str| !is_own_hop(value, &id);
    if hops.clone().any(|(place, field)| place < at && foreign(&field.value)) {
        return None;
    }
    let (_, outer) = hops.find(|(_, field)| !is_handed_on(&field.value))?;
    written_by(&outer.value).is_some_and(|by| is_of_house(&by, &id)).then_some(id)
}

/// Of `authserv-id [version]`.
fn first_word(first: &str) -> Option<&str> {
    first.split_whitespace().next()
}

/// The DMARC result among `method=result property=value…`. A pass for another domain than the author's is none.
fn dmarc<'a>(results: impl Iterator<Item = &'a str>, author_domain: &str) -> Authentication {
    let mut found = Authentication::None;
    for result in results {
        let spaced = result.replace('=', " = ");
        let mut words = spaced.split_whitespace();
        let method = words.next().unwrap_or_default();
        if method.split('/').next() != Some("dmarc") || words.next() != Some("=") {
            continue;
        }
        let verdict = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        let domain = rest.windows(3).find_map(|three| match three {
            ["header.from", "=", domain] => Some(domain.trim_matches('"').trim_start_matches('@')),
            _ => None,
        });
        match verdict {
            "fail" => return Authentication::Fail,
            "pass" if domain.is_none_or(|domain| domain == author_domain) => found = Authentication::Pass,
            _ => {}
        }
    }
    found
}

/// Whether a Received field was written by a host of ours: the `by` name is the authserv-id, a name beside or below it, or
/// a name that only exists inside (no dot, an IP address).
fn is_own_hop(received: &str, trusted: &str) -> bool {
    written_by(received).is_some_and(|by| is_inside(&by) || is_of_house(&by, trusted))
}

/// Whether a host without a public name has only handed a mail on: by LMTP, or from nobody.
fn is_handed_on(received: &str) -> bool {
    let stamp = stamp(received);
    let mut words = stamp.split_whitespace();
    let by_lmtp = words.clone().any(|word| word.starts_with("lmtp"));
    written_by(received).is_some_and(|by| is_inside(&by)) && (by_lmtp || words.next() == Some("by"))
}

/// The host that wrote a Received field.
fn written_by(received: &str) -> Option<String> {
    let stamp = stamp(received);
    let by = stamp.split_whitespace().skip_while(|word| *word != "by").nth(1)?;
    Some(by.trim_end_matches('.').to_owned())
}

/// What stands before the date.
fn stamp(received: &str) -> String {
    let clean = header::without_comments(received).to_lowercase();
    header::split_at_semicolons(&clean).first().copied().unwrap_or_default().to_owned()
}

fn is_inside(host: &str) -> bool {
    !host.contains('.') || host.chars().all(|c| c.is_ascii_digit() || "[].".contains(c))
}

fn is_of_house(host: &str, trusted: &str) -> bool {
    let home = match trusted.split_once('.') {
        Some((_host, domain)) if domain.contains('.') => domain,
        _ => trusted,
    };
    host == home || host.strip_suffix(home).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::super::decision::tests::mail;
    use super::*;

    const FOREIGN: &str =
        "Received: from [10.0.0.5] by smtp.alfa.test with ESMTPA; Mon, 1 Jan 2024 10:00:00 +0300\n";
    const OWN: &str = "Received: from smtp.alfa.test (smtp.alfa.test [192.0.2.7]) by mx.m2mail.test (Postfix) with ESMTPS id 4T3; \
                       Mon, 1 Jan 2024 10:00:01 +0300\n";

    fn check(headers: &str, expect: Authentication) {
        let mail = mail(&format!("{headers}From: Ivan <ivan@alfa.test>\nTo: support@m2mail.test\n"));
        assert_eq!(read(&mail, Some("mx.m2mail.test")), expect, "{headers}");
    }

    #[test]
    fn the_trusted_word_counts() {
        let results = |results: &str| format!("Authentication-Results: mx.m2mail.test; {results}\n");
        let pass =
            results("spf=pass smtp.mailfrom=alfa.test; dmarc=pass (p=none dis=none) header.from=alfa.test");
        check(&format!("{pass}{OWN}{FOREIGN}"), Authentication::Pass);
        check(&format!("{OWN}{pass}{FOREIGN}"), Authentication::Pass);
        check(&pass, Authentication::Pass);
        let fail = results("dkim=none; dmarc=fail reason=\"a; dmarc=pass\" header.from=alfa.test");
        check(&format!("{OWN}{fail}{FOREIGN}"), Authentication::Fail);
        check(&format!("{fail}{pass}"), Authentication::Fail);
        check(&format!("{pass}{fail}"), Authentication::Pass);
        check(&results("dmarc = pass header.from = alfa.test"), Authentication::Pass);
        check(&results("dmarc/1=pass"), Authentication::Pass);
        check("Authentication-Results: MX.M2mail.Test 1; DMARC=Pass\n", Authentication::Pass);
        check("Authentication-Results: (ours) mx.m2mail.test (here); dmarc=(so)pass\n", Authentication::Pass);
    }

    #[test]
    fn every_other_word_does_not() {
        let pass = "Authentication-Results: mx.m2mail.test; dmarc=pass header.from=alfa.test\n";
        check(&format!("{OWN}{FOREIGN}{pass}"), Authentication::None);
        check(&format!("{FOREIGN}{pass}"), Authentication::None);
        for results in [
            "Authentication-Results: mx.m2mail.test.evil.test; dmarc=pass\n",
            "Authentication-Results: evil.test; dmarc=pass\n",
            "Authentication-Results: evil.test (mx.m2mail.test); dmarc=pass\n",
            "Authentication-Results: mx.m2mail.test; spf=pass; dkim=pass\n",
            "Authentication-Results: mx.m2mail.test; none\n",
            "Authentication-Results: mx.m2mail.test\n",
            "Authentication-Results: mx.m2mail.test; spf=none (dmarc=pass)\n",
            "Authentication-Results: mx.m2mail.test; spf=none reason=\"; dmarc=pass\"\n",
            "Authentication-Results: mx.m2mail.test; dmarc=pass header.from=evil.test\n",
            "Authentication-Results: mx.m2mail.test; dmarc=bestguesspass\n",
            "Authentication-Results: mx.m2mail.test; x-dmarc=pass\n",
            "Authentication-Results: (unclosed mx.m2mail.test; dmarc=pass\n",
            "ARC-Authentication-Results: i=1; mx.m2mail.test; dmarc=pass\n",
            "X-Authentication-Results: mx.m2mail.test; dmarc=pass\n",
        ] {
            check(results, Authentication::None);
        }
    }

    #[test]
    fn hops_inside_our_own_house_are_passed() {
        let pass = "Authentication-Results: mx.m2mail.test; dmarc=pass\n";
        for hop in [
            "by imap.m2mail.test with LMTP id 1",
            "by localhost with LMTP",
            "by 2001:db8::7 with SMTP",
            "by m2mail.test",
        ] {
            check(&format!("Received: {hop}; Mon\n{pass}"), Authentication::Pass);
        }
        for hop in
            ["by evilm2mail.test with SMTP", "from by", "(by mx.m2mail.test)", "from mx.m2mail.test", ""]
        {
            check(&format!("Received: {hop}; Mon\n{pass}"), Authentication::None);
        }
    }

    #[test]
    fn the_own_server_s_name_is_found_where_no_sender_can_have_written_it() {
        let found = |headers: &str| {
            own_authserv_id(&mail(&format!(
                "{headers}From: Ivan <ivan@alfa.test>\nTo: support@m2mail.test\n"
            )))
        };
        let ours = "Authentication-Results: mx.m2mail.test 1; dmarc=pass header.from=alfa.test\n";
        let theirs = "Authentication-Results: smtp.alfa.test; auth=pass smtp.auth=ivan@alfa.test\n";
        let inside = "Received: from mx.m2mail.test by imap with LMTP id 1; Mon\n";
        for headers in [
            format!("{ours}{OWN}{FOREIGN}"),
            format!("{OWN}{ours}{FOREIGN}"),
            format!("{inside}{OWN}{ours}{theirs}{FOREIGN}"),
            format!("Received: by 2002:a05::7 with SMTP id 1; Mon\n{OWN}{ours}{FOREIGN}"),
        ] {
            assert_eq!(found(&headers).as_deref(), Some("mx.m2mail.test"), "{headers}");
        }
        let nameless = "Received: from smtp.alfa.test by mail with ESMTP id 1; Mon\n";
        for headers in [
            format!("{OWN}{theirs}{FOREIGN}"),
            // Beyond a server that does not say whose it is, all may be the sender's.
            format!("{nameless}{theirs}{FOREIGN}"),
            format!("{nameless}{FOREIGN}{theirs}"),
            ours.to_owned(),
            format!("{OWN}{FOREIGN}"),
            format!("{OWN}{FOREIGN}{ours}"),
            format!("Authentication-Results: spf=pass smtp.mailfrom=alfa.test; dmarc=pass\n{OWN}"),
            format!("Authentication-Results: mx; dmarc=pass\n{OWN}"),
        ] {
            assert_eq!(found(&headers), None, "{headers}");
        }
    }

    #[test]
    fn without_an_id_nobody_is_believed() {
        let mail = mail("Authentication-Results: ; dmarc=pass\nFrom: a@b.test\n");
        assert_eq!(read(&mail, None), Authentication::Unconfigured);
        assert_eq!(read(&mail, Some(" ")), Authentication::Unconfigured);
    }
}
