//! The text of the two units.

use std::path::{Path, PathBuf};

use crate::problem::Problem;
use crate::settings::Handover;
use crate::store::Address;
use crate::untrusted::printable;

use super::words::{argument, plain, plain_path, rest, word};

/// What a run may take that has no limit of its own: the next night's must find the folder free.
const MAX_DURATION: &str = "20h";
const WAIT_LOCK: &str = "1h";

/// All that the units depend on.
pub(super) struct Facts {
    /// Of the units, without what stands behind the dot.
    pub(super) name: String,
    pub(super) profile: String,
    pub(super) program: PathBuf,
    pub(super) config: PathBuf,
    pub(super) ca_cert: Option<PathBuf>,
    pub(super) out: Address,
    /// Where files wait on their way to a store, if not in the cache.
    pub(super) staging: Option<PathBuf>,
    pub(super) require_mount: Option<PathBuf>,
    pub(super) metrics: Option<PathBuf>,
    /// Variables that are set here.
    pub(super) left_behind: Vec<String>,
    /// The same of the store's, and folders.
    pub(super) left_behind_of_store: Vec<String>,
    /// The profile has commands to run at the end.
    pub(super) has_hooks: bool,
    /// The profile says it, so that the command does not.
    pub(super) has_max_duration: bool,
    pub(super) has_wait_lock: bool,
    pub(super) handovers: Vec<Handover>,
    /// The same for the store's secrets.
    pub(super) store_handovers: Vec<Handover>,
    pub(super) user: String,
    pub(super) on_calendar: String,
}

pub(super) struct Unit {
    pub(super) name: String,
    pub(super) text: String,
}

impl Unit {
    pub(super) fn path(&self) -> String {
        format!("/etc/systemd/system/{}", self.name)
    }
}

impl Facts {
    /// Read by systemd as root, who alone need see it.
    pub(super) fn store_variables(&self) -> String {
        format!("/etc/backup-fetch/{}.env", self.name)
    }

    /// As it stands in a unit.
    fn out(&self) -> Result<String, Problem> {
        let what = "the output folder";
        Ok(match &self.out {
            Address::Local(path) => plain_path(what, path)?.to_owned(),
            Address::Store(url) => plain(what, &url.to_string())?.to_owned(),
        })
    }
}

/// What a unit says of where it comes from.
const MADE: &str = "# Printed by `backup-fetch systemd`: print it again when a path or a secret of the profile moves.";

pub(super) fn service(facts: &Facts) -> Result<Unit, Problem> {
    let out = facts.out()?;
    let text = format!(
        "{MADE}
[Unit]
Description=Save the Zoho CRM backup of profile {profile}
Wants=network-online.target
After=network-online.target
{mounts}# Add OnFailure=, naming a unit that tells somebody.

[Service]
Type=oneshot
User={user}
ExecStart={command}
# The command has a limit of its own, and then ends in good order.
TimeoutStartSec=infinity

# Read by systemd as root, and seen by this service alone.
{credentials}

# Access tokens are kept for the next run.
StateDirectory=backup-fetch
StateDirectoryMode=0700
Environment=XDG_STATE_HOME=%S

{writable}
{HARDENING}",
        profile = rest(plain("the profile", &facts.profile)?),
        mounts = match &facts.out {
            Address::Local(_) => format!("RequiresMountsFor={}\n", word(&out)),
            Address::Store(_) => String::new(),
        },
        user = user(&facts.user)?,
        command = command(facts, &out)?,
        credentials = credentials(facts)?.join("\n"),
        writable = writable(facts),
    );
    Ok(Unit {
        name: format!("{}.service", facts.name),
        text,
    })
}

/// A folder that is missing is no failure of systemd's, so that the command says what to do.
fn writable(facts: &Facts) -> String {
    let out = facts.out.local().or(facts.staging.as_deref());
    let works_below = |folders: &[&str]| {
        let program = facts.program.as_path();
        let mut paths = [Some(program), out, facts.metrics.as_deref()]
            .into_iter()
            .flatten();
        paths.any(|path| folders.iter().any(|folder| path.starts_with(folder)))
    };
    let home = if works_below(&["/home", "/root", "/run/user"]) {
        "read-only"
    } else {
        "yes"
    };
    let tmp = if works_below(&["/tmp", "/var/tmp"]) {
        "no"
    } else {
        "yes"
    };
    // What it had before is replaced, so that its folder has to be written.
    let metrics = facts.metrics.as_ref().and_then(|path| path.parent());
    let folders = out.into_iter().chain(metrics).filter_map(Path::to_str);
    let folders: Vec<_> = folders.map(|path| word(&format!("-{path}"))).collect();
    let folders = match &folders[..] {
        [] => String::new(),
        folders => format!("ReadWritePaths={}\n", folders.join(" ")),
    };
    let staging = match out {
        Some(_) => "",
        None => STAGING,
    };
    format!(
        "{staging}# Nothing else can be written but the state.
ProtectSystem=strict
{folders}ProtectHome={home}
PrivateTmp={tmp}"
    )
}

