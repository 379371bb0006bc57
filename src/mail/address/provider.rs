//! Providers of mailboxes for everybody, and what limits count addresses by.
//!
//! At some providers one mailbox has addresses without number, and whoever has a domain has its subdomains: a limit that goes by
//! the spelling limits nothing. What is said here is for counting only. Who somebody is, what he may, and where a letter goes is
//! told by [`Address`] alone.

use super::Address;

/// A provider that takes several spellings for one mailbox.
struct Provider {
    /// Its domains, of which each has the same mailboxes.
    domains: &'static [&'static str],
    /// The one spelling of a local part.
    spelling: fn(&str) -> String,
}

const PROVIDERS: &[Provider] = &[
    // Dots do not count.
    Provider { domains: &["gmail.com", "googlemail.com"], spelling: |user| user.replace('.', "") },
    // A hyphen is as good as a dot.
    Provider {
        domains: &[
            "yandex.ru",
            "ya.ru",
            "yandex.com",
            "yandex.by",
            "yandex.kz",
            "yandex.ua",
            "yandex.uz",
            "yandex.az",
            "yandex.com.tr",
            "narod.ru",
        ],
        spelling: |user| user.replace('-', "."),
    },
    Provider {
        domains: &["proton.me", "protonmail.com", "pm.me"],
        spelling: |user| user.replace(['.', '-', '_'], ""),
    },
    Provider { domains: &["icloud.com", "me.com", "mac.com"], spelling: str::to_owned },
];

/// Second levels below the domains of countries that are nobody's: everybody has his own below them.
const CATEGORIES: &[&str] = &[
    "ac", "co", "com", "edu", "firm", "gen", "go", "gob", "gov", "info", "int", "kiev", "mil", "msk", "ne",
    "net", "nom", "or", "org", "pp", "sch", "spb",
];

impl Address {
    /// Whether everybody can have an address at this domain: whoever writes from it has nothing to do with others who do.
    #[must_use]
    pub fn is_at_public_provider(&self) -> bool {
        is_public(self.domain())
    }

