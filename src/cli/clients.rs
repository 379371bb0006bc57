//! `askback clients import FILE | list | add | remove`: the client registry.

mod import;

use super::failure::{Exit, Failure, Outcome};
use super::screen::Screen;
use super::table::{Cell, Column, Table};
use crate::config::Config;
use crate::mail::Address;
use crate::store::{Entered, Person, Tx};
use clap::Subcommand;
use std::path::PathBuf;

/// What is done with the registry.
#[derive(Debug, Subcommand)]
pub(super) enum ClientsCommand {
    /// Enter organisations from a CSV file, all or none
    ///
    /// The first line names the columns, in any order: organisation, domain, address, name, lists. Each line enters a
    /// domain or an address (with the person's name) of an organisation, or both; lists = yes says that its mails may come
    /// through a mailing list. Columns are parted by semicolons or commas; the text is UTF-8, or windows-1251 as Excel saves
    /// it. What is in the registry and not in the file stays.
    Import {
        /// The file
        file: PathBuf,
    },
    /// List organisations with their domains and persons
    List {
        /// The list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Enter an organisation, or more of one
    Add {
        /// Its name
        organisation: String,
        /// A domain all of whose addresses are its
        #[arg(long, value_name = "DOMAIN")]
        domain: Vec<String>,
        /// The address of a person who writes for it
        #[arg(long, value_name = "ADDRESS")]
        person: Vec<String>,
        /// Its mails may come through a mailing list
        #[arg(long)]
        lists: bool,
    },
    /// Remove an organisation, or a domain or a person of one
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Remove {
        /// The organisation, with its domains and persons
        #[arg(group = "what")]
        organisation: Option<String>,
        /// A domain
        #[arg(long, group = "what")]
        domain: Option<String>,
        /// A person's address
        #[arg(long, group = "what")]
        person: Option<String>,
    },
}

/// One line of a file, or the arguments of `add`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    organisation: String,
    domain: Option<String>,
    person: Option<Person>,
    lists: Option<bool>,
}

pub(super) fn run(config: &Config, command: &ClientsCommand, screen: &mut Screen) -> Outcome {
    match command {
        ClientsCommand::Import { file } => {
            let entries = import::read(file)?;
            let name = file.display().to_string();
            let counts = super::change(config, move |tx| {
                let mut counts = Counts::default();
                for (line, entry) in &entries {
                    enter(tx, entry, &mut counts).map_err(|error| {
                        let what = format!("{name}, line {line}: {error:#}; nothing has been imported");
                        Failure::new(
                            Exit::DataErr,
                            what,
                            "correct the line, or askback clients remove the other entry",
                        )
                    })?;
                }
                Ok(counts)
            })?;
            screen.line(&counts.told())
        }
        ClientsCommand::List { json } => list(config, *json, screen),
        ClientsCommand::Add { organisation, domain, person, lists } => {
            let entries = entries(organisation, domain, person, *lists)?;
            let counts = super::change(config, move |tx| {
                let mut counts = Counts::default();
                for entry in &entries {
                    enter(tx, entry, &mut counts).map_err(|error| {
                        Failure::new(
                            Exit::DataErr,
                            format!("{error:#}"),
                            "askback clients list shows whose it is",
                        )
                    })?;
                }
                Ok(counts)
            })?;
            screen.line(&counts.told())
        }
        ClientsCommand::Remove { organisation, domain, person } => {
            let what =
                organisation.as_ref().or(domain.as_ref()).or(person.as_ref()).cloned().unwrap_or_default();
            let (organisation, domain, person) = (organisation.clone(), domain.clone(), person.clone());
            let removed = super::change(config, move |tx| match (&organisation, &domain, &person) {
                (Some(name), _, _) => tx.remove_organisation(name),
                (None, Some(domain), _) => tx.remove_domain(&domain.to_lowercase()),
                (None, None, Some(person)) => match Address::parse(person) {
                    Ok(address) => tx.remove_person(&address),
                    Err(_) => Ok(false),
                },
                (None, None, None) => Ok(false),
            })?;
            if removed {
                return screen.line(&format!("\"{what}\" is out of the registry."));
            }
            let why = format!("\"{what}\" is not in the registry");
            Err(Failure::new(Exit::NoInput, why, "askback clients list shows what is"))
        }
    }
}

/// The arguments of `add` as entries.
fn entries(
    organisation: &str,
    domains: &[String],
    persons: &[String],
    lists: bool,
) -> Result<Vec<Entry>, Failure> {
    let usage = |why: String| Failure::new(Exit::Usage, why, "askback clients add --help shows the form");
    let organisation = import::organisation(organisation).map_err(usage)?;
    let entry = Entry { organisation, domain: None, person: None, lists: lists.then_some(true) };
    let mut entries = vec![entry.clone()];
    for text in domains {
        let domain = Some(import::domain(text).map_err(usage)?);
        entries.push(Entry { domain, ..entry.clone() });
    }
    for text in persons {
        let person = Some(import::person(text, "").map_err(usage)?);
        entries.push(Entry { person, ..entry.clone() });
    }
    Ok(entries)
}

#[derive(Default)]
struct Counts {
    added: u32,
    changed: u32,
    same: u32,
}

impl Counts {
    fn count(&mut self, entered: Entered) {
        *match entered {
            Entered::Added => &mut self.added,
            Entered::Changed => &mut self.changed,
            Entered::Same => &mut self.same,
        } += 1;
    }

    fn told(&self) -> String {
        format!("{} added, {} changed, {} were there already.", self.added, self.changed, self.same)
    }
}

/// Enters what one line says; counts the organisation only if it is new or changed, so that a number is one of things.
fn enter(tx: &Tx<'_>, entry: &Entry, counts: &mut Counts) -> anyhow::Result<()> {
    let (organisation, entered) = tx.enter_organisation(&entry.organisation, entry.lists)?;
    if entered != Entered::Same || entry.domain.is_none() && entry.person.is_none() {
        counts.count(entered);
    }
    if let Some(domain) = &entry.domain {
        counts.count(tx.enter_domain(organisation, domain)?);
    }
    if let Some(person) = &entry.person {
        counts.count(tx.enter_person(organisation, person)?);
    }
    Ok(())
}

fn list(config: &Config, json: bool, screen: &mut Screen) -> Outcome {
    let organisations = super::store(config)?.read_now(|reader| reader.organisations())?;
    if json {
        return screen.json(&organisations);
    }
    let mut table = Table::new(&[
        Column::Flexible("organisation"),
        Column::Flexible("domain or address"),
        Column::Flexible("name"),
        Column::Fixed("lists"),
    ]);
    for organisation in &organisations {
        let lists = if organisation.lists { "yes" } else { "" };
        let mut first = true;
        let mut row = |what: &str, name: &str| {
            let (shown, lists) = if first { (organisation.name.as_str(), lists) } else { ("", "") };
            first = false;
            table.row(vec![Cell::new(shown), Cell::new(what), Cell::new(name), Cell::new(lists)]);
        };
        for domain in &organisation.domains {
            row(domain, "");
        }
        for person in &organisation.persons {
            row(person.address.as_str(), &person.name);
        }
        if organisation.domains.is_empty() && organisation.persons.is_empty() {
            row("", "");
        }
    }
    table.show(
        screen,
        "",
        "Nobody is registered: everybody is accepted. askback clients import FILE enters clients.",
    )
}
