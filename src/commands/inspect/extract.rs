//! `inspect --extract`: one entry of the zips, to a file or to stdout.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::json;

use crate::cli::InspectOptions;
use crate::contents::{Entry, without_prefix};
use crate::exit::Exit;
use crate::integrity::{Member, Unpacker};
use crate::output::{Terminal, units};
use crate::problem::{self, Problem};
use crate::store::Export;
use crate::untrusted::printable;

use super::super::context::Context;
use super::super::outcome::Outcome;
use super::near::Nearest;
use super::subject::Subject;
use super::zips::{Zip, unreadable};

/// So many entries are named where several are meant.
const NAMED: usize = 10;

/// Writes the entry that is called `name`.
pub(super) fn extract(
    context: &Context,
    subject: &Subject,
    name: &str,
    options: &InspectOptions,
) -> anyhow::Result<Outcome> {
    let path = options.to.as_deref().filter(|path| *path != Path::new("-"));
    if path.is_none() && context.terminal.is_json() {
        let message = "--extract to stdout leaves no place for --json";
        let problem = Problem::new(Exit::Usage, "usage", message);
        return Err(problem.hint("write to a file with --to FILE").into());
    }
    let zips = Zip::all_of(subject, |_| true)?;
    let found = the_one(&subject.name, &zips, name)?;
    match path {
        Some(path) => to_file(context, &found, path, options.force),
        None => to_stdout(&context.terminal, &found),
    }
}

/// An entry that may be meant.
struct Found<'a> {
    zip: &'a Zip,
    member: Member,
    likeness: Likeness,
}

/// How an entry is like the name that was given, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// It is the whole name of the entry.
    Name,
    /// It is the id of the attachment.
    Id,
    /// It is the name of the file, whatever folder or id stands before it.
    FileName,
}

impl Likeness {
    fn of(member: &Member, zip: &Zip, wanted: &str) -> Option<Likeness> {
        if member.name == wanted {
            return Some(Likeness::Name);
        }
        let file = member.name.rsplit(['/', '\\']).next()?;
        if let Entry::Attachment { .. } = Entry::of(&member.name, zip.kind) {
            let (id, name) = file.split_once('_').unwrap_or((file, file));
            if id == without_prefix(wanted) {
                return Some(Likeness::Id);
            }
            if name == wanted {
                return Some(Likeness::FileName);
            }
        }
        (file == wanted).then_some(Likeness::FileName)
    }
}

/// The only entry that can be meant.
fn the_one<'a>(backup: &str, zips: &'a [Zip], name: &str) -> Result<Found<'a>, Problem> {
    let (mut found, mut problems) = (Vec::<Found>::new(), Vec::new());
    for zip in zips {
        let archive = match &zip.archive {
            Ok(archive) => archive,
            Err(problem) => {
                problems.push(problem.clone());
                continue;
            }
        };
        let listed = archive.members(|member| {
            let likeness = Likeness::of(&member, zip, name);
            let best = found.first().map(|found| found.likeness);
            let Some(likeness) = likeness.filter(|it| best.is_none_or(|best| *it <= best)) else {
                return;
            };
            if !member.is_folder() {
                found.retain(|other| other.likeness == likeness);
                found.push(Found {
                    zip,
                    member,
                    likeness,
                });
            }
        });
        if let Err(error) = listed {
            problems.push(unreadable(&zip.name, error));
        }
    }
    // Copies of one file are one answer.
    let is_same = |one: &Found, other: &Found| {
        (one.member.size(), one.member.crc()) == (other.member.size(), other.member.crc())
    };
    match found.as_slice() {
        [] => Err(problems
            .into_iter()
            .next()
            .unwrap_or_else(|| not_there(backup, zips, name))),
        [first, others @ ..] if others.iter().all(|other| is_same(first, other)) => {
            Ok(found.swap_remove(0))
        }
        _ => Err(several(name, &found)),
    }
}

