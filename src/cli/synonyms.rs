//! What was typed in the words of another program, and how it is said here.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Words that are no command, and what to say instead.
const COMMANDS: &str = "
sync backup fetch get pull run start save export: `backup-fetch download --out DIR` fetches the latest backup
ls links show urls: `backup-fetch list` prints the links
auth signin init setup configure connect: `backup-fetch login` stores the credentials
signout revoke: `backup-fetch logout` revokes and deletes the token
create trigger new: `backup-fetch request` requests a backup from Zoho now
log logs: `backup-fetch history` prints Zoho's log
forget clean cleanup purge rotate expire remove delete rm: `backup-fetch prune` removes old saved backups by the --keep rules
completion: use `backup-fetch completions SHELL`
cron timer service unit install: `backup-fetch systemd` prints a service and a timer for this machine; `backup-fetch schedule` schedules the backup at Zoho
";

/// The same of options.
const OPTIONS: &str = "
--dest --destination --output --output-dir --dir --directory --folder --target --path --to -d -O: the option is --out DIR
--token --access-token --client-id --client-secret --refresh-token --secret --password --api-key --user -u -p: \
    no option takes a secret, because anyone on this machine could read it: use `backup-fetch login`, or the variables \
    ZOHO_ACCESS_TOKEN, or ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN
--all -a: every file is fetched unless --only or --match says otherwise; --all-profiles takes every profile
--threads --parallel --connections --concurrency --workers: the option is --jobs N
--limit --bwlimit --rate --max-rate --speed: the option is --limit-rate, such as --limit-rate 10M
--region --datacenter --data-center --datacentre --domain --host: the option is --dc, such as --dc eu
--proxy -x: proxies are set with the variables HTTPS_PROXY and NO_PROXY
--insecure -k --no-check-certificate --no-verify: certificates are always verified; --ca-cert FILE adds one to trust
--cacert --ca --ca-file: the option is --ca-cert FILE
--timeout: there are --connect-timeout, --stall-timeout, and --max-duration for the whole run
--retry --tries --attempts: the option is --retries N
--config-file -c: the option is --config FILE
--resume --continue -C: not needed: every run resumes where the last one stopped
--force --overwrite -f: verified files are never overwritten; move them away to fetch them again
--include --filter --pattern --name --file --files: the option is --match, such as --match 'Data_*.zip'
--type --kind: the option is --only data or --only attachments
--debug --trace --log-level: -v logs more, -vv every request
--silent -s: the option is --quiet (-q)
--format -j: the option is --json
--org --organization --organisation: set the organisation with the key `org` of a profile
--dryrun --simulate: the option is --dry-run
--version -V: use `backup-fetch --version`
--weekly --monthly --every: that is an option of `backup-fetch schedule`
--html --module --where --id --extract --against: that is an option of `backup-fetch inspect`
--wait: that is an option of `backup-fetch download` and `backup-fetch request`
--out -o: that is an option of `backup-fetch download`, `check`, `prune` and `doctor`
";

/// Where `inspect` has other words than `download`.
const INSPECT: &str = "
--out --output --output-file --dest --destination -o -O: name the file with --to, as in `--extract NAME --to FILE`; a page is written with --html FILE
--dir --directory --folder --path --in -d: the backup is named without an option: `backup-fetch inspect PATH`
--type --kind --name --file --files --pattern --match --only: choose a module with --module, or one file with --extract
--filter --query --search --grep --find: the option is --where, as in `--module Contacts --where Email=ada@example.com`
--csv --format: records are printed as CSV, and with --json as an object on each line
--overwrite -f: the option is --force
--limit --max --head --count -n: all of it is printed: `| head` shows the first lines
";

/// Where `verify` does.
const VERIFY: &str = "
--out --output --output-dir --in --path --dir --directory --folder --dest --target -o -d -O: the backup is named without an option: `backup-fetch verify PATH`
";

/// Where `list` does.
const LIST: &str = "
--out --output --output-dir --in --path --dir --directory --folder --dest --target -o -d -O: what is saved in a folder or store is listed with --saved: `backup-fetch list --saved DIR`
";

const FOLDER: &str = "the folder or store is given with --out: `backup-fetch download --out DIR`";
const OUT: &str = "the folder or store is given with --out DIR, such as --out s3://bucket/prefix";
const SAVED: &str =
    "what is saved in a folder or store is listed with --saved: `backup-fetch list --saved DIR`";
const LINKS: &str = "no link is needed: Zoho lists them; `backup-fetch download --out DIR` fetches the latest backup, `backup-fetch list` prints its links";
const FILES: &str = "choose files with --match, such as --match 'Data_*.zip'";
const RULES: &str = "for a simple schedule, use `backup-fetch schedule --weekly mon`, `--every '2 weeks' --on mon` or `--monthly 1`";

/// What to type instead, where that is known.
pub(super) fn hint(args: &[OsString], error: &clap::Error) -> Option<&'static str> {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = said(ContextKind::InvalidSubcommand)?;
            find(COMMANDS, word).or_else(|| place(word, "download"))
        }
        ErrorKind::UnknownArgument => {
            let word = said(ContextKind::InvalidArg)?;
            if word.starts_with('-') {
                let word = word.split('=').next()?;
                let of_command = match command(args) {
                    "inspect" => find(INSPECT, word),
                    "verify" => find(VERIFY, word),
                    "list" => find(LIST, word),
                    _ => None,
                };
                return of_command.or_else(|| find(OPTIONS, word));
            }
            let of_download = if word.contains(".zip") { FILES } else { FOLDER };
            let is_download = command(args) == "download";
            place(word, command(args)).or(is_download.then_some(of_download))
        }
        ErrorKind::ValueValidation if said(ContextKind::InvalidArg)?.contains("RRULE") => {
            Some(RULES)
        }
        _ => None,
    }
}

fn find(table: &'static str, word: &str) -> Option<&'static str> {
    let mut rows = table.lines().filter_map(|row| row.split_once(": "));
    rows.find(|(words, _)| words.split(' ').any(|its| its == word))
        .map(|(_, hint)| hint)
}

/// The first word that names one of those that are told apart here.
fn command(args: &[OsString]) -> &str {
    let mut words = args.iter().filter_map(|arg| arg.to_str());
    let known = [
        "download", "list", "verify", "inspect", "check", "prune", "doctor",
    ];
    words.find(|word| known.contains(word)).unwrap_or_default()
}

/// Of what stands where no place is taken.
fn place(word: &str, command: &str) -> Option<&'static str> {
    let is_link = word.starts_with("http://") || word.starts_with("https://");
    if is_link {
        return Some(LINKS);
    }
    let is_place = word.contains(std::path::is_separator) || word.starts_with(['.', '~']);
    match command {
        _ if !is_place => None,
        "download" => Some(FOLDER),
        "check" | "prune" | "doctor" => Some(OUT),
        "list" => Some(SAVED),
        _ => None,
    }
}
