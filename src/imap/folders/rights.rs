//! What this login may do in a folder, where the server has rights (RFC 4314).

use super::name::quoted_folder;
use crate::imap::error::ImapError;
use crate::imap::session::protocol::{Connection, Tagged};
use async_imap::imap_proto::Response;

/// Rights that this login needs in a folder and does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The folder.
    pub folder: String,
    /// Letters of RFC 4314: `i` to put mails into it, `s` to mark them `\Seen`, `t` and `e` to delete them.
    pub rights: String,
}

/// Which of the `needed` rights this login lacks in a folder; none where the server does not say.
pub(crate) async fn lacking(
    connection: &mut Connection,
    folder: &str,
    needed: &str,
) -> Result<Option<Lacking>, ImapError> {
    if needed.is_empty() || !connection.has("ACL") {
        return Ok(None);
    }
    let mut told = None;
    let command = format!("MYRIGHTS {}", quoted_folder(folder));
    let tagged = connection
        .run(&command, |response| {
            if let Response::MyRights(rights) = response {
                told = Some(rights.rights.iter().map(|right| char::from(*right)).collect::<String>());
            }
        })
        .await?;
    let (Tagged::Ok(_), Some(told)) = (tagged, told) else { return Ok(None) };
    // `d` is the older word for both (RFC 2086); who knows the newer ones tells it of either (RFC 4314, section 2.1.1).
    let is_old = told.contains('d') && !told.contains(['t', 'e']);
    let has = |right: char| told.contains(right) || (is_old && "te".contains(right));
    let rights: String = needed.chars().filter(|right| !has(*right)).collect();
    Ok((!rights.is_empty()).then(|| Lacking { folder: folder.to_owned(), rights }))
}
