//! `inspect`: what a saved backup holds, whether its attachments are all there, and what changed since the one before.
//!
//! `subject` finds out what is meant, `count` reads it, `table` and `words` say what was found, `change` compares. `download`
//! uses the same at the end of a run.
//!
//! `find` prints records of a module (`printer`), `extract` writes one entry to a file; both read the `zips` themselves.

mod change;
mod count;
mod extract;
mod find;
mod printer;
mod subject;
mod table;
mod words;
mod zips;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::{InspectOptions, OutFolder};
use crate::contents::Counted;
use crate::problem::Problem;

use super::context::Context;
use super::outcome::Outcome;
use change::Compared;
use subject::Subject;

pub(super) use change::judge;
pub(super) use count::contents_of;
pub(super) use subject::previous;
pub(super) use table::table;
pub(super) use words::warnings;

pub(super) fn inspect(context: &Context, options: &InspectOptions) -> anyhow::Result<Outcome> {
    let subject = Subject::find(&path(context, options)?, context)?;
    context.note(&subject.introduction());
    if let Some(module) = &options.module {
        return find::find(&context.terminal, &subject, module, options);
    }
    if let Some(name) = &options.extract {
        return extract::extract(context, &subject, name, options);
    }
    let before = match &options.against {
        Some(OutFolder(path)) => Some(Subject::find(path, context)?),
        None => subject.set.as_ref().and_then(previous).map(Subject::of_set),
    };
    let (counted, findings) = count::count(&subject, context)?;
    let mut errors = findings.clone();
    let compared = match before {
        Some(before) => {
            let (contents, failed) = count::known_contents(&before, context)?;
            errors.extend(failed);
            Some(Compared::new(before, &contents, &counted.contents))
        }
        None => None,
    };
    let document = document(&subject, &counted, &findings, compared.as_ref(), options);
    let lines = table(&counted.contents, compared.as_ref().map(|it| &it.change));
    let mut outcome = Outcome::report(lines, document);
    for warning in subject.warnings().into_iter().chain(warnings(&counted)) {
        outcome = outcome.warning(warning);
    }
    match (&compared, options.max_drop) {
        (Some(compared), most) => {
            outcome = compared.notes().into_iter().fold(outcome, Outcome::note);
            let warnings = compared.warnings(&subject).into_iter();
            outcome = warnings.fold(outcome, Outcome::warning);
            let lost = most.and_then(|most| judge(&compared.change, most, &compared.with));
            errors.extend(lost);
        }
        (None, Some(_)) => outcome = outcome.warning(change::NOTHING_BEFORE),
        (None, None) => {}
    }
    // The last one decides.
    errors.sort_by_key(|problem| problem.exit.code());
    Ok(errors.into_iter().fold(outcome, Outcome::error))
}

/// What was given, or else where `download` saves. A path that is given needs no configuration.
fn path(context: &Context, options: &InspectOptions) -> anyhow::Result<PathBuf> {
    if let Some(OutFolder(path)) = &options.path {
        return Ok(path.clone());
    }
    let options: InspectOptions = context.sources()?.options()?;
    Ok(options.folder()?.to_owned())
}

fn document(
    subject: &Subject,
    counted: &Counted,
    findings: &[Problem],
    compared: Option<&Compared>,
    options: &InspectOptions,
) -> Value {
    let manifest = subject.set.as_ref().map(|set| &set.manifest);
    let most = options.max_drop;
    let findings = findings
        .iter()
        .map(|problem| json!({ "code": problem.code, "message": problem.message }));
    let mut document = json!({
        "schema": 1,
        "path": subject.path.to_string_lossy(),
        "org": manifest.and_then(|manifest| manifest.org.as_ref()),
        "job": manifest.and_then(|manifest| manifest.job.as_ref()),
        "state": manifest.map(|manifest| manifest.state),
        "finished_at": manifest.and_then(|manifest| manifest.finished_at.as_ref()),
        "records": counted.contents.records(),
    });
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
