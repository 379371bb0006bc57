//! Whom a 5xx is about. It ends one letter only if it is about that letter: a server that takes none from us must lose none.

use super::{Failure, Smtp};
use crate::mail::{Address, HeaderText};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Rset;
use std::time::Instant;

/// An address in a domain that nobody has (RFC 2606): what is said to it is said to us.
const ELSEWHERE: &str = "postmaster@example.com";

/// Whom a refusal is about, as far as its codes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blames {
    /// The account, its rights or our sender address.
    Us,
    /// The recipient, or what the letter is like.
    Letter,
    /// Either: "554 5.7.1" is said of a host that is not let in, of a spam filter, and of a user who is not there.
    Anyone,
}

fn elsewhere() -> Result<Address, Failure> {
    Address::parse(ELSEWHERE).map_err(|error| Failure::Lost(error.to_string()))
}

/// The code of a reply, `554 5.7.1 words`, and the enhanced one (RFC 3463; also `#5.7.1` and `5.7.1:`), zeros if there is none.
/// Words are no guide: each server has its own.
fn codes(reply: &str) -> Option<(u16, [u16; 3])> {
    let mut words = reply.split_whitespace();
    let code = words.next()?.parse().ok()?;
    let enhanced = words.next().unwrap_or_default().trim_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = enhanced.split('.').map(|number| number.parse().unwrap_or_default());
    let mut number = || numbers.next().unwrap_or_default();
    Some((code, [number(), number(), number()]))
}

/// Whom a refusal is about; without a code it is our own, of the letter.
pub(super) fn blames(reply: &str) -> Blames {
    match codes(reply) {
        // RFC 4954: a login is wanted, too weak, wrong or needs TLS; RFC 3463: a wrong address of the sender; of Gmail: he has
        // sent too much (5.4.5); of Exchange: he may not send as this sender.
        Some(
            (530 | 534 | 535 | 538, _)
            | (_, [5, 1, 7 | 8] | [5, 4, 5] | [5, 7, 8 | 9 | 57 | 60 | 139] | [5, 2, 252]),
        ) => Blames::Us,
        // RFC 3463: the recipient's address, his mailbox, the size, the kind of content.
        None | Some((552, _) | (_, [5, 1 | 2 | 6, _] | [5, 3, 4])) => Blames::Letter,
        Some(_) => Blames::Anyone,
    }
}

/// Whether a refusal of MAIL is about the letter: of that it knows only the kind of content, and we do not tell it the size.
pub(super) fn is_of_content(reply: &str) -> bool {
    matches!(codes(reply), None | Some((_, [5, 6, _] | [5, 3, 4])))
}

/// Whether a refusal is by a rule about who may send what (RFC 3463, X.7), as far as the enhanced code tells.
fn is_of_policy(reply: &str) -> bool {
    matches!(codes(reply), Some((_, [5, 7, _])))
}

impl Smtp {
    /// Whether the server, which refuses a recipient, would take a letter of ours to another one: to ourselves if he is in our
    /// domain, else to one outside it, because a server that does not know us may take letters to its own people. Nothing
    /// is sent. A server without enhanced codes that looks at recipients knows neither: then what it took before decides.
    pub(super) async fn takes_others(
        &self,
        connection: &mut AsyncSmtpConnection,
        sender: Option<&Address>,
        refused: &Address,
    ) -> Result<bool, Failure> {
        let ours = self.settings.bounce_address.as_ref();
        let ours = ours.filter(|ours| *ours != refused && ours.domain() == refused.domain());
        let other = ours.map_or_else(elsewhere, |ours| Ok(ours.clone()))?;
        self.command(connection, Rset, 250).await?;
        match self.envelope(connection, sender, &other, &[]).await {
            Ok(()) => Ok(true),
            // It looked at the recipient, so it has nothing against us.
            Err(Failure::Never(why)) => {
                Ok(blames(&why) == Blames::Letter || self.standings.blames_recipient(sender, Instant::now()))
            }
            Err(Failure::Unwelcome(_)) => Ok(false),
            Err(failure @ (Failure::Later(_) | Failure::Closing(_) | Failure::Lost(_))) => Err(failure),
        }
    }

