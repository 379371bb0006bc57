//! From the checked configuration to the values of each part: nobody below `daemon` and `cli` sees [`Config`].

use super::{Config, MailboxConfig, Proof, Secrets, SentFolder};
use crate::imap::{self, FolderChoice};
use crate::intake::{Authorship, Desk, Regulation, Words};
use crate::mail::Address;
use crate::mail::own_text::OurLetters;
use crate::net::{Endpoint, Secret};
use crate::nudge;
use crate::oauth::Credentials;
use crate::outbox::smtp;
use crate::reply::letter::{Lines, Override, Purpose, Signed, template_name};
use crate::reply::{Letters, Limits};
use crate::request::{Language, RuleSettings, Rules};
use crate::ticket::plan::Policy;
use crate::ticket::token::TokenKey;
use anyhow::Context as _;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::path::Path;
use strum::VariantArray as _;

impl Config {
    /// Everything that decisions about mails stand on. `now` counts only for the zone in the words of the hours.
    ///
    /// # Errors
    /// A rule or template that cannot work, or a template that cannot be read.
    pub fn desk(&self, token_key: TokenKey, now: DateTime<Utc>) -> anyhow::Result<Desk> {
        let support = crate::mail::Mailbox {
            name: self.support.name.clone(),
            address: self.support.addresses.first().context("[support] has no address")?.clone(),
        };
        let agents = self.agents();
        let limits = &self.reply.limits;
        let letters = self.letters()?;
        Ok(Desk {
            own_addresses: self.support.addresses.clone(),
            forms: self.support.forms.clone(),
            agents,
            language: self.support.language,
            sent_folders: self.mailbox.iter().map(MailboxConfig::sent_name).collect(),
            regulations: self.regulations()?,
            calendar: self.hours.clone(),
            authorship: self.authorship_by(Some(&letters), now),
            letters,
            company: self.support.company.clone(),
            russian: self.words(Language::Russian, now),
            english: self.words(Language::English, now),
            limits: Limits {
                message: limits.per_message,
                sender_24h: limits.per_sender_day,
                domain_1h: limits.per_domain_hour,
                all_1h: limits.per_hour,
                reply_within: self.reply.reply_within,
                ..Limits::default()
            },
            policy: Policy { max_asks: limits.asks_per_ticket, confirm: self.reply.accept },
            grace: TimeDelta::from_std(self.reply.grace)?,
            reopen_within: TimeDelta::from_std(self.tickets.reopen_within)?,
            authserv_id: self.reply.authserv_id.clone(),
            strangers: self.reply.strangers,
            copies: self.mailbox.iter().any(|mailbox| mailbox.sent_folder != SentFolder::Off),
            loop_id: token_key.loop_mark(),
            token_key,
            support,
        })
    }

    /// The addresses of those who work with askback: agents, the head, and whoever else hears of something.
    #[must_use]
    pub fn agents(&self) -> Vec<Address> {
        let people = self.agent.iter().chain(&self.head).map(|person| &person.address);
        let mut agents: Vec<Address> = Vec::new();
        for address in people.chain(self.nudges.to.iter().flat_map(|(_, people)| people)) {
            if !agents.contains(address) {
                agents.push(address.clone());
            }
        }
        agents
    }

    /// What agents and the head must hear, and when.
    #[must_use]
    pub fn nudge_policy(&self) -> nudge::Policy {
        nudge::Policy {
            client_silent: self.nudges.client_silent,
            soon_percent: self.nudges.soon_percent,
            escalate_after: self.nudges.escalate_after,
            recipients: self.nudges.to.clone(),
        }
    }

    /// Who hears what is wrong with askback itself: those who hear of mails that it could not process.
    #[must_use]
    pub fn operators(&self) -> Vec<Address> {
        let held = self.nudges.to.iter().filter(|(cause, _)| *cause == nudge::Cause::Held);
        held.flat_map(|(_, people)| people.clone()).collect()
    }

    /// The rules of each version of the regulation.
    ///
    /// # Errors
    /// A product, cue or pattern that cannot work.
    pub fn regulations(&self) -> anyhow::Result<Vec<Regulation>> {
        self.regulation
            .iter()
            .map(|version| {
                Ok(Regulation {
                    version: version.version.clone(),
                    effective_from: version.effective_from,
                    reaction: version.reaction,
                    rules: Rules::new(self.rule_settings(version))?,
                })
            })
            .collect()
    }

