//! What the stand-in knows and remembers; its servers and the test share it.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::bytes::Content;
use super::super::faults::Fault;
use super::backup_job::Jobs;
use super::http1::{Reply, Request};
use super::rules::Rules;
use super::tokens::Tokens;
use super::{Role, accounts, api, download, echo};

/// A file that can be downloaded.
#[derive(Debug, Clone)]
pub struct StoredFile {
    pub name: String,
    pub content: Content,
    /// Counts up when the content changes; validators are made from it.
    pub version: u64,
}

/// Where each role listens, as `scheme://host:port`.
#[derive(Debug, Clone, Default)]
pub struct Urls {
    pub accounts: String,
    pub api: String,
    pub downloads: String,
    pub foreign: String,
    pub plain: String,
}

/// A request, and what became of it.
#[derive(Debug, Clone)]
pub struct Record {
    pub role: Role,
    /// Counts the connections of the whole stand-in.
    pub connection: usize,
    pub request: Request,
    pub at: Instant,
    /// As answered.
    pub status: u16,
    /// Bytes of the body that went out.
    pub sent: u64,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    now: usize,
    pub most: usize,
}

impl Count {
    pub fn up(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    pub fn down(&mut self) {
        self.now -= 1;
    }
}

/// Faults that wait for their reply.
#[derive(Debug, Default)]
pub struct Faults {
    once: HashMap<Place, VecDeque<Fault>>,
    always: HashMap<Place, Fault>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    Role(Role),
    File(String),
    /// Method and last part of the path.
    Call(String, String),
}

impl Faults {
    pub fn once(&mut self, place: Place, fault: Fault) {
        self.once.entry(place).or_default().push_back(fault);
    }

    pub fn always(&mut self, place: Place, fault: Fault) {
        self.always.insert(place, fault);
    }

    pub fn clear(&mut self) {
        *self = Faults::default();
    }

    /// The fault for this reply: of the call before of the file before of the role, queued before constant.
    fn take(&mut self, role: Role, request: &Request, reply: &Reply) -> Option<Fault> {
        let name = request.file_name().to_owned();
        let places = [
            Place::Call(request.method.clone(), name.clone()),
            Place::File(name),
            Place::Role(role),
        ];
        for place in &places {
            if let Some(queue) = self.once.get_mut(place)
                && queue.front().is_some_and(|fault| fault.fits(reply))
            {
                return queue.pop_front();
            }
        }
        places
            .iter()
            .find_map(|place| self.always.get(place).filter(|fault| fault.fits(reply)))
            .cloned()
    }
}

pub struct State {
    pub rules: Rules,
    pub urls: Urls,
    pub files: Vec<StoredFile>,
    pub tokens: Tokens,
    pub jobs: Jobs,
    pub faults: Faults,
    pub records: Vec<Record>,
    pub connections: HashMap<Role, Count>,
    pub answering: HashMap<Role, Count>,
    pub accepted: usize,
    ahead: TimeDelta,
}

impl State {
    pub fn new(urls: Urls) -> State {
        State {
            rules: Rules::new(Utc::now()),
            urls,
            files: Vec::new(),
            tokens: Tokens::default(),
            jobs: Jobs::default(),
            faults: Faults::default(),
            records: Vec::new(),
            connections: HashMap::new(),
            answering: HashMap::new(),
            accepted: 0,
            ahead: TimeDelta::zero(),
        }
    }

    /// The stand-in's clock.
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.ahead
    }

    pub fn advance(&mut self, by: TimeDelta) {
        self.ahead += by;
    }

    /// Puts a file in place, or other bytes under its name.
    pub fn store(&mut self, name: &str, content: Content) {
        match self.files.iter_mut().find(|file| file.name == name) {
            Some(file) => {
                file.content = content;
                file.version += 1;
            }
            None => self.files.push(StoredFile {
                name: name.to_owned(),
                content,
                version: 1,
            }),
        }
    }

    /// The reply to a request: by the rules, then spoilt by a fault if one waits for it.
    pub fn answer(&mut self, role: Role, request: &Request) -> Reply {
        let reply = self.by_the_rules(role, request);
        if let Some((_, status, echo)) = self.rules.echo.filter(|echo| echo.0 == role) {
            return echo::echo(reply, request, status, echo);
        }
        if !reply.is_success() {
            return reply;
        }
        let name = request.file_name().to_owned();
        match self.faults.take(role, request, &reply) {
            None => reply,
            Some(Fault::Changed(content)) => {
                self.store(&name, content);
                self.by_the_rules(role, request)
            }
            Some(Fault::WrongRange(ranges)) => {
                let usual = std::mem::replace(&mut self.rules.ranges, ranges);
                let reply = self.by_the_rules(role, request);
                self.rules.ranges = usual;
                reply
            }
            Some(fault) => fault.spoil(reply),
        }
    }

    fn by_the_rules(&mut self, role: Role, request: &Request) -> Reply {
        let ranges = self.rules.ranges;
        match role {
            Role::Accounts => accounts::answer(self, request),
            Role::Api => api::answer(self, request),
            Role::Downloads => download::answer(self, request, ranges),
            // Foreign storage asks for no token: a redirect to it is enough.
            Role::Foreign | Role::Plain => match self
                .files
                .iter()
                .find(|file| file.name == request.file_name())
            {
                Some(file) => download::send(self, file, request, ranges),
                None => Reply::html(404, "<html><body>Not found</body></html>"),
            },
        }
    }
}
