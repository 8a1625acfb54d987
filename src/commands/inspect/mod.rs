//! `inspect`: what a saved backup holds, whether its attachments are all there, and what changed since the one before.
//!
//! `subject` finds out what is meant, `count` reads it, `table` and `words` say what was found, `change` compares. `download`
//! uses the same at the end of a run. `html` makes a page of it.
//!
//! `find` prints records of a module (`printer`), `extract` writes one entry to a file; both read the `zips` themselves.

mod change;
mod count;
mod extract;
mod find;
mod html;
mod near;
mod printer;
mod subject;
mod table;
mod words;
mod zips;

use std::panic::resume_unwind;
use std::time::Duration;

use chrono::Utc;
use serde_json::{Value, json};

use crate::cli::{InspectOptions, OutFolder};
use crate::contents::Counted;
use crate::problem::{self, Problem};
use crate::store::Location;
use crate::untrusted::printable;

use super::context::Context;
use super::outcome::Outcome;
use super::runtime;
use change::Compared;
use html::{History, Known, Page, PageFile};
use subject::Subject;

pub(super) use change::judge;
pub(super) use count::contents_of;
pub(super) use subject::previous;
pub(super) use table::table;
pub(super) use words::warnings;

/// After a signal.
const TIDYING: Duration = Duration::from_secs(1);

pub(super) async fn inspect(
    context: &Context,
    options: &InspectOptions,
) -> anyhow::Result<Outcome> {
    let path = path(context, options)?;
    if path.local().is_some() {
        return inspect_at(context, &path, options);
    }
    // Who waits for a store can be told to stop all the same.
    runtime::check_thread()?;
    let (own, options) = (context.clone(), options.clone());
    let inspect = tokio::task::spawn_blocking(move || inspect_at(&own, &path, &options));
    let mut inspect = Box::pin(async {
        let done = inspect.await;
        done.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
    });
    let by = tokio::select! {
        done = &mut inspect => return done,
        by = context.stop.wait() => by,
    };
    // It tidies up, unless the store lets it wait.
    let ended = tokio::time::timeout(TIDYING, inspect).await;
    ended.unwrap_or_else(|_| Err(problem::stopped(by).into()))
}

fn inspect_at(
    context: &Context,
    path: &Location,
    options: &InspectOptions,
) -> anyhow::Result<Outcome> {
    let subject = Subject::find(path, context)?;
    context.note(&subject.introduction());
    if let Some(module) = &options.module {
        return find::find(&context.terminal, &subject, module, options);
    }
    if let Some(name) = &options.extract {
        return extract::extract(context, &subject, name, options);
    }
    context.watch_signals();
    let page = match &options.html {
        Some(path) => Some(PageFile::create(path, options.force)?),
        None => None,
    };
    let mut found = look(context, &subject, options)?;
    let mut document = found.document(&subject, options);
    let lines = table(
        &found.counted.contents,
        found.compared.as_ref().map(|it| &it.change),
    );
    if let Some(page) = page {
        document["html"] = json!(page.path().to_string_lossy());
        found.notes.push(format!(
            "the page is in {}",
            printable(&page.path().to_string_lossy())
        ));
        found.write(page, context, &subject, options)?;
    }
    let outcome = Outcome::report(lines, document);
    let outcome = found.notes.into_iter().fold(outcome, Outcome::note);
    let outcome = found.warnings.into_iter().fold(outcome, Outcome::warning);
    Ok(found.errors.into_iter().fold(outcome, Outcome::error))
}

/// What there is to say about a backup.
struct Found {
    counted: Counted,
    /// What of it can't be read.
    findings: Vec<Problem>,
    compared: Option<Compared>,
    notes: Vec<String>,
    warnings: Vec<String>,
    /// The findings, and what else is wrong. The last one decides.
    errors: Vec<Problem>,
}

fn look(context: &Context, subject: &Subject, options: &InspectOptions) -> anyhow::Result<Found> {
    let before = match &options.against {
        Some(OutFolder(path)) => Some(Subject::find(&context.location(path)?, context)?),
        None => subject.set.as_ref().and_then(previous).map(Subject::of_set),
    };
    let (counted, findings) = count::count(subject, context)?;
    let mut errors = findings.clone();
    let mut warnings = subject.warnings();
    warnings.extend(words::warnings(&counted));
    let (mut compared, mut notes) = (None, Vec::new());
    if let Some(before) = before {
        let (contents, failed) = count::known_contents(&before, context)?;
        let it = Compared::new(before, contents, failed.is_empty(), &counted.contents);
        errors.extend(failed);
        notes.extend(it.notes());
        warnings.extend(it.warnings(subject));
        let most = options.max_drop;
        errors.extend(most.and_then(|most| judge(&it.change, most, &it.with)));
        compared = Some(it);
    } else if options.max_drop.is_some() {
        warnings.push(change::NOTHING_BEFORE.to_owned());
    }
    errors.sort_by_key(|problem| problem.exit.code());
    Ok(Found {
        counted,
        findings,
        compared,
        notes,
        warnings,
        errors,
    })
}

/// What was given, or else where `download` saves. A path that is given needs no configuration.
fn path(context: &Context, options: &InspectOptions) -> anyhow::Result<Location> {
    if let Some(OutFolder(path)) = &options.path {
        return context.location(path);
    }
    let options: InspectOptions = context.sources()?.options()?;
    context.location(options.folder()?)
}

impl Found {
    fn document(&self, subject: &Subject, options: &InspectOptions) -> Value {
        let manifest = subject.set.as_ref().map(|set| &set.manifest);
        let (counted, most) = (&self.counted, options.max_drop);
        let findings = self.findings.iter();
        let findings =
            findings.map(|problem| json!({ "code": problem.code, "message": problem.message }));
        let mut document = json!({
            "schema": 1,
            "path": subject.path.to_string(),
            "org": manifest.and_then(|manifest| manifest.org.as_ref()),
            "job": manifest.and_then(|manifest| manifest.job.as_ref()),
            "state": manifest.map(|manifest| manifest.state),
            "finished_at": manifest.and_then(|manifest| manifest.finished_at.as_ref()),
            "records": counted.contents.records(),
        });
        let compared = self.compared.as_ref();
        let more = [
            json!(counted.contents),
            json!({
                "examples": counted.examples,
                "findings": findings.collect::<Vec<_>>(),
                "against": compared.map(|compared| compared.document(most)),
            }),
        ];
        if let Some(document) = document.as_object_mut() {
            for part in more {
                document.extend(part.as_object().cloned().unwrap_or_default());
            }
        }
        document
    }

    /// Writes the page, for which the other backups of the folder are looked at.
    fn write(
        &mut self,
        page: PageFile,
        context: &Context,
        subject: &Subject,
        options: &InspectOptions,
    ) -> Result<(), Problem> {
        let contents = &self.counted.contents;
        let known = Known {
            subject,
            contents,
            is_sound: self.findings.is_empty(),
            before: self.compared.as_ref(),
        };
        let mut history = History::read(&known, options.max_drop, context)?;
        self.warnings.append(&mut history.warnings);
        let html = Page {
            subject,
            contents,
            compared: self.compared.as_ref(),
            most: options.max_drop,
            history: &history,
            warnings: &self.warnings,
            errors: &self.errors,
            damaged: self.findings.len(),
        };
        page.write(&html.render(Utc::now()))
    }
}
