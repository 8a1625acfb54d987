//! Keeps what is known of the last runs in a file for Prometheus, by the rules of `node_exporter`'s textfile collector: the text
//! format of Prometheus, replaced in one step. Several profiles and commands can share a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, TimeZone};

use crate::store::{StorageError, change_shared};

use super::facts::Facts;

const PREFIX: &str = "backup_fetch_";

/// Without the prefix, and what each means. All are gauges.
const SERIES: [(&str, &str); 10] = [
    ("last_run_timestamp_seconds", "When the last run ended."),
    (LAST_SUCCESS, "When the last successful run ended."),
    (
        LAST_BACKUP,
        "When the newest complete backup seen by a run became complete.",
    ),
    ("success", "Whether the last run succeeded."),
    ("exit_code", "Exit code of the last run."),
    ("duration_seconds", "How long the last run took."),
    ("files", "Verified files of the backup."),
    ("bytes", "Size of the verified files of the backup."),
    ("fetched_bytes", "Bytes that the last run received."),
    (
        "links_expiry_timestamp_seconds",
        "When the download links of the backup expire.",
    ),
];

/// A run that has nothing to say of these leaves them as they were.
const LAST_SUCCESS: &str = "last_success_timestamp_seconds";
const LAST_BACKUP: &str = "last_backup_timestamp_seconds";

/// Whose series they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    command: String,
    profile: String,
    org: String,
}

type Samples = BTreeMap<String, String>;

/// What makes a file none of ours.
enum Refused {
    Storage(StorageError),
    Foreign { line: usize },
}

impl From<StorageError> for Refused {
    fn from(error: StorageError) -> Refused {
        Refused::Storage(error)
    }
}

pub(super) async fn write(path: &Path, facts: &Facts) -> Result<(), String> {
    let (labels, samples) = (Labels::of(facts), samples(facts));
    let file = path.to_owned();
    let write = move || {
        change_shared(&file, |old| {
            let mut all = read(&String::from_utf8_lossy(old))?;
            take_in(&mut all, labels, samples);
            Ok(text(&all))
        })
    };
    let path = path.display();
    let why = match tokio::task::spawn_blocking(write).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(Refused::Storage(error))) => error.problem().message,
        Ok(Err(Refused::Foreign { line })) => {
            format!("{path}: line {line} is not from backup-fetch, so the file is left alone")
        }
        Err(error) => format!("{path}: {error}"),
    };
    Err(format!("the metrics were not written: {why}"))
}

impl Labels {
    fn of(facts: &Facts) -> Labels {
        let subject = &facts.subject;
        Labels {
            command: subject.command.to_owned(),
            profile: subject.profile.clone().unwrap_or_default(),
            org: subject.org.clone().unwrap_or_default(),
        }
    }

    fn is_of_the_same_profile(&self, other: &Labels) -> bool {
        (&self.command, &self.profile) == (&other.command, &other.profile)
    }

    /// Under which labels the run before is known. One that fails early may not know its organisation.
    fn of_the_run_before(&self, all: &BTreeMap<Labels, Samples>) -> Option<Labels> {
        if all.contains_key(self) {
            return Some(self.clone());
        }
        let mut others = all.keys().filter(|known| {
            known.is_of_the_same_profile(self) && (known.org.is_empty() || self.org.is_empty())
        });
        let first = others.next().cloned();
        first.filter(|_| others.next().is_none())
    }
}

/// What this run has to say.
fn samples(facts: &Facts) -> Samples {
    let mut samples = Samples::new();
    let mut add = |name: &str, value: String| samples.insert(name.to_owned(), value);
    let ended = seconds(&facts.ended);
    if facts.is_success() {
        add(LAST_SUCCESS, ended.clone());
    }
    add("last_run_timestamp_seconds", ended);
    add("success", u8::from(facts.is_success()).to_string());
    add("exit_code", facts.exit.code().to_string());
    add(
        "duration_seconds",
        format!("{:.3}", facts.took.as_secs_f64()),
    );
    if let Some(totals) = &facts.totals {
        add("files", totals.files.to_string());
        add("bytes", totals.bytes.to_string());
        add("fetched_bytes", totals.fetched_bytes.to_string());
        if let Some(completed) = &totals.completed {
            add(LAST_BACKUP, seconds(completed));
        }
    }
    if let Some(expires) = &facts.expires {
        add("links_expiry_timestamp_seconds", seconds(expires));
    }
    samples
}

fn seconds<Z: TimeZone>(time: &DateTime<Z>) -> String {
    time.timestamp().to_string()
}

/// Puts what a run says in the place of what the run before said.
fn take_in(all: &mut BTreeMap<Labels, Samples>, mut labels: Labels, mut samples: Samples) {
    if let Some(known) = labels.of_the_run_before(all) {
        let old = all.remove(&known).unwrap_or_default();
        let kept = [LAST_SUCCESS, LAST_BACKUP];
        for (name, value) in old {
            if kept.contains(&name.as_str()) {
                samples.entry(name).or_insert(value);
            }
        }
        if labels.org.is_empty() {
            labels.org = known.org;
        }
    }
    if !labels.profile.is_empty() {
        // A profile has one organisation: of another that it had, nothing more will be heard.
        all.retain(|known, _| !known.is_of_the_same_profile(&labels));
    }
    all.insert(labels, samples);
}

