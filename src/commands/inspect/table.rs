//! The table of what a set holds, as a person reads it.

use std::collections::HashMap;

use crate::contents::{Change, Contents, Files, Index, ModuleChange};
use crate::output::{table as lines_of, units};
use crate::untrusted::printable;

use super::change::changed;

/// Name, records, bytes, and what changed: how many, and the share.
type Row = [String; 5];

/// `change` is that since another set.
pub(in crate::commands) fn table(contents: &Contents, change: Option<&Change>) -> Vec<String> {
    let mut rows = modules(contents, change);
    // A zip of attachments has none.
    if !rows.is_empty() {
        rows.insert(0, heading(change.is_some()));
        rows.push(sum(contents, change));
    }
    right_aligned(&mut rows);
    let mut lines = lines_of(&rows);
    let further = further(contents);
    if !further.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(lines_of(&further));
    }
    lines
}

fn heading(is_compared: bool) -> Row {
    let change = if is_compared { "Change" } else { "" };
    ["Module", "Records", "Bytes", change, ""].map(str::to_owned)
}

fn modules(contents: &Contents, change: Option<&Change>) -> Vec<Row> {
    let changes = change.map_or(&[][..], |change| &change.modules);
    let by_name: HashMap<&str, &ModuleChange> = changes
        .iter()
        .map(|module| (module.name.as_str(), module))
        .collect();
    let there = contents.modules.iter().map(|module| {
        let change = by_name.get(module.name.as_str());
        let [count, share] = change.map_or_else(Default::default, |change| changed(change));
        let bytes = units::size(module.bytes);
        (
            &module.name,
            [
                printable(&module.name),
                units::count(module.records),
                bytes,
                count,
                share,
            ],
        )
    });
    let gone = changes.iter().filter(|module| module.after.is_none());
    let gone = gone.map(|module| {
        let [count, share] = changed(module);
        let row = [
            printable(&module.name),
            "-".to_owned(),
            "-".to_owned(),
            count,
            share,
        ];
        (&module.name, row)
    });
    let mut rows: Vec<(&String, Row)> = there.chain(gone).collect();
    rows.sort_by_key(|(name, _)| (name.to_lowercase(), *name));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn sum(contents: &Contents, change: Option<&Change>) -> Row {
    let [count, share] = change.map_or_else(Default::default, |change| changed(&change.in_all()));
    [
        "Total".to_owned(),
        units::count(contents.records()),
        units::size(contents.table_bytes()),
        count,
        share,
    ]
}

/// All but the names.
fn right_aligned(rows: &mut [Row]) {
    for column in 1..5 {
        let widths = rows.iter().map(|row| row[column].len());
        let width = widths.max().unwrap_or_default();
        for row in &mut *rows {
            row[column] = format!("{:>width$}", row[column]);
        }
    }
}

/// What is in the zips besides the tables.
fn further(contents: &Contents) -> Vec<[String; 3]> {
    let mut rows = Vec::new();
    let attachments = &contents.attachments;
    if attachments.files > 0 || attachments.index.is_some() {
        let links = attachments.index.as_ref().map_or(0, |index| index.links);
        let links = match links {
            0 => String::new(),
            links => format!(", and {} that are only a link", units::count(links)),
        };
        let size = units::size(attachments.bytes);
        rows.push(row(
            "Attachments",
            attachments.files,
            format!("{size}{links}"),
        ));
        rows.extend(attachments.index.iter().flat_map(by_module));
    }
    let others = [
        ("Record images", &contents.images),
        ("Metadata", &contents.metadata),
        ("Other files", &contents.other),
    ];
    let others = others.into_iter().filter(|(_, files)| files.files > 0);
    rows.extend(
        others.map(|(name, Files { files, bytes })| row(name, *files, units::size(*bytes))),
    );
    let width = rows.iter().map(|row: &[String; 3]| row[1].len()).max();
    for row in &mut rows {
        row[1] = format!("{:>width$}", row[1], width = width.unwrap_or_default());
    }
    rows
}

fn row(name: &str, files: u64, text: String) -> [String; 3] {
    [name.to_owned(), units::count(files), text]
}

fn by_module(index: &Index) -> impl Iterator<Item = [String; 3]> {
    let modules = index.modules.iter();
    modules.map(|module| {
        let name = match module.name.as_str() {
            "" => "(no module)".to_owned(),
            name => printable(name),
        };
        row(
            &format!("  of {name}"),
            module.rows,
            units::size(module.bytes),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::Module;

    fn contents(modules: &[(&str, u64, u64)]) -> Contents {
        let modules = modules.iter().map(|(name, records, bytes)| Module {
            name: (*name).to_owned(),
            records: *records,
            bytes: *bytes,
            files: 1,
        });
        Contents {
            modules: modules.collect(),
            ..Contents::default()
        }
    }

    #[test]
    fn numbers_stand_below_each_other_and_changes_beside_them() {
        let old = contents(&[
            ("Leads", 1000, 9),
            ("Deals", 3, 9),
            ("Old", 4, 9),
            ("取引先", 2, 2),
        ]);
        let new = contents(&[
            ("Deals", 3, 900),
            ("Leads", 12_345, 5_000_000),
            ("New_C", 7, 12_000),
            ("取引先", 1, 2),
        ]);
        let change = Change::between(&old, &new);
        assert_eq!(
            table(&new, Some(&change)),
            [
                "Module  Records    Bytes   Change",
                "Deals         3    900 B",
                "Leads    12,345   5.0 MB  +11,345  +1,134.5%",
                "New_C         7  12.0 kB       +7        new",
                "Old           -        -       -4       gone",
                "取引先        1      2 B       -1     -50.0%",
                "Total    12,356   5.0 MB  +11,347  +1,124.6%",
            ]
        );
    }

    #[test]
    fn names_are_shown_without_what_could_move_a_cursor() {
        let lines = table(&contents(&[("a\u{1b}[2J\nb", 1, 1)]), None);
        assert!(lines[1].starts_with("a\\u{1b}[2J\\nb"), "{lines:?}");
    }
}
