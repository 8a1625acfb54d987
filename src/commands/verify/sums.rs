//! The manifest of a set against the list of digests beside it.

use std::collections::HashSet;

use crate::model::FileName;
use crate::store::catalog::SavedSet;
use crate::store::manifest::{self, Manifest};
use crate::untrusted::printable;

/// More differences than this help nobody.
const MOST: usize = 5;

/// How the two differ, in words; nothing where they agree. `is_unfinished`: a download has given a file its name and did not
/// come to note it in the manifest.
pub(super) fn difference(
    set: &SavedSet,
    sums: &str,
    is_unfinished: impl Fn(&FileName) -> bool,
) -> Option<String> {
    let manifest = &set.manifest;
    let ahead = |line: &&str| {
        let name = name_in(line).and_then(|name| FileName::parse(name).ok());
        name.is_some_and(|name| manifest.saved(&name).is_none() && is_unfinished(&name))
    };
    let lines = sums.split_inclusive('\n').filter(|line| !ahead(line));
    let told: Vec<&str> = lines.collect();
    // Of an earlier version, or of a crash right behind the manifest, the list says nothing of the manifest itself.
    let agree = [manifest.to_sums(), manifest.to_sealed_sums(&set.digest)];
    if agree.contains(&told.concat()) {
        return None;
    }
    let unix = told.concat().replace("\r\n", "\n");
    if agree.contains(&unix) {
        return Some("its lines end in CR LF, which sha256sum does not read".to_owned());
    }
    let mut differences = differences(manifest, &set.digest, &told);
    if differences.is_empty() {
        differences.push(
            "its lines are not in the order, or not as often there, as in manifest.json".to_owned(),
        );
    }
    let more = differences.len().saturating_sub(MOST);
    differences.truncate(MOST);
    if more > 0 {
        differences.push(format!("{more} more differences"));
    }
    Some(differences.join("; "))
}

fn differences(manifest: &Manifest, digest: &str, told: &[&str]) -> Vec<String> {
    let expected = manifest.to_sealed_sums(digest);
    let expected: HashSet<&str> = expected.split_inclusive('\n').collect();
    let mut differences = Vec::new();
    for line in told.iter().filter(|line| !expected.contains(*line)) {
        let name = name_in(line);
        let known = name.filter(|name| {
            *name == manifest::NAME
                || FileName::parse(name).is_ok_and(|name| manifest.saved(&name).is_some())
        });
        differences.push(match (known, name) {
            (Some(name), _) => format!("it has another digest of {name}"),
            (None, Some(name)) => format!(
                "it names {}, which is not saved in this set",
                printable(name)
            ),
            (None, None) => format!("no digest and name: \"{}\"", printable(line.trim_end())),
        });
    }
    let names: HashSet<&str> = told.iter().filter_map(|line| name_in(line)).collect();
    let saved = manifest.files.iter().filter(|file| file.is_saved());
    let missing = saved.filter(|file| !names.contains(&file.name.as_str()));
    differences.extend(missing.map(|file| format!("it does not name {}", file.name)));
    differences
}

/// From a line `DIGEST  NAME`.
fn name_in(line: &str) -> Option<&str> {
    let (digest, name) = line.strip_suffix('\n')?.split_once("  ")?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(name)
}
