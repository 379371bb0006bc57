//! `askback ticket N --close | --reopen | --note TEXT`, `askback tickets --before DATE --close`, `askback quarantine release N`.

use super::{database, fails, folder, prints};
use serde_json::Value;
use std::path::Path;

fn ticket(folder: &Path, number: &str) -> Value {
    serde_json::from_str(&prints(folder, &["ticket", number, "--json"])).unwrap()
}

/// What the events of a ticket say, oldest first.
fn events(ticket: &Value) -> Vec<(&str, &str)> {
    let events = ticket["events"].as_array().unwrap().iter();
    events.map(|event| (event["what"].as_str().unwrap(), event["detail"].as_str().unwrap())).collect()
}

#[test]
fn an_operator_closes_reopens_and_notes() {
    let folder = folder();
    database::fill(folder.path());
    let run = |change: &[&str]| prints(folder.path(), &[&["ticket", "1"], change].concat());
    assert_eq!(run(&["--close"]), "Ticket 1 is closed now; it was incomplete.\n");
    let closed = ticket(folder.path(), "1");
    assert_eq!((&closed["state"], &closed["asked"]), (&"closed".into(), &serde_json::json!([])));
    assert_eq!(closed["letters"][0]["state"], "cancelled", "an ask that waits is not sent any more");
    assert_eq!(closed["asks"], 0, "nor does it count as asked");
    assert_eq!(run(&["--reopen"]), "Ticket 1 is open now; it was closed.\n");
    assert_eq!(run(&["--note", "звонил,\u{1b}[31m всё ясно"]), "The note is with ticket 1.\n");
    let open = ticket(folder.path(), "1");
    assert_eq!(open["state"], "open");
    assert!(open["overdue"] == false && !open["reopened_at"].is_null(), "nobody could react before: {open}");
    let told =
        [("closed", "by an operator"), ("reopened", "by an operator"), ("note", "звонил, [31m всё ясно")];
    assert_eq!(events(&open)[1..], told);
}

#[test]
fn what_nobody_waits_for_any_more_is_closed_at_once() {
    let folder = folder();
    database::fill(folder.path());
    let run = |change: &[&str]| prints(folder.path(), &[&["tickets"], change].concat());
    let none = "There are no tickets whose client wrote last before 2020-03-06.\n";
    assert_eq!(run(&["--before", "2020-03-06"]), none);
    let listed: Value = serde_json::from_str(&run(&["--before", "2020-03-07", "--json"])).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let closed = |count| format!("Tickets closed: {count}.\n");
    assert_eq!(run(&["--before", "2020-03-06", "--close"]), closed(0));
    assert_eq!(run(&["--state", "open", "--before", "2020-03-07", "--close"]), closed(1));
    assert_eq!(run(&["--before", "2020-03-07", "--close"]), closed(1));
    for number in ["1", "2"] {
        let ticket = ticket(folder.path(), number);
        assert_eq!(ticket["state"], "closed");
        assert_eq!(events(&ticket).last(), Some(&("closed", "by an operator")));
    }
    assert_eq!(run(&["--before", "2020-03-07", "--close"]), closed(0));
    let to_come = ["tickets", "--close", "--before", "9999-01-01"];
    for wrong in [&["tickets", "--close"][..], &["tickets", "--close", "--before", "1.10.2026"], &to_come] {
        assert_eq!(fails(folder.path(), wrong).0, 64, "{wrong:?}");
    }
}

#[test]
fn a_ticket_s_number_is_taken_as_letters_write_it() {
    let folder = folder();
    database::fill(folder.path());
    for number in ["1", "#1", "[#1]", "№ 1"] {
        assert_eq!(ticket(folder.path(), number)["number"], 1, "{number}");
    }
}

#[test]
fn what_a_ticket_s_state_does_not_allow_is_refused() {
    let folder = folder();
    database::fill(folder.path());
    prints(folder.path(), &["ticket", "1", "--close"]);
    for (code, arguments, what) in [
        (65, &["ticket", "1", "--close"][..], "askback: ticket 1 is closed: there is nothing to close\n"),
        (65, &["ticket", "2", "--reopen"], "askback: ticket 2 is open: there is nothing to reopen\n"),
        (66, &["ticket", "99", "--close"], "askback: there is no ticket 99\n"),
        (66, &["ticket", "99", "--note", "x"], "askback: there is no ticket 99\n"),
    ] {
        let (exit, stderr) = fails(folder.path(), arguments);
        assert_eq!(exit, code, "{stderr}");
        assert!(stderr.starts_with(what) && stderr.contains("\nremedy: "), "{stderr}");
    }
    for arguments in [
        &["ticket", "2", "--close", "--reopen"][..],
        &["ticket", "2", "--close", "--note", "x"],
        &["ticket", "2", "--close", "--json"],
        &["ticket", "2", "--note", ""],
    ] {
        assert_eq!(fails(folder.path(), arguments).0, 64, "{arguments:?}");
    }
    assert_eq!(ticket(folder.path(), "2")["state"], "open");
    assert_eq!(events(&ticket(folder.path(), "2")), []);
}

#[test]
fn a_mail_that_names_nobody_is_not_released_but_says_what_to_do() {
    let folder = folder();
    database::fill(folder.path());
    database::quarantine_two(folder.path());
    assert!(prints(folder.path(), &["quarantine", "release", "4"]).starts_with("Mail 4 is released"));
    let (exit, stderr) = fails(folder.path(), &["quarantine", "release", "5"]);
    assert_eq!(exit, 65, "{stderr}");
    assert!(stderr.starts_with("askback: mail 5 cannot be let in") && stderr.contains("in Cc"), "{stderr}");
    assert!(prints(folder.path(), &["quarantine", "discard", "5"]).contains("off the list"));
}
