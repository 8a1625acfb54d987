//! One test program: most of it runs the real binary against the stand-in and judges exit code, streams, disk, and the
//! requests that arrived.

mod support;

mod completions;
mod download;
mod integrity;
mod list;
mod longrun;
mod ranges;
mod readme;
mod refusals;
mod resume;
mod saved;
mod servers;
mod standin;
mod stopping;
