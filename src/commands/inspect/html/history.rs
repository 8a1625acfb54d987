//! The backups of one organisation in one folder, from the oldest to the newest, and how many records each holds.

use chrono::{DateTime, Utc};

use crate::cli::Percent;
use crate::commands::context::Context;
use crate::contents::{Change, Contents, ModuleChange};
use crate::problem::Problem;
use crate::store::catalog::{self, SavedSet};
use crate::untrusted::printable;

use super::super::change::Compared;
use super::super::count::count;
use super::super::subject::Subject;

/// So many are shown, the newest.
const SHOWN: usize = 100;

pub(super) struct Night {
    pub(super) name: String,
    pub(super) date: DateTime<Utc>,
    /// It is the one that the page is about.
    pub(super) is_subject: bool,
    pub(super) holds: Holds,
}

pub(super) enum Holds {
    Counted {
        contents: Box<Contents>,
        /// How many records more than the one before.
        change: Option<ModuleChange>,
        /// The modules that lost more than is allowed since then.
        lost: Vec<ModuleChange>,
    },
    /// Not all of it was saved: its counts would look like a loss.
    Incomplete,
    /// It can't be counted.
    Damaged,
}

#[derive(Default)]
pub(in crate::commands) struct History {
    pub(super) nights: Vec<Night>,
    /// Older ones, which are not shown.
    pub(super) left_out: usize,
    /// What could not be looked at.
    pub(in crate::commands) warnings: Vec<String>,
}

/// What was counted already.
pub(in crate::commands) struct Known<'a> {
    pub(in crate::commands) subject: &'a Subject,
    pub(in crate::commands) contents: &'a Contents,
    pub(in crate::commands) is_sound: bool,
    pub(in crate::commands) before: Option<&'a Compared>,
}

impl History {
    /// # Errors
    /// It was stopped.
    pub(in crate::commands) fn read(
        known: &Known,
        most: Option<Percent>,
        context: &Context,
    ) -> Result<History, Problem> {
        let mut history = History::default();
        let mut sets = history.sets(known.subject);
        sets.sort_by_key(|(date, set)| (*date, set.name.clone()));
        history.left_out = sets.len().saturating_sub(SHOWN);
        let sets = sets.split_off(history.left_out);
        announce(&sets, known, context);
        for (date, set) in sets {
            let is_subject = set.folder == known.subject.path;
            let name = set.name.clone();
            let holds = history.holds(set, known, context)?;
            history.nights.push(Night {
                name,
                date,
                is_subject,
                holds,
            });
        }
        history.compare(most);
        Ok(history)
    }

    /// Those of the same organisation in the same folder, each with its date.
    fn sets(&mut self, subject: &Subject) -> Vec<(DateTime<Utc>, SavedSet)> {
        let Some(set) = &subject.set else {
            return Vec::new();
        };
        let org = set.manifest.org.as_ref();
        let mut sets = Vec::new();
        let out = set.folder.parent();
        for found in out.iter().flat_map(catalog::all) {
            match found {
                Ok(found) if found.folder == set.folder => sets.push(found),
                Ok(found) if org.is_some() && found.manifest.org.as_ref() == org => {
                    sets.push(found);
                }
                Ok(_) => {}
                Err(error) => {
                    let why = error.problem().message;
                    self.warnings
                        .push(format!("a backup is not in the chart: {why}"));
                }
            }
        }
        let dated = sets.into_iter();
        dated
            .filter_map(|set| Some((set.manifest.date()?, set)))
            .collect()
    }

    fn holds(&mut self, set: SavedSet, known: &Known, context: &Context) -> Result<Holds, Problem> {
        if set.manifest.completed().is_none() {
            return Ok(Holds::Incomplete);
        }
        let counted = |contents: &Contents| Holds::Counted {
            contents: Box::new(contents.clone()),
            change: None,
            lost: Vec::new(),
        };
        if set.folder == known.subject.path {
            let sound = known.is_sound.then_some(known.contents);
            return Ok(sound.map_or(Holds::Damaged, counted));
        }
        if let Some(before) = known.before.filter(|before| before.is_with(&set.folder)) {
            return Ok(before.old_contents().map_or(Holds::Damaged, counted));
        }
        let name = set.name.clone();
        if let Some(contents) = set.manifest.contents() {
            return Ok(counted(contents));
        }
        let (found, findings) = count(&Subject::of_set(set), context)?;
        if let Some(finding) = findings.first() {
            let (name, why) = (printable(&name), &finding.message);
            self.warnings
                .push(format!("{name} is not in the chart: {why}"));
            return Ok(Holds::Damaged);
        }
        Ok(counted(&found.contents))
    }

    /// From the oldest to the newest.
    pub(super) fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        Some((self.nights.first()?.date, self.nights.last()?.date))
    }

    /// Each with the one before that was counted.
    fn compare(&mut self, most: Option<Percent>) {
        let mut before: Option<&Contents> = None;
        for night in &mut self.nights {
            let Holds::Counted {
                contents,
                change,
                lost,
            } = &mut night.holds
            else {
                continue;
            };
            if let Some(before) = before {
                let since = Change::between(before, contents);
                *lost = most.map_or_else(Vec::new, |most| since.lost_more_than(most.0));
                *change = Some(since.in_all());
            }
            before = Some(contents);
        }
    }

    /// How many records a module had, night by night: nothing before it was there, and none when it is gone.
    pub(super) fn of_module(&self, name: &str) -> Vec<(DateTime<Utc>, u64)> {
        let mut was_there = false;
        let counts = self.counted().filter_map(|(date, contents)| {
            let mut modules = contents.modules.iter();
            let module = modules.find(|module| module.name == name);
            was_there |= module.is_some();
            was_there.then(|| (date, module.map_or(0, |module| module.records)))
        });
        counts.collect()
    }

    pub(super) fn counted(&self) -> impl Iterator<Item = (DateTime<Utc>, &Contents)> {
        self.nights.iter().filter_map(|night| match &night.holds {
            Holds::Counted { contents, .. } => Some((night.date, &**contents)),
            _ => None,
        })
    }
}

/// Says what takes long, and how it need not.
fn announce(sets: &[(DateTime<Utc>, SavedSet)], known: &Known, context: &Context) {
    let is_known = |set: &SavedSet| {
        set.folder == known.subject.path
            || known.before.is_some_and(|it| it.is_with(&set.folder))
            || set.manifest.contents().is_some()
    };
    let sets = sets.iter().map(|(_, set)| set);
    let unknown = sets.filter(|set| set.manifest.completed().is_some() && !is_known(set));
    match unknown.count() {
        0 => {}
        count => context.note(&format!(
            "reading {count} more for the chart; `download --inspect` keeps the counts of a backup, so that it is read once"
        )),
    }
}
