//! The client registry: organisations with their domains and persons.

use super::{Reader, Tx};
use crate::mail::Address;
use crate::ticket::OrganisationId;
use anyhow::{Result, ensure};
use rusqlite::params;

/// What the registry knows of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The organisation's mails may come through a mailing list.
    pub lists: bool,
}

/// An organisation with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its mails may come through a mailing list.
    pub lists: bool,
    /// Every address of these domains is its.
    pub domains: Vec<String>,
    /// Persons with addresses elsewhere, or whose names matter.
    pub persons: Vec<Person>,
}

/// A person who may write for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Person {
    /// The address, without its tag.
    #[serde(serialize_with = "as_text")]
    pub address: Address,
    /// The name; may be empty.
    pub name: String,
}

fn as_text<S: serde::Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(address.as_str())
}

/// What one entry did to the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It is new.
    Added,
    /// It was there with another name or setting.
    Changed,
    /// It was there already.
    Same,
}

impl Reader<'_> {
    /// What the registry knows of an address: by the person, else by the domain. A subdomain is another domain.
    pub fn registered(&self, address: &Address) -> Result<Option<Registered>> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Registered { organisation: OrganisationId(row.get(0)?), lists: row.get(1)? })
        };
        let person = self.row(
            "SELECT organisation.id, organisation.lists
             FROM person JOIN organisation ON organisation.id = person.organisation
             WHERE person.address = ?1",
            [address.without_tag()],
            read,
        )?;
        match person {
            Some(person) => Ok(Some(person)),
            None => self.row(
                "SELECT organisation.id, organisation.lists
                 FROM organisation_domain JOIN organisation ON organisation.id = organisation_domain.organisation
                 WHERE organisation_domain.domain = ?1",
                [address.domain()],
                read,
            ),
        }
    }

    /// Whether somebody is a client of ours as far as that can be known: registered, or an agent has answered a ticket of his.
    pub fn is_client(&self, address: &Address) -> Result<bool> {
        if self.registered(address)?.is_some() {
            return Ok(true);
        }
        let answered = self.row(
            "SELECT EXISTS (SELECT 1 FROM ticket WHERE client = ?1 AND agent_answered = 1)",
            [address],
            |row| row.get(0),
        )?;
        Ok(answered.unwrap_or_default())
    }

    /// Whether nobody is registered, be it that organisations are: the registry is not used then.
    pub fn registry_is_empty(&self) -> Result<bool> {
        self.row(
            "SELECT NOT EXISTS (SELECT 1 FROM person) AND NOT EXISTS (SELECT 1 FROM organisation_domain)",
            [],
            |row| row.get(0),
        )
        .map(|empty| empty.unwrap_or(true))
    }

    /// All organisations by name.
    pub fn organisations(&self) -> Result<Vec<Organisation>> {
        let named = self.rows("SELECT id, name, lists FROM organisation ORDER BY name", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
        })?;
        named
            .into_iter()
            .map(|(id, name, lists)| {
                let domains = self.rows(
                    "SELECT domain FROM organisation_domain WHERE organisation = ?1 ORDER BY domain",
                    [id],
                    |row| row.get(0),
                )?;
                let persons = self.rows(
                    "SELECT address, name FROM person WHERE organisation = ?1 ORDER BY address",
                    [id],
                    |row| Ok(Person { address: row.get(0)?, name: row.get(1)? }),
                )?;
                Ok(Organisation { name, lists, domains, persons })
            })
            .collect()
    }
}

impl Tx<'_> {
    /// Enters an organisation; `lists` is left as it is if `None`.
    pub fn enter_organisation(&self, name: &str, lists: Option<bool>) -> Result<(OrganisationId, Entered)> {
        let known = self.row("SELECT id, lists FROM organisation WHERE name = ?1", [name], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })?;
        Ok(match (known, lists) {
            (Some((id, was)), Some(lists)) if was != lists => {
                self.change("UPDATE organisation SET lists = ?2 WHERE id = ?1", params![id, lists])?;
                (OrganisationId(id), Entered::Changed)
            }
            (Some((id, _)), _) => (OrganisationId(id), Entered::Same),
            (None, lists) => {
                let sql = "INSERT INTO organisation (name, lists) VALUES (?1, ?2)";
                let id = self.insert(sql, params![name, lists.unwrap_or(false)])?;
                (OrganisationId(id), Entered::Added)
            }
        })
    }

    /// Enters a domain of an organisation.
    ///
    /// # Errors
    /// If it belongs to another organisation, or the database cannot be written.
    pub fn enter_domain(&self, organisation: OrganisationId, domain: &str) -> Result<Entered> {
        if let Some(owner) = self.owner(
            "SELECT organisation.id, organisation.name
             FROM organisation_domain JOIN organisation ON organisation.id = organisation_domain.organisation
             WHERE domain = ?1",
            domain,
        )? {
            ensure!(owner.0 == organisation, "the domain {domain} belongs to \"{}\"", owner.1);
            return Ok(Entered::Same);
        }
        self.change(
            "INSERT INTO organisation_domain (domain, organisation) VALUES (?1, ?2)",
            params![domain, organisation.0],
        )?;
        Ok(Entered::Added)
    }

    /// Enters a person of an organisation.
    ///
    /// # Errors
    /// If he belongs to another organisation, or the database cannot be written.
    pub fn enter_person(&self, organisation: OrganisationId, person: &Person) -> Result<Entered> {
        let address = person.address.without_tag();
        let owner = self.owner(
            "SELECT organisation.id, organisation.name
             FROM person JOIN organisation ON organisation.id = person.organisation
             WHERE address = ?1",
            address.as_str(),
        )?;
        if let Some(owner) = &owner {
            ensure!(owner.0 == organisation, "{address} belongs to \"{}\"", owner.1);
        }
        let changed = self.change(
            "INSERT INTO person (address, name, organisation)
             VALUES (?1, ?2, ?3)
             ON CONFLICT (address) DO UPDATE SET name = excluded.name WHERE name <> excluded.name",
            params![address, person.name, organisation.0],
        )?;
        Ok(match (owner, changed) {
            (None, _) => Entered::Added,
            (Some(_), 0) => Entered::Same,
            (Some(_), _) => Entered::Changed,
        })
    }

    fn owner(&self, sql: &str, key: &str) -> Result<Option<(OrganisationId, String)>> {
        self.row(sql, [key], |row| Ok((OrganisationId(row.get(0)?), row.get(1)?)))
    }

    /// Removes an organisation with its domains and persons; `false` if there is none of this name.
    pub fn remove_organisation(&self, name: &str) -> Result<bool> {
        let id =
            self.row("SELECT id FROM organisation WHERE name = ?1", [name], |row| row.get::<_, i64>(0))?;
        let Some(id) = id else { return Ok(false) };
        self.change("DELETE FROM organisation_domain WHERE organisation = ?1", [id])?;
        self.change("DELETE FROM person WHERE organisation = ?1", [id])?;
        self.change("DELETE FROM organisation WHERE id = ?1", [id])?;
        Ok(true)
    }

    /// Removes a domain; `false` if it is not registered.
    pub fn remove_domain(&self, domain: &str) -> Result<bool> {
        Ok(self.change("DELETE FROM organisation_domain WHERE domain = ?1", [domain])? > 0)
    }

    /// Removes a person; `false` if he is not registered.
    pub fn remove_person(&self, address: &Address) -> Result<bool> {
        Ok(self.change("DELETE FROM person WHERE address = ?1", [address.without_tag()])? > 0)
    }
}
