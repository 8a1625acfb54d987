//! `doctor`: tries everything a run needs, changes nothing, and says how to fix what fails.
//!
//! `machine` looks at what is here (configuration, secrets, proxy, certificates), `zoho` at what is there (clock, token,
//! calls, links, one byte of a file), `folder`, or `store` and `staging`, at where backups go, `saved` at what is there. Each
//! check is tried whether or not the one before failed, unless it needs what that one would have brought.

mod folder;
mod links;
mod machine;
mod report;
mod saved;
#[cfg(feature = "object-store")]
mod staging;
#[cfg(feature = "object-store")]
mod store;
mod zoho;

use serde_json::json;

use crate::cli::{DoctorOptions, LockMode, MountPath, OutFolder, selects};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::settings::{Environment, Sources, Verdict};
use crate::store::manifest::Entry;
#[cfg(not(feature = "object-store"))]
use crate::store::object::Bucket;
use crate::store::{Address, no_mount_in};

use super::context::Context;
use super::outcome::Outcome;
use report::{Report, ok, skipped};
use saved::{Saved, Wanted};

pub(super) async fn doctor(context: &Context, typed: &DoctorOptions) -> anyhow::Result<Outcome> {
    let strict = typed.strict;
    let mut report = Report::new(context.terminal.clone(), context.global.output.quiet);
    examine(&mut report, context, typed).await?;
    let all = report.checks.len();
    let failed = report.count(Verdict::Failed);
    let warnings = report.count(Verdict::Warning);
    let exit = match report.exit() {
        Exit::Done if strict && warnings > 0 => Exit::NothingNew,
        exit => exit,
    };
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
    let outcome = Outcome::document(json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "checks": &report.checks,
        "exit_code": exit.code(),
    }));
    Ok(match exit {
        Exit::Done => outcome.note(message),
        _ => outcome.error(Problem::new(exit, "checks_failed", message)),
    })
}

async fn examine(
    report: &mut Report,
    context: &Context,
    typed: &DoctorOptions,
) -> anyhow::Result<()> {
    let environment = Environment::of_process();
    report.add("version", Ok(machine::version()))?;
    let (mut sources, mut settings) = (None, None);
    let configuration = Sources::find(&context.global, environment.clone());
    let configuration = configuration.and_then(|found| {
        let configuration = machine::configuration(&found);
        settings = Some(sources.insert(found).without_credentials()?);
        Ok(configuration)
    });
    report.add("configuration", configuration.map_err(Into::into))?;
    if let Some(sources) = &sources {
        let credentials = machine::secrets(sources, report)?;
        if let Some(settings) = &mut settings {
            settings.credentials = credentials;
        }
    }
    report.add("proxy", machine::proxies(&environment))?;
    let mut org = None;
    if let (Some(sources), Some(settings)) = (&sources, settings) {
        report.add("data_centre", Ok(machine::hosts(&settings)))?;
        let certificates = machine::certificates(sources, &settings);
        let can_ask = certificates.is_ok();
        report.add("certificates", certificates)?;
        if can_ask {
            let observer = context.terminal.notices();
            org = zoho::examine(report, &settings, &observer).await?;
        } else {
            report.add("calls", Ok(skipped("no server can be trusted")))?;
        }
        org = org.or(settings.org);
    }
    let options: DoctorOptions = match &sources {
        Some(sources) => sources.valid_options(),
        None => typed.clone(),
    };
    // Where the configuration is broken nothing else says it.
    let of_variable = || environment.out().filter(|_| sources.is_none());
    let out = options
        .out
        .or_else(|| of_variable()?.to_str()?.parse().ok());
    let selects = |file: &Entry| {
        selects(
            options.only,
            options.r#match.as_ref(),
            file.kind,
            &file.name,
        )
    };
    let wanted = Wanted {
        saved: &|out| Saved::below(out, org.as_deref(), &selects),
        locks: options.lock != Some(LockMode::None),
        prunes: options.prune,
    };
    match out {
        None => {
            let found = ok("no output folder is given, so none was checked")
                .warn("name one with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile");
            Ok(report.add("folder", Ok(found))?)
        }
        Some(OutFolder(Address::Local(out))) => {
            if let Some(MountPath(required)) = &options.require_mount {
                report.add("mount", folder::mount(&out, required))?;
            }
            folder::look(report, &out, &wanted)
        }
        Some(OutFolder(Address::Store(url))) if options.require_mount.is_some() => {
            Ok(report.add("mount", Err(no_mount_in(&url).into()))?)
        }
        Some(OutFolder(Address::Store(url))) => match &sources {
            #[cfg(feature = "object-store")]
            Some(sources) => {
                let largest = store::look(report, sources, &url, &wanted)?;
                Ok(report.add("staging", staging::check(options.staging.as_ref(), largest))?)
            }
            #[cfg(not(feature = "object-store"))]
            Some(sources) => {
                let opened = Bucket::open(&url, &sources.store_access()?);
                let never = opened.map(|bucket| match *bucket {});
                Ok(report.add("store", never.map_err(Into::into))?)
            }
            None => Ok(report.add("store", Ok(skipped("the configuration is broken")))?),
        },
    }
}
