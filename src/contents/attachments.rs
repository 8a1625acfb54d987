//! The index of the attachments held against the files.
//!
//! 16 bytes are kept for each row and for each file, so that an index of a million rows costs 16 MB; names are read again when
//! some are to be told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::csv::Record;
use super::entry::id_of;

/// Modules by which attachments are told apart; what a damaged index holds must not fill the memory.
const MOST_MODULES: usize = 1000;

/// A size of which there is none.
const NO_SIZE: u64 = u64::MAX;
/// That of an attachment which is only a link.
const LINK: u64 = u64::MAX - 1;

/// A row of the index, or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Attached {
    pub(super) id: u64,
    pub(super) size: u64,
}

/// What the index says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Index {
    pub(crate) rows: u64,
    /// Rows of attachments that are only a link, and have no file.
    pub(crate) links: u64,
    /// By the module of the record to which they are attached.
    pub(crate) modules: Vec<AttachedTo>,
    /// Nothing where not all zips of the set were looked at.
    pub(crate) completeness: Option<Completeness>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AttachedTo {
    pub(crate) name: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

/// How the index and the files agree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Completeness {
    pub(crate) rows_without_file: u64,
    pub(crate) files_without_row: u64,
    /// Nothing where the index counts in something else than bytes.
    pub(crate) sizes_differ: Option<u64>,
    pub(crate) repeated_rows: u64,
    pub(crate) repeated_files: u64,
}

impl Completeness {
    /// Each row has its file, and each file its row.
    pub(crate) fn is_whole(&self) -> bool {
        (self.rows_without_file, self.files_without_row) == (0, 0)
            && self.sizes_differ.unwrap_or(0) == 0
    }
}

/// Ids of the first few of each kind.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub(super) rows_without_file: Vec<u64>,
    pub(super) files_without_row: Vec<u64>,
    pub(super) sizes_differ: Vec<u64>,
}

/// So many are told of each kind.
const TOLD: usize = 5;

/// Where in a row to find what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    id: usize,
    name: usize,
    size: Option<usize>,
    module: Option<usize>,
    link: Option<usize>,
}

impl Columns {
    /// The labels are in the language of a user. Where they are not English ones, the columns stand as in an English index.
    fn of(header: &Record) -> Columns {
        let labels = header.fields();
        let labels: Vec<String> = labels
            .map(|label| String::from_utf8_lossy(label).trim().to_lowercase())
            .collect();
        let at = |label: &str| labels.iter().position(|other| other == label);
        match (at("record id"), at("file name")) {
            (Some(id), Some(name)) => Columns {
                id,
                name,
                size: at("size"),
                module: labels.iter().position(|label| label.ends_with(".module")),
                link: at("link url"),
            },
            _ => Columns {
                id: 0,
                name: 1,
                size: Some(2),
                module: Some(4),
                link: None,
            },
        }
    }

    fn row(&self, record: &Record) -> Attached {
        let digits = |field: &[u8]| std::str::from_utf8(field).ok()?.trim().parse().ok();
        let size = self.size.and_then(|at| record.field(at));
        Attached {
            id: id_of(&text(record.field(self.id))),
            size: if self.is_link(record) {
                LINK
            } else {
                size.and_then(digits).unwrap_or(NO_SIZE)
            },
        }
    }

    /// In an index of another language it is the address that tells, in whatever column but that of the name.
    fn is_link(&self, record: &Record) -> bool {
        if let Some(at) = self.link {
            return record
                .field(at)
                .is_some_and(|link| !link.trim_ascii().is_empty());
        }
        let mut fields = record.fields().enumerate();
        fields.any(|(at, field)| {
            at != self.name && (field.starts_with(b"https://") || field.starts_with(b"http://"))
        })
    }
}

fn text(field: Option<&[u8]>) -> String {
    String::from_utf8_lossy(field.unwrap_or_default()).into_owned()
}

/// Takes in the records of one table of the index, the header first.
#[derive(Default)]
pub(super) struct Rows {
    columns: Option<Columns>,
    pub(super) rows: Vec<Attached>,
    modules: BTreeMap<String, (u64, u64)>,
}

