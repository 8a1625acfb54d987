//! What changed since another set, in words and as JSON.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::cli::Percent;
use crate::contents::{Change, Contents, ModuleChange};
use crate::exit::Exit;
use crate::output::units;
use crate::problem::Problem;
use crate::store::Location;
use crate::store::manifest::Manifest;
use crate::untrusted::printable;

use super::subject::{Subject, date};

/// So many modules are named in a message.
const NAMED: usize = 8;

pub(super) const NOTHING_BEFORE: &str = "--max-drop has nothing to compare with: no earlier complete backup of this organisation is saved beside this one";

/// A set beside the one that it is compared with.
pub(super) struct Compared {
    pub(super) with: String,
    subject: Subject,
    /// What that one holds, as far as it could be read.
    contents: Contents,
    is_sound: bool,
    pub(super) change: Change,
}

impl Compared {
    /// `is_sound`: all of the old one could be read.
    pub(super) fn new(before: Subject, old: Contents, is_sound: bool, new: &Contents) -> Compared {
        Compared {
            with: before.path.to_string(),
            change: Change::between(&old, new),
            subject: before,
            contents: old,
            is_sound,
        }
    }

    pub(super) fn is_with(&self, folder: &Location) -> bool {
        self.subject.path == *folder
    }

    /// What the older one holds, if all of it could be read.
    pub(super) fn old_contents(&self) -> Option<&Contents> {
        self.is_sound.then_some(&self.contents)
    }

    pub(super) fn completed(&self) -> Option<DateTime<Utc>> {
        let manifest = self.subject.set.as_ref().map(|set| &set.manifest);
        manifest.and_then(Manifest::completed)
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let since = self
            .completed()
            .map_or_else(String::new, |at| format!(" of {}", date(at)));
        vec![format!("changes since {}{since}", self.with)]
    }

    pub(super) fn warnings(&self, subject: &Subject) -> Vec<String> {
        let org = |subject: &Subject| subject.set.as_ref()?.manifest.org.clone();
        let mut warnings = Vec::new();
        if let (Some(one), Some(other)) = (org(&self.subject), org(subject))
            && one != other
        {
            let (one, other) = (printable(&one), printable(&other));
            warnings.push(format!(
                "organisation {other} is compared with another one, {one}"
            ));
        }
        if self.change.names_nothing_known() {
            warnings.push(OTHER_NAMES.to_owned());
        }
        warnings
    }

    pub(super) fn document(&self, most: Option<Percent>) -> Value {
        let modules = self.change.modules.iter().map(|module| {
            let ModuleChange {
                name,
                before,
                after,
            } = module;
            let percent = module.per_mille().map(tenths);
            let difference = i64::try_from(module.difference()).ok();
            json!({ "name": name, "before": before, "after": after, "difference": difference, "percent": percent })
        });
        let lost = most.map(|most| {
            let lost = self.change.lost_more_than(most.0).into_iter();
            lost.map(|module| module.name).collect::<Vec<_>>()
        });
        let manifest = self.subject.set.as_ref().map(|set| &set.manifest);
        json!({
            "path": self.subject.path.to_string(),
            "finished_at": manifest.and_then(|manifest| manifest.finished_at.as_ref()),
            "modules": modules.collect::<Vec<_>>(),
            "dropped": lost,
        })
    }
}

const OTHER_NAMES: &str = "no module has the name of one before: if the language of the export was changed, only the sums of all records can be compared";

/// The alarm, if something lost more than `most`. `with` is the older set.
pub(in crate::commands) fn judge(change: &Change, most: Percent, with: &str) -> Option<Problem> {
    let lost = change.lost_more_than(most.0);
    let worst = lost.iter().filter_map(ModuleChange::per_mille).min()?;
    let shown: Vec<String> = lost.iter().take(NAMED).map(in_words).collect();
    let more = match lost.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (least, limit) = (percent(worst), most.to_string());
    let message = format!(
        "more than {limit} of the records were lost since {with}: {}{more}",
        shown.join("; ")
    );
    let hint = format!(
        "the older backup is still there, at {with}: look there for what is gone, and keep it; if it was removed on purpose, pass a --max-drop of at least {} until the next backup is saved",
        least.trim_start_matches(['-', '−'])
    );
    Some(Problem::new(Exit::Integrity, "records_lost", message).hint(hint))
}

fn in_words(module: &ModuleChange) -> String {
    let name = match module.name.as_str() {
        "" => "all modules together".to_owned(),
        name => printable(name),
    };
    let before = units::count(module.before.unwrap_or(0));
    let share = module.per_mille().map(percent).unwrap_or_default();
    match module.after {
        Some(after) => format!("{name} from {before} to {} ({share})", units::count(after)),
        None => format!("{name} from {before} to nothing, its file is gone ({share})"),
    }
}

/// `+0.6%`, from tenths of a percent.
fn percent(per_mille: i128) -> String {
    let sign = match per_mille.signum() {
        -1 => "-",
        1 => "+",
        _ => "",
    };
    let size = per_mille.unsigned_abs();
    format!("{sign}{}.{}%", units_of(size / 10), size % 10)
}

fn units_of(number: u128) -> String {
    u64::try_from(number).map_or_else(|_| number.to_string(), units::count)
}

#[expect(clippy::cast_precision_loss, reason = "a share, to be looked at")]
fn tenths(per_mille: i128) -> f64 {
    per_mille as f64 / 10.0
}

/// How many records more there are, and the share.
pub(super) fn changed(module: &ModuleChange) -> [String; 2] {
    let share = match (module.before, module.after) {
        (None, _) => "new".to_owned(),
        (_, None) => "gone".to_owned(),
        _ if module.difference() == 0 => String::new(),
        _ => module.per_mille().map(percent).unwrap_or_default(),
    };
    [difference(module), share]
}

/// `+120`, `-1,200`; nothing where nothing changed.
fn difference(module: &ModuleChange) -> String {
    let difference = module.difference();
    let size = units_of(difference.unsigned_abs());
    match difference.signum() {
        -1 => format!("-{size}"),
        1 => format!("+{size}"),
        _ => String::new(),
    }
}
