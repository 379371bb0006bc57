//! A database is put back that is older than the mailbox.

use super::support::maildir::{letters, wait_for_letters};
use super::support::{PATIENCE, wait_for};
use super::torture::{client, put_in, tortured, wait_for_rest};
use anyhow::Result;
use chrono::Utc;

#[test]
fn after_a_restore_mails_come_again_and_nobody_gets_a_second_automatic_letter() -> Result<()> {
    let (_dir, desk) = tortured("restored")?;
    let backup = desk.dir.join("backup.db").display().to_string();
    let rest = |mails| wait_for_rest(&desk, mails, PATIENCE);

    let daemon = desk.run()?;
    put_in(&desk, 0..2)?;
    rest(2)?;
    desk.said(&["backup", &backup])?;
    put_in(&desk, 2..4)?;
    rest(4)?;
    let refused = desk.askback(&["restore", &backup])?;
    assert_eq!(refused.status.code(), Some(75), "a daemon runs");
    daemon.stop()?;

    desk.said(&["restore", &backup])?;
    let restored = Utc::now().timestamp();
    assert_eq!(desk.rows(&["tickets"])?.len(), 2);
    let daemon = desk.run()?;
    rest(4)?;
    // What comes from now on is answered as always. Servers tell the time of arrival in whole seconds.
    wait_for("the next second", || Ok((Utc::now().timestamp() > restored).then_some(())))?;
    put_in(&desk, 4..5)?;
    rest(5)?;
    daemon.stop()?;

    assert_eq!(desk.rows(&["tickets"])?.len(), 5, "no mail is lost");
    for number in 0..5 {
        let inbox = desk.mailbox_of(&client(&desk, number));
        wait_for_letters(&inbox, 1)?;
        assert_eq!(letters(&inbox)?.len(), 1, "client {number}");
    }
    Ok(())
}
