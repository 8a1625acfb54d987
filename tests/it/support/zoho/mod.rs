//! A Zoho of our own on loopback: accounts, API and download host, each on a port (so: an origin) of its own, and two
//! foreign hosts that nobody trusts. It keeps Zoho's rules by itself, takes faults, and remembers every request.
//!
//! It runs on a thread of its own and ends when the value is dropped.

pub mod accounts;
pub mod api;
pub mod backup_job;
pub mod download;
pub mod echo;
pub mod http1;
pub mod rrule;
pub mod rules;
mod server;
pub mod state;
pub mod tokens;

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use tokio::sync::oneshot;

use self::rules::Rules;
use self::server::{Shared, lock, serve};
use self::state::{Place, Record, State, Urls};
use super::backup::Backup;
use super::bytes::Content;
use super::faults::Fault;
use super::tls::Tls;

/// Which host a request went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Accounts,
    Api,
    Downloads,
    /// Serves the files by name to anyone; in the same scheme as the others.
    Foreign,
    /// As `Foreign`, always without TLS.
    Plain,
}

const ROLES: [Role; 5] = [
    Role::Accounts,
    Role::Api,
    Role::Downloads,
    Role::Foreign,
    Role::Plain,
];

/// Names a folder in which the homes are to be, by names that a bucket may have.
pub const HOMES: &str = "STORE_INSTEAD_OF_FOLDERS";

