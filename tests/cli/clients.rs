//! `askback clients`, `mails`, `quarantine`, `held`.

use super::{database, fails, folder, prints};
use serde_json::Value;

#[test]
fn clients_are_imported_listed_and_removed() {
    let folder = folder();
    database::fill(folder.path());
    let path = folder.path();
    let run = |arguments: &[&str]| prints(path, &[&["clients"], arguments].concat());
    assert!(run(&["list"]).starts_with("Nobody is registered"));
    std::fs::write(
        path.join("clients.csv"),
        "\u{feff}organisation;domain;address;name;lists\r\nАльфа;alfa.test;;;yes\r\nАльфа;;boss@mail.ru;Пётр \u{1b}[31m;\r\n",
    )
    .unwrap();
    assert_eq!(run(&["import", "clients.csv"]), "3 added, 0 changed, 0 were there already.\n");
    assert_eq!(run(&["import", "clients.csv"]), "0 added, 0 changed, 2 were there already.\n");
    assert_eq!(
        run(&["add", "Beta", "--domain", "beta.test", "--person", "x@gmail.com"]),
        "3 added, 0 changed, 0 were there already.\n"
    );
    let listed: Value = serde_json::from_str(&run(&["list", "--json"])).unwrap();
    assert_eq!(listed[0]["name"], "Beta");
    assert_eq!(listed[1]["persons"][0]["name"], "Пётр [31m");
    assert_eq!(listed[1]["lists"], true);
    assert!(run(&["list"]).contains("alfa.test"));

    // All or nothing: the first line would be fine.
    std::fs::write(path.join("bad.csv"), "organisation;domain\nGamma;gamma.test\nGamma;beta.test\n").unwrap();
    let (code, told) = fails(path, &["clients", "import", "bad.csv"]);
    assert_eq!(code, 65);
    assert!(
        told.contains("bad.csv, line 3: the domain beta.test belongs to \"Beta\"; nothing has been imported"),
        "{told}"
    );
    assert!(!run(&["list"]).contains("Gamma"));

    assert_eq!(run(&["remove", "--domain", "beta.test"]), "\"beta.test\" is out of the registry.\n");
    assert_eq!(run(&["remove", "Beta"]), "\"Beta\" is out of the registry.\n");
    assert_eq!(fails(path, &["clients", "remove", "Beta"]).0, 66);
    assert_eq!(fails(path, &["clients", "remove"]).0, 64);
    assert_eq!(fails(path, &["clients", "add", "Beta", "--domain", "gmail.com"]).0, 64);
    assert_eq!(fails(path, &["clients", "import", "nothing.csv"]).0, 66);
}

#[test]
fn held_mails_are_listed_retried_and_discarded() {
    let folder = folder();
    database::fill(folder.path());
    let path = folder.path();
    let mails =
        |arguments: &[&str]| -> Vec<Value> { serde_json::from_str(&prints(path, arguments)).unwrap() };
    assert_eq!(mails(&["mails", "--json"]).len(), 3);
    let held = mails(&["held", "list", "--json"]);
    assert_eq!((held.len(), &held[0]["mail"]), (1, &Value::from(2)), "{held:?}");
    assert!(prints(path, &["quarantine", "list"]).contains("There are no quarantined mails."));
    assert_eq!(fails(path, &["quarantine", "release", "2"]).0, 65);
    assert_eq!(fails(path, &["held", "retry", "99"]).0, 66);
    assert_eq!(
        prints(path, &["held", "retry", "2"]),
        "Mail 2 is retried: the running daemon files it within half a minute, else the next start does.\n"
    );
    assert_eq!(mails(&["mails", "--disposition", "new", "--json"]).len(), 2);
    assert_eq!(fails(path, &["held", "discard", "2"]).0, 65, "it is new now");
}

#[test]
fn a_held_mail_that_the_server_never_handed_out_is_fetched_again_or_discarded() {
    let folder = folder();
    database::fill(folder.path());
    let path = folder.path();
    let conn = rusqlite::Connection::open(path.join("askback.db")).unwrap();
    conn.execute_batch(
        "INSERT INTO cursor (mailbox, uid_validity, next_uid) VALUES ('support', 7, 10);
         INSERT INTO mail (id, direction, mailbox, uid_validity, uid, size, received_at, stored_at, disposition, why, decided_at)
         VALUES (50, 'in', 'support', 7, 5, 1000, 0, 0, 'held', 'the server refuses to hand it out', 0);",
    )
    .unwrap();
    assert!(prints(path, &["held", "list"]).contains("the server refuses to hand it out"));
    assert_eq!(
        prints(path, &["held", "retry", "50"]),
        "Mail 50 is retried: the running daemon fetches it when it next looks into the folder, else the next start does.\n"
    );
    let wanted = || conn.query_row("SELECT count(*) FROM wanted", [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(wanted(), 1);
    assert_eq!(
        prints(path, &["held", "discard", "50"]),
        "Mail 50 is off the list; askback mail 50 still shows it.\n"
    );
    assert_eq!(wanted(), 0);
    assert!(!prints(path, &["held", "list"]).contains("hand it out"));
    assert!(prints(path, &["mail", "50"]).contains("discarded by an operator"));
    assert!(prints(path, &["verify"]).contains("is whole"));
}
