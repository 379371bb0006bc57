//! Bounces, receipts and complaints (RFC 6522, 3464, 8098, 5965), and the bounces that are none of these.

use super::fields::{self, HeaderBlock};
use super::part::{media_type, raw_header};
use super::{MessageId, Report, parameter, transfer};
use mail_parser::{HeaderName, MessagePart, MessageRef};

/// Bytes of a status part or of returned headers that are looked at.
const MAX_PART: usize = 256 * 1024;
/// Characters of a reason that are kept.
const MAX_REASON: usize = 300;

/// The report that a message is, if it is one. `text` is its text.
pub(super) fn read(message: MessageRef<'_>, block: &HeaderBlock<'_>, text: &str) -> Option<Report> {
    let root = message.root_part();
    let declared = (media_type(root) == "multipart/report")
        .then(|| {
            raw_header(root, HeaderName::ContentType).and_then(|header| parameter::get(header, "report-type"))
        })
        .flatten()
        .map(|kind| kind.to_lowercase());
    let mut report = Report {
        report_type: declared.clone().unwrap_or_default(),
        original: None,
        failed: false,
        reason: None,
    };
    for part in message.parts() {
        let kind = media_type(part);
        match kind.as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                let (fields, _) = transfer::decode_prefix(&part, MAX_PART);
                report.failed |= is_failed(&fields);
                report.reason = report.reason.or_else(|| reason_in(&fields));
                report.known_as("delivery-status");
                report.about(original_in(&fields));
            }
            "message/disposition-notification" | "message/feedback-report" => {
                let (fields, _) = transfer::decode_prefix(&part, MAX_PART);
                report.known_as(kind.strip_prefix("message/").unwrap_or_default());
                report.about(original_in(&fields));
            }
            _ => {}
        }
    }
    // Whoever forwards a bounce may send its parts along; that mail is no bounce.
    let by_machine = block.all("auto-submitted").next().is_some()
        || names_failed_recipients(block)
        || block.all("return-path").any(|path| path.trim_ascii() == b"<>");
    let is_report = media_type(root) == "multipart/report" || (by_machine && !report.report_type.is_empty());
    if !is_report {
        return unstructured(block, text);
    }
    for part in message.parts() {
        report.about(returned_id(part));
    }
    Some(report)
}

/// Exim and Google write whom a mail did not reach; a field without a value says nothing.
fn names_failed_recipients(block: &HeaderBlock<'_>) -> bool {
    block.all("x-failed-recipients").any(|value| !value.trim_ascii().is_empty())
}

impl Report {
    fn known_as(&mut self, kind: &str) {
        if self.report_type.is_empty() {
            kind.clone_into(&mut self.report_type);
        }
    }

    fn about(&mut self, original: Option<MessageId>) {
        if self.original.is_none() {
            self.original = original;
        }
    }
}

/// Whether a delivery status has `Action: failed` for any recipient.
fn is_failed(status: &[u8]) -> bool {
    status.split(|byte| *byte == b'\n').any(|line| {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let name = halves.next().unwrap_or_default().trim_ascii();
        let value = halves.next().unwrap_or_default().trim_ascii();
        name.eq_ignore_ascii_case(b"action")
            && value.get(..6).is_some_and(|v| v.eq_ignore_ascii_case(b"failed"))
    })
}

/// Why the mail did not arrive, as a delivery status has it for the first recipient of whom it says so: `Diagnostic-Code: smtp; 552
/// mailbox is full` (RFC 3464, section 2.3.6), else the status code.
fn reason_in(status: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(status).replace("\r\n", "\n");
    let failed = text.split("\n\n").find(|block| is_failed(block.as_bytes()))?;
    let fields = fields::split(failed.as_bytes()).to_header_fields();
    let value = |name: &str| fields.iter().find(|field| field.name == name).map(|field| field.value.as_str());
    let said = value("diagnostic-code").map(|said| said.split_once(';').map_or(said, |(_, words)| words));
    let words: String = said.or_else(|| value("status"))?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then(|| words.chars().take(MAX_REASON).collect())
}

/// The id that a status part names itself.
fn original_in(status: &[u8]) -> Option<MessageId> {
    fields::split(status).all("original-message-id").next().and_then(first_id)
}

/// The id of the mail whose copy or headers a part holds.
fn returned_id(part: MessagePart<'_>) -> Option<MessageId> {
    if let Some(nested) = part.nested() {
        return raw_header(nested.root_part(), HeaderName::MessageId).and_then(first_id);
    }
    if !matches!(
        media_type(part).as_str(),
        "text/rfc822-headers" | "message/rfc822-headers" | "message/rfc822"
    ) {
        return None;
    }
    let (headers, _) = transfer::decode_prefix(&part, MAX_PART);
    fields::split(&headers).all("message-id").next().and_then(first_id)
}

/// The bounces of exim (X-Failed-Recipients) and qmail: the returned mail stands in the text.
fn unstructured(block: &HeaderBlock<'_>, text: &str) -> Option<Report> {
    let exim = names_failed_recipients(block);
    let qmail = text.trim_start().starts_with("Hi. This is the qmail-send program");
    let copied_id = || {
        let line = text
            .lines()
            .find(|line| line.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("message-id:")))?;
        first_id(line.get(11..)?.as_bytes())
    };
    (exim || qmail).then(|| Report {
        report_type: "delivery-status".to_owned(),
        original: copied_id(),
        failed: true,
        reason: None,
    })
}

/// The first id in a header value.
fn first_id(value: &[u8]) -> Option<MessageId> {
    MessageId::all_in(value).into_iter().next()
}
