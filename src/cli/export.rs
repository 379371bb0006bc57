//! `askback export`: a user's way out with all his data.

use super::failure::{Failure, Outcome};
use super::screen::Screen;
use super::view::{content_json, row_json};
use crate::config::Config;
use chrono::Utc;
use serde_json::{Value, json};

/// Writes one line of JSON for each mail, received and sent, one mail in memory at a time.
pub(super) fn run(config: &Config, screen: &mut Screen) -> Outcome {
    let authorship = config.authorship(Utc::now());
    super::store(config)?.read_now(|reader| {
        reader.each_mail(|row, mail| {
            let mut value = row_json(&row);
            let content = match mail {
                Ok(Some(mut mail)) => {
                    authorship.settle(&mut mail);
                    content_json(&mail)
                }
                Ok(None) => json!({"problems": ["the mail could never be fetched"]}),
                Err(error) => json!({"problems": [format!("the stored bytes cannot be read: {error:#}")]}),
            };
            if let (Value::Object(object), Value::Object(content)) = (&mut value, content) {
                object.extend(content);
            }
            screen.json_line(&value).map_err(|failure: Failure| failure.into())
        })
    })?;
    Ok(())
}