impl Rows {
    pub(super) fn take(&mut self, record: &Record) {
        let Some(columns) = &self.columns else {
            self.columns = Some(Columns::of(record));
            return;
        };
        let row = columns.row(record);
        self.rows.push(row);
        let module = columns.module.and_then(|at| record.field(at));
        let module = module.unwrap_or_default();
        let bytes = if row.size < LINK { row.size } else { 0 };
        if let Some(known) = std::str::from_utf8(module)
            .ok()
            .and_then(|module| self.modules.get_mut(module))
        {
            *known = (known.0 + 1, known.1.saturating_add(bytes));
        } else if self.modules.len() < MOST_MODULES {
            self.modules.insert(text(Some(module)), (1, bytes));
        }
    }

    pub(super) fn append(&mut self, mut other: Rows) {
        self.rows.append(&mut other.rows);
        for (module, (rows, bytes)) in other.modules {
            let known = self.modules.entry(module).or_default();
            *known = (known.0 + rows, known.1.saturating_add(bytes));
        }
    }

    /// The id and the name of an attachment, as a row tells them; nothing for the header.
    pub(super) fn id_and_name(&mut self, record: &Record) -> Option<(u64, String)> {
        let Some(columns) = &self.columns else {
            self.columns = Some(Columns::of(record));
            return None;
        };
        let id = id_of(&text(record.field(columns.id)));
        Some((id, text(record.field(columns.name))))
    }

    /// `is_whole`: all files of the set are among these.
    pub(super) fn index(self, files: &mut [Attached], is_whole: bool) -> (Index, Ids) {
        let Rows { mut rows, .. } = self;
        rows.sort_unstable();
        files.sort_unstable();
        let mut agreement = Agreement::default();
        let (mut rest, mut others) = (&rows[..], &*files);
        while let Some(id) = first(rest, others) {
            let (of_row, of_file) = (of(id, &mut rest), of(id, &mut others));
            agreement.take(id, of_row, of_file);
        }
        let links = if is_whole {
            agreement.links
        } else {
            rows.iter().filter(|row| row.size == LINK).count() as u64
        };
        let modules = self.modules.into_iter();
        let index = Index {
            rows: rows.len() as u64,
            links,
            modules: modules
                .map(|(name, (rows, bytes))| AttachedTo { name, rows, bytes })
                .collect(),
            completeness: is_whole.then(|| agreement.completeness()),
        };
        (
            index,
            if is_whole {
                agreement.ids
            } else {
                Ids::default()
            },
        )
    }
}

fn first(rows: &[Attached], files: &[Attached]) -> Option<u64> {
    let ids = [rows.first(), files.first()];
    ids.into_iter().flatten().map(|attached| attached.id).min()
}

/// Takes those with this id away.
fn of<'a>(id: u64, sorted: &mut &'a [Attached]) -> &'a [Attached] {
    let count = sorted.iter().take_while(|other| other.id == id).count();
    let (taken, rest) = sorted.split_at(count);
    *sorted = rest;
    taken
}

#[derive(Default)]
struct Agreement {
    links: u64,
    same_size: u64,
    other_size: u64,
    completeness: Completeness,
    ids: Ids,
}

impl Agreement {
    fn take(&mut self, id: u64, rows: &[Attached], files: &[Attached]) {
        let tell = |ids: &mut Vec<u64>| {
            if ids.len() < TOLD {
                ids.push(id);
            }
        };
        let counts = &mut self.completeness;
        counts.repeated_rows += rows.len().saturating_sub(1) as u64;
        counts.repeated_files += files.len().saturating_sub(1) as u64;
        let Some(file) = files.first() else {
            // Nothing but a link is there of an attachment without bytes.
            if rows.iter().any(|row| row.size == LINK || row.size == 0) {
                self.links += 1;
            } else {
                counts.rows_without_file += 1;
                tell(&mut self.ids.rows_without_file);
            }
            return;
        };
        if rows.is_empty() {
            counts.files_without_row += 1;
            tell(&mut self.ids.files_without_row);
        }
        let mut sizes = rows.iter().map(|row| row.size).filter(|size| *size < LINK);
        match sizes.next() {
            None => {}
            Some(size) if size == file.size || sizes.any(|size| size == file.size) => {
                self.same_size += 1;
            }
            Some(_) => {
                self.other_size += 1;
                tell(&mut self.ids.sizes_differ);
            }
        }
    }

