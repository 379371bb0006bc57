//! Large mails: never whole in memory, neither on their way in nor when they are read.

use super::*;
use crate::mail::packed::Packer;

/// Files of a mail that is not whole in memory: what is told of them, and what is handed over, is what was attached.
#[test]
fn files_of_a_large_mail_are_handed_over_piece_by_piece() {
    let files = [noise(3_000_000), b"line\r\n".repeat(250_000), noise(300_001)];
    let mut raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n".to_vec();
    for (file, encoding) in files.iter().zip(["base64", "8bit", "base64"]) {
        let body = match encoding {
            "base64" => data_encoding::BASE64_MIME.encode(file).into_bytes(),
            _ => [file.as_slice(), b"\r\n"].concat(),
        };
        let head = format!("--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
        raw.extend([head.as_bytes(), &body].concat());
    }
    raw.extend_from_slice(b"--b--\r\n");
    let scratch = Scratch::new();
    let large = new_mail(1, &raw);
    let id = stored_new(scratch.write(move |tx| tx.store_mail(&large)));
    let read: Vec<Vec<u8>> = scratch.read(|r| {
        let mut contents = Vec::new();
        for file in &r.files(id)?.unwrap() {
            let mut content = Vec::new();
            r.read_file(id, file, &mut |piece| {
                assert!(piece.len() <= 1 << 20);
                content.extend_from_slice(piece);
                Ok(())
            })?;
            contents.push(content);
        }
        Ok(contents)
    });
    assert!(read == files, "{:?}", read.iter().map(Vec::len).collect::<Vec<_>>());
    let parsed = scratch.read(|r| r.parsed(id)).unwrap();
    assert_eq!(parsed.attachments, crate::mail::parse_slim(&raw.clone().into()).0.attachments);
    assert_eq!(scratch.read(|r| r.files(MailId(9))).map(|files| files.len()), None);
}

/// So many lines that may be boundaries that the real ones have no room: nobody gets one file for another, or none for one.
#[test]
fn files_that_cannot_all_be_told_are_not_handed_over_and_export_says_so() {
    let mut raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n".to_vec();
    raw.extend_from_slice(b"--b\r\nContent-Type: application/sql; name=dump.sql\r\n\r\n");
    raw.extend(
        b"-- one line of a dump of a database as its program writes it, dashes first\n".repeat(200_000),
    );
    raw.extend_from_slice(
        b"\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b--\r\n",
    );
    assert!(raw.len() > 15_000_000);
    let scratch = Scratch::new();
    let large = new_mail(1, &raw);
    let id = stored_new(scratch.write(move |tx| tx.store_mail(&large)));
    assert_eq!(scratch.read(|r| r.files(id)).map(|files| files.len()), None);
    let parsed = scratch.read(|r| r.parsed(id)).unwrap();
    let told = parsed.attachments == crate::mail::parse_slim(&raw.clone().into()).0.attachments;
    let said = parsed.problems.iter().any(|problem| problem.starts_with("too large to tell"));
    assert_eq!((told, said), (false, true), "{:?}", parsed.problems);
}

/// A large mail waits outside memory and in no file that anybody can see, and is stored like any other.
#[test]
fn a_large_mail_waits_beside_the_database_without_a_name() {
    let scratch = Scratch::new();
    let raw = noise(5_500_000);
    let mut packer = Packer::new(scratch.store.aside().unwrap());
    for part in raw.chunks(700_000) {
        packer.push(part).unwrap();
    }
    let files = || {
        let folder = std::fs::read_dir(scratch.path.parent().unwrap()).unwrap();
        let mut names: Vec<_> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(files(), ["askback.db", "askback.db-shm", "askback.db-wal", "askback.db.lock"]);
    let packed = packer.finish().unwrap();
    assert_eq!(packed.sha256, PackedRaw::pack(&raw).unwrap().sha256);
    assert!(packed.unpack().unwrap() == raw);

    let NewMail { key, internal_date, stored_at, over_limit, .. } = new_mail(1, b"");
    let mail = NewMail { key, internal_date, stored_at, over_limit, packed };
    let id = stored_new(scratch.write(move |tx| tx.store_mail(&mail)));
    let mut pieces = Vec::new();
    let whole = scratch.read(|r| {
        r.raw_in_pieces(id, |piece| {
            pieces.push(piece.len());
            Ok(())
        })
    });
    assert!(whole);
    assert_eq!(pieces, [1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 5_500_000 - (5 << 20)]);
    assert!(scratch.read(|r| r.raw(id)).unwrap() == raw);
    assert!(!scratch.read(|r| r.raw_in_pieces(MailId(9), |_| Ok(()))));
}
