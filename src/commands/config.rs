//! `config`: everything that is wrong with the configuration file, while nothing else works yet, and its profiles.

use serde_json::json;

use crate::exit::Exit;
use crate::problem::Problem;
use crate::settings::{self, Environment, Finding, Verdict};
use crate::untrusted::printable;

use super::context::Context;
use super::outcome::Outcome;

/// `config check`.
pub(super) fn check(context: &Context) -> anyhow::Result<Outcome> {
    let checked = settings::check(&context.global, &Environment::of_process())?;
    let findings = &checked.findings;
    let failed = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Failed);
    let failed = failed.count();
    let exit = if failed == 0 { Exit::Done } else { Exit::Usage };
    let outcome = Outcome::report(
        findings.iter().map(line).collect(),
        json!({ "schema": 1, "file": checked.path, "checks": findings, "exit_code": exit.code() }),
    );
    if failed == 0 {
        return Ok(outcome);
    }
    let things = if failed == 1 { "problem" } else { "problems" };
    let error = Problem::configuration(
        format!("{}: {failed} {things} to fix", checked.path.display()),
        "each line that begins with `failed` says how",
    );
    Ok(outcome.error(error))
}

fn line(finding: &Finding) -> String {
    let hint = finding.hint.as_deref();
    let hint = hint.map(|hint| format!("; {}", printable(hint)));
    format!(
        "{:<8} {}{}",
        finding.verdict.label(),
        printable(&finding.message),
        hint.unwrap_or_default()
    )
}

/// `config profiles`: for scripts and completions.
pub(super) fn profiles(context: &Context) -> anyhow::Result<Outcome> {
    let names = settings::profile_names(&context.global, &Environment::of_process())?;
    let document = json!({ "schema": 1, "profiles": names });
    let lines = names.iter().map(|name| printable(name)).collect();
    Ok(Outcome::report(lines, document))
}
