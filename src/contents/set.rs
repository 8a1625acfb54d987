//! What the zips of a set hold: first all of their directories are read, which is soon done, then every table of a module, on
//! all cores. Of the rest the names and sizes are enough.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::{Deserialize, Serialize};

use super::attachments::{Attached, Ids, Index, Rows};
use super::csv::{Counter, Record, Records};
use super::entry::{Entry, id_of};
use crate::integrity::{Archive, ArchiveError, Member, Unpacker};
use crate::model::FileKind;

/// The module of the index of attachments, if it has its English name.
const INDEX: &str = "Attachments";

/// Of a table that may be the index so many records are looked at.
const PROBED: usize = 50;

/// Counts of what a set holds, as they stand in its manifest, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// By name.
    pub(crate) modules: Vec<Module>,
    pub(crate) attachments: Attachments,
    /// Of records.
    pub(crate) images: Files,
    pub(crate) metadata: Files,
    /// What backups usually don't hold.
    pub(crate) other: Files,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) records: u64,
    /// Of its tables, unpacked.
    pub(crate) bytes: u64,
    /// Tables into which it is split.
    pub(crate) files: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachments {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Nothing where none was found.
    pub(crate) index: Option<Index>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Files {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

impl Files {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
    }
}

impl Contents {
    pub(crate) fn records(&self) -> u64 {
        self.modules.iter().map(|module| module.records).sum()
    }

    /// Of all tables, unpacked.
    pub(crate) fn table_bytes(&self) -> u64 {
        let bytes = self.modules.iter().map(|module| module.bytes);
        bytes.fold(0, u64::saturating_add)
    }
}

/// What is told of the work, and whether it is to go on. Asked from several threads.
pub(crate) struct Watch<'a> {
    /// So many bytes were unpacked.
    pub(crate) advanced: &'a (dyn Fn(u64) + Sync),
    /// A table was read, or could not be for this reason.
    pub(crate) table_done: &'a (dyn Fn(Option<&ArchiveError>) + Sync),
    pub(crate) is_stopped: &'a (dyn Fn() -> bool + Sync),
    /// So many tables are read at once, if there are not more cores.
    pub(crate) at_once: usize,
}

/// What was found in the end.
pub(crate) struct Counted {
    pub(crate) contents: Contents,
    pub(crate) examples: Examples,
    /// Tables that could not be counted, in their order.
    pub(crate) faults: Vec<Fault>,
}

/// The first few attachments with which something is wrong.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Examples {
    pub(crate) rows_without_file: Vec<Example>,
    pub(crate) files_without_row: Vec<Example>,
    pub(crate) sizes_differ: Vec<Example>,
}

/// An attachment by its name, which is foreign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Example {
    pub(crate) id: u64,
    pub(crate) name: String,
}

/// A table that could not be counted.
pub(crate) struct Fault {
    pub(crate) zip: String,
    /// Name of the entry, which is foreign.
    pub(crate) entry: String,
    pub(crate) error: ArchiveError,
}

impl Fault {
    /// Whether it is encrypted, or packed in a way that is not known. In a set there is such a table only where somebody
    /// allowed zips that can't be verified.
    pub(crate) fn is_of_unknown_kind(&self) -> bool {
        matches!(self.error, ArchiveError::Unknown(_))
    }
}

/// The zips of a set, their directories read.
#[derive(Default)]
pub(crate) struct Listing {
    zips: Vec<Zip>,
    tables: Vec<Table>,
    /// Names of the modules, and where each stands among them.
    modules: BTreeMap<String, usize>,
    attached: Vec<Attached>,
    contents: Contents,
}

struct Zip {
    name: String,
    kind: Option<FileKind>,
    archive: Archive,
}

struct Table {
    zip: usize,
    module: usize,
    member: Member,
}

impl Listing {
    /// Reads the directory of one more zip.
    pub(crate) fn add(
        &mut self,
        name: &str,
        kind: Option<FileKind>,
        archive: Archive,
    ) -> Result<(), ArchiveError> {
        let zip = self.zips.len();
        archive.members(|member| {
            if !member.is_folder() {
                self.take(zip, kind, member);
            }
        })?;
        self.zips.push(Zip {
            name: name.to_owned(),
            kind,
            archive,
        });
        Ok(())
    }