const STAGING: &str = "# Files wait here until they are in the store.
CacheDirectory=backup-fetch
CacheDirectoryMode=0700
Environment=XDG_CACHE_HOME=%C

";

/// What a download never needs. `@resources` stays: the limit on open files is read and raised.
const HARDENING: &str = "PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
CapabilityBoundingSet=
NoNewPrivileges=yes
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
UMask=0077";

pub(super) fn timer(facts: &Facts) -> Result<Unit, Problem> {
    let text = format!(
        "{MADE}
[Unit]
Description=When to save the Zoho CRM backup of profile {profile}

[Timer]
OnCalendar={when}
# A night when the machine was off is made up for.
Persistent=yes
RandomizedDelaySec=30min

[Install]
WantedBy=timers.target",
        profile = rest(plain("the profile", &facts.profile)?),
        when = rest(plain("--on-calendar", &facts.on_calendar)?),
    );
    Ok(Unit {
        name: format!("{}.timer", facts.name),
        text,
    })
}

fn command(facts: &Facts, out: &str) -> Result<String, Problem> {
    let program = plain_path("the program", &facts.program)?;
    // No variables are expanded in the path of the program.
    let mut words = vec![word(program), "download".to_owned()];
    let mut add = |flag: &str, value: &str| words.extend([flag.to_owned(), argument(value)]);
    add("--profile", plain("the profile", &facts.profile)?);
    // Written out, because the service has another home folder.
    add("--out", out);
    if let Some(path) = &facts.staging {
        add("--staging", plain_path("the staging folder", path)?);
    }
    if let Some(path) = &facts.require_mount {
        add("--require-mount", plain_path("the mount", path)?);
    }
    if let Some(path) = &facts.metrics {
        add("--metrics", plain_path("the file of metrics", path)?);
    }
    if !facts.has_wait_lock {
        add("--wait-lock", WAIT_LOCK);
    }
    if !facts.has_max_duration {
        add("--max-duration", MAX_DURATION);
    }
    if facts.ca_cert.is_some() {
        words.extend(["--ca-cert", "%d/ca_cert"].map(str::to_owned));
    }
    Ok(words.join(" "))
}

/// Also the configuration itself, which may lie where its user can't look.
fn credentials(facts: &Facts) -> Result<Vec<String>, Problem> {
    let load = |id: &str, path: &Path| {
        let path = rest(plain_path("the file", path)?);
        Ok::<_, Problem>(format!("LoadCredential={}:{path}", rest(id)))
    };
    let mut lines = vec![
        load("config.toml", &facts.config)?,
        "Environment=BACKUP_FETCH_CONFIG=%d/config.toml".to_owned(),
    ];
    if let Some(path) = &facts.ca_cert {
        lines.push(load("ca_cert", path)?);
    }
    for handover in facts.handovers.iter().chain(&facts.store_handovers) {
        match handover {
            Handover::Inside | Handover::Unsure { .. } => {}
            Handover::Credential(name) => {
                let folder = facts.config.parent().unwrap_or(Path::new("/"));
                lines.push(load(credential(name)?, &folder.join(name))?);
            }
            Handover::File {
                key,
                path,
                variable,
            } => {
                lines.push(load(key, path)?);
                lines.push(format!("Environment={variable}=%d/{key}"));
            }
        }
    }
    if facts.out.local().is_none() {
        let file = facts.store_variables();
        lines.extend([
            "# Variables of the store, unless a role of this machine lets it in.".to_owned(),
            format!("EnvironmentFile=-{}", rest(&file)),
        ]);
    }
    Ok(lines)
}

/// A name that systemd takes for a credential.
fn credential(name: &str) -> Result<&str, Problem> {
    if name.contains(['/', ':']) || [".", ".."].contains(&name) {
        return Err(Problem::configuration(
            format!(
                "\"{}\" is no name of a credential of systemd",
                printable(name)
            ),
            "the key `credential` of a secret takes a name, not a path",
        ));
    }
    plain("the credential", name)
}

fn user(name: &str) -> Result<&str, Problem> {
    let is_of_name = |char: char| char.is_ascii_alphanumeric() || "_.-".contains(char);
    if name.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        && name.chars().all(is_of_name)
    {
        return Ok(name);
    }
    Err(Problem::configuration(
        format!("--user \"{}\" is no name of a user", printable(name)),
        "name a user of this machine, such as backup-fetch",
    ))
}
