//! `inspect --module`: the records of a module that match, out of all the files it is split into.

use std::ops::ControlFlow;

use crate::cli::InspectOptions;
use crate::contents::{Condition, Entry, Filter, Query, Row, RowReader, TooLong};
use crate::exit::Exit;
use crate::integrity::{Member, Unpacker};
use crate::model::FileKind;
use crate::output::{Reading, Terminal, units};
use crate::problem::Problem;
use crate::untrusted::printable;

use super::super::outcome::Outcome;
use super::near::Nearest;
use super::printer::{End, Printer};
use super::subject::Subject;
use super::zips::{Zip, unreadable};

/// Prints the records that were asked for.
pub(super) fn find(
    terminal: &Terminal,
    subject: &Subject,
    module: &str,
    options: &InspectOptions,
) -> anyhow::Result<Outcome> {
    let query = query(options)?;
    let zips = Zip::all_of(subject, |kind| kind != Some(FileKind::Attachments))?;
    let found = Tables::find(&zips, module)?;
    if found.tables.is_empty() {
        return Err(match found.problems.into_iter().next() {
            Some(problem) => problem,
            None => unknown_module(&subject.name, module, &found.names),
        }
        .into());
    }
    let sizes = found.tables.iter().map(|table| table.member.size());
    let mut search = Search {
        query: &query,
        printer: Printer::new(terminal),
        reading: terminal.reading(found.tables.len(), sizes.sum()),
        unpacker: Unpacker::default(),
        records: 0,
        found: 0,
    };
    let mut problems = found.problems;
    for table in &found.tables {
        match search.read(table) {
            ControlFlow::Continue(()) => search.reading.file_done(),
            ControlFlow::Break(End::ReaderGone) => return Ok(Outcome::nothing()),
            // What is sound is looked through all the same.
            ControlFlow::Break(End::Failed(problem)) if problem.exit == Exit::Integrity => {
                search.reading.file_failed();
                problems.push(problem);
            }
            ControlFlow::Break(End::Failed(problem)) => return Err(problem.into()),
        }
    }
    let outcome = Outcome::nothing().note(search.summary(&found.module));
    Ok(problems.into_iter().fold(outcome, Outcome::error))
}

fn query(options: &InspectOptions) -> Result<Query, Problem> {
    let conditions = options.r#where.iter().map(|text| {
        Condition::parse(text).ok_or_else(|| {
            let message = format!("--where {} is not a condition", printable(text));
            Problem::new(Exit::Usage, "usage", message).hint(
                "write it LABEL=VALUE (is), LABEL!=VALUE (is not) or LABEL~VALUE (contains, in any case)",
            )
        })
    });
    Ok(Query::new(
        conditions.collect::<Result<_, _>>()?,
        &options.id,
    ))
}

/// A CSV file of the module.
struct Table<'a> {
    zip: &'a Zip,
    member: Member,
}

/// What was found of a module.
#[derive(Default)]
struct Tables<'a> {
    /// As the backup has it.
    module: String,
    /// In the order of their numbers.
    tables: Vec<Table<'a>>,
    /// The modules there are.
    names: Vec<String>,
    /// Why the module may be found in part only.
    problems: Vec<Problem>,
}

impl<'a> Tables<'a> {
    fn find(zips: &'a [Zip], module: &str) -> Result<Tables<'a>, Problem> {
        let mut found = Tables::default();
        let wanted = module.to_lowercase();
        // What was written exactly so wins over what is alike but for its case.
        let (mut exactly, mut alike) = (Vec::new(), Vec::new());
        for zip in zips {
            let archive = match &zip.archive {
                Ok(archive) => archive,
                Err(problem) if problem.exit == Exit::Integrity => {
                    found.problems.push(problem.clone());
                    continue;
                }
                Err(problem) => return Err(problem.clone()),
            };
            let listed = archive.members(|member| {
                let Entry::Table { module: name } = Entry::of(&member.name, zip.kind) else {
                    return;
                };
                let name = name.to_owned();
                if name == module {
                    exactly.push((name.clone(), Table { zip, member }));
                } else if name.to_lowercase() == wanted {
                    alike.push((name.clone(), Table { zip, member }));
                }
                found.names.push(name);
            });
            if let Err(error) = listed {
                found.problems.push(unreadable(&zip.name, error));
            }
        }
        found.names.sort_unstable();
        found.names.dedup();
        let mut chosen = if exactly.is_empty() { alike } else { exactly };
        // By number, for there are three digits and a thousandth file has four.
        chosen.sort_by_cached_key(|(_, table)| {
            let name = table.file_name();
            (name.len(), name.to_owned())
        });
        if let Some((name, _)) = chosen.first() {
            found.module.clone_from(name);
        }
        found.tables = chosen.into_iter().map(|(_, table)| table).collect();
        Ok(found)
    }
}

impl Table<'_> {
    fn file_name(&self) -> &str {
        let name = &self.member.name;
        name.rsplit(['/', '\\']).next().unwrap_or(name)
    }

