//! What an attachment is to a request: evidence, ornament or the mail system's own (corpus guidelines, `attachments`).

use super::AttachmentRole;

/// Pictures of fewer bytes show nothing: tracking pixels, spacers, bullets.
const PIXEL: u64 = 1024;
/// A logo as PNG is smaller, a pasted screenshot larger.
const SMALL_PNG: u64 = 16 * 1024;
/// Mail programs paste screenshots as PNG; a small JPEG or GIF of a generated name is a banner or a logo.
const SMALL_PHOTO: u64 = 48 * 1024;
/// A picture in the signature is ornament up to this; larger, somebody pasted a screenshot below his name.
const SIGNATURE_PICTURE: u64 = 100 * 1024;
/// Exchange gives text parts without a name names like these; a larger one may be a log.
const NAMELESS_TEXT: u64 = 20 * 1024;

/// What an attachment is, by all that is known without its place in the text: decoded file name, media type in lower
/// case, decoded size in bytes, whether it is shown inside the text.
#[must_use]
pub(super) fn role(name: Option<&str>, media_type: &str, size: u64, inline: bool) -> AttachmentRole {
    let name = name.unwrap_or_default().trim().to_lowercase();
    if is_machinery(&name, media_type, size) {
        AttachmentRole::Machinery
    } else if picture(&name, media_type).is_some_and(|picture| is_ornament(&name, picture, size, inline)) {
        AttachmentRole::Decoration
    } else {
        AttachmentRole::Substance
    }
}

/// The same for a picture that is shown in the signature or in quoted words.
pub(super) fn role_outside_content(role: AttachmentRole, size: u64, quoted: bool) -> AttachmentRole {
    match role {
        AttachmentRole::Substance if quoted || size < SIGNATURE_PICTURE => AttachmentRole::Decoration,
        AttachmentRole::Substance | AttachmentRole::Decoration | AttachmentRole::Machinery => role,
    }
}

/// Whether a part is a picture by its type or its name.
pub(super) fn is_picture(name: Option<&str>, media_type: &str) -> bool {
    picture(&name.unwrap_or_default().to_lowercase(), media_type).is_some()
}

fn is_machinery(name: &str, media_type: &str, size: u64) -> bool {
    let by_type = matches!(
        media_type,
        "text/calendar"
            | "application/ics"
            | "text/vnd.google.email-reaction+json"
            | "text/vcard"
            | "text/x-vcard"
            | "text/directory"
            | "application/vcard"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pkcs7-mime"
            | "application/x-pkcs7-mime"
            | "application/pgp-signature"
            | "application/pgp-keys"
            | "application/pgp-encrypted"
            | "message/delivery-status"
            | "message/global-delivery-status"
            | "message/disposition-notification"
            | "message/feedback-report"
            | "text/rfc822-headers"
            | "message/rfc822-headers"
    );
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let by_name = match extension {
        "ics" | "vcf" | "p7s" | "p7m" | "p7c" => true,
        "asc" | "sig" => {
            stem.starts_with("signature") || stem.starts_with("openpgp") || stem.starts_with("publickey")
        }
        "txt" | "htm" | "html" => size < NAMELESS_TEXT && is_numbered(stem, "att", 4),
        _ => false,
    };
    by_type || by_name
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Picture {
    Png,
    Other,
}

fn picture(name: &str, media_type: &str) -> Option<Picture> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let by_name = matches!(extension, "png" | "jpg" | "jpeg" | "gif" | "bmp" | "webp" | "svg");
    let generic = matches!(media_type, "application/octet-stream" | "application/x-download" | "");
    if media_type == "image/png" || (generic && extension == "png") {
        Some(Picture::Png)
    } else if media_type.starts_with("image/") || (generic && by_name) {
        Some(Picture::Other)
    } else {
        None
    }
}

fn is_ornament(name: &str, picture: Picture, size: u64, inline: bool) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let small = match picture {
        Picture::Png => size < SMALL_PNG,
        Picture::Other => size < SMALL_PHOTO,
    };
    // Names that mail programs give (image001, ~WRD000, Outlook-abc, graphic…), not people or cameras.
    let generated = stem.is_empty()
        || is_numbered(stem, "image", 3)
        || is_numbered(stem, "~wrd", 3)
        || matches!(stem, "image" | "unnamed" | "noname" | "pastedgraphic" | "inline")
        || stem.starts_with("outlook-");
    size < PIXEL || (small && (generated || is_brand(stem))) || (inline && size < SMALL_PNG)
}

