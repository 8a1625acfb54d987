//! Single values, each checked: from a flag, the environment, the profile, or the default. What the profile says wrongly
//! is named with its line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::domain::domain;
use super::{SettingsError, Sources, path, profile};
use crate::cli::{self, DownloadArgs, LockMode, Only};
use crate::http::CaCerts;
use crate::model::FileKind;
use crate::zoho::datacenter::DataCenter;

/// The smallest edition allows five calls at one time (`zoho-api.md` section 5).
const JOBS: u8 = 4;
/// The largest edition allows 25 calls at one time. Each connection takes about 0.7 MiB: with 32 of them a run stays below what
/// `engine.md` allows.
const MOST_JOBS: u8 = 32;

/// With which a certificate begins in every store.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

impl Sources {
    /// An error of a value out of the profile, with the place of its key.
    pub(super) fn at<T>(
        &self,
        key: &str,
        value: Result<T, SettingsError>,
    ) -> Result<T, SettingsError> {
        match (&self.file, self.lines.get(key)) {
            (Some(file), Some(line)) => value.map_err(|error| error.at(file, *line)),
            _ => value,
        }
    }

    /// From a flag or the environment.
    pub(super) fn typed(&self, flag: Option<&String>, variable: &str) -> Option<String> {
        flag.cloned().or_else(|| self.environment.get(variable))
    }

    /// What a flag has parsed, or the text of the profile, parsed alike.
    pub(super) fn parsed<T>(
        &self,
        flag: Option<T>,
        key: &str,
        text: Option<&String>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, SettingsError> {
        let (None, Some(text)) = (&flag, text) else {
            return Ok(flag);
        };
        let value = parse(text).map_err(|error| {
            SettingsError::new(
                format!("{key} = {text:?}: {error}"),
                "see the configuration in the README",
            )
        });
        self.at(key, value.map(Some))
    }

    pub(super) fn data_center(&self) -> Result<&'static DataCenter, SettingsError> {
        let typed = self.typed(self.global.dc.as_ref(), "ZOHO_DC");
        let find = |code: &str| {
            DataCenter::find(code).ok_or_else(|| {
                let all: Vec<&str> = DataCenter::all().iter().map(|center| center.code).collect();
                SettingsError::new(
                    format!("there is no data centre {code:?}"),
                    format!("use one of {}, or the address of your CRM, such as crm.zoho.eu; for others set --api-domain, --accounts-url and --download-domain", all.join(" ")),
                )
            })
        };
        let chosen = match (typed, &self.profile.dc) {
            (Some(code), _) => Some(find(&code)?),
            (None, Some(code)) => Some(self.at("dc", find(code))?),
            (None, None) => None,
        };
        let of_hosts = self.center_of_hosts(chosen)?;
        chosen.or(of_hosts).map_or_else(|| find("us"), Ok)
    }

    pub(super) fn api(&self, center: &DataCenter) -> Result<Url, SettingsError> {
        let what = "the API domain";
        let typed = self.typed(self.global.api_domain.as_ref(), "ZOHO_API_DOMAIN");
        match (typed, &self.profile.api_domain) {
            (Some(text), _) => domain(what, &text, true),
            (None, Some(text)) => self.at("api_domain", domain(what, text, true)),
            (None, None) => domain(what, center.api, false),
        }
    }

    /// `plain`: the API is on loopback without TLS.
    pub(super) fn accounts(&self, center: &DataCenter, plain: bool) -> Result<Url, SettingsError> {
        let what = "the accounts server";
        let typed = self.typed(self.global.accounts_url.as_ref(), "ZOHO_ACCOUNTS_URL");
        match (typed, &self.profile.accounts_url) {
            (Some(text), _) => domain(what, &text, plain),
            (None, Some(text)) => self.at("accounts_url", domain(what, text, plain)),
            (None, None) => domain(what, center.accounts, false),
        }
    }

    /// Those of the table, and further ones: flags, or the variable (comma separated), or the profile.
    pub(super) fn downloads(
        &self,
        center: &DataCenter,
        plain: bool,
    ) -> Result<Vec<Url>, SettingsError> {
        let checked = |texts: Vec<String>| -> Result<Vec<Url>, SettingsError> {
            let hosts = texts.iter();
            hosts
                .map(|text| domain("a download host", text, plain))
                .collect()
        };
        let table = center.downloads.iter().map(ToString::to_string).collect();
        let mut hosts: Vec<Url> = checked(table)?;
        let further = if let Some(list) = self.typed_download_domains() {
            checked(list)?
        } else {
            let list = self.profile.download_domain.clone();
            let list = list.map(profile::OneOrMany::into_vec).unwrap_or_default();
            self.at("download_domain", checked(list))?
        };
        hosts.extend(further);
        Ok(hosts)
    }