    fn completeness(&mut self) -> Completeness {
        // Where no size agrees, that is how the index counts, and not damage of each file.
        let is_other_unit = self.same_size == 0 && self.other_size > 1;
        if is_other_unit {
            self.ids.sizes_differ.clear();
        }
        Completeness {
            sizes_differ: (!is_other_unit).then_some(self.other_size),
            ..self.completeness.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::contents::csv::Records;

    const ENGLISH: &str =
        "Created Time,Record Id,File Name,Size,Parent.id,Parent Id.Module,Link URL\n";
    const ITALIAN: &str = "ID record,Nome file,Dimensione,Padre.id,ID padre.Modulo,Ora creazione,Stato record,URL collegamento,Campo.id,ID allegato precedente\n";

    fn rows(text: &str) -> Rows {
        let mut rows = Rows::default();
        let mut take = |record: &Record| {
            rows.take(record);
            ControlFlow::<()>::Continue(())
        };
        let mut records = Records::default();
        let _ = records.push(text.as_bytes(), &mut take);
        let _ = records.finish(&mut take);
        rows
    }

    fn file(id: u64, size: u64) -> Attached {
        Attached { id, size }
    }

    #[test]
    fn the_columns_are_found_by_english_labels_in_any_order_and_else_by_their_place() {
        let english = format!(
            "{ENGLISH}2026,zcrm_1,a.pdf,7,zcrm_9,Leads,\n2026,zcrm_2,b,0,,Deals,https://x\n"
        );
        let italian = format!(
            "{ITALIAN}zcrm_1,http://a.pdf,7,zcrm_9,Leads,,,,,\nzcrm_2,b,0,,Deals,,,https://x,,\n"
        );
        for text in [english, italian] {
            let rows = rows(&text);
            assert_eq!(rows.rows, [file(1, 7), file(2, LINK)], "{text}");
            let modules: Vec<_> = rows.modules.into_iter().collect();
            let expected = [("Deals".to_owned(), (1, 0)), ("Leads".to_owned(), (1, 7))];
            assert_eq!(modules, expected);
        }
    }

    #[test]
    fn rows_and_files_are_matched_by_their_ids() {
        let text = format!(
            "{ENGLISH},zcrm_1,same,7,,,\n,zcrm_2,larger,8,,,\n,zcrm_3,gone,9,,,\n,zcrm_4,link,0,,,https://x\n,zcrm_5,empty,0,,,\n,zcrm_6,twice,1,,,\n,zcrm_6,twice,1,,,\n"
        );
        let mut files = [file(7, 1), file(2, 80), file(6, 1), file(1, 7), file(7, 1)];
        let (index, ids) = rows(&text).index(&mut files, true);
        assert_eq!((index.rows, index.links), (7, 2));
        let expected = Completeness {
            rows_without_file: 1,
            files_without_row: 1,
            sizes_differ: Some(1),
            repeated_rows: 1,
            repeated_files: 1,
        };
        assert_eq!(index.completeness, Some(expected));
        assert_eq!(ids.rows_without_file, [3]);
        assert_eq!(ids.files_without_row, [7]);
        assert_eq!(ids.sizes_differ, [2]);
    }

    #[test]
    fn sizes_that_are_no_numbers_of_bytes_are_not_compared() {
        let text = format!("{ENGLISH},zcrm_1,a,7,,,\n,zcrm_2,b,8 KB,,,\n,zcrm_3,c,9,,,\n");
        let mut files = [file(1, 7000), file(2, 8000), file(3, 9000)];
        let (index, _) = rows(&text).index(&mut files, true);
        assert_eq!(index.completeness, Some(Completeness::default()));
        assert_eq!(index.completeness.unwrap().sizes_differ, None);
    }

    #[test]
    fn of_part_of_a_set_nothing_is_called_missing() {
        let text = format!("{ENGLISH},zcrm_1,a,7,,,\n,zcrm_4,link,0,,,https://x\n");
        let (index, ids) = rows(&text).index(&mut [], false);
        assert_eq!((index.rows, index.links), (2, 1));
        assert_eq!(index.completeness, None);
        assert!(ids.rows_without_file.is_empty());
    }
}
