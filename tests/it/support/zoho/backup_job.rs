//! The life of a backup at Zoho: asked for or scheduled, under way, done or stopped (`zoho-api.md` sections 1.2 to 1.5).
//! No wall time: a run ends after so many reads of it.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::Zoho;
use super::api::{bare, wrapped};
use super::http1::{Reply, Request};
use super::rrule::Rule;
use super::rules::RunNow;
use super::state::State;

const MOST_PER_PAGE: usize = 200;

/// What `GET /backup` tells of.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: String,
    /// Nothing for a run that was asked for at once.
    pub rule: Option<Rule>,
    pub start: Option<DateTime<Utc>>,
    pub scheduled: Option<DateTime<Utc>>,
    pub status: String,
    /// How often the run was seen under way.
    reads: usize,
}

impl Job {
    fn is_running(&self) -> bool {
        self.status == "INPROGRESS"
    }

    fn is_pending(&self) -> bool {
        self.is_running() || self.status == "SCHEDULED"
    }

    fn repeat_type(&self) -> Option<&'static str> {
        match &self.rule {
            Some(rule) => rule.repeat_type(),
            None => Some("immediate"),
        }
    }
}

/// One line of the history.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    pub state: Option<&'static str>,
    pub action: Option<&'static str>,
    pub repeat_type: Option<&'static str>,
    pub count: u32,
}

/// The current job, and the log of all of them.
#[derive(Debug, Default)]
pub struct Jobs {
    current: Option<Job>,
    /// Oldest first, each with its id and time.
    log: Vec<(u64, DateTime<Utc>, Entry)>,
    made: u64,
}

impl Jobs {
    pub fn is_running(&self) -> bool {
        self.current.as_ref().is_some_and(Job::is_running)
    }

    fn log(&mut self, at: DateTime<Utc>, entry: Entry) {
        let number = self.log.len() as u64;
        self.log.push((510_000_000_091_001 + number, at, entry));
        self.log.sort_by_key(|(_, at, _)| *at);
    }

    fn make(&mut self, rule: Option<Rule>, now: DateTime<Utc>) -> &Job {
        let first = rule.as_ref().map(|rule| rule.first_after(now));
        let status = if rule.is_some() {
            "SCHEDULED"
        } else {
            "INPROGRESS"
        };
        let job = Job {
            id: (510_000_000_088_001 + 1000 * self.made).to_string(),
            rule,
            start: first,
            scheduled: first,
            status: status.to_owned(),
            reads: 0,
        };
        self.made += 1;
        // The pages list `scheduled`; their sample shows `initiated`, too, for a run.
        let action = if job.rule.is_some() {
            "scheduled"
        } else {
            "initiated"
        };
        let repeat_type = job.repeat_type();
        self.log(
            now,
            Entry {
                action: Some(action),
                repeat_type,
                ..Entry::default()
            },
        );
        self.current.insert(job)
    }
}

/// `GET /backup`: each read of a run brings it nearer to its end.
pub fn current(state: &mut State) -> Reply {
    let now = state.now();
    let rules = &mut state.rules;
    let jobs = &mut state.jobs;
    let Some(job) = &mut jobs.current else {
        return Reply::empty(204);
    };
    if job.is_running() {
        job.reads += 1;
        if job.reads > rules.run_reads {
            job.status.clone_from(&rules.run_ends);
            let (state, repeat_type) = if job.status == "COMPLETED" {
                rules.job = following(&rules.job);
                rules.expiry = now + TimeDelta::days(7);
                rules.has_backup = true;
                ("completed", job.repeat_type())
            } else {
                ("failure", job.repeat_type())
            };
            if let (Some(rule), "COMPLETED") = (&job.rule, &*job.status) {
                job.status = "SCHEDULED".into();
                job.scheduled = job.scheduled.map(|last| rule.next_after(last));
            }
            jobs.log(
                now,
                Entry {
                    state: Some(state),
                    repeat_type,
                    ..Entry::default()
                },
            );
        }
    }
    let job = jobs.current.as_ref().expect("it was there");
    let body = json!({ "backup": {
        "id": job.id,
        "rrule": job.rule.as_ref().map(|rule| &rule.text),
        "start_date": job.start.map(time),
        "scheduled_date": job.scheduled.map(time),
        "requester": requester(),
        "status": job.status,
    } });
    Reply::json(200, body.to_string())
}

/// The id of the next job, which has nothing to do with the id of the schedule.
fn following(job: &str) -> String {
    match job.parse::<u64>() {
        Ok(number) => (number + 2003).to_string(),
        Err(_) => format!("{job}1"),
    }
}

/// `POST /backup`.
pub fn schedule(state: &mut State, request: &Request) -> Reply {
    let rule = match wanted(&request.body, state.rules.run_now) {
        Ok(rule) => rule,
        Err(reply) => return *reply,
    };
    if state.jobs.current.as_ref().is_some_and(Job::is_pending) {
        let message = "Backup is already scheduled";
        return wrapped("BACKUP_ALREADY_SCHEDULED", &json!({}), message);
    }
    if state.rules.allowance == 0 {
        let message = "You have exceeded the limit of backups for this month";
        return bare(400, state.rules.allowance_code, &json!({}), message);
    }
    if rule.is_none() {
        state.rules.allowance -= 1;
    }
    let now = state.now();
    let id = state.jobs.make(rule, now).id.clone();
    success("scheduled", &id)
}

