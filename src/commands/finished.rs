//! Whether a saved set is all that the profile wants of it, and since when.

use chrono::{DateTime, Utc};

use crate::store::manifest::{Entry, Manifest, SetState};

/// Nothing is left to fetch of it. `selects`: whether a run of the profile would fetch a file.
pub(super) fn is_finished(manifest: &Manifest, selects: &dyn Fn(&Entry) -> bool) -> bool {
    // Of a set that the profile selects from, the rest is never fetched.
    let (selected, rest): (Vec<_>, Vec<_>) = manifest.files.iter().partition(|file| selects(file));
    manifest.state == SetState::Complete
        || (!manifest.is_mixed
            && !rest.is_empty()
            && !selected.is_empty()
            && selected.iter().all(|file| file.is_saved()))
}

/// When it was finished; of a set that the profile selects from, only the start is known.
pub(super) fn finished_at(
    manifest: &Manifest,
    selects: &dyn Fn(&Entry) -> bool,
) -> Option<DateTime<Utc>> {
    is_finished(manifest, selects)
        .then(|| manifest.date())
        .flatten()
}
