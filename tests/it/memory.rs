//! What a run needs of the machine.

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::wait_until;
use crate::support::zoho::Zoho;

const LARGE: &str = "Data_001.zip";
const HANGING: &str = "Data_002.zip";

/// MiB. A third of the file, and more than `engine.md` allows to 32 connections: how much exactly a run takes is for the
/// benchmark, and differs with the number of cores.
const MOST: u64 = 64;

#[test]
fn the_size_of_a_file_does_not_show_in_the_memory_of_a_run() {
    let zoho = Zoho::start()
        .with_file(LARGE, Content::stored_zip(1, 192 << 20))
        .with_file(HANGING, small_zip(2, 4000));
    // It keeps the run from ending before it was looked at.
    zoho.always_for(HANGING, Fault::StallAfter(1000));
    let args = ["download", "--out", "out", "--jobs", "32"];
    let running = zoho.cli().spawn(args);
    wait_until("the large file is verified", || {
        zoho.saved().join(LARGE).exists()
    });
    let most = most_memory(running.pid());
    assert!(most <= MOST << 10, "{most} KB");
}

/// The most that a process held so far, in KB.
fn most_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
        .and_then(|number| number.parse().ok())
        .expect("the kernel tells it")
}
