//! `version`: what this program is built from.

use serde_json::json;

use super::outcome::Outcome;
use crate::cli::version::{self, COMMIT, FEATURES, TARGET, VERSION};

pub(super) fn version() -> Outcome {
    let known = Some(COMMIT).filter(|commit| *commit != "unknown");
    let features: Vec<&str> = FEATURES.split(' ').filter(|name| *name != "none").collect();
    let document = json!({
        "schema": 1, "version": VERSION, "commit": known, "target": TARGET, "features": features,
    });
    let text = format!("backup-fetch {}", version::ALL);
    Outcome::report(text.lines().map(str::to_owned).collect(), document)
}