    /// Where it is, for a message.
    fn place(&self) -> String {
        format!("{}, {}", self.zip.name, printable(&self.member.name))
    }
}

fn unknown_module(backup: &str, module: &str, names: &[String]) -> Problem {
    let message = format!("{backup} has no module \"{}\"", printable(module));
    Problem::new(Exit::Usage, "unknown_module", message).hint(choice("module", module, names))
}

fn unknown_field(table: &Table, condition: &Condition, labels: &[String]) -> Problem {
    let label = condition.label();
    let message = format!("{} has no field \"{}\"", table.place(), printable(label));
    Problem::new(Exit::Usage, "unknown_field", message).hint(choice("field", label, labels))
}

/// What could have been meant, and what there is.
fn choice(what: &str, wrong: &str, right: &[String]) -> String {
    let mut nearest = Nearest::to(wrong);
    for name in right {
        nearest.offer(name);
    }
    let meant = nearest.found();
    let meant = meant.map(|name| format!("did you mean \"{}\"? ", printable(&name)));
    let names: Vec<String> = right.iter().map(|name| printable(name)).collect();
    let there = match names.len() {
        0 => format!("There is no {what}"),
        1 => format!("The only {what} is {}", names[0]),
        _ => format!("The {what}s are {}", names.join(", ")),
    };
    meant.unwrap_or_default() + &there
}

struct Search<'a> {
    query: &'a Query,
    printer: Printer<'a>,
    reading: Reading,
    unpacker: Unpacker,
    records: u64,
    found: u64,
}

impl<'a> Search<'a> {
    /// One file from its header to its end.
    fn read(&mut self, table: &Table) -> ControlFlow<End> {
        let archive = match &table.zip.archive {
            Ok(archive) => archive,
            Err(problem) => return ControlFlow::Break(End::Failed(problem.clone())),
        };
        let strange = |error: TooLong| {
            let message = format!("{}: {error}", table.place());
            End::Failed(Problem::new(Exit::Integrity, "not_csv", message))
        };
        let (mut rows, mut filter) = (RowReader::default(), None);
        let mut unpacker = std::mem::take(&mut self.unpacker);
        let read = archive.unpack(&table.member, &mut unpacker, |bytes| {
            self.reading.advance(bytes.len() as u64);
            let fed = rows.feed(bytes, |row| self.take(table, &mut filter, row));
            fed.unwrap_or_else(|error| ControlFlow::Break(strange(error)))?;
            self.printer.flush()
        });
        self.unpacker = unpacker;
        match read {
            Ok(read) => read?,
            Err(error) => {
                return ControlFlow::Break(End::Failed(unreadable(&table.zip.name, error)));
            }
        }
        let last = rows.finish(|row| self.take(table, &mut filter, row));
        last.unwrap_or_else(|error| ControlFlow::Break(strange(error)))?;
        self.printer.flush()?;
        match filter {
            // Not before the file is known to be sound: a damaged header has other fields.
            Some(Err(unknown)) => ControlFlow::Break(End::Failed(unknown)),
            _ => ControlFlow::Continue(()),
        }
    }

    fn take(
        &mut self,
        table: &Table,
        filter: &mut Option<Result<Filter<'a>, Problem>>,
        row: &Row<'_>,
    ) -> ControlFlow<End> {
        let Some(filter) = filter else {
            let labels: Vec<String> = row.fields().map(text).collect();
            let found = self.query.filter(&labels);
            let found = found.map_err(|condition| unknown_field(table, condition, &labels));
            if found.is_ok() {
                self.printer.header(&table.place(), row, &labels)?;
            }
            *filter = Some(found);
            return ControlFlow::Continue(());
        };
        let Ok(filter) = filter else {
            return ControlFlow::Continue(());
        };
        self.records += 1;
        if !filter.matches(row) {
            return ControlFlow::Continue(());
        }
        self.found += 1;
        self.printer.record(row)
    }

    fn summary(&self, module: &str) -> String {
        let module = printable(module);
        let (found, all) = (self.found, units::count(self.records));
        match found {
            _ if self.query.is_empty() => format!("{all} records of {module}"),
            0 => format!("none of {all} records of {module} matches"),
            1 => format!("1 of {all} records of {module} matches"),
            _ => format!("{} of {all} records of {module} match", units::count(found)),
        }
    }
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}