/// Names of what companies put under their letters.
fn is_brand(stem: &str) -> bool {
    const WHOLE: [&str; 10] = [
        "facebook",
        "instagram",
        "linkedin",
        "telegram",
        "twitter",
        "vk",
        "whatsapp",
        "youtube",
        "viber",
        "icon",
    ];
    const PART: [&str; 7] = ["logo", "логотип", "banner", "баннер", "signature", "подпись", "spacer"];
    WHOLE.contains(&stem) || PART.iter().any(|part| stem.contains(part))
}

/// Whether a stem is `prefix` and at least `digits` digits.
fn is_numbered(stem: &str, prefix: &str, digits: usize) -> bool {
    stem.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() >= digits && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttachmentRole::{Decoration, Machinery, Substance};

    fn check(name: &str, media_type: &str, kilobytes: u64, inline: bool, expect: AttachmentRole) {
        let name = Some(name).filter(|name| !name.is_empty());
        assert_eq!(
            role(name, media_type, kilobytes * 1024, inline),
            expect,
            "{name:?} {media_type} {kilobytes} KB"
        );
    }

    #[test]
    fn files_of_substance() {
        check("screen of the report.png", "image/png", 214, false, Substance);
        check("image003.png", "image/png", 156, true, Substance);
        check("image004.jpg", "image/jpeg", 131, true, Substance);
        check("IMG_0001.jpeg", "image/jpeg", 640, true, Substance);
        check("IMG_5511.HEIC", "image/heic", 1890, false, Substance);
        check("menu.png", "image/png", 36, false, Substance);
        check("crop.png", "image/png", 9, false, Substance);
        check("pasted.png", "image/png", 30, true, Substance);
        check("видео.mp4", "video/mp4", 7350, false, Substance);
        check("units.csv", "text/csv", 11, false, Substance);
        check("trace.txt", "text/plain", 1, false, Substance);
        check("ATT00001.txt", "text/plain", 870, false, Substance);
        check("archive.zip", "application/zip", 420, false, Substance);
        check("winmail.dat", "application/ms-tnef", 90, false, Substance);
        check("track.kml", "application/vnd.google-earth.kml+xml", 4, false, Substance);
        check("", "application/octet-stream", 4, false, Substance);
        check("report.html", "text/html", 4, false, Substance);
        check("forwarded.eml", "message/rfc822", 4, false, Substance);
    }

    #[test]
    fn ornaments() {
        check("image001.png", "image/png", 4, true, Decoration);
        check("image001.png", "image/png", 4, false, Decoration);
        check("image001.jpg", "image/jpeg", 5, true, Decoration);
        check("image002.jpg", "image/jpeg", 46, true, Decoration);
        check("logo.gif", "image/gif", 2, true, Decoration);
        check("company-logo.png", "image/png", 12, false, Decoration);
        check("", "image/gif", 0, false, Decoration);
        check("telegram.png", "image/png", 3, true, Decoration);
        check("Outlook-x1y2.png", "image/png", 8, true, Decoration);
        check("logo.png", "application/octet-stream", 8, true, Decoration);
    }

    #[test]
    fn the_mail_systems_own() {
        check("invite.ics", "text/calendar", 2, false, Machinery);
        check("invite.ics", "application/octet-stream", 2, false, Machinery);
        check("Иванов.vcf", "text/vcard", 1, false, Machinery);
        check("smime.p7s", "application/pkcs7-signature", 5, false, Machinery);
        check("smime.p7s", "application/octet-stream", 5, false, Machinery);
        check("signature.asc", "application/pgp-signature", 1, false, Machinery);
        check("ATT00001.txt", "text/plain", 1, false, Machinery);
        check("ATT00002.htm", "text/html", 1, false, Machinery);
        check("", "message/delivery-status", 1, false, Machinery);
        check("", "text/rfc822-headers", 1, false, Machinery);
    }

    #[test]
    fn the_place_in_the_text_decides_what_is_left() {
        assert_eq!(role_outside_content(Substance, 46 * 1024, false), Decoration);
        assert_eq!(role_outside_content(Substance, 400 * 1024, false), Substance);
        assert_eq!(role_outside_content(Substance, 400 * 1024, true), Decoration);
        assert_eq!(role_outside_content(Machinery, 1, true), Machinery);
    }
}
