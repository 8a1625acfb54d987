//! The engine: brings the files of one backup to disk, verified (`design.md` section 7, `engine.md`).
//!
//! `rebuild` makes a damaged manifest anew; `identity` tells whether the set is one that is saved already.
//!
//! The way of a file: `plan` looks at what is there of it; the `queue` hands it out in pieces; each connection is
//! a `worker` that tries again where that is worth it, and `slot` says how far each file is; `request` judges each
//! reply, and `resume` what an earlier run left; `transfer` pumps a body into a `version`, which writes, keeps the
//! `journal` (which names its `writer`), and syncs; `verifier` reads behind it, as `growth` tells; `publisher` gives the final name and notes it in
//! the manifest. `pace` slows all connections when the server asks for it, `links` asks for better links when one is
//! refused, `stop` ends everything early, `ending` waits for what must be through by then.

mod background;
mod ending;
mod error;
mod growth;
pub(crate) mod identity;
pub(crate) mod journal;
pub(crate) mod limit;
pub(crate) mod links;
pub(crate) mod pace;
mod part;
pub(crate) mod plan;
pub(crate) mod publisher;
pub(crate) mod queue;
pub(crate) mod ranges;
pub(crate) mod rebuild;
mod request;
mod resume;
pub(crate) mod run;
mod slot;
pub(crate) mod stop;
mod transfer;
mod verifier;
mod version;
mod worker;
mod writer;

pub(crate) use error::{DownloadError, host_refused, vanished};
