//! How a bucket is configured, as far as it protects what is saved in it. Only S3 is asked.

use std::fmt;

use object_store::Error;
use serde::Deserialize;

use super::bucket::Bucket;
use super::client::{by_hand, error};
use crate::untrusted::printable;

const NOT_TOLD: &str = "this store does not tell";

/// Why something is not known, in words.
pub(crate) type Unknown = String;

/// What becomes of an object that is replaced or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versioning {
    Enabled,
    Suspended,
    Off,
}

/// For how long nobody can remove what is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ObjectLock {
    /// Such as "COMPLIANCE, 30 days".
    Default(String),
    /// Only what is uploaded with a retention of its own is locked, and ours has none.
    NoDefault,
    Off,
}

/// Rules by which the store removes and moves by itself.
#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Lifecycle {
    #[serde(rename = "Rule", default)]
    rules: Vec<Rule>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
struct Rule {
    status: String,
    /// Where it stood once.
    prefix: Option<String>,
    filter: Option<Filter>,
    expiration: Option<After>,
    #[serde(rename = "Transition")]
    transitions: Vec<Transition>,
    abort_incomplete_multipart_upload: Option<Initiated>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
struct Filter {
    prefix: Option<String>,
    and: Option<And>,
    tag: Option<Tag>,
    object_size_greater_than: Option<u64>,
    object_size_less_than: Option<u64>,
}

#[derive(Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase", default)]
struct And {
    prefix: Option<String>,
    #[serde(rename = "Tag")]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Tag {}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
struct After {
    days: Option<u32>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
struct Transition {
    days: Option<u32>,
    storage_class: String,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
struct Initiated {
    days_after_initiation: u32,
}

pub(crate) fn versioning(bucket: &Bucket) -> Result<Versioning, Unknown> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        status: Option<String>,
    }
    let answer: Option<Answer> = ask(bucket, "versioning")?;
    let status = answer.and_then(|answer| answer.status);
    Ok(match status.as_deref() {
        Some("Enabled") => Versioning::Enabled,
        Some(_) => Versioning::Suspended,
        None => Versioning::Off,
    })
}

pub(crate) fn object_lock(bucket: &Bucket) -> Result<ObjectLock, Unknown> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        object_lock_enabled: Option<String>,
        rule: Option<LockRule>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct LockRule {
        default_retention: Option<Retention>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Retention {
        mode: String,
        days: Option<u32>,
        years: Option<u32>,
    }
    let answer: Option<Answer> = ask(bucket, "object-lock")?;
    let is_on = |answer: &Answer| answer.object_lock_enabled.as_deref() == Some("Enabled");
    let Some(answer) = answer.filter(is_on) else {
        return Ok(ObjectLock::Off);
    };
    let retention = answer.rule.and_then(|rule| rule.default_retention);
    Ok(match retention {
        None => ObjectLock::NoDefault,
        Some(Retention { mode, days, years }) => {
            let time = match (days, years) {
                (Some(days), _) => count(days, "day"),
                (None, years) => count(years.unwrap_or_default(), "year"),
            };
            ObjectLock::Default(format!("{}, {time}", printable(&mode)))
        }
    })
}

pub(crate) fn lifecycle(bucket: &Bucket) -> Result<Lifecycle, Unknown> {
    Ok(ask(bucket, "lifecycle")?.unwrap_or_default())
}

/// How objects are encrypted that come without a wish, such as "aws:kms". Nothing: not at all.
pub(crate) fn encryption(bucket: &Bucket) -> Result<Option<String>, Unknown> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(rename = "Rule", default)]
        rules: Vec<ByDefault>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct ByDefault {
        apply_server_side_encryption_by_default: Option<Algorithm>,
    }
    #[derive(Deserialize)]
    struct Algorithm {
        #[serde(rename = "SSEAlgorithm")]
        name: String,
    }
    let answer: Option<Answer> = ask(bucket, "encryption")?;
    let mut rules = answer.into_iter().flat_map(|answer| answer.rules);
    let found = rules.find_map(|rule| rule.apply_server_side_encryption_by_default);
    Ok(found.map(|algorithm| printable(&algorithm.name)))
}

impl Lifecycle {
    /// After how many days an upload is aborted that nobody completed.
    pub(crate) fn uploads_end_after(&self, prefix: &str) -> Option<u32> {
        let ends = |rule: &Rule| {
            let rule = rule.abort_incomplete_multipart_upload.as_ref()?;
            Some(rule.days_after_initiation)
        };
        self.about(prefix).filter_map(ends).min()
    }