fn not_there(backup: &str, zips: &[Zip], name: &str) -> Problem {
    let message = format!("nothing in {backup} is called \"{}\"", printable(name));
    let meant = nearest(zips, name);
    let meant = meant.map(|name| format!("did you mean \"{}\"? ", printable(&name)));
    let how = "Name an attachment by its id or its file name, and anything else as it is called in its zip, such as Data/Leads_001.csv";
    Problem::new(Exit::Usage, "unknown_entry", message).hint(meant.unwrap_or_default() + how)
}

/// Of all that an entry can be called.
fn nearest(zips: &[Zip], wanted: &str) -> Option<String> {
    let mut nearest = Nearest::to(wanted);
    for (zip, archive) in zips
        .iter()
        .filter_map(|zip| Some((zip, zip.archive.as_ref().ok()?)))
    {
        // That it can't be read is told elsewhere.
        let _ = archive.members(|member| {
            if member.is_folder() {
                return;
            }
            nearest.offer(&member.name);
            let file = member.name.rsplit(['/', '\\']).next().unwrap_or_default();
            match (Entry::of(&member.name, zip.kind), file.split_once('_')) {
                (Entry::Attachment { .. }, Some((_, name))) => nearest.offer(name),
                _ => nearest.offer(file),
            }
        });
    }
    nearest.found()
}

fn several(name: &str, found: &[Found]) -> Problem {
    let each = found.iter().take(NAMED).map(|found| {
        let size = units::size(found.member.size());
        format!(
            "{} in {} ({size})",
            printable(&found.member.name),
            found.zip.name
        )
    });
    let each: Vec<String> = each.collect();
    let more = match found.len() - each.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "\"{}\" can mean {} entries: {}{more}",
        printable(name),
        found.len(),
        each.join(", ")
    );
    Problem::new(Exit::Usage, "ambiguous_entry", message)
        .hint("give the whole name of one, and the path of its zip instead of that of the backup if it is in several")
}

fn to_file(
    context: &Context,
    found: &Found,
    path: &Path,
    may_replace: bool,
) -> anyhow::Result<Outcome> {
    context.watch_signals();
    let export = Export::create(path, may_replace);
    let mut export = export.map_err(|error| error.problem())?;
    let written = unpack(found, |bytes| {
        if let Some(by) = context.stop.requested() {
            return ControlFlow::Break(problem::stopped(by));
        }
        match export.write(bytes) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error.problem()),
        }
    })?;
    if let ControlFlow::Break(problem) = written {
        return Err(problem.into());
    }
    let published = export.publish(may_replace);
    published.map_err(|error| error.problem())?;
    let (zip, size) = (&found.zip.name, found.member.size());
    let document = json!({
        "schema": 1,
        "zip": zip,
        "entry": found.member.name,
        "size": size,
        "file": path.to_string_lossy(),
    });
    let (name, size) = (printable(&found.member.name), units::size(size));
    Ok(Outcome::document(document).note(format!(
        "{} written: {name} of {zip}, {size}, its CRC-32 is right",
        path.display()
    )))
}

fn to_stdout(terminal: &Terminal, found: &Found) -> anyhow::Result<Outcome> {
    if terminal.prints_to_screen() {
        let message = "--extract does not write to a terminal";
        let problem = Problem::new(Exit::Usage, "usage", message);
        return Err(problem
            .hint("write to a file with --to FILE, or pipe it into a program")
            .into());
    }
    // Once the reader has gone nobody needs the rest.
    let written = unpack(found, |bytes| match terminal.content(bytes) {
        Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
        Ok(ControlFlow::Break(())) => ControlFlow::Break(None),
        Err(error) => ControlFlow::Break(Some(problem::output(error))),
    })?;
    match written {
        ControlFlow::Break(Some(problem)) => Err(problem.into()),
        _ => Ok(Outcome::nothing()),
    }
}

fn unpack<B>(
    found: &Found,
    take: impl FnMut(&[u8]) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, Problem> {
    let archive = found.zip.archive.as_ref().map_err(Clone::clone)?;
    let unpacked = archive.unpack(&found.member, &mut Unpacker::default(), take);
    unpacked.map_err(|error| unreadable(&found.zip.name, error))
}