    fn take(&mut self, zip: usize, kind: Option<FileKind>, member: Member) {
        let size = member.size();
        let contents = &mut self.contents;
        match Entry::of(&member.name, kind) {
            Entry::Table { module } => {
                let next = self.modules.len();
                let module = *self.modules.entry(module.to_owned()).or_insert(next);
                self.tables.push(Table {
                    zip,
                    module,
                    member,
                });
            }
            Entry::Attachment { id } => {
                contents.attachments.files += 1;
                let bytes = &mut contents.attachments.bytes;
                *bytes = bytes.saturating_add(size);
                self.attached.push(Attached { id, size });
            }
            Entry::Metadata => contents.metadata.add(size),
            Entry::Image => contents.images.add(size),
            Entry::Other => contents.other.add(size),
        }
    }

    /// How many tables there are to read, and how many bytes they unpack to.
    pub(crate) fn tables(&self) -> (usize, u64) {
        let bytes = self.tables.iter().map(|table| table.member.size());
        (self.tables.len(), bytes.fold(0, u64::saturating_add))
    }

    /// Reads every table. `is_whole`: all zips of the set were added, so that what is missing can be told. Nothing: it was
    /// stopped.
    pub(crate) fn count(mut self, is_whole: bool, watch: &Watch<'_>) -> Option<Counted> {
        self.attached.sort_unstable();
        let index = self.index();
        // The largest first: the last ones are small, so that no core waits long for another.
        self.tables
            .sort_by_key(|table| std::cmp::Reverse(table.member.size()));
        let work = Work {
            listing: &self,
            index,
            watch,
            next: AtomicUsize::new(0),
            done: Mutex::default(),
        };
        work.on_all_threads();
        if (watch.is_stopped)() {
            return None;
        }
        let Done {
            counts,
            rows,
            mut faults,
            lost_rows,
        } = into_inner(work.done);
        faults.sort_by(|a, b| (&a.zip, &a.entry).cmp(&(&b.zip, &b.entry)));
        let mut contents = std::mem::take(&mut self.contents);
        contents.modules = self.summed(&counts);
        let mut examples = Examples::default();
        if index.is_some() {
            let mut files = std::mem::take(&mut self.attached);
            let (found, ids) = rows.index(&mut files, is_whole && !lost_rows);
            contents.attachments.index = Some(found);
            examples = self.named(index, &ids);
        }
        Some(Counted {
            contents,
            examples,
            faults,
        })
    }

    /// The modules with the counts of their tables.
    fn summed(&self, counts: &HashMap<usize, u64>) -> Vec<Module> {
        let mut modules = vec![Module::default(); self.modules.len()];
        for (name, at) in &self.modules {
            modules[*at].name.clone_from(name);
        }
        for (at, table) in self.tables.iter().enumerate() {
            let module = &mut modules[table.module];
            module.records += counts.get(&at).copied().unwrap_or_default();
            module.bytes = module.bytes.saturating_add(table.member.size());
            module.files += 1;
        }
        modules.sort_by(|a, b| a.name.cmp(&b.name));
        modules
    }

    /// Which module is the index of attachments: the one of that name, or the one that names attachments that are there.
    fn index(&self) -> Option<usize> {
        let mut modules = self.modules.iter();
        let named = modules.find(|(name, _)| name.eq_ignore_ascii_case(INDEX));
        if let Some((_, at)) = named {
            return Some(*at);
        }
        if self.attached.is_empty() {
            return None;
        }
        let mut unpacker = Unpacker::default();
        let mut seen = vec![false; self.modules.len()];
        let tables = self.tables.iter();
        let mut firsts = tables.filter(|table| !std::mem::replace(&mut seen[table.module], true));
        firsts
            .find(|table| self.names_attachments(table, &mut unpacker))
            .map(|table| table.module)
    }

    fn names_attachments(&self, table: &Table, unpacker: &mut Unpacker) -> bool {
        let (mut records, mut left) = (Records::default(), PROBED);
        let archive = &self.zips[table.zip].archive;
        let looked = archive.unpack(&table.member, unpacker, |bytes| {
            records.push(bytes, |record| {
                left -= 1;
                let id = String::from_utf8_lossy(record.field(0).unwrap_or_default());
                let id = id_of(&id);
                if self.attached.binary_search_by_key(&id, |it| it.id).is_ok() {
                    ControlFlow::Break(true)
                } else if left == 0 {
                    ControlFlow::Break(false)
                } else {
                    ControlFlow::Continue(())
                }
            })
        });
        matches!(looked, Ok(ControlFlow::Break(true)))
    }

