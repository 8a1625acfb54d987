//! The program against object stores that nobody here wrote.

mod harness;
mod prune;
