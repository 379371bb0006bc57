//! As root, who may do anything: whether the user of the service can read what the configuration names, and write the database.

use super::Findings;
use crate::cli::failure::Outcome;
use crate::config::{Config, SecretSource};
use crate::net::Trust;
use crate::private_file::folder;
use rustix::fs::getxattr;
use rustix::io::Errno;
use std::fs::{self, Metadata};
use std::ops::RangeInclusive;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

const READ: u32 = 4;
const WRITE: u32 = 2;
const ENTER: u32 = 1;

/// The users that systemd makes up (DynamicUser=): they own nothing that was there before, and are in no group.
const DYNAMIC: RangeInclusive<u32> = 61_184..=65_519;
/// To whom newer systemd lets their folders belong on the disk: nobody.
const FOREIGN: u32 = 65_534;

fn is_dynamic(uid: u32) -> bool {
    DYNAMIC.contains(&uid) || uid == FOREIGN
}

/// The user of the service, as far as the database tells.
#[derive(Clone, Debug, PartialEq, Eq)]
struct User {
    /// `None`: one to whom no file here belongs.
    uid: Option<u32>,
    groups: Vec<u32>,
    name: String,
}

impl User {
    fn other() -> Self {
        Self { uid: None, groups: Vec::new(), name: "the user of the service".to_owned() }
    }

    /// The user of a number, with all groups.
    fn of(uid: u32) -> Self {
        if is_dynamic(uid) {
            return Self { uid: Some(uid), ..Self::other() };
        }
        let lines = |file: &str| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<String>>();
            text.lines().map(fields).collect::<Vec<_>>()
        };
        let number =
            |fields: &Vec<String>, at: usize| fields.get(at).and_then(|text| text.parse::<u32>().ok());
        let entry = lines("/etc/passwd").into_iter().find(|fields| number(fields, 2) == Some(uid));
        let name = entry.as_ref().and_then(|fields| fields.first().cloned());
        let is_member = |fields: &Vec<String>| {
            let members = fields.get(3).map(String::as_str).unwrap_or_default();
            name.as_deref().is_some_and(|name| members.split(',').any(|member| member == name))
        };
        let mut groups: Vec<u32> = entry.iter().filter_map(|fields| number(fields, 3)).collect();
        let others = lines("/etc/group").into_iter().filter(is_member);
        groups.extend(others.filter_map(|fields| number(&fields, 2)));
        Self { uid: Some(uid), groups, name: name.unwrap_or_else(|| format!("user {uid}")) }
    }

    fn may(&self, path: &Path, metadata: &Metadata, want: u32) -> bool {
        // What an access list allows, its bits do not tell.
        let acl = getxattr(path, "system.posix_acl_access", &mut [0_u8; 4][..]);
        if matches!(acl, Ok(_) | Err(Errno::RANGE)) || self.uid == Some(0) {
            return true;
        }
        let bits = if self.uid == Some(metadata.uid()) {
            metadata.mode() >> 6
        } else if self.groups.contains(&metadata.gid()) {
            metadata.mode() >> 3
        } else {
            metadata.mode()
        };
        bits & want == want
    }

    /// The folder on the way to `path`, or `path` itself, that is closed to this user. What is not there is told elsewhere.
    fn stopped_at(&self, path: &Path, want: u32) -> Option<PathBuf> {
        let path = path.canonicalize().ok()?;
        let mut way: Vec<&Path> = path.ancestors().collect();
        way.reverse();
        way.into_iter().find_map(|part| {
            let metadata = fs::metadata(part).ok()?;
            let want = if part == path { want } else { ENTER };
            (!self.may(part, &metadata, want)).then(|| part.to_owned())
        })
    }
}

/// Who owns the database, else its folder; `None`: root does, or would.
fn owner(database: &Path) -> Option<User> {
    let uid = |path: &Path| fs::metadata(path).ok().map(|metadata| metadata.uid());
    match user_of(uid(database), uid(folder(database))) {
        None => Some(User::other()),
        Some(0) => None,
        Some(uid) => Some(User::of(uid)),
    }
}

