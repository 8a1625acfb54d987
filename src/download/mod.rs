//! The engine: brings the files of one backup to disk, verified (`design.md` section 7, `engine.md`).
//!
//! # The way of a file, from its link to its final name
//!
//! ```text
//! identity   is the set one that is saved already? (rebuild: its manifest is damaged)
//! survey     what is there of each file: saved, a part (leftover), or nothing
//! run        starts the connections, the verifiers, and what settles the files they have judged
//! worker     one connection: asks the state for a task, attempts it, waits, attempts it again
//! attempt    one request, and what is made of its reply (compare: is it still the same file?)
//! transfer   the body of a reply, in batches, to the part
//! part       writes, keeps the journal, syncs
//! verifier   reads behind the connections
//! settle     a final name, then the manifest (publisher); another attempt; or a place beside the others
//! ```
//!
//! `repair` is for a set that was saved and is damaged. Beside the way: `engine` is what all of these share, `links` knows where files are and asks again when a link is refused,
//! `throttle` slows all connections, `stop` ends everything early, `error` has the words of each failure; a part stands on
//! `part_file`, `journal` (which names its `writer`) and `ranges`.
//!
//! # The life of a file (`state`)
//!
//! ```text
//! Waiting --first request--> Opening --length known--> Open --verified--> Sealed --published--> Settled
//!    ^                         ^ |                      |                                         ^
//!    |                         | `------ given up ------+---------------- given up ---------------'
//!    |                         `--- starts over --------|
//!    `----------------------------- corrupt ------------'
//! ```
//!
//! # Who owns what
//!
//! The `engine` has what never changes during a run, and the `state` behind one lock with one notification of its changes.
//! A `worker` owns its `attempt`, which owns the reply. A `part` belongs to the state for as long as it counts; who still
//! holds it after that finds it abandoned. Only `settle` writes to the `publisher` during a run.
//!
//! # Order of locks
//!
//! Who holds one may take one further down, never one above: `publisher` (known, manifest, then unrecorded, and in the store the
//! journal of what is published), `links`, `verifier`, `state`, `part`. The `throttle` and the verifiers' count of changes stand
//! alone. No lock is held over a request. Over the disk there are three: the publisher's `known`, so that one manifest is written
//! at a time, and the journal of what is published, for which nobody waits on the way of a file; and that of a part, for the line
//! that its journal gets.

mod attempt;
mod compare;
mod engine;
mod error;
pub(crate) mod identity;
pub(crate) mod journal;
pub(crate) mod leftover;
pub(crate) mod links;
mod part;
mod part_file;
pub(crate) mod publisher;
pub(crate) mod ranges;
pub(crate) mod rebuild;
pub(crate) mod repair;
pub(crate) mod run;
mod settle;
mod state;
pub(crate) mod stop;
pub(crate) mod survey;
mod throttle;
mod transfer;
mod verifier;
mod worker;
mod writer;

pub(crate) use engine::Plan;
pub(crate) use error::{DownloadError, host_refused, vanished};
pub(crate) use part::Part;
pub(crate) use state::STAGED_FILES;