/// The running stand-in.
pub struct Zoho {
    state: Shared,
    urls: Urls,
    tls: Option<Tls>,
    home: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Zoho {
    /// Without TLS, without files.
    pub fn start() -> Zoho {
        Zoho::launch(None)
    }

    /// With TLS; `ca_file` is what a client has to trust.
    pub fn start_tls() -> Zoho {
        Zoho::launch(Some(Tls::new()))
    }

    fn launch(tls: Option<Tls>) -> Zoho {
        let listeners = ROLES.map(|role| {
            (
                role,
                TcpListener::bind("127.0.0.1:0").expect("a port on loopback"),
            )
        });
        let url = |wanted: Role| {
            let (_, listener) = listeners
                .iter()
                .find(|(role, _)| *role == wanted)
                .expect("one for each role");
            let scheme = if tls.is_some() && wanted != Role::Plain {
                "https"
            } else {
                "http"
            };
            format!("{scheme}://{}", listener.local_addr().expect("it is bound"))
        };
        let urls = Urls {
            accounts: url(Role::Accounts),
            api: url(Role::Api),
            downloads: url(Role::Downloads),
            foreign: url(Role::Foreign),
            plain: url(Role::Plain),
        };
        let state = Arc::new(Mutex::new(State::new(urls.clone())));
        let (stop, stopped) = oneshot::channel();
        let acceptor = tls.as_ref().map(|tls| tls.acceptor.clone());
        let shared = state.clone();
        let thread =
            std::thread::spawn(move || serve(listeners, acceptor.as_ref(), &shared, stopped));
        Zoho {
            state,
            urls,
            tls,
            home: home(),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    // What there is to fetch.

    pub fn with_file(self, name: &str, content: impl Into<Content>) -> Zoho {
        self.store(name, content);
        self
    }

    pub fn with_backup(self, backup: Backup) -> Zoho {
        for (name, content) in backup.files {
            self.store(&name, content);
        }
        self
    }

    /// Puts a file in place, or another version of it.
    pub fn store(&self, name: &str, content: impl Into<Content>) {
        self.state().store(name, content.into());
    }

    /// The bytes that a whole download of the file must give.
    pub fn bytes_of(&self, name: &str) -> Vec<u8> {
        let content = self
            .state()
            .files
            .iter()
            .find(|file| file.name == name)
            .map(|file| file.content.clone());
        content
            .unwrap_or_else(|| panic!("the stand-in has no {name}"))
            .to_vec()
    }

    // Rules and clock.

    pub fn with(self, change: impl FnOnce(&mut Rules)) -> Zoho {
        self.set(change);
        self
    }

    pub fn set(&self, change: impl FnOnce(&mut Rules)) {
        change(&mut self.state().rules);
    }

    pub fn rules(&self) -> Rules {
        self.state().rules.clone()
    }

    /// The links died an hour ago and are still listed.
    pub fn expired(self) -> Zoho {
        let then = self.now() - TimeDelta::hours(1);
        self.with(|rules| (rules.expiry, rules.lists_expired) = (then, true))
    }

    /// Replaces the reply with links.
    pub fn urls_reply(&self, status: u16, content_type: &str, body: impl Into<Vec<u8>>) {
        let reply = (status, content_type.to_owned(), body.into());
        self.set(|rules| rules.urls_reply = Some(reply));
    }

    /// The stand-in's clock: tokens, throttle and links live by it.
    pub fn now(&self) -> DateTime<Utc> {
        self.state().now()
    }

    pub fn advance(&self, by: Duration) {
        self.state()
            .advance(TimeDelta::from_std(by).expect("a time that fits"));
    }

    /// A fresh access token, given outside of the throttle.
    pub fn access_token(&self) -> String {
        let mut state = self.state();
        let (rules, now) = (state.rules.clone(), state.now());
        state
            .tokens
            .give(&rules.refresh_token, &rules.scopes, rules.token_life, now)
    }

    /// Every access token given so far is invalid from now on.
    pub fn revoke_tokens(&self) {
        self.state().tokens.revoke();
    }

    // Faults.

    /// For the next reply of this host that nothing else spoils.
    pub fn next(&self, role: Role, fault: Fault) {
        self.state().faults.once(Place::Role(role), fault);
    }

    /// For the next reply with this file, on whatever host.
    pub fn fault_for(&self, name: &str, fault: Fault) {
        self.state()
            .faults
            .once(Place::File(name.to_owned()), fault);
    }

    /// For the next reply to this call that would be a success, which has done its work by then: a lost reply. The call
    /// is named by its method and the last part of its path.
    pub fn fault_for_call(&self, method: &str, last_part: &str, fault: Fault) {
        let place = Place::Call(method.to_owned(), last_part.to_owned());
        self.state().faults.once(place, fault);
    }

    /// For every reply with this file.
    pub fn always_for(&self, name: &str, fault: Fault) {
        self.state()
            .faults
            .always(Place::File(name.to_owned()), fault);
    }

    /// For every reply of this host.
    pub fn always(&self, role: Role, fault: Fault) {
        self.state().faults.always(Place::Role(role), fault);
    }

    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    // What happened.

    pub fn requests(&self) -> Vec<Record> {
        self.state().records.clone()
    }

    pub fn requests_to(&self, role: Role) -> Vec<Record> {
        let mut records = self.requests();
        records.retain(|record| record.role == role);
        records
    }

    /// Requests for this file, on whatever host.
    pub fn requests_for(&self, name: &str) -> Vec<Record> {
        let mut records = self.requests();
        records.retain(|record| record.request.file_name() == name);
        records
    }

    /// The `Range` header of each request for this file.
    pub fn ranges_asked(&self, name: &str) -> Vec<Option<String>> {
        let records = self.requests_for(name);
        records
            .iter()
            .map(|record| record.request.header("range").map(str::to_owned))
            .collect()
    }

    /// How often a token was asked for.
    pub fn refreshes(&self) -> usize {
        self.requests_to(Role::Accounts)
            .iter()
            .filter(|record| record.request.path() == "/oauth/v2/token")
            .count()
    }

    /// Most connections that were open at once.
    pub fn peak_connections(&self, role: Role) -> usize {
        self.state()
            .connections
            .get(&role)
            .map_or(0, |count| count.most)
    }

    /// Most requests that were being answered at once.
    pub fn peak_requests(&self, role: Role) -> usize {
        self.state()
            .answering
            .get(&role)
            .map_or(0, |count| count.most)
    }

    // How to reach it.

    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// The link of a file, as the API host tells it.
    pub fn link(&self, name: &str) -> String {
        format!("{}{}{name}", self.urls.downloads, self.rules().folder())
    }

    pub fn ca_file(&self) -> Option<&Path> {
        self.tls.as_ref().map(Tls::ca_file)
    }

    /// A folder for whoever uses this stand-in; it goes with it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The variables with which the program talks to this stand-in, with credentials that can be refreshed.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let rules = self.rules();
        let mut variables = self.hosts();
        variables.extend([
            ("ZOHO_CLIENT_ID", rules.client_id),
            ("ZOHO_CLIENT_SECRET", rules.client_secret),
            ("ZOHO_REFRESH_TOKEN", rules.refresh_token),
        ]);
        variables
    }

    /// The same with an access token and nothing to refresh it.
    pub fn env_with_access_token(&self) -> Vec<(&'static str, String)> {
        let mut variables = self.hosts();
        variables.push(("ZOHO_ACCESS_TOKEN", self.access_token()));
        variables
    }

    fn hosts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ZOHO_API_DOMAIN", self.urls.api.clone()),
            ("ZOHO_ACCOUNTS_URL", self.urls.accounts.clone()),
            ("ZOHO_DOWNLOAD_DOMAIN", self.urls.downloads.clone()),
        ]
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn home() -> TempDir {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let home = std::env::var_os(HOMES).map_or_else(TempDir::new, |homes| {
        let name = format!("home-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut named = tempfile::Builder::new();
        named.prefix(&name).rand_bytes(0).tempdir_in(homes)
    });
    home.expect("a temporary folder")
}

impl Drop for Zoho {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