/// The rule that a body asks for, or nothing for a run at once.
fn wanted(body: &[u8], run_now: RunNow) -> Result<Option<Rule>, Box<Reply>> {
    let unreadable = || {
        let message = "unable to read the request body";
        Box::new(bare(400, "REQUEST_BODY_NOT_READABLE", &json!({}), message))
    };
    let invalid = |name: &str, path: &str| {
        let details = json!({ "api_name": name, "json_path": path });
        Box::new(wrapped("INVALID_DATA", &details, "invalid data"))
    };
    if body.is_empty() {
        return Ok(None);
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return Err(unreadable());
    };
    let backup = match body.get("backup") {
        None => &Value::Null,
        Some(Value::Object(_)) => &body["backup"],
        Some(_) => return Err(invalid("backup", "$.backup")),
    };
    match (&backup["rrule"], run_now) {
        (Value::Null, RunNow::Either) => Ok(None),
        (Value::Null, RunNow::OnlyEmpty) => Err(unreadable()),
        (Value::Null, RunNow::InvalidUnlessEmpty) => Err(invalid("backup", "$.backup")),
        (rule, _) => match rule.as_str().and_then(Rule::parse) {
            Some(rule) => Ok(Some(rule)),
            None => Err(invalid("rrule", "$.backup.rrule")),
        },
    }
}

/// `PUT /backup/{id}/actions/cancel`.
pub fn cancel(state: &mut State, id: &str) -> Reply {
    let now = state.now();
    let job = state.jobs.current.as_mut().filter(|job| job.id == id);
    let details = json!({ "id": id });
    let Some(job) = job else {
        let message = "The requested resource is not found";
        return bare(400, "RESOURCE_NOT_FOUND", &json!({}), message);
    };
    match job.status.as_str() {
        "INPROGRESS" => wrapped("INPROGRESS", &details, "Backup is in progress"),
        "SCHEDULED" => {
            job.status = "STOPPED".into();
            let repeat_type = job.repeat_type();
            state.jobs.log(
                now,
                Entry {
                    action: Some("stopped"),
                    repeat_type,
                    ..Entry::default()
                },
            );
            success("cancelled", id)
        }
        _ => wrapped("ALREADY_CANCELLED", &details, "Backup is already cancelled"),
    }
}

/// `GET /backup/history`, newest first.
pub fn history(state: &State, request: &Request) -> Reply {
    let query: HashMap<String, String> = request.query_fields();
    let number = |name: &str, usual: usize| match query.get(name).map(|text| text.parse()) {
        Some(Ok(number)) if number > 0 => number,
        _ => usual,
    };
    let (page, per_page) = (number("page", 1), number("per_page", MOST_PER_PAGE));
    let per_page = per_page.min(MOST_PER_PAGE);
    let oldest = state.now() - TimeDelta::days(365);
    let entries = || {
        let recent = state.jobs.log.iter().rev();
        recent.filter(|(_, at, _)| *at >= oldest)
    };
    let skipped = (page - 1).saturating_mul(per_page);
    let history: Vec<Value> = entries().skip(skipped).take(per_page).map(line).collect();
    if history.is_empty() {
        return Reply::empty(204);
    }
    let more = entries().count() > skipped + history.len();
    let info =
        json!({ "page": page, "per_page": per_page, "count": history.len(), "more_records": more });
    Reply::json(200, json!({ "history": history, "info": info }).to_string())
}

fn line((id, at, entry): &(u64, DateTime<Utc>, Entry)) -> Value {
    json!({
        "id": id.to_string(),
        "done_by": requester(),
        "log_time": time(*at),
        "state": entry.state,
        "action": entry.action,
        "repeat_type": entry.repeat_type,
        "file_name": null,
        "count": entry.count,
    })
}

fn success(message: &str, id: &str) -> Reply {
    let body = json!({ "backup": {
        "status": "success", "code": "SUCCESS", "message": message, "details": { "id": id },
    } });
    Reply::json(200, body.to_string())
}

fn requester() -> Value {
    json!({ "id": "510000000000111", "name": "Ada Example", "zuid": "20099887766" })
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

impl Zoho {
    /// No backup has been made yet: no links until a run ends well, although there are files.
    pub fn without_backup(self) -> Zoho {
        self.with(|rules| rules.has_backup = false)
    }

    /// The schedule comes due, or, without one, somebody else asks for a run.
    pub fn begin_run(&self) {
        let mut state = self.state();
        let now = state.now();
        let jobs = &mut state.jobs;
        match &mut jobs.current {
            Some(job) if job.rule.is_some() && job.status == "SCHEDULED" => {
                job.status = "INPROGRESS".into();
                job.reads = 0;
            }
            _ => {
                jobs.make(None, now);
            }
        }
    }

    /// Somebody has scheduled a recurring backup.
    ///
    /// # Panics
    /// When Zoho would not take the rule.
    pub fn with_schedule(self, rule: &str) -> Zoho {
        {
            let mut state = self.state();
            let now = state.now();
            let rule = Rule::parse(rule).expect("a rule that Zoho takes");
            state.jobs.make(Some(rule), now);
        }
        self
    }

    /// Adds a line to the history, as if it had been logged that long ago.
    pub fn log(&self, ago: TimeDelta, entry: Entry) {
        let mut state = self.state();
        let at = state.now() - ago;
        state.jobs.log(at, entry);
    }

    /// What `GET /backup` tells of, without reading it.
    pub fn job(&self) -> Option<Job> {
        self.state().jobs.current.clone()
    }
}
