//! `askback verify`, `backup`, `restore`.

use super::{askback, database, fails, folder, prints};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};

#[test]
fn a_database_is_checked_copied_and_put_back() {
    let folder = folder();
    database::fill(folder.path());
    let whole = "askback.db is whole: 4 distinct mails have the bytes that they were stored with.\n";
    assert!(prints(folder.path(), &["verify"]).ends_with(whole));
    prints(folder.path(), &["backup", "copy.db"]);
    // EX_CANTCREAT and EX_NOINPUT of sysexits.h.
    for (arguments, code, remedy) in [
        (["backup", "copy.db"], 73, "remedy: name a new file"),
        (["backup", "nowhere/copy.db"], 73, "remedy: make it, or name another"),
        (["restore", "nowhere.db"], 66, "remedy: name one that `askback backup` has made"),
        (["restore", "."], 66, "remedy: name one that `askback backup` has made"),
    ] {
        let (exit, stderr) = fails(folder.path(), &arguments);
        assert!(exit == code && stderr.contains(remedy), "{arguments:?}: {exit} {stderr}");
    }

    prints(folder.path(), &["ticket", "1", "--close"]);
    let said = prints(folder.path(), &["restore", "copy.db"]);
    assert!(said.contains("1 automatic letters that waited in it are ambiguous now"), "{said}");
    let undo = said.lines().find_map(|line| line.trim().strip_prefix("askback restore ")).unwrap();
    assert!(prints(folder.path(), &["tickets", "--json"]).contains("\"incomplete\""));
    prints(folder.path(), &["restore", undo]);
    assert!(prints(folder.path(), &["tickets", "--json"]).contains("\"closed\""));
}

/// The daemon runs as somebody else; only root can try it.
#[test]
fn what_root_puts_back_belongs_to_the_owner_of_the_folder() {
    const DAEMON: u32 = 65534;
    let folder = folder();
    database::fill(folder.path());
    prints(folder.path(), &["backup", "copy.db"]);
    let owners = || {
        let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let files = files.filter(|file| file.file_name().to_string_lossy().starts_with("askback.db"));
        files.map(|file| (file.metadata().unwrap().uid(), file.file_name())).collect::<Vec<_>>()
    };
    if chown(folder.path(), Some(DAEMON), Some(DAEMON)).is_err() {
        println!("not root: not tried");
        return;
    }
    for (_, name) in owners() {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    // In the place of nothing, of what is there, and of what root has copied there.
    for root_copied in [false, false, true] {
        if root_copied {
            chown(folder.path().join("askback.db"), Some(0), Some(0)).unwrap();
        }
        prints(folder.path(), &["restore", "copy.db"]);
        if root_copied {
            assert_eq!(fs::metadata(folder.path().join("askback.db")).unwrap().uid(), DAEMON);
            continue;
        }
        let owners = owners();
        assert!(!owners.is_empty() && owners.iter().all(|(owner, _)| *owner == DAEMON), "{owners:?}");
    }
    assert_eq!(fs::metadata(folder.path().join("copy.db")).unwrap().uid(), 0, "root's own");
}

#[test]
fn a_folder_is_no_database() {
    let folder = folder();
    let example = fs::read_to_string(folder.path().join("askback.toml")).unwrap();
    fs::write(folder.path().join("askback.toml"), example.replace("\"askback.db\"", "\".\"")).unwrap();
    for command in ["tickets", "verify"] {
        let (exit, stderr) = fails(folder.path(), &[command]);
        assert!(exit == 78 && stderr.contains("remedy: name a file in it, as "), "{exit} {stderr}");
    }
}

#[test]
fn damage_is_told_with_what_to_do() {
    let folder = folder();
    assert_eq!(fails(folder.path(), &["verify"]).0, 66);
    database::fill(folder.path());
    let path = folder.path().join("askback.db");
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch("UPDATE raw_frame SET zstd = x'00' WHERE raw = 1").unwrap();
    drop(conn);
    let output = askback(folder.path(), &["verify"]);
    assert_eq!(output.status.code(), Some(65));
    let (said, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(said.contains("is damaged; 3 distinct mails are sound"), "{said}");
    assert!(said.contains("  mail 1: "), "{said}");
    assert!(stderr.contains("remedy: ") && stderr.contains("askback restore"), "{stderr}");
    let (exit, stderr) = fails(folder.path(), &["backup", "copy.db"]);
    assert!(exit == 65 && stderr.contains("is not sound"), "{exit} {stderr}");
    assert!(!folder.path().join("copy.db").exists());
    fs::write(&path, "no database at all, but long enough to look like one").unwrap();
    assert_eq!(fails(folder.path(), &["verify"]).0, 65);
}
