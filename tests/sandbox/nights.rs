//! Three nightly runs into an empty folder, with the options of an administrator who wants to be told. The data changes
//! from night to night, and before the third one somebody empties a module.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use chrono::{TimeDelta, Utc};
use tokio::time::sleep;

use crate::monitor::Monitor;
use crate::support::backup::{Backup, Night};
use crate::support::zoho::Zoho;
use crate::{SCOPES, program, quoted, start};

const EMPTIED: &str = "Contacts";
const METRICS: &str = "backup-fetch.prom";
/// Of each run, without the URL to ping.
const OPTIONS: &str = "download --out backups --inspect --max-drop 20% --prune --keep-last 2 --metrics backup-fetch.prom";

pub async fn play(folder: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let folder = match folder {
        Some(folder) => empty(folder)?,
        None => tempfile::Builder::new()
            .prefix("backup-fetch-nights-")
            .tempdir()?
            .keep(),
    };
    let zoho = Zoho::start().with(|rules| rules.scopes = SCOPES.into());
    let program = program(zoho.home())?;
    let monitor = Monitor::start().await?;
    let options = format!("{OPTIONS} --ping {}", monitor.url());
    let mut codes = Vec::new();
    for number in 0..3 {
        if number > 0 {
            // A set is dated to the second, and the nights must not be one.
            sleep(Duration::from_secs(1)).await;
        }
        println!("\n## Night {}", number + 1);
        offer(&zoho, number);
        codes.push(run(&zoho, &program, &folder, &options).await?);
        for ping in monitor.pings() {
            println!("the monitor gets: {ping}");
        }
    }
    println!("\n## The next morning");
    println!("\n$ cat {METRICS}");
    let metrics = fs::read_to_string(folder.join(METRICS));
    print!("{}", metrics.context(METRICS)?);
    codes.push(run(&zoho, &program, &folder, "list --saved backups").await?);
    println!("\nAll of it is in {}", folder.display());
    println!(
        "  rm -r {:<40} # when you have seen enough",
        quoted(&folder)
    );
    // What this is there to show; anything else is a mistake.
    ensure!(codes == [0, 0, 6, 0], "exit codes of the runs: {codes:?}");
    Ok(ExitCode::SUCCESS)
}

/// The backup of that night: with new links, as Zoho makes them.
fn offer(zoho: &Zoho, number: usize) {
    let now = Utc::now();
    zoho.set(|rules| {
        rules.job = format!("510000{}00{}", now.format("%Y%m%d"), number + 1);
        rules.expiry = now + TimeDelta::days(7);
    });
    let night = Night {
        number,
        emptied: (number == 2).then_some(EMPTIED),
        ..Night::default()
    };
    for (name, content) in Backup::nightly(night).files {
        zoho.store(&name, content);
    }
}

/// Runs the program in `folder` to its end, and says how it ended.
async fn run(zoho: &Zoho, program: &Path, folder: &Path, args: &str) -> anyhow::Result<u8> {
    println!("\n$ backup-fetch {args}");
    let mut command = start(zoho, program);
    command.args(args.split(' ')).current_dir(folder);
    let code = crate::exit_code(&mut command).await?;
    println!("exit code {code}");
    Ok(code)
}

/// The folder of that name, which is there and empty.
fn empty(folder: PathBuf) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    ensure!(
        fs::read_dir(&folder)?.next().is_none(),
        "{}: the nights begin in an empty folder",
        folder.display()
    );
    Ok(folder)
}
