//! Tickets.

use super::sql::{Json, Ms, ms};
use super::{Reader, Tx};
use crate::mail::Address;
use crate::request::Language;
use crate::ticket::{State, Ticket, TicketId};
use anyhow::{Context as _, Result, ensure};
use rusqlite::{Row, Statement, params};

/// So many tickets are looked through for a language.
const RECENT: i64 = 5_000;

fn ticket(row: &Row<'_>) -> rusqlite::Result<Ticket> {
    let Json(participants) = row.get::<_, Json<Vec<String>>>("participants")?;
    Ok(Ticket {
        id: row.get("id")?,
        state: row.get("state")?,
        client: row.get("client")?,
        client_name: row.get("client_name")?,
        participants: participants.iter().filter_map(|text| Address::stored(text).ok()).collect(),
        subject: row.get("subject")?,
        language: row.get("language")?,
        standing: row.get("standing")?,
        answers: row.get::<_, Json<_>>("answers")?.0,
        asks: row.get("asks")?,
        asked: row.get::<_, Json<_>>("asked")?.0,
        agent_answered: row.get("agent_answered")?,
        no_more_asks: row.get("no_more_asks")?,
        linked: row.get("linked")?,
        regulation: row.get("regulation")?,
        opened_at: row.get::<_, Ms>("opened_at")?.0,
        last_client_at: row.get::<_, Ms>("last_client_at")?.0,
        first_unanswered_at: row.get::<_, Option<Ms>>("first_unanswered_at")?.map(|at| at.0),
        answered_at: row.get::<_, Option<Ms>>("answered_at")?.map(|at| at.0),
        closed_at: row.get::<_, Option<Ms>>("closed_at")?.map(|at| at.0),
        reopened_at: row.get::<_, Option<Ms>>("reopened_at")?.map(|at| at.0),
        withdrawn_at: row.get::<_, Option<Ms>>("withdrawn_at")?.map(|at| at.0),
    })
}

impl Reader<'_> {
    /// One ticket.
    pub fn ticket(&self, id: TicketId) -> Result<Option<Ticket>> {
        self.row(
            "SELECT id, state, client, client_name, participants, subject, language, standing, answers, asks, asked,
                    agent_answered, no_more_asks, linked, regulation, opened_at, last_client_at,
                    first_unanswered_at, answered_at, closed_at, reopened_at, withdrawn_at
             FROM ticket
             WHERE id = ?1",
            [id],
            ticket,
        )
    }

    /// The language of a client's latest ticket; else of the latest of his organisation, where it is registered. Only the last
    /// thousands of tickets are looked at: a stranger's mail must not make us read them all.
    pub fn language_of(&self, client: &Address) -> Result<Option<Language>> {
        let own = self.row(
            "SELECT language FROM ticket
             WHERE client = ?1 AND id > (SELECT max(id) FROM ticket) - ?2
             ORDER BY id DESC LIMIT 1",
            params![client, RECENT],
            |row| row.get(0),
        )?;
        if own.is_some() {
            return Ok(own);
        }
        let Some(registered) = self.registered(client)? else { return Ok(None) };
        self.row(
            "SELECT language FROM ticket
             WHERE id > (SELECT max(id) FROM ticket) - ?2
               AND (client IN (SELECT address FROM person WHERE organisation = ?1)
                    OR substr(client, instr(client, '@') + 1) IN
                       (SELECT domain FROM organisation_domain WHERE organisation = ?1))
             ORDER BY id DESC LIMIT 1",
            params![registered.organisation.0, RECENT],
            |row| row.get(0),
        )
    }

    /// Tickets of one state, or all, in order of number; each is read when it is asked for.
    ///
    /// # Errors
    /// If the database cannot be read; that may also turn out later.
    pub fn tickets(&self, state: Option<State>) -> Result<impl Iterator<Item = Result<Ticket>>> {
        let number = |row: &Row<'_>| row.get(0);
        let ids = match state {
            Some(state) => self.rows("SELECT id FROM ticket WHERE state = ?1 ORDER BY id", [state], number),
            None => self.rows("SELECT id FROM ticket ORDER BY id", [], number),
        }?;
        Ok(ids.into_iter().filter_map(|id| self.ticket(id).transpose()))
    }
}

impl Tx<'_> {
    /// Opens a ticket (its `id` is ignored) and gives its number.
    pub fn insert_ticket(&self, ticket: &Ticket) -> Result<TicketId> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO ticket
                 (id, state, client, client_name, participants, subject, language, standing, answers, asks, asked,
                  agent_answered, no_more_asks, regulation, opened_at, last_client_at, first_unanswered_at,
                  answered_at, closed_at, reopened_at, withdrawn_at, linked)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
        )?;
        bind(&mut insert, None, ticket)?;
        insert.raw_bind_parameter(22, ticket.linked)?;
        insert.raw_execute()?;
        let id = self.conn.last_insert_rowid();
        Ok(TicketId(u32::try_from(id).context("there are no ticket numbers left")?))
    }

    /// Replaces everything of a ticket but its number and the one that it follows.
    ///
    /// # Errors
    /// If there is no such ticket, or the database cannot be written.
    pub fn update_ticket(&self, ticket: &Ticket) -> Result<()> {
        let mut update = self.conn.prepare_cached(
            "UPDATE ticket
             SET state = ?2, client = ?3, client_name = ?4, participants = ?5, subject = ?6, language = ?7, standing = ?8,
                 answers = ?9, asks = ?10, asked = ?11, agent_answered = ?12, no_more_asks = ?13, regulation = ?14,
                 opened_at = ?15, last_client_at = ?16, first_unanswered_at = ?17, answered_at = ?18, closed_at = ?19,
                 reopened_at = ?20, withdrawn_at = ?21
             WHERE id = ?1",
        )?;
        bind(&mut update, Some(ticket.id), ticket)?;
        ensure!(update.raw_execute()? == 1, "there is no ticket {}", ticket.id);
        Ok(())
    }
}

/// The columns of a ticket from its number on, in the order of [`Tx::insert_ticket`], without `linked`.
fn bind(statement: &mut Statement<'_>, id: Option<TicketId>, ticket: &Ticket) -> rusqlite::Result<()> {
    let participants: Vec<_> = ticket.participants.iter().map(Address::as_str).collect();
    let columns = params![
        id,
        ticket.state,
        ticket.client,
        ticket.client_name,
        Json(participants),
        ticket.subject,
        ticket.language,
        ticket.standing,
        Json(&ticket.answers),
        ticket.asks,
        Json(&ticket.asked),
        ticket.agent_answered,
        ticket.no_more_asks,
        ticket.regulation,
        Ms(ticket.opened_at),
        Ms(ticket.last_client_at),
        ms(ticket.first_unanswered_at),
        ms(ticket.answered_at),
        ms(ticket.closed_at),
        ms(ticket.reopened_at),
        ms(ticket.withdrawn_at),
    ];
    (1..).zip(columns).try_for_each(|(number, column)| statement.raw_bind_parameter(number, column))
}
