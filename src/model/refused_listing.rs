//! Why a listing is refused as a whole. Every text in it is Zoho's, and is made fit to be shown here.

use url::Url;

use crate::exit::Exit;
use crate::problem::Problem;
use crate::untrusted::{printable, safe_url};

/// The code of names that can't be saved; `list` only warns about them.
pub(crate) const NAME_REFUSED: &str = "name_refused";

pub(super) fn not_a_link(text: &str) -> Problem {
    not_understood(&format!("\"{}\" is not a link", printable(text)))
}

pub(super) fn not_a_date(text: &str) -> Problem {
    let text = printable(text);
    not_understood(&format!("its expiry_date \"{text}\" is not a date"))
}

/// Links of two backups in one list.
pub(crate) fn mixed(first: &Url, second: &Url) -> Problem {
    let (first, second) = (safe_url(first), safe_url(second));
    not_understood(&format!(
        "it mixes links of two backups ({first} and {second})"
    ))
}

fn not_understood(what: &str) -> Problem {
    let message = format!("Zoho's reply is not understood: {what}");
    Problem::new(Exit::Remote, "reply_not_understood", message).hint(
        "try again in a few minutes; if the error persists, `backup-fetch list -vv` shows Zoho's replies",
    )
}

pub(super) fn link(text: &str, reason: &str) -> Problem {
    let message = format!("the link \"{}\" is refused: {reason}", printable(text));
    Problem::new(Exit::Integrity, "link_refused", message).hint(
        "nothing was fetched: Zoho's links are https links to its download hosts; `backup-fetch list -vv` shows Zoho's replies",
    )
}

pub(super) fn name(name: &str) -> Problem {
    let message = format!("the file name \"{}\" is refused", printable(name));
    Problem::new(Exit::Integrity, NAME_REFUSED, message).hint(
        "nothing was fetched: names must consist of letters, digits, dots, dashes and underscores, and end in .zip; see what Zoho sent with `backup-fetch list`",
    )
}

pub(super) fn reserved_name(name: &str) -> Problem {
    let message = format!("the file name {name} is refused: this system means a device by it");
    Problem::new(Exit::Integrity, NAME_REFUSED, message)
        .hint("nothing was fetched: run backup-fetch on another system, such as Linux")
}

pub(super) fn name_clash(name: &str) -> Problem {
    let message = format!("two different links would both be saved as {name}");
    Problem::new(Exit::Integrity, NAME_REFUSED, message)
        .hint("nothing was fetched: see both links with `backup-fetch list`")
}
