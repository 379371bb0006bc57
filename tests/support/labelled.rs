//! Labelled conversations: what clients wrote, and what a first-line agent finds in it (fixtures/requests).
#![allow(dead_code, reason = "the evaluation and the training of weights each use a part")]
#![allow(clippy::unwrap_used, reason = "a label that cannot be read is a mistake of ours")]

use askback::mail::{Mail, parse};
use askback::request::{Field, Kind};
use data_encoding::BASE64;
use serde::Deserialize;
use std::fmt::Write as _;

#[derive(Clone, Deserialize)]
pub(crate) struct Conversation {
    pub(crate) id: String,
    pub(crate) messages: Vec<Message>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Message {
    pub(crate) subject: String,
    pub(crate) body: String,
    #[serde(default)]
    pub(crate) html: bool,
    #[serde(default)]
    pub(crate) attachments: Vec<File>,
    pub(crate) gold: Gold,
    pub(crate) missing_after: Vec<Field>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) media_type: String,
    pub(crate) kb: u64,
    pub(crate) inline: bool,
}

#[derive(Clone, Deserialize)]
pub(crate) struct Gold {
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) product: bool,
    #[serde(default)]
    pub(crate) description: bool,
    #[serde(default)]
    pub(crate) objects: bool,
    #[serde(default)]
    pub(crate) steps: bool,
    #[serde(default)]
    pub(crate) attachments: bool,
    /// Whether the objects of a question or service must be named, where the label says so.
    pub(crate) objects_apply: Option<bool>,
}

impl Gold {
    pub(crate) fn get(&self, field: Field) -> bool {
        match field {
            Field::Product => self.product,
            Field::Description => self.description,
            Field::Objects => self.objects,
            Field::Steps => self.steps,
            Field::Attachments => self.attachments,
        }
    }
}

/// Attachments are made this large at most: their content does not matter, only whether they are small.
const LARGEST_FILE: u64 = 256 * 1024;

/// The message as bytes, parsed as a mail from a server is: HTML, quotes, signatures and attachments included.
pub(crate) fn mail(message: &Message, follow_up: bool) -> Mail {
    let encode = |bytes: &[u8]| {
        let line = BASE64.encode(bytes);
        line.as_bytes()
            .chunks(76)
            .map(|part| std::str::from_utf8(part).unwrap())
            .collect::<Vec<_>>()
            .join("\r\n")
    };
    let kind = if message.html { "html" } else { "plain" };
    let reply = if follow_up { "In-Reply-To: <ask@example.test>\r\n" } else { "" };
    let mut raw = format!(
        "From: client@example.test\r\nTo: support@example.test\r\n{reply}Subject: =?utf-8?B?{}?=\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/{kind}; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        BASE64.encode(message.subject.as_bytes()),
        encode(message.body.as_bytes())
    );
    for file in &message.attachments {
        let content = vec![0_u8; usize::try_from((file.kb * 1024).min(LARGEST_FILE)).unwrap()];
        let name = format!("=?utf-8?B?{}?=", BASE64.encode(file.name.as_bytes()));
        let place = if file.inline { "inline" } else { "attachment" };
        let _ = write!(
            raw,
            "--b\r\nContent-Type: {}; name=\"{name}\"\r\nContent-Disposition: {place}; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            file.media_type,
            encode(&content)
        );
    }
    raw.push_str("--b--\r\n");
    parse(raw.as_bytes())
}

/// Reads conversations, one a line.
pub(crate) fn load(json: &str) -> Vec<Conversation> {
    json.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
