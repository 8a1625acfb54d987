//! `config check`: everything that is wrong with the configuration file, while nothing else works yet.

use std::path::Path;

use serde::Serialize;

use crate::cli::Global;
use crate::exit::Exit;
use crate::output::Terminal;
use crate::problem;
use crate::settings::{self, Checked, Environment, Finding, SettingsError, Verdict};
use crate::untrusted::printable;

/// The document of `config check --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    file: &'a Path,
    checks: Vec<Check<'a>>,
    exit_code: u8,
}

#[derive(Serialize)]
struct Check<'a> {
    state: &'static str,
    profile: Option<&'a str>,
    line: Option<usize>,
    message: &'a str,
    hint: Option<&'a str>,
}

impl<'a> From<&'a Finding> for Check<'a> {
    fn from(finding: &'a Finding) -> Check<'a> {
        Check {
            state: state(finding.verdict),
            profile: finding.profile.as_deref(),
            line: finding.line,
            message: &finding.message,
            hint: finding.hint.as_deref(),
        }
    }
}

/// See the module's front page.
pub(super) fn check(global: &Global, terminal: &Terminal) -> anyhow::Result<Exit> {
    let checked = settings::check(global, &Environment::of_process())?;
    let failed = checked.findings.iter();
    let failed = failed.filter(|finding| finding.verdict == Verdict::Failed);
    let failed = failed.count();
    let exit = if failed == 0 { Exit::Done } else { Exit::Usage };
    print(&checked, exit, global.json, terminal).map_err(problem::output)?;
    if failed > 0 {
        let things = if failed == 1 { "problem" } else { "problems" };
        let error = SettingsError::new(
            format!("{}: {failed} {things} to fix", checked.path.display()),
            "each line that begins with `failed` says how",
        );
        terminal.error_beside_data(&error.problem());
    }
    Ok(exit)
}

/// The document of `config profiles --json`.
#[derive(Serialize)]
struct Names {
    schema: u32,
    profiles: Vec<String>,
}

/// The names of the profiles, for scripts and completions.
pub(super) fn profiles(global: &Global, terminal: &Terminal) -> anyhow::Result<Exit> {
    let names = settings::profile_names(global, &Environment::of_process())?;
    if global.json {
        let document = Names {
            schema: 1,
            profiles: names,
        };
        terminal.document(&document).map_err(problem::output)?;
        return Ok(Exit::Done);
    }
    for name in names {
        terminal.data(&printable(&name)).map_err(problem::output)?;
    }
    Ok(Exit::Done)
}

fn print(checked: &Checked, exit: Exit, is_json: bool, terminal: &Terminal) -> std::io::Result<()> {
    if is_json {
        return terminal.document(&Document {
            schema: 1,
            file: &checked.path,
            checks: checked.findings.iter().map(Check::from).collect(),
            exit_code: exit.code(),
        });
    }
    for finding in &checked.findings {
        let hint = finding.hint.as_deref();
        let hint = hint.map(|hint| format!("; {}", printable(hint)));
        let (hint, message) = (hint.unwrap_or_default(), printable(&finding.message));
        terminal.data(&format!("{:<8} {message}{hint}", state(finding.verdict)))?;
    }
    Ok(())
}

fn state(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => "ok",
        Verdict::Warning => "warning",
        Verdict::Failed => "failed",
    }
}
