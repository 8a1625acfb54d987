//! What the program says of itself.

use crate::support::run::{Cli, folder};

#[test]
fn the_version_is_one_line_or_all_that_the_program_is_built_from() {
    let home = folder();
    let cli = Cli::new(home.path());
    let short = cli.run(["-V"]).stdout;
    let first = concat!("backup-fetch ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(short, first);
    let long = cli.run(["--version"]);
    assert!(long.code == 0 && long.stdout.starts_with(first), "{long}");
    let keys = long.stdout.lines().skip(1);
    let keys: Vec<&str> = keys.filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(keys, ["commit", "target", "features"], "{long}");
    assert!(long.stdout.contains(std::env::consts::ARCH), "{long}");
    assert_eq!(cli.run(["version"]).stdout, long.stdout);
}

#[test]
fn a_script_reads_the_version_as_json() {
    let home = folder();
    let run = Cli::new(home.path()).run(["version", "--json"]);
    let json = run.json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"), "{run}");
    let has_stores = cfg!(feature = "object-store");
    let features = json["features"].as_array().expect("a list");
    assert_eq!(
        features.contains(&"object-store".into()),
        has_stores,
        "{run}"
    );
    let commit = &json["commit"];
    let is_one = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(
        commit.is_null() || commit.as_str().is_some_and(is_one),
        "{run}"
    );
}