    fn rule_settings(&self, version: &super::Regulation) -> RuleSettings {
        RuleSettings {
            questions: Language::VARIANTS
                .iter()
                .map(|language| self.questions.get(*language).clone())
                .collect(),
            products: self.product.clone(),
            levels: version.fields.clone(),
            cues: self.cues.clone(),
            object_patterns: self.objects.patterns.clone(),
            names: self.objects.names.clone(),
        }
    }

    fn letters(&self) -> anyhow::Result<Letters> {
        Ok(Letters::new(&overrides(self.reply.templates.as_deref())?)?)
    }

    /// What it takes to know whose words a client's mail has. With a template that cannot work or be read no letter is known: what is
    /// stored is shown all the same.
    #[must_use]
    pub fn authorship(&self, now: DateTime<Utc>) -> Authorship {
        self.authorship_by(self.letters().ok().as_ref(), now)
    }

    fn authorship_by(&self, letters: Option<&Letters>, now: DateTime<Utc>) -> Authorship {
        let lines = |language| {
            let Some(letters) = letters else { return Lines::default() };
            let words = self.words(language, now);
            letters.lines(
                language,
                &Signed {
                    questions: &words.questions,
                    hours: &words.hours,
                    contact: &words.contact,
                    company: &self.support.company,
                },
            )
        };
        let lines: Vec<Lines> = Language::VARIANTS.iter().copied().map(lines).collect();
        let texts = |of: fn(&Lines) -> &BTreeSet<String>| lines.iter().flat_map(of).map(String::as_str);
        Authorship {
            house: self.support.addresses.iter().cloned().chain(self.agents()).collect(),
            letters: OurLetters::new(texts(|lines| &lines.body), texts(|lines| &lines.signature)),
        }
    }

    fn words(&self, language: Language, now: DateTime<Utc>) -> Words {
        Words {
            questions: self.questions.get(language).clone(),
            hours: self.hours_text(language, now),
            contact: self.support.contact.get(language).clone().unwrap_or_default(),
        }
    }

    /// The settings of the watchers of the folders for sent mail: what agents send from the support account lies there.
    #[must_use]
    pub fn sent_folders(&self, secrets: &Secrets) -> Vec<imap::Settings> {
        let of = |mailbox: &MailboxConfig| {
            let folder = mailbox.sent_folder.name()?;
            let mut settings = self.watched(mailbox, secrets)?;
            settings.mailbox = mailbox.sent_name();
            settings.folder = FolderChoice::Sent(folder);
            settings.after = imap::After::Leave;
            Some(settings)
        };
        self.mailbox.iter().filter_map(of).collect()
    }

    /// The settings of each mailbox's watcher.
    #[must_use]
    pub fn mailboxes(&self, secrets: &Secrets) -> Vec<imap::Settings> {
        self.mailbox.iter().filter_map(|mailbox| self.watched(mailbox, secrets)).collect()
    }

    /// The mailboxes that are compared with the database once a day: each with the time and its watched folders.
    #[must_use]
    pub fn reconciliations(&self, secrets: &Secrets) -> Vec<(String, NaiveTime, Vec<imap::Settings>)> {
        let (inboxes, sent) = (self.mailboxes(secrets), self.sent_folders(secrets));
        let of = |mailbox: &MailboxConfig| {
            let names = [mailbox.name.clone(), mailbox.sent_name()];
            let folders = inboxes.iter().chain(&sent).filter(|folder| names.contains(&folder.mailbox));
            Some((mailbox.name.clone(), mailbox.reconcile?, folders.cloned().collect()))
        };
        self.mailbox.iter().filter_map(of).collect()
    }

