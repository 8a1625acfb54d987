//! Whenever a download dies, what it leaves is never called damaged.

use crate::faulty_disk::{ENOUGH, MORE, written_paths, zoho};
use crate::support::faults::Fault;
use crate::support::strace::Strace;
use crate::support::tools::needs;

use super::{cli, codes};

/// Of a first download, and of one that makes an incomplete set complete.
#[test]
fn what_a_download_leaves_that_dies_at_any_step_is_never_called_damaged() {
    needs!(Strace);
    for is_second in [false, true] {
        for call in ["rename", "renameat2", "linkat", "unlink"] {
            for n in 1.. {
                assert!(n < ENOUGH, "{call}: there is no end to it");
                let zoho = zoho();
                if is_second {
                    zoho.fault_for(MORE, Fault::CutAfter(1000));
                    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
                }
                let strace = Strace::new(&zoho).on(written_paths(&zoho));
                let strace = strace.inject(call, &format!("signal=KILL:when={n}"));
                let run = zoho.cli_with_access_token().traced(&strace);
                let run = run.run(["download", "--out", "out"]);
                let found = cli(&zoho).run(["verify", "out", "--json"]);
                let is_good = match found.code {
                    0 => true,
                    2 => found.stderr.contains("no backup is saved there"),
                    6 => codes(&found) == ["incomplete"],
                    _ => false,
                };
                assert!(is_good, "{call} number {n}: {run}\nthen: {found}");
                if !strace.has_struck() {
                    assert_eq!((run.code, found.code), (0, 0), "{run}\nthen: {found}");
                    assert!(n > 1 || call == "rename", "{call} was never called");
                    break;
                }
            }
        }
    }
}
