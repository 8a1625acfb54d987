//! Uploads of which a killed run has not heard the id: S3 tells which ones there are of a key.

use object_store::Error;
use serde::Deserialize;

use super::bucket::Bucket;
use super::by_hand;
use crate::store::StorageError;

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

/// The ids of all that were begun of this key. Nothing: the store does not tell.
pub(super) fn ids(bucket: &Bucket, key: &str) -> Result<Option<Vec<String>>, StorageError> {
    let Some(by_hand) = bucket.by_hand() else {
        return Ok(None);
    };
    let query = vec![("uploads", String::new()), ("prefix", key.to_owned())];
    let told: Result<Option<String>, Error> = bucket.wait(by_hand::get(by_hand, query))?;
    Ok(told.ok().flatten().and_then(|xml| parse(&xml, key)))
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