    /// Further download hosts: flags, or the variable (comma separated).
    pub(super) fn typed_download_domains(&self) -> Option<Vec<String>> {
        let flags = &self.global.download_domain;
        if !flags.is_empty() {
            return Some(flags.clone());
        }
        let list = self.environment.get("ZOHO_DOWNLOAD_DOMAIN")?;
        let list = list.split(',').map(|host| host.trim().to_owned());
        Some(list.filter(|host| !host.is_empty()).collect())
    }

    pub(super) fn connect_timeout(&self) -> Result<Option<Duration>, SettingsError> {
        let text = self.profile.connect_timeout.as_ref();
        let flag = self.global.connect_timeout;
        self.parsed(flag, "connect_timeout", text, cli::positive_time)
    }

    pub(super) fn stall_timeout(&self) -> Result<Option<Duration>, SettingsError> {
        let text = self.profile.stall_timeout.as_ref();
        let flag = self.global.stall_timeout;
        self.parsed(flag, "stall_timeout", text, cli::positive_time)
    }

    pub(super) fn retry_wait(&self) -> Result<Option<Duration>, SettingsError> {
        let text = self.profile.retry_wait.as_ref();
        self.parsed(self.global.retry_wait, "retry_wait", text, cli::time)
    }

    pub(super) fn api_version(&self) -> Result<String, SettingsError> {
        let check = |version: &String| {
            let digits = version.strip_prefix('v').unwrap_or_default();
            let mut bytes = digits.bytes();
            if matches!(digits.len(), 1..=3)
                && bytes.all(|byte| byte.is_ascii_digit() || byte == b'.')
            {
                return Ok(version.clone());
            }
            Err(SettingsError::new(
                format!("{version:?} is not a version of Zoho's API"),
                "write it like v8",
            ))
        };
        match (&self.global.api_version, &self.profile.api_version) {
            (Some(version), _) => check(version),
            (None, Some(version)) => self.at("api_version", check(version)),
            (None, None) => Ok("v8".to_owned()),
        }
    }

    pub(super) fn org(&self) -> Result<Option<String>, SettingsError> {
        match &self.profile.org {
            Some(org) if org.is_empty() || !org.bytes().all(|byte| byte.is_ascii_digit()) => {
                let error = SettingsError::new(
                    format!("org = {org:?} is not an organisation id"),
                    "it is the number after /crm/ in the links that `backup-fetch list` prints",
                );
                self.at("org", Err(error))
            }
            org => Ok(org.clone()),
        }
    }

    pub(super) fn ca_certs(&self) -> Result<Option<CaCerts>, SettingsError> {
        match (&self.global.ca_cert, &self.profile.ca_cert) {
            (Some(path), _) => ca_certs("--ca-cert", path).map(Some),
            (None, Some(path)) => self.at("ca_cert", ca_certs("ca_cert", path).map(Some)),
            (None, None) => Ok(None),
        }
    }

    /// A variable that names certificates and leads nowhere would leave no server to be trusted.
    pub(super) fn check_ca_store(&self) -> Result<(), SettingsError> {
        if self.global.ca_cert.is_some() || self.profile.ca_cert.is_some() {
            return Ok(());
        }
        let (file, folders) = ("SSL_CERT_FILE", "SSL_CERT_DIR");
        let text = |variable| self.environment.get(variable).unwrap_or_default();
        let holds_some = |folder: PathBuf| {
            std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
        };
        let file_is_good = std::fs::read(text(file))
            .is_ok_and(|bytes| bytes.windows(PEM.len()).any(|window| window == PEM));
        let one_is_good = file_is_good || std::env::split_paths(&text(folders)).any(holds_some);
        let variable = [file, folders]
            .into_iter()
            .find(|variable| self.environment.has(variable))
            .filter(|_| !one_is_good);
        match variable {
            None => Ok(()),
            Some(variable) => Err(SettingsError::new(
                format!(
                    "{variable}: there are no CA certificates at {:?}",
                    text(variable)
                ),
                "unset it to use the system's; or point it at certificates in PEM",
            )),
        }
    }

