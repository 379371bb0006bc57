//! What the header fields of a MIME part say (RFC 2045, 2183), read from their raw bytes.

use super::parameter;
use mail_parser::{HeaderName, MessagePart};

/// The last header of this name, as written.
pub(super) fn raw_header<'m>(part: MessagePart<'m>, name: HeaderName<'static>) -> Option<&'m [u8]> {
    part.headers().get(name).map(|header| header.raw_value())
}

/// The Content-ID, without its brackets.
pub(super) fn content_id(part: MessagePart<'_>) -> Option<String> {
    raw_header(part, HeaderName::ContentId).map(|id| bare_id(&String::from_utf8_lossy(id)))
}

/// An identifier without the brackets around it.
pub(super) fn bare_id(id: &str) -> String {
    id.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// Whether the part is declared to be a file.
pub(super) fn is_file(part: MessagePart<'_>) -> bool {
    part.content_disposition().is_some_and(|disposition| disposition.is_attachment())
}

/// `type/subtype` in lower case; `application/octet-stream` for what is no media type.
pub(super) fn media_type(part: MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else {
        // RFC 2045, section 5.2: no type is plain text.
        return if raw_header(part, HeaderName::ContentType).is_none() {
            "text/plain"
        } else {
            "application/octet-stream"
        }
        .to_owned();
    };
    let (main, sub) =
        (kind.ctype().to_ascii_lowercase(), kind.subtype().unwrap_or_default().to_ascii_lowercase());
    let is_token = |name: &str| {
        !name.is_empty()
            && name.len() < 100
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    match (main.as_str(), sub.as_str()) {
        ("text", "") => "text/plain".to_owned(),
        (main, sub) if is_token(main) && is_token(sub) => format!("{main}/{sub}"),
        _ => "application/octet-stream".to_owned(),
    }
}

/// The decoded file name, without the folders that some programs put before it.
pub(super) fn file_name(part: MessagePart<'_>) -> Option<String> {
    let disposition = raw_header(part, HeaderName::ContentDisposition);
    let path = disposition
        .and_then(|header| parameter::get(header, "filename"))
        .or_else(|| parameter::get(raw_header(part, HeaderName::ContentType)?, "name"))?;
    path.rsplit(['/', '\\']).map(str::trim).find(|name| !name.is_empty()).map(str::to_owned)
}

/// The declared charset, as written.
pub(super) fn charset_of(part: MessagePart<'_>) -> Option<String> {
    parameter::get(raw_header(part, HeaderName::ContentType)?, "charset")
}

/// The charset that an HTML text declares in its own head.
pub(super) fn html_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..2048).unwrap_or(bytes)).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset=")?;
    let label: String = rest
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .take(40)
        .collect();
    (!label.is_empty()).then_some(label)
}
