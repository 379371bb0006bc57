//! What every decision about a mail stands on, made from the configuration: swapped whole when it changes.

use crate::calendar::{Calendar, WorkingDuration};
use crate::mail::own_text::OurLetters;
use crate::mail::{Address, Mail, Mailbox, MessageId, SegmentKind};
use crate::reply::{Authentication, Letters, Limits, SenderPolicy, authentication};
use crate::request::{Language, Questions, Rules};
use crate::ticket::plan::Policy;
use crate::ticket::token::TokenKey;
use crate::ticket::{Standing, TicketId};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};

/// What keeps a letter from being written.
pub(super) const NO_MESSAGE_ID: &str = "the domain of the support address cannot stand in a Message-ID";

/// One version of the support regulation.
#[derive(Debug)]
pub struct Regulation {
    /// Its name, as tickets show it.
    pub version: String,
    /// From when on it judges mails («обязательны с момента их размещения»).
    pub effective_from: DateTime<Utc>,
    /// What a request must name.
    pub rules: Rules,
    /// How fast agents must react.
    pub reaction: WorkingDuration,
}

/// The version that judged a ticket's last message; the one in force then, if the configuration no longer has it.
#[must_use]
pub fn regulation_of<'a>(
    version: &str,
    last_client_at: DateTime<Utc>,
    regulations: &'a [Regulation],
) -> Option<&'a Regulation> {
    let same = regulations.iter().find(|regulation| regulation.version == version);
    let in_force = || regulations.iter().rev().find(|regulation| regulation.effective_from <= last_client_at);
    same.or_else(in_force).or_else(|| regulations.first())
}

/// What letters say in one language, beside their templates.
#[derive(Clone, Debug)]
pub struct Words {
    /// The question for each field, in the regulation's words.
    pub questions: Questions,
    /// Working hours, for people.
    pub hours: String,
    /// A line with the phone, or empty.
    pub contact: String,
}

/// Everything that decisions about mails need and that is not in the database.
#[derive(Debug)]
pub struct Desk {
    /// Whom letters come from.
    pub support: Mailbox,
    /// All addresses of this support mailbox.
    pub own_addresses: Vec<Address>,
    /// The addresses that our web site sends from what its visitors fill in.
    pub forms: Vec<Address>,
    /// Our agents, the head, and whoever else gets notices: those who may answer clients.
    pub agents: Vec<Address>,
    /// The language of letters to them, and to clients whose own cannot be told.
    pub language: Language,
    /// What the folders for sent mail are called in the database.
    pub sent_folders: Vec<String>,
    /// Who is no client, and how our letters are known.
    pub authorship: Authorship,
    /// Regulation versions, the oldest first, at least one.
    pub regulations: Vec<Regulation>,
    /// Working hours.
    pub calendar: Calendar,
    /// The templates of letters.
    pub letters: Letters,
    /// The company's name in letters.
    pub company: String,
    /// What letters say in Russian.
    pub russian: Words,
    /// What letters say in English.
    pub english: Words,
    /// Limits of the reply table.
    pub limits: Limits,
    /// How many asks, whether confirmations.
    pub policy: Policy,
    /// How long a letter waits for a second mail from the client.
    pub grace: TimeDelta,
    /// How long after its closing a ticket takes new mail.
    pub reopen_within: TimeDelta,
    /// Whose Authentication-Results count.
    pub authserv_id: Option<String>,
    /// What happens to senders whom nobody knows.
    pub strangers: SenderPolicy,
    /// Whether letters are copied into a Sent folder.
    pub copies: bool,
    /// The secret of our tokens.
    pub token_key: TokenKey,
    /// What our letters carry in X-Loop.
    pub loop_id: String,
}

/// What it takes to know whose words a client's mail has.
#[derive(Clone, Debug)]
pub struct Authorship {
    /// Addresses that are no client's: ours, the agents', the head's.
    pub house: Vec<Address>,
    /// Our letters to clients, as they come back in a quote.
    pub letters: OurLetters,
}

impl Authorship {
    /// Says of a client's mail, beyond what its bytes say, whose words it has: a forward that only its subject tells, and our letters in
    /// a quote. Of what agents write nothing that may be quoted is theirs: it may be sent on.
    pub fn settle(&self, mail: &mut Mail) {
        let is_ours = |author: &Address| author.is_among(&self.house);
        if mail.author_address().is_some_and(is_ours) {
            mail.text.doubt_quotes();
            return;
        }
        let forwarded = mail.as_forward_by_subject(&self.house);
        let is_forward = forwarded.is_some();
        if let Some(text) = forwarded {
            mail.text = text;
        }
        // Most first mails answer nothing: they need not be searched.
        let answers = mail.subject_prefix().is_some()
            || !mail.in_reply_to.is_empty()
            || mail.text.segments.iter().any(|segment| segment.kind == SegmentKind::Quote);
        if answers {
            mail.text.know(&self.letters, is_forward);
        }
    }
}

impl Desk {
    /// The regulation in force at `at`; for a mail older than all of them, the oldest.
    #[must_use]
    pub fn regulation_at(&self, at: DateTime<Utc>) -> &Regulation {
        let in_force = self.regulations.iter().rev().find(|regulation| regulation.effective_from <= at);
        #[expect(clippy::expect_used, reason = "the configuration refuses an empty list")]
        in_force.or(self.regulations.first()).expect("there is a regulation")
    }

    /// Whether `address` is one of our agents'.
    #[must_use]
    pub fn is_agent(&self, address: &Address) -> bool {
        address.is_among(&self.agents)
    }

    /// Whether a mailbox is a folder for sent mail: what lies there, we have sent.
    #[must_use]
    pub fn is_sent_folder(&self, mailbox: &str) -> bool {
        self.sent_folders.iter().any(|name| name == mailbox)
    }

    /// The words of one language.
    #[must_use]
    pub fn words(&self, language: Language) -> &Words {
        match language {
            Language::Russian => &self.russian,
            Language::English => &self.english,
        }
    }

    /// What a trusted server says of the sender.
    #[must_use]
    pub fn authentication(&self, mail: &Mail) -> Authentication {
        authentication::read(mail, self.authserv_id.as_deref())
    }

    /// The Message-ID of a letter to a client; `serial` tells those of one ticket apart.
    ///
    /// # Errors
    /// If the domain of the support address cannot stand in one.
    pub fn message_id(&self, ticket: TicketId, client: &Address, serial: u64) -> anyhow::Result<MessageId> {
        let domain = self.support.address.domain();
        self.token_key.message_id(ticket, client, serial, domain).context(NO_MESSAGE_ID)
    }

    /// How far a sender is known; `registered` is what the client registry says.
    #[must_use]
    pub fn standing(&self, authentication: Authentication, registered: bool) -> Standing {
        match authentication {
            // The registry knows an address; that he is the one who wrote takes a server to vouch for.
            Authentication::Pass if registered => Standing::Registered,
            Authentication::Pass => Standing::Verified,
            Authentication::Fail | Authentication::None | Authentication::Unconfigured => {
                Standing::Unverified
            }
        }
    }
}