    pub(super) fn out(&self, args: &DownloadArgs) -> Result<PathBuf, SettingsError> {
        let variable = self.environment.out();
        let given = match (&args.out, &variable) {
            (Some(out), _) => Some(("--out", out)),
            (None, Some(out)) => Some(("BACKUP_FETCH_OUT", out)),
            (None, None) => None,
        };
        let is_named = |out: &PathBuf| !out.as_os_str().is_empty();
        match (given, &self.profile.out) {
            (Some((what, out)), _) if is_named(out) => path::absolute(what, out),
            (None, Some(out)) if is_named(out) => self.at("out", path::absolute("out", out)),
            _ => Err(SettingsError::new(
                "no output folder is given",
                "name one with --out DIR, BACKUP_FETCH_OUT, or `out` in the profile",
            )),
        }
    }

    /// Connections at most, for a command that has no option for it.
    pub(crate) fn connections(&self) -> Result<usize, SettingsError> {
        self.jobs(&DownloadArgs::default())
    }

    pub(super) fn jobs(&self, args: &DownloadArgs) -> Result<usize, SettingsError> {
        let jobs = args.jobs.or(self.profile.jobs).unwrap_or(JOBS);
        if (1..=MOST_JOBS).contains(&jobs) {
            return Ok(jobs.into());
        }
        let error = SettingsError::new(
            format!("jobs = {jobs} is not between 1 and {MOST_JOBS}"),
            "4 suits every edition of Zoho CRM",
        );
        self.at("jobs", Err(error))
    }

    pub(super) fn only(&self, args: &DownloadArgs) -> Result<Option<FileKind>, SettingsError> {
        let text = self.profile.only.as_ref();
        let only = self.parsed(args.only, "only", text, cli::only)?;
        Ok(only.map(|only| match only {
            Only::Data => FileKind::Data,
            Only::Attachments => FileKind::Attachments,
        }))
    }

    pub(super) fn pattern(
        &self,
        args: &DownloadArgs,
    ) -> Result<Option<glob::Pattern>, SettingsError> {
        let pattern = |what: &str, text: &str| {
            let pattern = glob::Pattern::new(text).map(Some);
            pattern.map_err(|error| {
                SettingsError::new(
                    format!("{what} {text:?}: {}", error.msg),
                    "write it like 'Data_*.zip'",
                )
            })
        };
        match (&args.r#match, &self.profile.r#match) {
            (Some(text), _) => pattern("--match", text),
            (None, Some(text)) => self.at("match", pattern("match =", text)),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn limit_rate(&self, args: &DownloadArgs) -> Result<Option<u64>, SettingsError> {
        let text = self.profile.limit_rate.as_ref();
        self.parsed(args.limit_rate, "limit_rate", text, cli::rate)
    }

    pub(super) fn max_duration(
        &self,
        args: &DownloadArgs,
    ) -> Result<Option<Duration>, SettingsError> {
        let text = self.profile.max_duration.as_ref();
        self.parsed(args.max_duration, "max_duration", text, cli::positive_time)
    }

    pub(super) fn lock(&self, args: &DownloadArgs) -> Result<LockMode, SettingsError> {
        let text = self.profile.lock.as_ref();
        let lock = self.parsed(args.lock, "lock", text, cli::lock)?;
        Ok(lock.unwrap_or_default())
    }

    pub(super) fn wait_lock(&self, args: &DownloadArgs) -> Result<Option<Duration>, SettingsError> {
        let text = self.profile.wait_lock.as_ref();
        self.parsed(args.wait_lock, "wait_lock", text, cli::time)
    }
}

/// The certificates in a file that `what` names.
fn ca_certs(what: &str, path: &Path) -> Result<CaCerts, SettingsError> {
    let path = path::meant(what, path)?;
    let hint = "it takes a file of one or more certificates in PEM (-----BEGIN CERTIFICATE-----), or of one in DER";
    let bytes = std::fs::read(&path).map_err(|error| {
        SettingsError::new(
            format!("{what}: {} can't be read: {error}", path.display()),
            hint,
        )
    })?;
    CaCerts::parse(&bytes).map_err(|reason| {
        SettingsError::new(
            format!("{what}: {} can't be used: {reason}", path.display()),
            hint,
        )
    })
}
