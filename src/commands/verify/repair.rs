//! `--repair`: what is damaged or missing is fetched again, as long as the links of that backup live. What is sound stays as it
//! is, and a damaged file keeps its place until what takes it is verified and is what the manifest says.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::cli::{DownloadOptions, VerifyOptions};
use crate::commands::context::Context;
use crate::commands::download::{self, Again};
use crate::commands::{failure, links};
use crate::download::DownloadError;
use crate::download::repair::{Repair, Replaced};
use crate::exit::Exit;
use crate::model::FileName;
use crate::output::Summary;
use crate::problem::Problem;
use crate::store::{self, Address, During, Location, StorageError, manifest};

use super::finding::{Finding, Kind};
use super::subject::Subject;

/// Where files are fetched to, in the output folder: on the same disk, and in no set. It stays when a run is interrupted,
/// and the next one resumes there.
const FETCHED: &str = ".backup-fetch.repair";

/// A set of which something is wrong that can be repaired.
struct Damage<'a> {
    subject: &'a Subject,
    /// Files that another one can take the place of.
    files: HashSet<FileName>,
    records: Records,
    is_incomplete: bool,
}

/// What is to be done about the manifest and the list of digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Records {
    Fine,
    /// The list is wrong, and the manifest is right as far as anything tells.
    Write,
    /// The manifest can't be read, or is not the one that the list was written for.
    Rebuild,
}

impl Damage<'_> {
    fn of(subject: &Subject) -> Option<Damage<'_>> {
        if subject.is_zip || subject.is_gone {
            return None;
        }
        let has = |kind| subject.findings.iter().any(|finding| finding.kind == kind);
        let list = subject.path.join(manifest::SUMS_NAME);
        let list = list.read(manifest::LARGEST);
        let records = if has(Kind::ManifestDamaged) || subject.contradicts_manifest(list) {
            Records::Rebuild
        } else if has(Kind::Sums) {
            Records::Write
        } else {
            Records::Fine
        };
        let findings = subject.findings.iter();
        let files = findings.filter_map(|finding| to_fetch(finding, &subject.path));
        let damage = Damage {
            subject,
            files: files.collect(),
            records,
            is_incomplete: has(Kind::Incomplete),
        };
        let is_none = damage.files.is_empty() && !damage.is_incomplete && records == Records::Fine;
        (!is_none).then_some(damage)
    }
}

/// The file that a finding is about, if another one can take its place.
fn to_fetch(finding: &Finding, folder: &Location) -> Option<FileName> {
    let name = FileName::parse(finding.file.as_ref()?).ok()?;
    let path = folder.join(name.as_str());
    let is_damaged = match finding.kind {
        Kind::Missing | Kind::Corrupt | Kind::Size | Kind::Digest => true,
        // What is no file was put there by somebody.
        Kind::Unreadable => path
            .look()
            .is_ok_and(|found| matches!(found, store::Kind::File { .. })),
        _ => false,
    };
    is_damaged.then_some(name)
}

/// Repairs of these what can be repaired. Gives back why something could not be, with the place of its set.
pub(super) async fn repair(
    context: &Context,
    subjects: &[Subject],
) -> anyhow::Result<Vec<(usize, Problem)>> {
    let sources = context.sources()?;
    let own: VerifyOptions = sources.options()?;
    let mut repairs = Repairs {
        context,
        options: DownloadOptions {
            wait_lock: own.wait_lock,
            ..sources.options_without_flags()?
        },
        listed: None,
    };
    let mut failed = Vec::new();
    for (place, subject) in subjects.iter().enumerate() {
        let done = match Damage::of(subject) {
            Some(damage) => repairs.set(&damage).await,
            None if subject.is_zip && !subject.findings.is_empty() => Err(alone().into()),
            None => repairs.tidy(subject).await,
        };
        if let Err(error) = done {
            let problem = failure::problem(&error);
            let path = &subject.path;
            failed.push((
                place,
                Problem {
                    message: format!("{path}: not repaired: {}", problem.message),
                    exit: Exit::Integrity.worst(problem.exit),
                    ..problem
                },
            ));
        }
        if context.stop.requested().is_some() {
            break;
        }
    }
    context.terminal.end_progress();
    Ok(failed)
}

struct Repairs<'a> {
    context: &'a Context,
    /// Those of the profile, which say how to fetch and how to lock.
    options: DownloadOptions,
    /// What Zoho lists now, asked for once, and not before it is needed.
    listed: Option<Result<Again<'a>, Problem>>,
}

