//! What a man page says beside the help.

pub(super) const ENVIRONMENT: [(&str, &str); 11] = [
    (
        "ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN",
        "What access tokens are made from. Each of these, and of the next two, also with the suffix _FILE, naming a file to read it from.",
    ),
    ("ZOHO_ACCESS_TOKEN", "An access token, for its hour."),
    ("ZOHO_GRANT_CODE", "The code for a login without questions."),
    (
        "ZOHO_DC, ZOHO_API_DOMAIN, ZOHO_ACCOUNTS_URL, ZOHO_DOWNLOAD_DOMAIN",
        "Data centre; hosts, where those of the data centre do not fit: the last may name several, with commas.",
    ),
    (
        "BACKUP_FETCH_OUT, BACKUP_FETCH_PROFILE, BACKUP_FETCH_CONFIG",
        "Output folder, profile, configuration file.",
    ),
    (
        "BACKUP_FETCH_RESULT, BACKUP_FETCH_EXIT_CODE, BACKUP_FETCH_MESSAGE, BACKUP_FETCH_HINT, BACKUP_FETCH_ERROR_CODE, BACKUP_FETCH_COMMAND, BACKUP_FETCH_ORG, BACKUP_FETCH_JOB, BACKUP_FETCH_FOLDER, BACKUP_FETCH_FILES, BACKUP_FETCH_BYTES, BACKUP_FETCH_FETCHED_BYTES, BACKUP_FETCH_SECONDS, BACKUP_FETCH_ENDED_AT, BACKUP_FETCH_EXPIRY",
        "Not read, but set for the commands of --on-success and --on-failure, empty when not known; BACKUP_FETCH_RESULT is success or failure.",
    ),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "Proxies, in upper or lower case; never for loopback.",
    ),
    (
        "AWS_…, AZURE_…, GOOGLE_…",
        "What reaches an object store, as the programs of each cloud take it.",
    ),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "Certificates to trust instead of the system's.",
    ),
    ("NO_COLOR", "Not empty: no colours, as with --color never."),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME",
        "Folders to use instead of ~/.config, ~/.local/state and ~/.cache, on Windows, too.",
    ),
];

pub(super) const FILES: [(&str, &str); 10] = [
    (
        "~/.config/backup-fetch/config.toml",
        "The configuration: a table [profiles.NAME] for each profile. `backup-fetch config check` reports every mistake in it.",
    ),
    (
        "~/.config/backup-fetch/credentials/NAME/",
        "The secrets of a profile, as `backup-fetch login` stores them.",
    ),
    (
        "~/.local/state/backup-fetch/",
        "Access tokens, and what was found when backups were read again.",
    ),
    (
        "~/.cache/backup-fetch/",
        "Where files wait until they are in an object store.",
    ),
    (
        r"%APPDATA%\backup-fetch\, %LOCALAPPDATA%\backup-fetch\",
        "On Windows: the first in place of ~/.config/backup-fetch/, the second in place of ~/.local/state/backup-fetch/ and, with cache below it, of ~/.cache/backup-fetch/.",
    ),
    (
        "DIR/ORG-JOB/",
        "A backup: its zips, with exactly the bytes that Zoho sent.",
    ),
    (
        "DIR/ORG-JOB/manifest.json",
        "Size, SHA-256, number of entries, state and date of every file. It says complete only when every file of the backup is verified.",
    ),
    ("DIR/ORG-JOB/SHA256SUMS", "The digests, for sha256sum -c."),
    (
        "DIR/ORG-JOB/.NAME.part, .NAME.journal",
        "A file that is not complete, and what of it is surely on disk: the next run goes on from there.",
    ),
    (
        "DIR/ORG-JOB/.publishing.journal",
        "Files that have just got their names, until the manifest names them.",
    ),
];