/// Whom the owners of the database and of its folder tell. A database of root's in another's folder has been copied there.
fn user_of(database: Option<u32>, folder: Option<u32>) -> Option<u32> {
    database.filter(|uid| *uid != 0).or(folder).or(database)
}

pub(super) fn examine(path: &Path, config: &Config, findings: &mut Findings<'_>) -> Outcome {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let database = &config.store.path;
    if let Some(user) = owner(database) {
        return examine_for(&user, path, config, findings);
    }
    if database.exists() {
        return Ok(());
    }
    let detail = format!(
        "the folder {} belongs to root: a service with a user of its own cannot make the database there",
        folder(database).display()
    );
    let remedy = "give it to that user (chown), or let systemd make it (StateDirectory= in the unit); nothing to do if askback \
                  runs as root";
    findings.note("rights", detail, remedy)
}

fn examine_for(user: &User, path: &Path, config: &Config, findings: &mut Findings<'_>) -> Outcome {
    let mut closed = Vec::new();
    let mut look = |what: &str, path: &Path, want: u32| {
        let is_new = |at: &PathBuf| closed.iter().all(|(_, known): &(String, PathBuf)| known != at);
        let at = user.stopped_at(path, want).filter(is_new);
        closed.extend(at.map(|at| (format!("{what} {}", path.display()), at)));
    };
    look("the configuration", path, READ);
    let trusts = config.mailbox.iter().map(|mailbox| &mailbox.trust);
    let trusts = trusts.chain([&config.smtp.trust]).chain(config.oauth.iter().map(|oauth| &oauth.trust));
    for trust in trusts {
        match trust {
            Trust::CaFile(file) => look("the ca_file", file, READ),
            Trust::System => {}
        }
    }
    if let Some(templates) = &config.reply.templates {
        look("the folder of templates", templates, READ | ENTER);
        for entry in templates.read_dir().into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "txt") {
                look("the template", &entry.path(), READ);
            }
        }
    }
    for (what, at) in closed {
        let detail = format!("{what} cannot be read by {}: {} is closed to it", user.name, at.display());
        let remedy = if at.is_dir() {
            format!("chmod o+rx {}: what is secret in it is closed by its own mode", at.display())
        } else {
            format!("chmod o+r {}: no password is in it", at.display())
        };
        findings.bad("rights", detail, &remedy)?;
    }
    for (key, source) in config.secret_sources() {
        // Credentials are handed over by systemd, which may read them.
        let SecretSource::File(file) = source else { continue };
        let Some(at) = user.stopped_at(file, READ) else { continue };
        let detail = format!(
            "the file {} of the {key} cannot be read by {}: {} is closed to it",
            file.display(),
            user.name,
            at.display()
        );
        let remedy = "let systemd hand it over (credential = \"…\" in place of password_file, and LoadCredential= in the unit), or \
                      chown the file to the user of the service";
        findings.bad("rights", detail, remedy)?;
    }
    database(user, &config.store.path, findings)
}