    /// Whether both belong to one house: to the same domain, or one to a domain below the other's, where not everybody can have an
    /// address.
    #[must_use]
    pub fn is_of_one_house(&self, other: &Self) -> bool {
        let is_below = |below: &str, house: &str| {
            below.strip_suffix(house).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let (one, two) = (self.domain(), other.domain());
        !is_public(one) && !is_public(two) && (is_below(one, two) || is_below(two, one))
    }

    /// The mailbox that limits count: one for all spellings, as far as they are known.
    #[must_use]
    pub fn counted_mailbox(&self) -> String {
        let (user, domain) = (self.user(), self.domain());
        let provider = PROVIDERS.iter().find(|provider| provider.domains.contains(&domain));
        match provider {
            Some(Provider { domains, spelling }) => {
                format!("{}@{}", spelling(user), domains.first().unwrap_or(&domain))
            }
            None => format!("{user}@{domain}"),
        }
    }

    /// The domain that limits count: the one that somebody has registered, as far as that is told without the list of public suffixes.
    /// What everybody can have a domain below, and is not known here, counts as one house: fewer letters are no harm.
    #[must_use]
    pub fn counted_domain(&self) -> &str {
        let domain = self.domain();
        let mut dots = domain.rmatch_indices('.').map(|(at, _)| at);
        let (Some(last), Some(second)) = (dots.next(), dots.next()) else { return domain };
        let behind = |at: usize| domain.get(at + 1..).unwrap_or(domain);
        let (top, middle) = (behind(last), domain.get(second + 1..last).unwrap_or_default());
        let below = if top.len() == 2 && CATEGORIES.contains(&middle) { dots.next() } else { Some(second) };
        let house = below.map_or(domain, behind);
        // Nobody makes domains there, and the limit does not hold for its clients.
        if is_public(house) { domain } else { house }
    }
}

fn is_public(domain: &str) -> bool {
    let national = ["hotmail.", "yahoo.", "outlook.", "live."];
    national.iter().any(|brand| domain.starts_with(brand))
        || PUBLIC.contains(&domain)
        || PROVIDERS.iter().any(|provider| provider.domains.contains(&domain))
}

/// Other providers of mailboxes for everybody, as clients in Russia and its neighbourhood use them.
const PUBLIC: &[&str] = &[
    "mail.ru",
    "bk.ru",
    "inbox.ru",
    "list.ru",
    "internet.ru",
    "rambler.ru",
    "lenta.ru",
    "autorambler.ru",
    "myrambler.ru",
    "ro.ru",
    "msn.com",
    "ymail.com",
    "aol.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "tut.by",
    "ukr.net",
    "i.ua",
    "meta.ua",
    "email.ua",
    "bigmir.net",
    "inbox.lv",
    "vk.com",
    "mail.com",
    "abv.bg",
    "mail.kz",
    "zoho.com",
    "qq.com",
    "163.com",
    "126.com",
    "t-online.de",
    "orange.fr",
    "free.fr",
    "seznam.cz",
    "wp.pl",
    "o2.pl",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn one_mailbox_is_counted_once_however_it_is_spelt() {
        for (text, counted) in [
            ("v.ic.tim@gmail.com", "victim@gmail.com"),
            ("victim+a@GoogleMail.com", "victim@gmail.com"),
            ("ivan-petrov@ya.ru", "ivan.petrov@yandex.ru"),
            ("ivan.petrov+x@yandex.kz", "ivan.petrov@yandex.ru"),
            ("ivanpetrov@yandex.ru", "ivanpetrov@yandex.ru"),
            ("i.v_a-n@pm.me", "ivan@proton.me"),
            ("ivan@me.com", "ivan@icloud.com"),
            // Elsewhere a dot makes another mailbox.
            ("i.van+x@mail.ru", "i.van@mail.ru"),
            ("i.van@gmail.com.evil.test", "i.van@gmail.com.evil.test"),
            ("i.van@yandex.test", "i.van@yandex.test"),
        ] {
            assert_eq!(address(text).counted_mailbox(), counted, "{text}");
        }
        // Who somebody is does not go by it.
        assert!(!address("v.ictim@gmail.com").same_mailbox(&address("victim@gmail.com")));
    }

    #[test]
    fn subdomains_are_counted_with_their_house() {
        for (domain, counted) in [
            ("evil.test", "evil.test"),
            ("a1.evil.test", "evil.test"),
            ("a.b.c.evil.test", "evil.test"),
            ("mx.alfa.co.uk", "alfa.co.uk"),
            ("alfa.com.ru", "alfa.com.ru"),
            ("co.uk", "co.uk"),
            ("a.com.test", "com.test"),
            ("mail.abc.ru", "abc.ru"),
            ("почта.фирма.рф", "xn--80apmps.xn--p1ai"),
            ("localhost", "localhost"),
            ("gmail.com", "gmail.com"),
            ("corp.mail.ru", "corp.mail.ru"),
            ("yandex.com.tr", "yandex.com.tr"),
        ] {
            assert_eq!(address(&format!("ivan@{domain}")).counted_domain(), counted, "{domain}");
        }
        assert!(
            address("a@narod.ru").is_at_public_provider() && address("a@mail.ru").is_at_public_provider()
        );
        assert!(!address("a@evil.test").is_at_public_provider());
    }

    #[test]
    fn who_shares_a_domain_that_is_not_everybody_s_is_of_one_house() {
        for (one, two, expect) in [
            ("ivan@alfa.test", "petr@alfa.test", true),
            ("ivan@msk.alfa.test", "petr@alfa.test", true),
            ("ivan@alfa.test", "petr@msk.alfa.test", true),
            ("ivan@alfa.msk.ru", "petr@beta.msk.ru", false),
            ("ivan@alfa.test", "petr@malfa.test", false),
            ("ivan@mail.ru", "petr@mail.ru", false),
            ("ivan@i.ua", "petr@i.ua", false),
            ("ivan@hotmail.fr", "petr@hotmail.fr", false),
            ("ivan@x.narod.ru", "petr@narod.ru", false),
        ] {
            assert_eq!(address(one).is_of_one_house(&address(two)), expect, "{one} {two}");
        }
    }
}
