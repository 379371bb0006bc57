//! Reading a CSV file of clients (RFC 4180, with semicolons too): every line checked before anything is entered.

use super::super::failure::{Exit, Failure};
use super::Entry;
use crate::mail::{Address, HeaderText};
use crate::store::Person;
use std::path::Path;

/// A larger file is no list of clients.
const MAX_SIZE: u64 = 16 << 20;
/// Longest name of an organisation or a person, in characters.
const NAME: usize = 200;

/// The entries of a file with their lines.
pub(super) fn read(file: &Path) -> Result<Vec<(u64, Entry)>, Failure> {
    let name = file.display();
    let fails = |what: String, remedy: &str| Err(Failure::new(Exit::DataErr, what, remedy));
    let size = std::fs::metadata(file).map(|metadata| metadata.len());
    let bytes = match size
        .and_then(|size| if size > MAX_SIZE { Ok(None) } else { std::fs::read(file).map(Some) })
    {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return fails(format!("{name} is too large for a list of clients"), "name another file"),
        Err(error) => {
            let what = format!("{name} cannot be read: {error}");
            return Err(Failure::new(Exit::NoInput, what, "check the path and the rights"));
        }
    };
    parse(&text(&bytes), &name.to_string())
}

/// UTF-8 with or without its mark; else windows-1251, as Excel saves in Russian.
fn text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1251.decode_without_bom_handling(bytes).0,
    };
    // The reader counts a CRLF with the line after it.
    text.replace("\r\n", "\n")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Organisation,
    Domain,
    Address,
    Name,
    Lists,
}

fn column(name: &str) -> Option<Column> {
    Some(match name.trim().to_lowercase().as_str() {
        "organisation" | "organization" | "организация" => Column::Organisation,
        "domain" | "домен" => Column::Domain,
        "address" | "адрес" | "email" | "e-mail" => Column::Address,
        "name" | "имя" => Column::Name,
        "lists" | "рассылки" => Column::Lists,
        _ => return None,
    })
}

fn parse(text: &str, name: &str) -> Result<Vec<(u64, Entry)>, Failure> {
    let fails = |line: u64, what: &str, remedy: &str| {
        let what = format!("{name}, line {line}: {what}; nothing has been imported");
        Err(Failure::new(Exit::DataErr, what, remedy))
    };
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut columns: Vec<Column> = Vec::new();
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                return fails(
                    line,
                    "this is no CSV",
                    "put texts with quotation marks or separators into quotation marks",
                );
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        if columns.is_empty() {
            const REMEDY: &str = "the first line names the columns: organisation;domain;address;name;lists";
            for cell in &record {
                let Some(column) = column(cell) else {
                    return fails(line, &format!("\"{}\" is no column", HeaderText::new(cell, 40)), REMEDY);
                };
                if columns.contains(&column) {
                    return fails(line, &format!("the column {cell} is there twice"), REMEDY);
                }
                columns.push(column);
            }
            if !columns.contains(&Column::Organisation) {
                return fails(line, "there is no column for the organisation", REMEDY);
            }
            continue;
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() > columns.len() && record.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
            return fails(
                line,
                "there are more cells than columns",
                "put texts with separators into quotation marks",
            );
        }
        let cell = |wanted: Column| {
            let at = columns.iter().position(|column| *column == wanted);
            at.and_then(|at| record.get(at)).unwrap_or_default()
        };
        match entry(cell) {
            Ok(entry) => entries.push((line, entry)),
            Err(what) => return fails(line, &what, "correct the line and import the file again"),
        }
    }
    if columns.is_empty() {
        return fails(
            1,
            "the file is empty",
            "the first line names the columns, each further one a domain or an address",
        );
    }
    Ok(entries)
}

fn entry<'a>(cell: impl Fn(Column) -> &'a str) -> Result<Entry, String> {
    let some = |text: &'a str| (!text.is_empty()).then_some(text);
    Ok(Entry {
        organisation: organisation(cell(Column::Organisation))?,
        domain: some(cell(Column::Domain)).map(domain).transpose()?,
        person: some(cell(Column::Address)).map(|address| person(address, cell(Column::Name))).transpose()?,
        lists: match cell(Column::Lists).to_lowercase().as_str() {
            "" => None,
            "yes" | "да" | "1" | "true" => Some(true),
            "no" | "нет" | "0" | "false" => Some(false),
            _ => return Err("lists is yes or no".to_owned()),
        },
    })
}

/// The name of an organisation.
pub(super) fn organisation(text: &str) -> Result<String, String> {
    let name = HeaderText::new(text, NAME).to_string();
    if name.is_empty() { Err("the organisation has no name".to_owned()) } else { Ok(name) }
}

/// A domain that one organisation can have.
pub(super) fn domain(text: &str) -> Result<String, String> {
    let text = text.trim_start_matches('@');
    let shown = HeaderText::new(text, 80);
    let address = Address::parse(&format!("x@{text}"))
        .ok()
        .filter(|address| address.domain().contains('.'))
        .ok_or_else(|| format!("\"{shown}\" is no domain"))?;
    if address.is_at_public_provider() {
        return Err(format!("everybody can have an address at {shown}: name the persons instead"));
    }
    Ok(address.domain().to_owned())
}

/// A person with his address.
pub(super) fn person(address: &str, name: &str) -> Result<Person, String> {
    let parsed =
        Address::parse(address).map_err(|error| format!("\"{}\": {error}", HeaderText::new(address, 80)))?;
    Ok(Person { address: parsed.without_tag(), name: HeaderText::new(name, NAME).to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(u64, Entry)>, Failure> {
        parse(text, "clients.csv")
    }

    #[test]
    fn what_excel_and_others_write_is_read() {
        let russian = "organisation;domain;address;name;lists\r\nООО Альфа;alfa.test;;;да\r\nООО Альфа;;Ivan+x@mail.ru;Иван Петров;\r\n";
        let (cp1251, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
        let with_mark = [b"\xef\xbb\xbf".as_slice(), russian.as_bytes()].concat();
        for bytes in [russian.as_bytes(), &with_mark, &cp1251] {
            let entries = read(&text(bytes)).unwrap();
            let [(2, first), (3, second)] = entries.as_slice() else { panic!("{entries:?}") };
            assert_eq!(
                (first.organisation.as_str(), first.domain.as_deref(), first.lists),
                ("ООО Альфа", Some("alfa.test"), Some(true))
            );
            let person = second.person.as_ref().unwrap();
            assert_eq!((person.address.as_str(), person.name.as_str()), ("ivan@mail.ru", "Иван Петров"));
        }
        let quoted = read("address,organisation\ni@a.test,\"Alfa, \"\"North\"\"\"\n\n").unwrap();
        assert_eq!(quoted[0].1.organisation, "Alfa, \"North\"");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let told: Vec<String> = [
            "",
            "name;domain\n",
            "organisation;phone\n",
            "organisation;domain;domain\n",
            "organisation;domain\nA;a.test\n;b.test\n",
            "organisation;domain\nA;mail.ru\n",
            "organisation;domain\nA;not a domain\n",
            "organisation;address\nA;nobody\n",
            "organisation;lists\nA;perhaps\n",
            "organisation;domain\nA;a.test;more\n",
        ]
        .iter()
        .map(|text| {
            let told = read(text).unwrap_err();
            told.reasons().iter().map(|(what, remedy)| format!("{what}\n  {remedy}")).collect()
        })
        .collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
