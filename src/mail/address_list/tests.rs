use super::super::fields;
use super::*;

fn author_of(from: &str) -> Author {
    author_and(from, &[])
}

/// The author of a mail with this From where the library agrees about all addresses that we see, or sees `other`.
fn author_and(from: &str, other: &[&str]) -> Author {
    let raw = format!("From: {from}\nTo: x@y\n\n");
    let block = fields::split(raw.as_bytes());
    let ours = parse(block.all("from"));
    let addresses = if other.is_empty() {
        ours.mailboxes.iter().map(|mailbox| mailbox.address.to_string()).collect()
    } else {
        other.iter().map(ToString::to_string).collect()
    };
    author(&block, &LibraryFrom { headers: 1, addresses })
}

fn check_one(from: &str, name: &str, address: &str) {
    match author_of(from) {
        Author::One(mailbox) => {
            assert_eq!((mailbox.name.as_str(), mailbox.address.as_str()), (name, address))
        }
        Author::Doubtful { why, .. } => panic!("{from}: {why}"),
    }
}

fn check_doubtful(from: &str, reason: &str) {
    match author_of(from) {
        Author::One(mailbox) => panic!("{from:?}: {mailbox:?}"),
        Author::Doubtful { why, .. } => assert!(why.contains(reason), "{from:?}: {why}"),
    }
}

#[test]
fn plain_senders_are_one() {
    check_one("ivan@example.com", "", "ivan@example.com");
    check_one("<ivan@example.com>", "", "ivan@example.com");
    check_one("Ivan Petrov <Ivan@Example.com>", "Ivan Petrov", "ivan@example.com");
    check_one("\"Petrov, Ivan\" <ivan@example.com>", "Petrov, Ivan", "ivan@example.com");
    check_one("Иван Петров <ivan@example.com>", "Иван Петров", "ivan@example.com");
    check_one("=?utf-8?B?0JjQstCw0L0=?= <ivan@example.com>", "Иван", "ivan@example.com");
    check_one("=?utf-8?B?0JjQstCw?=\n =?utf-8?B?0L0=?= <ivan@example.com>", "Иван", "ivan@example.com");
    check_one("\"=?utf-8?B?0JjQstCw0L0=?=\" <ivan@example.com>", "Иван", "ivan@example.com");
    check_one("ivan@example.com (Ivan)", "Ivan", "ivan@example.com");
    check_one("Ivan (sales) <ivan@example.com>", "Ivan (sales)", "ivan@example.com");
    check_one("I. V. Petrov <ivan@example.com>", "I. V. Petrov", "ivan@example.com");
    check_one("< ivan@example.com >", "", "ivan@example.com");
}

#[test]
fn an_address_as_display_name_is_only_a_name() {
    check_one("\"boss@bank.example\" <ivan@example.com>", "boss@bank.example", "ivan@example.com");
    check_one("boss@bank.example <ivan@example.com>", "boss@bank.example", "ivan@example.com");
    check_one(
        "=?utf-8?Q?=3Cboss=40bank=2Eexample=3E?= <ivan@example.com>",
        "<boss@bank.example>",
        "ivan@example.com",
    );
}

#[test]
fn everything_else_is_doubtful() {
    check_doubtful("a@b.example, c@d.example", "several senders");
    check_doubtful("<a@b.example>, <c@d.example>", "several senders");
    check_doubtful("<a@b.example><c@d.example>", "two addresses");
    check_doubtful("team: a@b.example;", "group");
    check_doubtful("undisclosed-recipients:;", "group");
    check_doubtful("", "nobody");
    check_doubtful("Ivan", "not plain");
    check_doubtful("Ivan Petrov", "no address");
    check_doubtful("Petrov, Ivan <a@b.example>", "not plain");
    check_doubtful("ivan@", "not plain");
    check_doubtful("@example.com", "not plain");
    check_doubtful("\"ivan petrov\"@example.com", "");
    check_doubtful("<\"ivan petrov\"@example.com>", "not plain");
    check_doubtful("a@b.example <c@d.example> e@f.example", "behind");
    check_doubtful("<@relay.example:a@b.example>", "not plain");
    check_doubtful("=?utf-8?Q?a=40b.example?=", "not plain");
    check_doubtful("=?utf-8?Q?a?=@b.example", "");
    check_doubtful("<=?utf-8?Q?a?=@b.example>", "not plain");
    check_doubtful("=?utf-8?Q?x,y<z@q.example>?= <a@b.example>", "encoded word");
    check_doubtful("a(x)@b.example", "");
    check_doubtful("a@b(x).example", "");
    check_doubtful("a@b.example\0 <c@d.example>", "control");
    check_doubtful("a@b.example\rTo: x <c@d.example>", "control");
    check_doubtful("\"open <a@b.example>", "not closed");
    check_doubtful("(open <a@b.example>", "not closed");
    check_doubtful("<a@b.example", "not closed");
    check_doubtful("a@b.example>", "not opened");
    check_doubtful("a@b.example,", "comma");
    check_doubtful("a@b.example; c@d.example", "semicolon");
    check_doubtful("a@[127.0.0.1]", "not plain");
    check_doubtful("a b@c.example", "no address");
}