    /// The server that takes letters.
    #[must_use]
    pub fn smtp_settings(&self, secrets: &Secrets) -> smtp::Settings {
        let support = self.support.addresses.first();
        smtp::Settings {
            host: self.smtp.host.clone(),
            port: self.smtp.port,
            security: self.smtp.security,
            trust: self.smtp.trust.clone(),
            login: self
                .smtp
                .login
                .as_ref()
                .and_then(|(user, proof)| credentials(user, proof, secrets.smtp(), secrets)),
            hello: support.map_or("localhost", |address| address.domain()).to_owned(),
            bounce_address: self.smtp.bounce_address.clone().or_else(|| support.cloned()),
            timing: smtp::Timing::default(),
        }
    }

    /// Where copies of letters go: the first mailbox that wants them, and the folder if it is named.
    #[must_use]
    pub fn sent_folder(&self, secrets: &Secrets) -> Option<(imap::Settings, Option<String>)> {
        self.mailbox.iter().find_map(|mailbox| {
            let folder = mailbox.sent_folder.name()?;
            Some((self.watched(mailbox, secrets)?, folder))
        })
    }

    fn watched(&self, mailbox: &MailboxConfig, secrets: &Secrets) -> Option<imap::Settings> {
        let endpoint =
            Endpoint { host: mailbox.host.clone(), port: mailbox.port, trust: mailbox.trust.clone() };
        let password = secrets.imap(&mailbox.name);
        let credentials = credentials(&mailbox.user, &mailbox.proof, password, secrets)?;
        let mut settings = imap::Settings::new(&mailbox.name, endpoint, credentials);
        settings.folder = FolderChoice::Named(mailbox.folder.clone());
        let same_account = self.mailbox.iter().filter(|other| other.account() == mailbox.account());
        settings.account = same_account.map(MailboxConfig::reading).collect();
        settings.after = mailbox.after.clone();
        settings.start = mailbox.start;
        settings.poll = mailbox.poll;
        settings.timing.poll_without_idle = settings.timing.poll_without_idle.min(mailbox.poll);
        settings.limits.mail_bytes = mailbox.size_limit;
        Some(settings)
    }
}

/// `password` is the one of this login, if it has one.
fn credentials(
    user: &str,
    proof: &Proof,
    password: Option<&Secret>,
    secrets: &Secrets,
) -> Option<Credentials> {
    let user = user.to_owned();
    Some(match proof {
        Proof::Password(_) => Credentials::Password { user, password: password?.clone() },
        Proof::OAuth(name) => Credentials::OAuth { user, tokens: secrets.tokens_of(name)?.clone() },
    })
}

/// The operator's own templates: `ask.ru.txt`, `ask.en.txt`, `accept.ru.txt`, `accept.en.txt`, those that are there.
fn overrides(folder: Option<&Path>) -> anyhow::Result<Vec<Override>> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    anyhow::ensure!(
        folder.is_dir(),
        "reply.templates: {} is no folder: create it, or remove the key to use the built-in letters",
        folder.display()
    );
    let unreadable = |path: &Path, error: std::io::Error| {
        anyhow::anyhow!(
            "reply.templates: {} cannot be read ({error}): make it a file that askback may read",
            path.display()
        )
    };
    let mut found = Vec::new();
    let mut known = Vec::new();
    for purpose in [Purpose::Ask, Purpose::Accept] {
        for &language in Language::VARIANTS {
            let path = folder.join(template_name(purpose, language));
            match std::fs::read_to_string(&path) {
                Ok(source) => found.push(Override {
                    purpose,
                    language,
                    file: path.display().to_string(),
                    source: source.trim_start_matches('\u{feff}').to_owned(),
                }),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    anyhow::bail!("reply.templates: {} is not UTF-8 text: save it as UTF-8", path.display())
                }
                Err(error) => return Err(unreadable(&path, error)),
            }
            known.push(path);
        }
    }
    // A letter that the operator believes to have written, and nobody gets.
    for entry in folder.read_dir().map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let other_ending =
            [".tmpl", ".j2", ".jinja", ".jinja2", ".text"].iter().any(|ending| name.ends_with(ending));
        let may_be_meant = name.ends_with(".txt")
            || other_ending && (name.starts_with("ask.") || name.starts_with("accept."));
        anyhow::ensure!(
            !may_be_meant || known.contains(&path),
            "reply.templates: {} is no letter of askback: call it ask.ru.txt, ask.en.txt, accept.ru.txt or accept.en.txt, or take it away",
            path.display()
        );
    }
    Ok(found)
}