impl<'a> Repairs<'a> {
    async fn set(&mut self, damage: &Damage<'_>) -> anyhow::Result<()> {
        let path = damage.subject.path.on_this_machine()?;
        let set = path.canonicalize().during("reading", path)?;
        let (out, name) = (
            set.parent().unwrap_or(&set),
            set.file_name().unwrap_or_default(),
        );
        let name = name.to_string_lossy();
        let saved = damage.subject.set.as_ref().map(|set| &set.manifest);
        if damage.records == Records::Write && damage.files.is_empty() {
            let lock = download::lock(&self.options, &out.into()).await?;
            Repair::open(&set, lock)?.write_records()?;
            let list = set.join(manifest::SUMS_NAME);
            self.context.note(&format!(
                "{}: written anew from the manifest",
                list.display()
            ));
        }
        if damage.records != Records::Rebuild && damage.files.is_empty() && !damage.is_incomplete {
            return Ok(());
        }
        let context = self.context;
        let listed = self.listed().await?;
        // A manifest that is not to be trusted does not say whose it is.
        let trusted = saved.filter(|_| damage.records != Records::Rebuild);
        listed.check_job(trusted, &name)?;
        if damage.records == Records::Rebuild {
            // One that can't be read is rebuilt by what completes the set.
            if saved.is_some() {
                listed.rebuild(&set).await?;
            }
        } else if !damage.files.is_empty() {
            replace(context, listed, &set, &damage.files).await?;
        }
        if damage.is_incomplete || damage.records == Records::Rebuild {
            let summary = listed.complete(out, &name).await?;
            first_problem(&summary).map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    /// What an interrupted repair left of a set that is sound by now, whoever made it so.
    async fn tidy(&self, subject: &Subject) -> anyhow::Result<()> {
        let path = subject.path.local().filter(|_| !subject.is_zip);
        let Some((path, out)) = path.and_then(|path| Some((path, path.parent()?))) else {
            return Ok(());
        };
        let fetched = out.join(FETCHED);
        let of_set = fetched.join(path.file_name().unwrap_or_default());
        if of_set.symlink_metadata().is_ok() {
            let _lock = download::lock(&self.options, &out.into()).await?;
            discard(&fetched)?;
        }
        Ok(())
    }

    async fn listed(&mut self) -> Result<&mut Again<'a>, Problem> {
        if self.listed.is_none() {
            let listed = Again::listed(self.context, self.options.clone()).await;
            self.listed = Some(listed.map_err(|error| failure::problem(&error)));
        }
        let listed = self.listed.as_mut().expect("it was asked for");
        listed.as_mut().map_err(|problem| problem.clone())
    }
}

/// What is wrong there is found all the same; to put it right is what a download does.
pub(super) fn not_in_a_store(store: &Address) -> Problem {
    Problem::configuration(
        format!("--repair works on a folder of this machine, and not in a store: {store}"),
        "remove a damaged object from the store: `backup-fetch download` sees that it is gone, and fetches the file again while the links of that backup live",
    )
}

/// A zip that was named by itself.
fn alone() -> Problem {
    let message = "nothing is known of the backup that the zip is of";
    Problem::new(Exit::Integrity, "not_repaired", message)
        .hint("name the folder of the backup: it has a manifest.json")
}

/// Fetches files, and puts each in the place of a damaged one. The lock is held all the time, so that nobody else repairs or
/// completes the set meanwhile.
async fn replace(
    context: &Context,
    listed: &mut Again<'_>,
    set: &Path,
    files: &HashSet<FileName>,
) -> anyhow::Result<()> {
    let out = set.parent().unwrap_or(set);
    let fetched = out.join(FETCHED);
    let lock = download::lock(listed.options(), &out.into()).await?;
    let repair = Arc::new(Repair::open(set, lock)?);
    let (looking, files) = (Arc::clone(&repair), files.clone());
    let mut files = tokio::task::spawn_blocking(move || looking.still_damaged(&files)).await?;
    let mut failed = listed.leave_out_unlisted(&mut files);
    if !files.is_empty() {
        let mut names: Vec<_> = files.iter().cloned().collect();
        names.sort();
        let summary = listed.fetch(&fetched, files).await?;
        let from = summary.folder.on_this_machine()?.to_owned();
        let replaced = tokio::task::spawn_blocking(move || {
            let replaced = names.into_iter().map(|name| {
                let replaced = repair.replace(&name, &from)?;
                Ok::<_, DownloadError>((name, replaced))
            });
            replaced.collect::<Result<Vec<_>, _>>()
        });
        let replaced = replaced.await??;
        failed = failed.or_else(|| first_problem(&summary));
        failed = failed.or_else(|| tell(context, set, &replaced));
        let is_missing = |(_, replaced): &(_, Replaced)| matches!(replaced, Replaced::NotFetched);
        if !replaced.iter().any(is_missing) {
            discard(&fetched)?;
        }
    }
    failed.map_or(Ok(()), |problem| Err(problem.into()))
}

/// Says what was replaced. Gives back why something was not, although it came.
fn tell(context: &Context, set: &Path, replaced: &[(FileName, Replaced)]) -> Option<Problem> {
    let mut failed = None;
    for (name, replaced) in replaced {
        let path = set.join(name.as_str());
        let path = path.display();
        match replaced {
            Replaced::Yes(None) => context.note(&format!("{path}: fetched again")),
            Replaced::Yes(Some(kept)) => context.note(&format!(
                "{path}: fetched again; the damaged file is kept as {kept}"
            )),
            Replaced::NotFetched => {}
            Replaced::Other => failed = Some(links::other_content()),
        }
    }
    failed
}

/// Nothing in there is of use any more.
fn discard(fetched: &Path) -> Result<(), StorageError> {
    std::fs::remove_dir_all(fetched).during("removing", fetched)
}

/// What ended a download early, or the first file that it gave up.
fn first_problem(summary: &Summary) -> Option<Problem> {
    let failures = summary.failures.iter();
    let mut failures = failures.map(|(name, problem)| Problem {
        message: format!("{name}: {}", problem.message),
        ..problem.clone()
    });
    summary.ended_by.clone().or_else(|| failures.next())
}