    /// The names that belong to these ids, for which index and directories are read once more.
    fn named(&self, index: Option<usize>, ids: &Ids) -> Examples {
        let mut names: HashMap<u64, String> = HashMap::new();
        let mut of_rows = ids.rows_without_file.clone();
        of_rows.extend(&ids.sizes_differ);
        if !of_rows.is_empty() {
            self.find_rows(index, of_rows, &mut names);
        }
        if !ids.files_without_row.is_empty() {
            self.find_files(&ids.files_without_row, &mut names);
        }
        let examples = |ids: &[u64]| {
            let ids = ids.iter();
            ids.map(|id| Example {
                id: *id,
                name: names.get(id).cloned().unwrap_or_default(),
            })
            .collect()
        };
        Examples {
            rows_without_file: examples(&ids.rows_without_file),
            files_without_row: examples(&ids.files_without_row),
            sizes_differ: examples(&ids.sizes_differ),
        }
    }

    fn find_rows(
        &self,
        index: Option<usize>,
        mut left: Vec<u64>,
        names: &mut HashMap<u64, String>,
    ) {
        let mut unpacker = Unpacker::default();
        let tables = self.tables.iter();
        for table in tables.filter(|table| Some(table.module) == index) {
            let (mut records, mut rows) = (Records::default(), Rows::default());
            let mut take = |record: &Record| {
                if let Some((id, name)) = rows.id_and_name(record)
                    && let Some(at) = left.iter().position(|other| *other == id)
                {
                    left.swap_remove(at);
                    names.insert(id, name);
                }
                if left.is_empty() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            let archive = &self.zips[table.zip].archive;
            // It was read to its end before.
            let read = archive.unpack(&table.member, &mut unpacker, |bytes| {
                records.push(bytes, &mut take)
            });
            if matches!(read, Ok(ControlFlow::Continue(()))) {
                let _ = records.finish(&mut take);
            }
        }
    }

    fn find_files(&self, ids: &[u64], names: &mut HashMap<u64, String>) {
        for zip in &self.zips {
            let _ = zip.archive.members(|member| {
                if let Entry::Attachment { id } = Entry::of(&member.name, zip.kind)
                    && ids.contains(&id)
                {
                    names.insert(id, member.name);
                }
            });
        }
    }
}

/// The tables of a set, shared out among threads.
struct Work<'a> {
    listing: &'a Listing,
    index: Option<usize>,
    watch: &'a Watch<'a>,
    next: AtomicUsize,
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    /// Records of each table, the header not among them.
    counts: HashMap<usize, u64>,
    rows: Rows,
    faults: Vec<Fault>,
    /// A table of the index could not be read, and its rows are not known.
    lost_rows: bool,
}

impl Work<'_> {
    fn on_all_threads(&self) {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let more = cores
            .max(self.watch.at_once)
            .min(self.listing.tables.len())
            .saturating_sub(1);
        thread::scope(|scope| {
            for _ in 0..more {
                // Where no more threads can be had, those that there are do the work.
                let thread = thread::Builder::new();
                if thread.spawn_scoped(scope, || self.work()).is_err() {
                    break;
                }
            }
            self.work();
        });
    }

    fn work(&self) {
        let mut unpacker = Unpacker::default();
        loop {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(table) = self.listing.tables.get(at) else {
                return;
            };
            if (self.watch.is_stopped)() {
                return;
            }
            self.read(at, table, &mut unpacker);
        }
    }

    fn read(&self, at: usize, table: &Table, unpacker: &mut Unpacker) {
        let (mut counter, mut records, mut rows) =
            (Counter::default(), Records::default(), Rows::default());
        let is_index = Some(table.module) == self.index;
        let mut take = |record: &Record| {
            rows.take(record);
            ControlFlow::<Infallible>::Continue(())
        };
        let zip = &self.listing.zips[table.zip];
        let read = zip.archive.unpack(&table.member, unpacker, |bytes| {
            counter.push(bytes);
            if is_index {
                let _ = records.push(bytes, &mut take);
            }
            (self.watch.advanced)(bytes.len() as u64);
            if (self.watch.is_stopped)() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        (self.watch.table_done)(read.as_ref().err());
        let mut done = self
            .done
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match read {
            Ok(_) => {
                // The first one is the header.
                let records_of_table = counter.finish().saturating_sub(1);
                done.counts.insert(at, records_of_table);
            }
            Err(error) => {
                done.lost_rows |= is_index;
                done.faults.push(Fault {
                    zip: zip.name.clone(),
                    entry: table.member.name.clone(),
                    error,
                });
            }
        }
        if is_index {
            let _ = records.finish(&mut take);
            done.rows.append(rows);
        }
    }
}

fn into_inner(done: Mutex<Done>) -> Done {
    done.into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