/// Reads what an earlier run has written.
fn read(text: &str) -> Result<BTreeMap<Labels, Samples>, Refused> {
    let mut all: BTreeMap<Labels, Samples> = BTreeMap::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (labels, name, value) = sample(text).ok_or(Refused::Foreign { line })?;
        all.entry(labels)
            .or_default()
            .insert(name.to_owned(), value.to_owned());
    }
    Ok(all)
}

fn sample(line: &str) -> Option<(Labels, &str, &str)> {
    let (name, rest) = line.strip_prefix(PREFIX)?.split_once('{')?;
    let (labels, value) = rest.rsplit_once("} ")?;
    let (command, labels) = label(labels, "command=\"")?;
    let (profile, labels) = label(labels, ",profile=\"")?;
    let (org, labels) = label(labels, ",org=\"")?;
    let labels_end = labels.is_empty() && value.parse::<f64>().is_ok();
    let labels = Labels {
        command,
        profile,
        org,
    };
    labels_end.then_some((labels, name, value))
}

/// The value of the label that begins here, and what follows.
fn label<'a>(text: &'a str, begin: &str) -> Option<(String, &'a str)> {
    let text = text.strip_prefix(begin)?;
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match letters.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

/// In the text format of Prometheus: the samples of a series in one place, below what it means.
fn text(all: &BTreeMap<Labels, Samples>) -> String {
    let mut text = String::new();
    for (name, help) in SERIES {
        let of_all = all.iter();
        let mut values = of_all
            .filter_map(|(labels, samples)| Some((labels, samples.get(name)?)))
            .peekable();
        if values.peek().is_some() {
            let _ = writeln!(
                text,
                "# HELP {PREFIX}{name} {help}\n# TYPE {PREFIX}{name} gauge"
            );
        }
        for (labels, value) in values {
            let [command, profile, org] =
                [&labels.command, &labels.profile, &labels.org].map(|it| escaped(it));
            let _ = writeln!(
                text,
                "{PREFIX}{name}{{command=\"{command}\",profile=\"{profile}\",org=\"{org}\"}} {value}"
            );
        }
    }
    text
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(profile: &str, org: &str) -> Labels {
        Labels {
            command: "download".to_owned(),
            profile: profile.to_owned(),
            org: org.to_owned(),
        }
    }

    fn said(words: &[(&str, &str)]) -> Samples {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        words.iter().map(owned).collect()
    }

    fn reread(all: &BTreeMap<Labels, Samples>) -> BTreeMap<Labels, Samples> {
        read(&text(all)).ok().expect("it is ours")
    }

    #[test]
    fn a_failure_keeps_the_last_success_and_what_it_does_not_know_of_its_labels() {
        let mut all = BTreeMap::new();
        let good = [
            ("success", "1"),
            (LAST_SUCCESS, "7"),
            (LAST_BACKUP, "5"),
            ("files", "2"),
        ];
        take_in(&mut all, labels("a", "1"), said(&good));
        take_in(&mut all, labels("b", "2"), said(&good));
        take_in(&mut all, labels("a", ""), said(&[("success", "0")]));
        let kept = said(&[("success", "0"), (LAST_SUCCESS, "7"), (LAST_BACKUP, "5")]);
        let of_both = [(labels("a", "1"), kept), (labels("b", "2"), said(&good))];
        assert_eq!(reread(&all), of_both.into());
    }

    #[test]
    fn what_is_about_other_backups_is_no_run_before() {
        let mut all = BTreeMap::new();
        take_in(&mut all, labels("", "1"), said(&[(LAST_SUCCESS, "7")]));
        take_in(&mut all, labels("", "2"), said(&[("success", "0")]));
        let verify = Labels {
            command: "verify".to_owned(),
            ..labels("", "1")
        };
        take_in(&mut all, verify, said(&[("success", "0")]));
        assert_eq!(all.len(), 3);
        assert!(!all[&labels("", "2")].contains_key(LAST_SUCCESS));
        take_in(&mut all, labels("a", "1"), said(&[(LAST_SUCCESS, "7")]));
        take_in(&mut all, labels("a", "2"), said(&[("success", "0")]));
        assert!(
            !all.contains_key(&labels("a", "1")),
            "the profile has moved"
        );
        assert!(!all[&labels("a", "2")].contains_key(LAST_SUCCESS));
    }

    #[test]
    fn any_name_of_a_profile_survives() {
        let name = "a\"} 1\\n\n\\{,org=\"é";
        let all = [(labels(name, "1"), said(&[("success", "1")]))].into();
        assert_eq!(reread(&all), all);
    }

    #[test]
    fn what_others_have_written_is_left_alone() {
        for foreign in [
            "node_load1 0.5",
            "backup_fetch_success 1",
            "backup_fetch_success{profile=\"a\"} 1",
            "backup_fetch_success{command=\"d\",profile=\"a\",org=\"1\"} x",
            "text",
        ] {
            assert!(read(foreign).is_err(), "{foreign}");
        }
    }
}
