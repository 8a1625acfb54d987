//! What was typed in the words of another program, and how it is said here.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What to type instead, where that is known.
pub(super) fn hint(args: &[OsString], error: &clap::Error) -> Option<String> {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => command(said(ContextKind::InvalidSubcommand)?),
        ErrorKind::UnknownArgument => {
            let argument = said(ContextKind::InvalidArg)?;
            if argument.starts_with('-') {
                return option(argument);
            }
            let is_download = args.iter().any(|arg| arg == "download");
            place(argument, is_download)
        }
        ErrorKind::ValueValidation if said(ContextKind::InvalidArg)?.contains("RRULE") => {
            let schedule = "`backup-fetch schedule --weekly mon`, `--every '2 weeks' --on mon` or `--monthly 1`";
            Some(format!("for a plain schedule type {schedule}"))
        }
        _ => None,
    }
}

const DOWNLOAD: &str = "`backup-fetch download --out DIR` fetches the latest backup";

fn command(word: &str) -> Option<String> {
    if is_link(word) {
        return Some(links());
    }
    let text = match word {
        "sync" | "backup" | "fetch" | "get" | "pull" | "run" | "start" | "save" | "export" => {
            DOWNLOAD
        }
        "version" => "type `backup-fetch --version`",
        "ls" | "links" | "show" | "urls" => "`backup-fetch list` prints the links",
        "auth" | "signin" | "init" | "setup" | "configure" | "connect" => {
            "`backup-fetch login` stores what is needed to be let in"
        }
        "signout" | "revoke" => "`backup-fetch logout` revokes the token and forgets it",
        "create" | "trigger" | "new" => "`backup-fetch request` asks Zoho for a backup now",
        "log" | "logs" => "`backup-fetch history` prints Zoho's log",
        "completion" => "type `backup-fetch completions SHELL`",
        "cron" | "timer" => "`backup-fetch schedule` sets the recurring backup at Zoho",
        path if is_path(path) => "a folder goes after --out: `backup-fetch download --out DIR`",
        _ => return None,
    };
    Some(text.to_owned())
}

fn place(word: &str, is_download: bool) -> Option<String> {
    if is_link(word) {
        return Some(links());
    }
    let is_folder = is_download && (is_path(word) || !word.contains(".zip"));
    if is_folder {
        return Some("the folder goes after --out: `backup-fetch download --out DIR`".to_owned());
    }
    is_download.then(|| "single files are chosen with --match, such as --match 'Data_*.zip'".into())
}

fn option(option: &str) -> Option<String> {
    let name = option.split('=').next().unwrap_or(option);
    let text = match name {
        "--dest" | "--destination" | "--output" | "--output-dir" | "--dir" | "--directory"
        | "--folder" | "--target" | "--path" | "--to" | "-d" | "-O" => {
            "the folder is named with --out DIR"
        }
        "--token" | "--access-token" | "--client-id" | "--client-secret" | "--refresh-token"
        | "--secret" | "--password" | "--api-key" | "--user" | "-u" | "-p" => {
            "no option takes a secret, as everybody on this machine could read it: use `backup-fetch login`, or the variables ZOHO_ACCESS_TOKEN, or ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN"
        }
        "--all" | "-a" => {
            "every file is fetched unless --only or --match says otherwise; --all-profiles takes every profile"
        }
        "--threads" | "--parallel" | "--connections" | "--concurrency" | "--workers" => {
            "the number of connections is set with --jobs N"
        }
        "--limit" | "--bwlimit" | "--rate" | "--max-rate" | "--speed" => {
            "the rate is limited with --limit-rate, such as --limit-rate 10M"
        }
        "--region" | "--datacenter" | "--data-center" | "--datacentre" | "--domain" | "--host" => {
            "the data centre is named with --dc, such as --dc eu"
        }
        "--proxy" | "-x" => "proxies come from the variables HTTPS_PROXY and NO_PROXY",
        "--insecure" | "-k" | "--no-check-certificate" | "--no-verify" => {
            "certificates are always checked; --ca-cert FILE names one more to trust"
        }
        "--cacert" | "--ca" | "--ca-file" => "the option is --ca-cert FILE",
        "--timeout" => {
            "there are --connect-timeout, --stall-timeout, and --max-duration for the whole run"
        }
        "--retry" | "--tries" | "--attempts" => "the option is --retries N",
        "--config-file" | "-c" => "the configuration file is named with --config FILE",
        "--resume" | "--continue" | "-C" => {
            "nothing is needed: every run goes on where the last one stopped"
        }
        "--force" | "--overwrite" | "-f" => {
            "what is saved and verified is never overwritten; move it away to fetch it anew"
        }
        "--include" | "--filter" | "--pattern" | "--name" | "--file" | "--files" => {
            "files are chosen with --match, such as --match 'Data_*.zip'"
        }
        "--type" | "--kind" => "the option is --only data or --only attachments",
        "--debug" | "--trace" | "--log-level" => "more is logged with -v, every request with -vv",
        "--silent" | "-s" => "the option is --quiet (-q)",
        "--format" | "-j" => "JSON is printed with --json",
        "--org" | "--organization" | "--organisation" => {
            "the organisation is the key `org` of a profile"
        }
        "--dryrun" | "--simulate" => "the option is --dry-run",
        "--version" | "-V" => "type `backup-fetch --version`",
        "--weekly" | "--monthly" | "--every" => "that is an option of `backup-fetch schedule`",
        "--wait" => "that is an option of `backup-fetch download` and `backup-fetch request`",
        "--out" | "-o" => "that is an option of `backup-fetch download` and `backup-fetch doctor`",
        _ => return None,
    };
    Some(text.to_owned())
}

fn is_link(word: &str) -> bool {
    word.contains("://")
}

fn is_path(word: &str) -> bool {
    word.contains('/') || word.starts_with(['.', '~'])
}

fn links() -> String {
    format!(
        "links need not be given, they are asked for at Zoho: {DOWNLOAD}, `backup-fetch list` prints its links"
    )
}
