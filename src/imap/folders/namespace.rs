//! NAMESPACE (RFC 2342): what the names of a user's own folders begin with.

use super::name::{begins_with, decode_utf7};
use crate::imap::error::ImapError;
use crate::imap::session::protocol::Connection;

/// The prefixes that a server tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Namespaces {
    /// Of the user's own folders: mostly nothing, `INBOX.` on servers that keep everything under INBOX.
    personal: String,
    /// Of others' folders and of shared ones, too.
    all: Vec<String>,
}

/// What the server tells; `None` if it does not know the command.
pub(crate) async fn ask(connection: &mut Connection) -> Result<Option<Namespaces>, ImapError> {
    if !connection.has("NAMESPACE") {
        return Ok(None);
    }
    Ok(connection.run_unparsed("NAMESPACE").await?.iter().find_map(|line| Namespaces::read(line)))
}

impl Namespaces {
    /// The name as the server wants it: one that has no prefix gets that of the user's own folders.
    pub(crate) fn full(&self, name: &str) -> String {
        let has_one = |prefix: &String| !prefix.is_empty() && begins_with(name, prefix);
        if name.eq_ignore_ascii_case("INBOX") || self.all.iter().any(has_one) {
            return name.to_owned();
        }
        format!("{}{name}", self.personal)
    }

    /// Reads `* NAMESPACE (("INBOX." ".")) (("user." ".")) NIL`: the user's own, others', shared ones.
    fn read(line: &str) -> Option<Self> {
        const HEAD: &str = "* NAMESPACE ";
        let mut chars = line.get(HEAD.len()..).filter(|_| begins_with(line, HEAD))?.chars();
        let (mut personal, mut all) = (Vec::new(), Vec::new());
        let (mut class, mut depth, mut is_prefix) = (0, 0_u32, false);
        while let Some(c) = chars.next() {
            match c {
                '(' => {
                    depth += 1;
                    is_prefix = depth == 2;
                }
                ')' => {
                    depth = depth.saturating_sub(1);
                    class += u32::from(depth == 0);
                }
                'N' | 'n' if depth == 0 => class += 1,
                '"' => {
                    let mut text = String::new();
                    loop {
                        match chars.next()? {
                            '"' => break,
                            '\\' => text.push(chars.next()?),
                            c => text.push(c),
                        }
                    }
                    if std::mem::take(&mut is_prefix) {
                        let prefix = decode_utf7(&text);
                        if class == 0 {
                            personal.push(prefix.clone());
                        }
                        all.push(prefix);
                    }
                }
                _ => {}
            }
        }
        let has_plain = personal.iter().any(String::is_empty);
        let personal = if has_plain { None } else { personal.into_iter().next() };
        Some(Self { personal: personal.unwrap_or_default(), all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, names: &[(&str, &str)]) {
        let namespaces = Namespaces::read(line).unwrap();
        for (name, full) in names {
            assert_eq!(namespaces.full(name), *full, "{line}");
        }
    }

    #[test]
    fn a_name_gets_the_prefix_that_the_server_wants() {
        let own = [("Done", "INBOX.Done"), ("INBOX.Done", "INBOX.Done"), ("inbox", "inbox")];
        // Cyrus.
        check(r#"* NAMESPACE (("INBOX." ".")) (("user." ".")) (("" "."))"#, &own);
        check(
            r#"* NAMESPACE (("INBOX." ".")) (("user." ".")) (("" "."))"#,
            &[("user.anna.Done", "user.anna.Done")],
        );
        // Courier.
        check(r##"* namespace (("INBOX." ".")) NIL (("#shared." ".")("shared." "."))"##, &own);
        // Dovecot, and others that have several.
        check(r#"* NAMESPACE (("" "/")) NIL NIL"#, &[("Done", "Done"), ("INBOX.Done", "INBOX.Done")]);
        check(r##"* NAMESPACE (("#mh/" "/" "X-PARAM" ("A" "B"))("" "/")) NIL NIL"##, &[("Done", "Done")]);
        check(r#"* NAMESPACE (("&BB8-/" NIL)) NIL NIL"#, &[("Done", "П/Done")]);
        check(r#"* NAMESPACE (("a\"b/" "/")) NIL NIL"#, &[("Done", "a\"b/Done")]);
        check("* NAMESPACE NIL NIL ((\"Public.\" \".\"))", &[("Done", "Done")]);
    }

    #[test]
    fn anything_else_is_none() {
        for line in ["* NAMESPACE", "* 3 EXISTS", "", "* NAMESPACE ((\"INBOX.", "* NAMESPACE ((\"a\\"] {
            assert_eq!(Namespaces::read(line), None, "{line}");
        }
    }
}
