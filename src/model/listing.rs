//! The links as Zoho lists them, unchecked, and what is read from each.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use url::Url;

use super::expiry::Expiry;
use super::file::{FileKind, FileName};
use super::refused_listing;
use crate::problem::Problem;

/// One link, as Zoho gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedLink {
    pub(crate) kind: FileKind,
    pub(crate) text: String,
}

/// The reply to the request for links, unchecked: what `list` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Data links first, then attachments, each list in Zoho's order.
    pub(crate) links: Vec<ListedLink>,
    pub(crate) expiry: Option<Expiry>,
}

impl Listing {
    /// The links without repeats, data first, as `list` prints them.
    pub(crate) fn distinct_links(&self) -> Vec<&ListedLink> {
        let mut seen = BTreeSet::new();
        self.links
            .iter()
            .filter(|link| seen.insert(link.text.as_str()))
            .collect()
    }
}

/// An absolute http or https URL, written without characters that a URL parser would silently drop or decode.
pub(crate) fn parse_link(text: &str) -> Result<Url, Problem> {
    let refused = |reason| refused_listing::link(text, reason);
    let scheme = text.trim_start().split_once(':').map(|(scheme, _)| scheme);
    let Some(scheme) = scheme.filter(|scheme| is_scheme(scheme)) else {
        return Err(refused_listing::not_a_link(text));
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return Err(refused("it is not an https link"));
    }
    let is_odd = |character: char| character.is_control() || character.is_whitespace();
    if text.contains(is_odd) {
        return Err(refused("it contains a space or a control character"));
    }
    // With fewer or more than two slashes a URL parser takes for the host what `name_of` takes for a name, and it
    // decodes a host that is written with percent signs.
    let host = text[scheme.len() + 1..]
        .strip_prefix("//")
        .and_then(|rest| rest.split(['/', '?', '#']).next())
        .filter(|authority| !authority.is_empty() && authority.chars().all(is_of_authority));
    match (host, Url::parse(text)) {
        (Some(_), Ok(url)) if url.host_str().is_some() => Ok(url),
        _ => Err(refused(
            "its host contains characters that no host name has",
        )),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Letters, digits and what else stands in a host, its port, and the user before it, which is judged later.
fn is_of_authority(character: char) -> bool {
    character.is_ascii_alphanumeric() || ".-:[]@".contains(character)
}

/// The name a link is saved under: its last path segment, decoded once.
///
/// It is read from the text and not from the parsed URL, because parsing folds `..` away: a link that tries to climb
/// must be refused, not understood as the place it would have reached.
pub(crate) fn name_of(text: &str) -> Result<FileName, Problem> {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let path = after_scheme.split(['?', '#']).next().unwrap_or_default();
    let mut last = "";
    for segment in path.split(['/', '\\']).skip(1) {
        let decoded = percent_decode_str(segment).decode_utf8_lossy();
        if decoded == "." || decoded == ".." {
            return Err(refused_listing::name(path));
        }
        last = segment;
    }
    FileName::parse(&percent_decode_str(last).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn what_is_no_link_is_said_to_be_none_and_an_odd_one_is_refused() {
        for text in ["", "Data_001.zip", "//h/Data.zip", "1://h/Data.zip"] {
            let error = parse_link(text).unwrap_err();
            assert!(error.message.ends_with("is not a link"), "{text}: {error}");
        }
        for text in [
            "ftp://h/Data.zip",
            "https://h/a\tb.zip",
            "https://h\t/b.zip",
            "file:///etc/x.zip",
            "https:/Data.zip",
            "https:///Data.zip",
            "https:\\\\h\\Data.zip",
            "https://good\\@evil/Data.zip",
            "https://h%2e/Data.zip",
            " https://h/Data.zip",
        ] {
            let refused = parse_link(text).unwrap_err();
            assert_eq!(refused.exit, Exit::Integrity, "{text}: {refused}");
        }
        for text in [
            "https://h/D.zip",
            "HTTPS://H:8443/D.zip",
            "http://[::1]:8/D.zip",
        ] {
            assert!(parse_link(text).is_ok(), "{text}");
        }
    }
}