    /// What happens to objects, such as "removed after 90 days".
    pub(crate) fn of_objects(&self, prefix: &str) -> Vec<String> {
        let mut found = Vec::new();
        for rule in self.about(prefix) {
            for moved in &rule.transitions {
                let days = moved.days.unwrap_or_default();
                let class = printable(&moved.storage_class);
                found.push(format!("moved to {class} after {}", count(days, "day")));
            }
            if let Some(days) = rule.expiration.as_ref().and_then(|after| after.days) {
                found.push(format!("removed after {}", count(days, "day")));
            }
        }
        found
    }

    /// Those that are on and hold for all that is below the prefix.
    fn about(&self, prefix: &str) -> impl Iterator<Item = &Rule> {
        let folder = match prefix {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        self.rules.iter().filter(move |rule| {
            let whose = rule.whose();
            rule.status == "Enabled" && whose.is_some_and(|whose| folder.starts_with(whose))
        })
    }
}

impl Rule {
    /// The prefix for all below which it holds. Nothing: it is choosy in another way.
    fn whose(&self) -> Option<&str> {
        let filter = self.filter.as_ref();
        let is_choosy = |filter: &Filter| {
            let sizes = [
                filter.object_size_greater_than,
                filter.object_size_less_than,
            ];
            let and = filter.and.as_ref();
            filter.tag.is_some()
                || sizes.iter().any(Option::is_some)
                || and.is_some_and(|and| !and.tags.is_empty())
        };
        if filter.is_some_and(is_choosy) {
            return None;
        }
        let and = filter.and_then(|filter| filter.and.as_ref()?.prefix.as_deref());
        let alone = filter.and_then(|filter| filter.prefix.as_deref());
        Some(and.or(alone).or(self.prefix.as_deref()).unwrap_or_default())
    }
}

/// Nothing: it is not configured.
fn ask<T: for<'de> Deserialize<'de>>(
    bucket: &Bucket,
    what: &'static str,
) -> Result<Option<T>, Unknown> {
    let Some(by_hand) = bucket.by_hand() else {
        return Err(NOT_TOLD.to_owned());
    };
    let asked = bucket.wait(by_hand::get(by_hand, vec![(what, String::new())]));
    let asked = asked.map_err(|error| error.problem().message)?;
    let Some(xml) = asked.map_err(|error| why(bucket, what, &error))? else {
        return Ok(None);
    };
    let parsed = quick_xml::de::from_str(&xml);
    parsed.map_err(|_| "the store's answer is not understood".to_owned())
}

fn why(bucket: &Bucket, what: &str, error: &Error) -> Unknown {
    if error::is_unsupported(error) {
        return NOT_TOLD.to_owned();
    }
    let at = bucket.url().to_string();
    let error = error::failed(&at, &format!("asking for ?{what}"), error);
    error.problem().message
}

fn count(number: u32, unit: impl fmt::Display) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifecycle(rules: &str) -> Lifecycle {
        let xml = format!(
            "<?xml version=\"1.0\"?><LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{rules}</LifecycleConfiguration>"
        );
        quick_xml::de::from_str(&xml).unwrap()
    }

    fn abort(rule: &str) -> Option<u32> {
        let abort = "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
        lifecycle(&format!("<Rule><ID>a</ID>{rule}{abort}</Rule>")).uploads_end_after("zoho")
    }

    #[test]
    fn a_rule_counts_that_is_on_and_holds_for_the_whole_prefix() {
        for holds in [
            "<Status>Enabled</Status><Filter/>",
            "<Status>Enabled</Status><Filter><Prefix></Prefix></Filter>",
            "<Filter><Prefix>zoho/</Prefix></Filter><Status>Enabled</Status>",
            "<Prefix>zo</Prefix><Status>Enabled</Status>",
            "<Status>Enabled</Status><Filter><And><Prefix>zoho</Prefix></And></Filter>",
        ] {
            assert_eq!(abort(holds), Some(7), "{holds}");
        }
        for not in [
            "<Status>Disabled</Status><Filter/>",
            "<Status>Enabled</Status><Filter><Prefix>zoho/a</Prefix></Filter>",
            "<Status>Enabled</Status><Filter><Prefix>other</Prefix></Filter>",
            "<Status>Enabled</Status><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>",
            "<Status>Enabled</Status><Filter><And><Prefix>zoho</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter>",
            "<Status>Enabled</Status><Filter><ObjectSizeLessThan>5</ObjectSizeLessThan></Filter>",
        ] {
            assert_eq!(abort(not), None, "{not}");
        }
    }

    #[test]
    fn what_becomes_of_objects_is_told_of_all_rules() {
        let rules = lifecycle(
            "<Rule><Status>Enabled</Status><Filter/><Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule><Rule><Status>Enabled</Status><Filter/><Expiration><Days>90</Days></Expiration></Rule>",
        );
        let told = ["moved to GLACIER after 1 day", "removed after 90 days"];
        assert_eq!(rules.of_objects(""), told);
        assert_eq!(rules.uploads_end_after(""), None);
    }
}
