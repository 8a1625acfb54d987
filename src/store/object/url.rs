//! `s3://bucket/prefix` and the like: where sets are in an object store.

use std::fmt;

/// Whose protocol a store speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scheme {
    /// Amazon S3, and the many that speak as it does.
    S3,
    /// Google Cloud Storage.
    Gs,
    /// Azure Blob Storage.
    Az,
}

/// A bucket, and what the keys of all sets in it begin with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StoreUrl {
    pub(crate) scheme: Scheme,
    /// The container, in Azure's words.
    pub(crate) bucket: String,
    /// Without a slash at either end. May be empty.
    pub(crate) prefix: String,
}

impl Scheme {
    pub(super) const ALL: [Scheme; 3] = [Scheme::S3, Scheme::Gs, Scheme::Az];

    pub(super) fn named(name: &str) -> Option<Scheme> {
        let mut all = Scheme::ALL.into_iter();
        all.find(|scheme| scheme.as_str().eq_ignore_ascii_case(name))
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Scheme::S3 => "s3",
            Scheme::Gs => "gs",
            Scheme::Az => "az",
        }
    }
}

impl StoreUrl {
    /// Whether it begins like an address of a store and is none.
    pub(crate) fn lacks_a_slash(text: &str) -> bool {
        let is_scheme = |scheme: &str| Scheme::ALL.iter().any(|it| it.as_str() == scheme);
        text.split_once(':')
            .is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.starts_with("//"))
    }

    /// Nothing: it is no address of a store. An error says what is wrong with one.
    pub(crate) fn parse(text: &str) -> Option<Result<StoreUrl, &'static str>> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = Scheme::named(scheme)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let refused = if bucket.is_empty() {
            Some("it names no bucket")
        } else if bucket.starts_with('.') || !bucket.chars().all(is_of_a_bucket) {
            Some("no bucket has such a name")
        } else if prefix.contains(|char: char| char.is_ascii_control()) {
            Some("there are control characters in it")
        } else if prefix.split('/').any(|part| [".", ".."].contains(&part)) {
            Some("a part of it is . or .., which leads nowhere in a store")
        } else {
            None
        };
        if let Some(why) = refused {
            return Some(Err(why));
        }
        let prefix = prefix.split('/').filter(|part| !part.is_empty());
        Some(Ok(StoreUrl {
            scheme,
            bucket: bucket.to_owned(),
            prefix: prefix.collect::<Vec<_>>().join("/"),
        }))
    }
}

/// Of any store, old ones too; nothing that would make another address of it.
fn is_of_a_bucket(char: char) -> bool {
    char.is_ascii_alphanumeric() || "-_.:$".contains(char)
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.bucket)?;
        if self.prefix.is_empty() {
            return Ok(());
        }
        write!(f, "/{}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_address_is_refused() {
        for wrong in [
            "s3://",
            "s3:///p",
            "s3://../p",
            "s3://b?x=1/p",
            "gs://me@b",
            "az://b#p",
            "s3://b/a/../p",
            "s3://b/./p",
            "s3://b/a\np",
        ] {
            assert!(StoreUrl::parse(wrong).unwrap().is_err(), "{wrong}");
        }
        for (good, shown) in [
            ("S3://b//a/", "s3://b/a"),
            ("gs://b_1.x", "gs://b_1.x"),
            ("az://$root/…/..a", "az://$root/…/..a"),
        ] {
            assert_eq!(StoreUrl::parse(good).unwrap().unwrap().to_string(), shown);
        }
    }
}