#[rustfmt::skip]
pub(super) fn description(command: &str) -> &'static str {
    match command.strip_prefix("backup-fetch-").unwrap_or_default() {
        "" => "Saves the backups that Zoho CRM makes of an organisation, unattended. Every data and attachment zip is downloaded over several connections, resumed after any interruption, and unpacked and checked before it counts as saved. Settings are options, variables, and profiles in a file, in this order of precedence.",
        "list" => "Prints the links that Zoho has for the latest backup, or with --saved what is in the output folder. Nothing is downloaded.",
        "download" => "Saves the latest backup into a folder of its own below the output folder, or into an object store. The same command resumes a run that was cut short, and fetches nothing when all is there. A file gets its name when every byte is there and every entry of the zip was unpacked and is right; what is saved is never overwritten.",
        "verify" => "Reads every byte that is saved again, and compares it with the manifest. What is damaged, missing or foreign is named, and remembered for this user: a damaged backup no longer counts for check and prune. Only --repair asks Zoho.",
        "check" => "Tells a monitor whether the newest complete backup is recent enough, from what is saved alone. With --nagios the line and the exit code are those of a plugin: 0 is OK, 2 critical, 3 unknown.",
        "prune" => "Removes old backups by rules of how many are kept. Only complete backups count; the newest of each organisation always stays, and what is incomplete, damaged or renamed is not touched.",
        "login" => "Leads through Zoho's API console, where a Self Client is created once, and stores a refresh token for a profile. The token does not expire.",
        "logout" => "Revokes the refresh token of a profile at Zoho, and deletes it here. A secret that is kept elsewhere is named, to be removed by hand.",
        "config" => "Reports every mistake in the configuration file, or prints the names of the profiles in it. Nobody is asked, and nothing is changed.",
        "config-check" => "Reports every mistake in the configuration file, each with its line. No secret is printed, and nobody is asked.",
        "config-profiles" => "Prints the names of the profiles in the configuration file, one a line, for scripts. Their values are not looked at.",
        "request" => "Has Zoho make a backup now. Two a month are free (four with Ultimate, none with the free edition), and further ones are bought: a terminal asks first, and a script needs --yes. It takes a token of `login --scope all`.",
        "schedule" => "Has Zoho make a backup every so many weeks or months, in place of the schedule that is there. It takes a token of `login --scope all`.",
        "cancel" => "Ends the schedule by which Zoho makes backups. Those that are made already stay, here and at Zoho. It takes a token of `login --scope all`.",
        "status" => "Shows whether a backup is scheduled, under way or ready at Zoho, who asked for it, and when the last one was made. Nothing is downloaded.",
        "history" => "Prints what Zoho's log says of each backup of the last year, the newest first. Nothing is downloaded.",
        "inspect" => "Counts the records of each module of a saved backup, holds the attachments against their index, and shows what changed since the backup before. It also takes single records and files out. Zoho is not asked.",
        "doctor" => "Tries everything that a download needs: configuration, secrets, certificates, clock, token, scopes, links, hosts, the output folder and its space. Nothing is changed, and each failure comes with its remedy.",
        "systemd" => "Prints a service and a timer for a profile, with the least rights that it needs. The service has the configuration and the secrets handed over by systemd, so that these may stay where they are.",
        "completions" => "Prints a script with which a shell completes commands, options and their values. Where it goes depends on the shell.",
        "man" => "Writes the man pages of the program and of each command into a folder, in place of older ones. The folder must be there.",
        "version" => "Prints the version, the commit and the target that the program was built from, and its features. --version does the same.",
        _ => "",
    }
}

/// What somebody wants, and the line that does it.
type Example = (&'static str, &'static str);

