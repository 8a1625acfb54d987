//! Uploads of which a killed run has not heard the id: S3 tells which ones there are of a key.

use std::sync::Arc;
use std::time::Duration;

use object_store::Error;
use object_store::client::HttpClient;
use object_store::signer::Signer;
use serde::Deserialize;
use tokio::time::sleep;

use crate::store::object::client::{by_hand, error};

/// What S3 answers to `?uploads`.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
struct Uploads {
    #[serde(rename = "Upload")]
    uploads: Vec<Begun>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
struct Begun {
    key: String,
    upload_id: String,
}

/// Attempts at asking; the library tries again only what it asks itself.
const ATTEMPTS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The ids of all that were begun of this key. Nothing: the store does not tell.
///
/// # Errors
/// The store tells nothing now, and may do so later.
pub(super) async fn ids(
    by_hand: (Arc<dyn Signer>, HttpClient),
    key: String,
) -> Result<Option<Vec<String>>, Error> {
    let mut attempt = 0;
    loop {
        let query = vec![("uploads", String::new()), ("prefix", key.clone())];
        match by_hand::get(by_hand.clone(), query).await {
            Ok(told) => return Ok(told.and_then(|xml| parse(&xml, &key))),
            Err(error) if !error::is_temporary(&error) => return Ok(None),
            Err(error) if attempt + 1 == ATTEMPTS => return Err(error),
            Err(_) => sleep(FIRST_WAIT * 2u32.pow(attempt)).await,
        }
        attempt += 1;
    }
}

fn parse(xml: &str, key: &str) -> Option<Vec<String>> {
    let found: Uploads = quick_xml::de::from_str(xml).ok()?;
    // A prefix of other keys comes before them: one answer has all of its own.
    let found = found.uploads.into_iter().filter(|begun| begun.key == key);
    Some(found.map(|begun| begun.upload_id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uploads_of_the_very_key_are_found() {
        let upload = |key: &str, id: &str| {
            let owner = "<Initiator><ID>x</ID></Initiator>";
            format!("<Upload><Key>{key}</Key><UploadId>{id}</UploadId>{owner}</Upload>")
        };
        let xml = format!(
            "<?xml version=\"1.0\"?><ListMultipartUploadsResult><Bucket>b</Bucket>{}{}{}</ListMultipartUploadsResult>",
            upload("a &amp; b.zip", "1"),
            upload("a &amp; b.zip", "2"),
            upload("a &amp; b.zip.corrupt", "3")
        );
        let both = vec!["1".to_owned(), "2".to_owned()];
        assert_eq!(parse(&xml, "a & b.zip"), Some(both));
        let none = "<ListMultipartUploadsResult><Bucket>b</Bucket></ListMultipartUploadsResult>";
        assert_eq!(parse(none, "a"), Some(Vec::new()));
        assert_eq!(parse("no XML", "a"), None);
    }
}
