//! `doctor`: tries everything a run needs, changes nothing, and says how to mend what fails.
//!
//! `machine` looks at what is here (configuration, secrets, proxy, certificates), `zoho` at what is there (clock, token,
//! calls, links, one byte of a file), `folder` at where backups go. Each check is tried whether or not the one before
//! failed, unless it needs what that one would have brought.

mod check;
mod folder;
mod links;
mod machine;
mod zoho;

use std::path::Path;

use serde::Serialize;

use self::check::{Check, Findings};
use crate::cli::Global;
use crate::exit::Exit;
use crate::http::Client;
use crate::output::Terminal;
use crate::problem;
use crate::problem::Problem;
use crate::settings::{Environment, Sources, Verdict};
use crate::store::manifest::Entry;

/// The document of `doctor --json`.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    version: &'a str,
    checks: &'a [Check],
    exit_code: u8,
}

/// See the module's front page.
pub(super) async fn doctor(
    global: &Global,
    out: Option<&Path>,
    strict: bool,
    terminal: &Terminal,
) -> anyhow::Result<Exit> {
    let mut report = Report {
        findings: Findings::default(),
        terminal,
        json: global.json,
        quiet: global.quiet,
        shown: 0,
    };
    report.examine(global, out).await?;
    let findings = report.findings;
    let all = findings.checks().len();
    let failed = findings.count(Verdict::Failed);
    let warnings = findings.count(Verdict::Warning);
    let exit = match findings.exit() {
        Exit::Done if strict && warnings > 0 => Exit::NothingNew,
        exit => exit,
    };
    if global.json {
        let document = Document {
            schema: 1,
            version: env!("CARGO_PKG_VERSION"),
            checks: findings.checks(),
            exit_code: exit.code(),
        };
        terminal.document(&document).map_err(problem::output)?;
    }
    let message = match (failed, warnings) {
        (0, 0) => format!("all {all} checks passed"),
        (0, 1) if strict => "1 warning, which --strict counts as a failure".to_owned(),
        (0, warnings) if strict => {
            format!("{warnings} warnings, which --strict counts as failures")
        }
        (0, 1) => "no check failed, but see the warning".to_owned(),
        (0, warnings) => format!("no check failed, but see the {warnings} warnings"),
        (failed, _) => format!("{failed} of {all} checks failed"),
    };
    if exit == Exit::Done {
        terminal.note(&message);
    } else {
        terminal.error_beside_data(&Problem {
            exit,
            code: "checks_failed",
            message,
            hint: None,
        });
    }
    Ok(exit)
}

/// The findings, printed as they come in: a check of a dead line takes its time.
struct Report<'a> {
    findings: Findings,
    terminal: &'a Terminal,
    json: bool,
    /// What is fine is not shown.
    quiet: bool,
    shown: usize,
}

impl Report<'_> {
    fn take(&mut self, checks: impl IntoIterator<Item = Check>) -> anyhow::Result<()> {
        self.findings.extend(checks);
        if self.json {
            return Ok(());
        }
        for check in &self.findings.checks()[self.shown..] {
            if self.quiet && check.state == Verdict::Fine {
                continue;
            }
            self.terminal
                .verdict(
                    check.state,
                    check.name,
                    &check.message,
                    check.hint.as_deref(),
                )
                .map_err(problem::output)?;
        }
        self.shown = self.findings.checks().len();
        Ok(())
    }

    async fn examine(&mut self, global: &Global, out: Option<&Path>) -> anyhow::Result<()> {
        let environment = Environment::of_process();
        self.take([machine::version()])?;
        let (sources, mut settings) = match Sources::find(global, environment.clone()) {
            Ok(sources) => {
                let settings = sources.without_credentials();
                self.take([machine::configuration(&sources, settings.as_ref().err())])?;
                (Some(sources), settings.ok())
            }
            Err(error) => {
                self.take([Check::failed("configuration", error)])?;
                (None, None)
            }
        };
        let mut org = settings.as_ref().and_then(|settings| settings.org.clone());
        if let Some(sources) = &sources {
            let (checks, credentials) = machine::secrets(sources, &mut self.findings);
            self.take(checks)?;
            if let Some(settings) = &mut settings {
                settings.credentials = credentials.unwrap_or_default();
            }
        }
        self.take([machine::proxies(&environment)])?;
        if let (Some(sources), Some(settings)) = (&sources, &settings) {
            self.take([machine::hosts(sources, settings)])?;
            self.take([machine::certificates(sources)])?;
            let client = Client::new(settings.client.clone());
            org = self.examine_zoho(settings, client).await?.or(org);
        }
        let out = match &sources {
            Some(sources) => sources.folder(out).ok(),
            None => out.map(Path::to_owned).or_else(|| environment.out()),
        };
        let locks = sources.as_ref().is_none_or(Sources::locks);
        let selects = |file: &Entry| {
            let sources = sources.as_ref();
            sources.is_none_or(|sources| sources.selects(file.kind, &file.name))
        };
        let checks = folder::look(out.as_deref(), org.as_deref(), locks, &selects);
        self.take(checks)
    }
}