#[rustfmt::skip]
pub(super) fn examples(command: &str) -> &'static [Example] {
    match command {
        "backup-fetch" => &[
            ("Store credentials, once:", "backup-fetch login"),
            ("Try everything that a download needs:", "backup-fetch doctor --out /srv/backups/zoho"),
            ("Save the latest backup:", "backup-fetch download --out /srv/backups/zoho"),
            ("Read again what is saved:", "backup-fetch verify /srv/backups/zoho"),
        ],
        "backup-fetch-list" => &[
            ("The links, each with its size:", "backup-fetch list --long"),
            ("What is saved:", "backup-fetch list --saved /srv/backups/zoho"),
        ],
        "backup-fetch-download" => &[
            ("Save the latest backup, or go on where the last run stopped:", "backup-fetch download --out /srv/backups/zoho"),
            ("For a timer: warnings and errors only, and an end after 20 hours:", "backup-fetch download -q --out /srv/backups/zoho --wait-lock 1h --max-duration 20h"),
            ("Into object storage:", "backup-fetch download --out s3://acme-backups/zoho"),
            ("What would be fetched:", "backup-fetch download --out /srv/backups/zoho --only data --dry-run"),
        ],
        "backup-fetch-verify" => &[
            ("Read every byte of all backups in a folder:", "backup-fetch verify /srv/backups/zoho"),
            ("A tenth of them in each run, those first that were read longest ago:", "backup-fetch verify /srv/backups/zoho --sample 10%"),
            ("Fetch again what is damaged:", "backup-fetch verify /srv/backups/zoho --repair"),
        ],
        "backup-fetch-check" => &[
            ("Fail when the newest complete backup is older than eight days:", "backup-fetch check --out /srv/backups/zoho --max-age 8d"),
            ("The same as a plugin of Nagios or Icinga:", "backup-fetch check --out /srv/backups/zoho --max-age 8d --nagios"),
        ],
        "backup-fetch-prune" => &[
            ("Keep the last seven, and one for each of twelve months:", "backup-fetch prune --out /srv/backups/zoho --keep-last 7 --keep-monthly 12"),
            ("What would be removed, and why the rest stays:", "backup-fetch prune --out /srv/backups/zoho --keep-last 7 --dry-run"),
        ],
        "backup-fetch-login" => &[
            ("Answer questions:", "backup-fetch login"),
            ("A second organisation, with the right to ask for backups:", "backup-fetch login --profile acme-us --dc us --scope all"),
        ],
        "backup-fetch-logout" => &[
            ("Revoke the token of the default profile:", "backup-fetch logout"),
            ("Of another one:", "backup-fetch logout --profile acme-us"),
        ],
        "backup-fetch-config" | "backup-fetch-config-check" => &[
            ("Report every mistake in the file:", "backup-fetch config check"),
        ],
        "backup-fetch-config-profiles" => &[
            ("The names of the profiles:", "backup-fetch config profiles"),
        ],
        "backup-fetch-request" => &[
            ("What a request would meet, without making one:", "backup-fetch request --dry-run"),
            ("Ask for a backup, and wait until it is there:", "backup-fetch request --yes --wait"),
        ],
        "backup-fetch-schedule" => &[
            ("Every Monday:", "backup-fetch schedule --weekly mon"),
            ("Every second Thursday:", "backup-fetch schedule --every '2 weeks' --on thu"),
            ("On the fifth of each month:", "backup-fetch schedule --monthly 5"),
        ],
        "backup-fetch-cancel" => &[("End the schedule:", "backup-fetch cancel")],
        "backup-fetch-status" => &[
            ("Of every profile, for a script:", "backup-fetch status --all-profiles --json"),
        ],
        "backup-fetch-history" => &[("The last ten:", "backup-fetch history --limit 10")],
        "backup-fetch-inspect" => &[
            ("Count the records of the newest backup, and compare them with the one before:", "backup-fetch inspect /srv/backups/zoho"),
            ("One record back, as CSV:", "backup-fetch inspect /srv/backups/zoho --module Contacts --where Email=ada@example.com"),
            ("One attachment back:", "backup-fetch inspect /srv/backups/zoho --extract offer.pdf --to offer.pdf"),
        ],
        "backup-fetch-doctor" => &[
            ("Try everything that a download needs:", "backup-fetch doctor --out /srv/backups/zoho"),
            ("The same, with code 9 for any warning:", "backup-fetch doctor --out /srv/backups/zoho --strict"),
        ],
        "backup-fetch-systemd" => &[
            ("Write the service:", "backup-fetch systemd --service | sudo tee /etc/systemd/system/backup-fetch.service"),
            ("Write the timer:", "backup-fetch systemd --timer | sudo tee /etc/systemd/system/backup-fetch.timer"),
        ],
        "backup-fetch-completions" => &[
            ("For bash, for you alone:", "backup-fetch completions bash > ~/.local/share/bash-completion/completions/backup-fetch"),
            ("For PowerShell, in its $PROFILE:", "backup-fetch completions powershell | Out-String | Invoke-Expression"),
            ("For fish:", "backup-fetch completions fish > ~/.config/fish/completions/backup-fetch.fish"),
        ],
        "backup-fetch-man" => &[
            ("For you alone:", "backup-fetch man ~/.local/share/man/man1"),
            ("For everybody on this machine:", "sudo backup-fetch man /usr/local/share/man/man1"),
        ],
        "backup-fetch-version" => &[
            ("For a script:", "backup-fetch version --json"),
        ],
        _ => &[],
    }
}

/// Commands that are used together with one, each without the name of the program.
pub(super) fn see_also(command: &str) -> &'static [&'static str] {
    match command.strip_prefix("backup-fetch-").unwrap_or_default() {
        "check" => &["download", "doctor"],
        "download" => &["verify", "inspect", "check", "prune", "systemd"],
        "doctor" => &["login", "download"],
        "inspect" => &["verify"],
        "list" => &["download", "status"],
        "login" => &["doctor", "logout"],
        "logout" => &["login"],
        "prune" => &["download", "verify"],
        "request" => &["status", "schedule"],
        "schedule" => &["cancel", "status"],
        "cancel" => &["schedule"],
        "status" => &["history"],
        "history" => &["status"],
        "systemd" => &["download", "check"],
        "verify" => &["inspect", "check"],
        _ => &[],
    }
}
