//! Reading structured header values that strangers wrote: comments, parameters, quoted strings.

/// The value without its comments, which nest and may hold quoted pairs (RFC 5322, section 3.2.2). What stands in a
/// quoted string is no comment. An unclosed comment reaches to the end.
pub(super) fn without_comments(value: &str) -> String {
    let mut clean = String::with_capacity(value.len());
    let (mut depth, mut quoted) = (0_u32, false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let next = chars.next();
                if depth == 0 {
                    clean.push(c);
                    clean.extend(next);
                }
            }
            '(' if !quoted => depth = depth.saturating_add(1),
            ')' if depth > 0 => {
                depth -= 1;
                clean.push(' ');
            }
            _ if depth > 0 => {}
            _ => {
                quoted ^= c == '"';
                clean.push(c);
            }
        }
    }
    clean
}

/// The keyword that a value begins with, in lower case, without comments and parameters:
/// `(maybe) Auto-Generated; owner-email=a@b` → `auto-generated`.
pub(super) fn keyword(value: &str) -> String {
    let clean = without_comments(value);
    let head = clean.split(';').next().unwrap_or_default();
    head.trim().to_lowercase()
}

/// The words of a list such as `OOF, AutoReply`, in lower case, whatever separates them.
pub(super) fn words(value: &str) -> Vec<String> {
    without_comments(value)
        .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Splits at `;` outside of quoted strings. Comments must be gone already.
pub(super) fn split_at_semicolons(value: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    value
        .split(|c: char| {
            let plain = !std::mem::take(&mut escaped);
            escaped = plain && c == '\\';
            quoted ^= plain && c == '"';
            plain && !quoted && c == ';'
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_parameters_do_not_hide_the_keyword() {
        let check = |value: &str, expect: &str| assert_eq!(keyword(value), expect, "{value:?}");
        check("No (normal)", "no");
        check(" (a (nested) one) NO ; x=y", "no");
        check("auto-generated; owner-email=a@b", "auto-generated");
        check("(a \\) quoted pair) no", "no");
        check("(unclosed no", "");
        check("auto(joined)-replied", "auto -replied");
        check("\"(no comment)\"", "\"(no comment)\"");
        check(") no", ") no");
        check("", "");
    }

    #[test]
    fn lists_are_split_at_anything() {
        assert_eq!(words("OOF, AutoReply"), ["oof", "autoreply"]);
        assert_eq!(words("DR;NDR RN"), ["dr", "ndr", "rn"]);
        assert_eq!(words("(All) None"), ["none"]);
    }

    #[test]
    fn semicolons_in_quoted_strings_split_nothing() {
        assert_eq!(split_at_semicolons("a; b=\"c;d\\\";\"; e"), ["a", " b=\"c;d\\\";\"", " e"]);
    }
}
