//! A folder is numbered anew by a server that tells of each mail that it came when it was copied.

use super::*;
use askback::imap::Cursor;

#[tokio::test]
async fn what_was_delivered_before_the_first_contact_is_set_aside() {
    let mut office = Office::new().await;
    let begin = |uid_validity, below, ago| {
        let cursor = Cursor { uid_validity, next_uid: 1 };
        let now = Utc::now() - ago;
        office.store.write(0, move |tx| tx.begin_listing("support", cursor, below, now))
    };
    begin(9, 0, TimeDelta::days(30)).await.unwrap();
    begin(1, 6, TimeDelta::zero()).await.unwrap();
    let received = |days| {
        let at = (Utc::now() - TimeDelta::days(days)).to_rfc2822();
        format!(
            "Received: from a.test by mx.m2mail.ru with ESMTP;\r\n\t{at} (MSK)\r\nReceived: by b.test; 1 May 2001 10:00:00 +0000\r\n"
        )
    };
    let date = "Date: Tue, 1 May 2001 10:00:00 +0000\r\n".to_owned();
    // (delivered, when the server says that it came, letters that go out)
    for (at, (head, ago, letters)) in [
        (received(400), 0, 0),
        (received(0), 400, 0),
        (received(0), 0, 1),
        // What only the client's clock says proves nothing.
        (date, 0, 2),
        // It is no mail of the old numbering.
        (received(400), 0, 3),
    ]
    .into_iter()
    .enumerate()
    {
        if at == 4 {
            office.uid = 6;
        }
        let from = format!("client{at}@alfa.test");
        let raw = mail(&from, &format!("m{at}@alfa.test"), &head, "Отчёт", INCOMPLETE);
        let row = office.receive_late(&raw, TimeDelta::days(ago)).await;
        let expect = if letters == 0 { Disposition::Automatic } else { Disposition::Filed };
        assert_eq!(
            (row.disposition, row.ticket.is_some()),
            (Some(expect), letters > 0),
            "{head}: {}",
            row.why
        );
        assert_eq!(office.letters().len(), letters, "{head}");
    }
}
