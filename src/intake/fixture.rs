//! What tests of the queue and of trials stand on.

use crate::mail::MailKey;
use crate::mail::packed::PackedRaw;
use crate::store::{Access, MailId, NewMail, Store, Stored};
use chrono::Utc;
use tempfile::TempDir;

/// A database with this mail, and the folder that it lies in.
pub(super) async fn with_mail(raw: &[u8]) -> (Store, MailId, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("askback.db"), Access::Daemon).unwrap();
    let mail = NewMail {
        key: MailKey { mailbox: "support".to_owned(), uid_validity: 1, uid: 1 },
        internal_date: None,
        stored_at: Utc::now(),
        packed: PackedRaw::pack(raw).unwrap(),
        over_limit: None,
    };
    let Stored::New(id) = store.write(0, move |tx| tx.store_mail(&mail)).await.unwrap() else {
        panic!("it is not new")
    };
    (store, id, folder)
}