#[test]
fn a_reading_that_differs_from_the_librarys_is_doubtful() {
    let author = author_and("Ivan <ivan@example.com>", &["eve@example.com"]);
    assert!(matches!(author, Author::Doubtful { why, .. } if why.contains("two ways")));
    let author = author_and("Ivan <ivan@почта.рф>", &["ivan@почта.рф"]);
    assert!(matches!(author, Author::One(mailbox) if mailbox.address.domain() == "xn--80a1acny.xn--p1ai"));
    let author = author_and("Ivan <ivan@example.com>", &["ivan@example.com", "eve@example.com"]);
    assert!(matches!(author, Author::Doubtful { .. }));
    let raw = b"From: a@b.example\nFrom: a@b.example\n\n";
    let author = super::author(&fields::split(raw), &LibraryFrom { headers: 2, addresses: Vec::new() });
    assert!(matches!(author, Author::Doubtful { why, shown } if why.contains("several") && shown.is_some()));
}

#[test]
fn lists_are_read_leniently() {
    let list = parse([
        b"team: Ann <ann@example.com>, bob@example.com;, \"C, D\" <c@d.example>, Ivan ivan@example.com, broken, ,\r\n\
          \t=?koi8-r?B?6dfBzg==?= <i@x.example>".as_slice(),
    ]);
    let shown: Vec<_> = list.mailboxes.iter().map(|m| (m.name.as_str(), m.address.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("Ann", "ann@example.com"),
            ("", "bob@example.com"),
            ("C, D", "c@d.example"),
            ("Ivan", "ivan@example.com"),
            ("Иван", "i@x.example"),
        ]
    );
    let many = "a@b.example, ".repeat(2000);
    let list = parse([many.as_bytes()]);
    assert_eq!((list.mailboxes.len(), list.cut), (MAX_ADDRESSES, true));
}

/// What is looked at is counted, not how long it takes.
#[test]
fn no_number_of_comments_fields_or_addresses_is_all_looked_at() {
    let mut looked_at = 0;
    let comments = std::iter::repeat_with(|| b"a".to_vec()).inspect(|_| looked_at += 1).take(1_000_000);
    let name = display_name(b"Ivan", comments);
    assert!(name.starts_with("Ivan (a) (a)") && name.chars().count() == MAX_NAME, "{name}");
    assert!(looked_at <= MAX_NAME, "{looked_at}");
    let list = parse([format!("a@b.example {}", "(a)".repeat(80_000)).as_bytes()]);
    assert!(list.mailboxes[0].name.chars().count() == MAX_NAME && !list.cut);

    // Eight fields of 250 KB are no more than one.
    let comments = format!("a@b.example {}, c@d.example", "(a)".repeat(85_000));
    for (value, most) in [(comments.as_str(), 2), ("a@b.example, c@d.example", MAX_ADDRESSES / 2 + 1)] {
        let mut looked_at = 0;
        let fields = std::iter::repeat(value.as_bytes()).inspect(|_| looked_at += 1).take(1000);
        let list = parse(fields);
        assert!(list.cut && looked_at <= most, "{looked_at}");
    }

    // Half an address is none.
    let long = format!("{}a@b.example, support@m2m.test.evil.example", "\t".repeat(MAX_BYTES - 27));
    let list = parse([long.as_bytes()]);
    let shown: Vec<_> = list.mailboxes.iter().map(|mailbox| mailbox.address.as_str()).collect();
    assert_eq!((shown, list.cut), (vec!["a@b.example"], true));
    for length in [MAX_FROM, 300_000] {
        let raw = format!("From: {} <a@b.example>\n\n", "a".repeat(length));
        let author = crate::mail::parse(raw.as_bytes()).author;
        assert!(matches!(&author, Author::Doubtful { why, .. } if why.contains("too long")), "{author:?}");
    }
}