fn database(user: &User, database: &Path, findings: &mut Findings<'_>) -> Outcome {
    // The folders above are opened to a made-up user by systemd; so are those that it keeps for DynamicUser=.
    let is_private =
        || fs::canonicalize(folder(database)).is_ok_and(|path| path.starts_with("/var/lib/private"));
    let is_made_up = user.uid.is_none_or(is_dynamic) || is_private();
    let stopped_at = |path: &Path, want: u32| {
        let metadata = fs::metadata(path).ok()?;
        if is_made_up {
            return (!user.may(path, &metadata, want)).then(|| path.to_owned());
        }
        user.stopped_at(path, want)
    };
    let in_folder = || stopped_at(folder(database), READ | WRITE | ENTER);
    let Some(at) = stopped_at(database, READ | WRITE).or_else(in_folder) else { return Ok(()) };
    let detail = format!(
        "the database {} cannot be written by {}: {} is closed to it",
        database.display(),
        user.name,
        at.display()
    );
    let remedy = format!("chown -R {} {}", user.uid.unwrap_or_default(), folder(database).display());
    findings.bad("rights", detail, &remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::screen::Screen;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    /// A user whom nobody here knows.
    fn stranger() -> User {
        User { uid: Some(54_321), groups: Vec::new(), name: "askback".to_owned() }
    }

    fn told(user: &User, base: &Path) -> Vec<String> {
        let path = base.join("askback.toml");
        let config = Config::load(&path).unwrap();
        let (mut screen, _memory) = Screen::memory(false, 100);
        let mut findings = Findings { list: Vec::new(), screen: &mut screen, json: true };
        examine_for(user, &path, &config, &mut findings).unwrap();
        let base = base.canonicalize().unwrap().display().to_string();
        findings.list.into_iter().map(|finding| finding.detail.replace(&base, "…")).collect()
    }

    #[test]
    fn what_only_root_can_read_is_told() {
        let temporary = tempfile::tempdir().unwrap();
        let base = temporary.path().join("etc");
        let mode = |path: &Path, mode: u32| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        fs::create_dir_all(base.join("templates")).unwrap();
        fs::create_dir_all(base.join("db")).unwrap();
        let text = "[support]\naddresses = [\"support@example.com\"]\n[[mailbox]]\nhost = \"i\"\npassword_file = \"password\"\n\
                    ca_file = \"ca.pem\"\n[smtp]\nhost = \"s\"\nuser = \"u\"\ncredential = \"x\"\n[store]\npath = \"db/askback.db\"\n\
                    [reply]\ntemplates = \"templates\"\n";
        for (name, text) in [("askback.toml", text), ("password", "x\n"), ("ca.pem", "")] {
            fs::write(base.join(name), text).unwrap();
            mode(&base.join(name), 0o644);
        }
        for folder in [temporary.path(), &base, &base.join("templates")] {
            mode(folder, 0o755);
        }
        mode(&base.join("db"), 0o777);
        assert_eq!(told(&stranger(), &base), [""; 0]);
        let me = User { uid: Some(fs::metadata(&base).unwrap().uid()), ..stranger() };

        for (name, closed, expect) in [
            (
                "askback.toml",
                0o600,
                "the configuration …/askback.toml cannot be read by askback: …/askback.toml is closed to it",
            ),
            ("ca.pem", 0o640, "the ca_file …/ca.pem cannot be read by askback: …/ca.pem is closed to it"),
            (
                "templates",
                0o700,
                "the folder of templates …/templates cannot be read by askback: …/templates is closed to it",
            ),
            (
                "password",
                0o600,
                "the file …/password of the password of mailbox \"support@example.com\" cannot be read by askback: …/password is closed to it",
            ),
            ("db", 0o755, "the database …/db/askback.db cannot be written by askback: …/db is closed to it"),
        ] {
            let was = fs::metadata(base.join(name)).unwrap().mode();
            mode(&base.join(name), closed);
            assert_eq!(told(&stranger(), &base), [expect]);
            assert_eq!(told(&me, &base), [""; 0], "{name}");
            mode(&base.join(name), was);
        }
        // The folder is told once for all that is in it.
        mode(&base, 0o700);
        let all = told(&stranger(), &base);
        assert_eq!(all[0], "the configuration …/askback.toml cannot be read by askback: … is closed to it");
        assert_eq!(all.len(), 3, "{all:?}");
        mode(&base, 0o755);
    }

    #[test]
    fn the_user_is_the_owner_of_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none/askback.db");
        assert_eq!(owner(&missing), Some(User::other()));
        let uid = fs::metadata(folder.path()).unwrap().uid();
        let found = owner(&folder.path().join("askback.db"));
        assert_eq!(found.and_then(|user| user.uid), Some(uid).filter(|uid| *uid != 0));
        assert_eq!(User::of(61_184).name, User::other().name);
        assert_eq!(
            user_of(Some(0), Some(61_184)),
            Some(61_184),
            "copied by root into the folder of the service"
        );
        assert_eq!(user_of(Some(1000), Some(0)), Some(1000));
        assert_eq!((user_of(Some(0), Some(0)), user_of(None, None)), (Some(0), None));
    }
}
