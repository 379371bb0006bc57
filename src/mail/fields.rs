//! The header block, split by our own strict reading (RFC 5322, section 2.2), so that the library's can be checked
//! against it.

use super::HeaderField;
use super::charset;
use super::encoded_word::unfold;

/// Fields beyond this are not kept.
const MAX_FIELDS: usize = 1000;
/// Bytes of a value that are kept for people and rules.
const MAX_VALUE: usize = 8 * 1024;

/// A header field as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RawField<'a> {
    /// Name in lower case.
    pub(super) name: String,
    /// What stands after the colon, folded as it came.
    pub(super) value: &'a [u8],
}

/// A header block.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct HeaderBlock<'a> {
    /// The fields in order, at most [`MAX_FIELDS`].
    pub(super) fields: Vec<RawField<'a>>,
    /// Whether there were more.
    pub(super) cut: bool,
    /// Where the first line begins that is no field and continues none.
    pub(super) broken_line: Option<usize>,
    /// Where the body begins, if an empty line ends the block.
    pub(super) body: Option<usize>,
}

impl<'a> HeaderBlock<'a> {
    /// The values of all fields of this name (lower case), as written.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |field| field.name == name).map(|field| field.value)
    }

    /// What is kept of the fields.
    pub(super) fn to_header_fields(&self) -> Vec<HeaderField> {
        self.fields
            .iter()
            .map(|field| HeaderField { name: field.name.clone(), value: shown(field.value) })
            .collect()
    }
}

/// Splits the header block at the start of `raw`.
pub(super) fn split(raw: &[u8]) -> HeaderBlock<'_> {
    let mut block = HeaderBlock::default();
    let mut at = 0;
    while at < raw.len() {
        let mut end = line_end(raw, at);
        if matches!(raw.get(at..end), Some(b"\n" | b"\r\n")) {
            block.body = Some(end);
            break;
        }
        while matches!(raw.get(end), Some(b' ' | b'\t')) {
            end = line_end(raw, end);
        }
        match field(raw.get(at..end).unwrap_or_default()) {
            None => block.broken_line = block.broken_line.or(Some(at)),
            Some(_) if block.fields.len() >= MAX_FIELDS => block.cut = true,
            Some(field) => block.fields.push(field),
        }
        at = end;
    }
    block
}

/// Where the line that begins at `from` ends, its line feed included.
pub(super) fn line_end(raw: &[u8], from: usize) -> usize {
    let rest = raw.get(from..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(raw.len(), |at| from + at + 1)
}

fn field(line: &[u8]) -> Option<RawField<'_>> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    Some(RawField { name, value: line.get(colon + 1..)? })
}

/// A value for people and rules: unfolded, 8-bit bytes decoded, controls taken out, cut to size.
fn shown(value: &[u8]) -> String {
    let value = value.get(..MAX_VALUE * 2).unwrap_or(value);
    let mut text = charset::decode_undeclared(&unfold(value)).replace(char::is_control, " ");
    text.truncate(text.floor_char_boundary(MAX_VALUE));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(raw: &[u8]) -> Vec<String> {
        split(raw).fields.into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn fields_are_split_and_unfolded() {
        let raw = b"From: a@b\r\nSubject : x\r\n\ty\r\nX-Eight: \xcf\xf0\xe8\xe2\xe5\xf2\r\n\r\nTo: body\r\n";
        let block = split(raw);
        assert_eq!(block.body, Some(raw.len() - "To: body\r\n".len()));
        let fields = block.to_header_fields();
        let shown: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
        assert_eq!(shown, [("from", "a@b"), ("subject", "x y"), ("x-eight", "Привет")]);
    }

    #[test]
    fn lines_that_are_no_fields_are_told() {
        let block = split(b"From: a@b\nno field here\nTo: c@d\n\n");
        assert_eq!(block.broken_line, Some(10));
        assert_eq!(names(b"From: a@b\nno field here\nTo: c@d\n\n"), ["from", "to"]);
        assert_eq!(names(b" leading: x\nA b: c\n: d\n"), Vec::<String>::new());
        assert_eq!(split(b"From: a@b").body, None);
    }

    #[test]
    fn many_fields_and_long_values_are_cut() {
        let raw = b"X: y\n".repeat(5000);
        let block = split(&raw);
        assert_eq!((block.fields.len(), block.cut), (1000, true));
        let raw = format!("X: {}\n\n", "ы".repeat(100_000));
        assert!(split(raw.as_bytes()).to_header_fields()[0].value.len() <= MAX_VALUE);
    }
}
