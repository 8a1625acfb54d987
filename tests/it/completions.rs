//! The committed completion scripts are those that the program prints.

use std::path::Path;

use crate::support::run::{Cli, folder};

#[test]
fn the_committed_scripts_are_what_the_program_prints() {
    let home = folder();
    for (shell, file) in [
        ("bash", "backup-fetch.bash"),
        ("zsh", "_backup-fetch"),
        ("fish", "backup-fetch.fish"),
        ("elvish", "backup-fetch.elv"),
        ("powershell", "_backup-fetch.ps1"),
    ] {
        let run = Cli::new(home.path()).run(["completions", shell]);
        assert_eq!(run.code, 0, "{run}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("completions")
            .join(file);
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == run.stdout,
            "completions/{file} is stale: backup-fetch completions {shell} > completions/{file}"
        );
    }
}