    /// Whether the server would take our automatic letters, and what we send on as `sender`: gives a doubt, if there is one, with
    /// what to do about it. Nothing is sent.
    pub(super) async fn takes_letters(
        &self,
        connection: &mut AsyncSmtpConnection,
        sender: Option<&Address>,
    ) -> Result<Option<String>, String> {
        let host = &self.settings.host;
        let not_now = |why: &str| {
            format!(
                "the mail server {host} takes no letters now ({why}): try again later, or look at its log"
            )
        };
        let mut doubt = None;
        for from in [None].into_iter().chain(sender.map(Some)) {
            let to = elsewhere().map_err(|_| not_now(ELSEWHERE))?;
            let (sender, taken) = self.offer(connection, from, &to, &[]).await;
            match taken {
                Ok(()) => {}
                Err(Failure::Never(why)) if blames(&why) == Blames::Letter => {}
                Err(Failure::Never(why)) if is_of_policy(&why) => {
                    return Err(self.unwelcome(&why, sender, &to));
                }
                // It may know who lives there.
                Err(Failure::Never(why)) => doubt = Some(self.doubt(&why, sender, &to)),
                Err(Failure::Unwelcome(why)) => return Err(self.unwelcome(&why, sender, &to)),
                Err(Failure::Later(why) | Failure::Closing(why) | Failure::Lost(why)) => {
                    return Err(not_now(&why));
                }
            }
            let reset = self.command(connection, Rset, 250).await;
            reset.map_err(|_| not_now("it does not take RSET"))?;
        }
        Ok(doubt)
    }

    /// What a server said to a recipient that it may refuse for the recipient's sake, with the remedy.
    fn doubt(&self, said: &str, sender: Option<&Address>, to: &Address) -> String {
        let said = HeaderText::new(said, 150);
        format!(
            "the mail server {} refuses {to} ({said}): nothing to do if letters go out; if they wait, {}",
            self.settings.host,
            self.remedy(sender)
        )
    }

    /// What a server said that takes no letters from us, with the remedy. It goes into the log, so without the recipient.
    pub(super) fn unwelcome(&self, said: &str, sender: Option<&Address>, to: &Address) -> String {
        let said = HeaderText::new(&said.replace(to.as_str(), "…"), 150);
        let remedy = self.remedy(sender);
        format!("the mail server {} takes no letters from us ({said}): {remedy}", self.settings.host)
    }

    /// The same where nothing tells yet whether the recipient or the content is to blame.
    pub(super) fn unclear(&self, said: &str, sender: Option<&Address>, to: &Address) -> String {
        let said = HeaderText::new(&said.replace(to.as_str(), "…"), 150);
        let remedy = self.remedy(sender);
        let host = &self.settings.host;
        format!(
            "the mail server {host} refuses a letter, perhaps all of ours ({said}): if others wait, too, {remedy}"
        )
    }

    fn remedy(&self, sender: Option<&Address>) -> String {
        let sender = sender.map_or("the empty sender <>".to_owned(), Address::to_string);
        match self.settings.login {
            Some(_) => {
                format!("see to it that `user` in [smtp] may send as {sender}, and look at its account")
            }
            None => {
                "set `user` and its password in [smtp] if it wants a login, or have it let this machine send"
                    .to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, expect: Blames) {
        assert_eq!(blames(reply), expect, "{reply}");
    }

    #[test]
    fn what_servers_say() {
        for us in [
            "530 5.7.0 Must issue a STARTTLS command first",
            "530-5.7.0 Authentication Required",
            "530 5.7.57 Client not authenticated to send mail",
            "535 5.7.8 Error: authentication failed",
            "550 5.1.8 <support@desk.test>: Sender address rejected: Domain not found",
            "550 5.4.5 Daily user sending limit exceeded",
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            "554 5.2.252 SendAsDenied; support@desk.test not allowed to send as help@desk.test",
        ] {
            check(&us.replacen('-', " ", 1), Blames::Us);
        }
        for letter in [
            "550 5.1.1 <ivan@alfa.test>: Recipient address rejected: User unknown",
            "556 5.1.10 Recipient address rejected: Domain does not accept mail (nullMX)",
            "552 5.2.2 Mailbox is full",
            "552 5.3.4 Message size exceeds fixed limit",
            "552 5.7.0 This message was blocked because its content presents a potential security issue",
            "550 5.6.7 Non-ASCII addresses not permitted",
            "550 #5.1.0 Address rejected.",
            "550 5.1.1: no such user",
            "550 (5.1.1) no such user",
            "the mail server takes no letters in 8 bits (8BITMIME)",
        ] {
            check(letter, Blames::Letter);
        }
        for anyone in [
            "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
            "554 5.7.1 <ivan@alfa.test>: Relay access denied",
            "553 5.7.1 <support@desk.test>: Sender address rejected: not owned by user ivan",
            "554 5.7.1 Message rejected under suspicion of SPAM",
            "550 5.7.1 No such user!",
            "550 relay not permitted",
            "550 Unrouteable address",
            "550 5.7.1: refused",
            "550 not local sender over smtp",
            "550 5.4.1 Recipient address rejected: Access denied",
        ] {
            check(anyone, Blames::Anyone);
        }
    }
}
