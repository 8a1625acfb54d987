//! What is to be told about tables that nobody can count, and attachments that are not as the index says.

use crate::contents::{Counted, Example, Fault};
use crate::output::units;
use crate::untrusted::printable;

use super::count::told;

/// What an administrator should look at. It is how Zoho made the backup, and no damage of ours.
pub(in crate::commands) fn warnings(counted: &Counted) -> Vec<String> {
    let tables = of_tables(&counted.faults).into_iter();
    tables.chain(of_attachments(counted)).collect()
}

fn of_tables(faults: &[Fault]) -> Option<String> {
    let first = told(faults.first()?);
    let count = faults.len() as u64;
    let not_counted = several(
        count,
        "table can't be read, and is not counted",
        "tables can't be read, and are not counted",
    );
    let more = match count - 1 {
        0 => String::new(),
        more => format!(" and {} more", units::count(more)),
    };
    Some(format!("{not_counted}: {first}{more}"))
}

fn of_attachments(counted: &Counted) -> Vec<String> {
    let attachments = &counted.contents.attachments;
    let Some(index) = &attachments.index else {
        let there = attachments.files;
        let has_tables = !counted.contents.modules.is_empty();
        return (there > 0 && has_tables)
            .then(|| {
                let there = several(there, "attachment is there", "attachments are there");
                format!("{there}, and no index that says to which records they belong")
            })
            .into_iter()
            .collect();
    };
    let Some(found) = &index.completeness else {
        return Vec::new();
    };
    let examples = &counted.examples;
    let mut warnings = Vec::new();
    let mut tell = |count: u64, one: &str, more: &str, named: &[Example]| {
        if count > 0 {
            warnings.push(format!(
                "{}: {}",
                several(count, one, more),
                names(count, named)
            ));
        }
    };
    tell(
        found.rows_without_file,
        "attachment of the index has no file",
        "attachments of the index have no file",
        &examples.rows_without_file,
    );
    tell(
        found.files_without_row,
        "attachment is not in the index",
        "attachments are not in the index",
        &examples.files_without_row,
    );
    tell(
        found.sizes_differ.unwrap_or(0),
        "attachment has another size than the index says",
        "attachments have another size than the index says",
        &examples.sizes_differ,
    );
    warnings
}

fn several(count: u64, one: &str, more: &str) -> String {
    let what = if count == 1 { one } else { more };
    format!("{} {what}", units::count(count))
}

fn names(count: u64, examples: &[Example]) -> String {
    let shown: Vec<String> = examples.iter().map(name).collect();
    let more = match count - shown.len() as u64 {
        0 => String::new(),
        more => format!(" and {} more", units::count(more)),
    };
    format!("{}{more}", shown.join(", "))
}

/// With its id, unless that is part of the name.
fn name(example: &Example) -> String {
    let name = printable(&example.name);
    if example.name.contains(&example.id.to_string()) {
        format!("\"{name}\"")
    } else {
        format!("\"{name}\" ({})", example.id)
    }
}
