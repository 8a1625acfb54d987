//! How large things are, before anything is fetched: `list --long`, `--dry-run`, and the room for what is resumed.

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::zoho::rules::Ranges;
use crate::support::zoho::{Role, Zoho};

const DATA: &str = "Data_001.zip";
const LARGE: &str = "Data_002.zip";

fn zoho() -> Zoho {
    Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(LARGE, Content::stored_zip(2, 20 << 20))
}

/// The server says that the file has a petabyte.
fn endless() -> Fault {
    let range = "bytes 0-0/1000000000000000".to_owned();
    Fault::Status(206, vec![("Content-Range".into(), range)], b"P".to_vec())
}

#[test]
fn a_long_list_tells_each_size_and_all_of_them_and_reads_a_byte_of_each() {
    let zoho = zoho();
    let run = zoho.run(["list", "--long"]);
    assert_eq!(run.code, 0, "{run}");
    let expected = format!(
        "  3.2 kB  {}\n 21.0 MB  {}\n",
        zoho.link(DATA),
        zoho.link(LARGE)
    );
    assert_eq!(run.stdout, expected, "{run}");
    assert!(
        run.stderr.contains("2 links, 21.0 MB in all, valid until"),
        "{run}"
    );
    assert_eq!(zoho.ranges_asked(LARGE), [Some("bytes=0-0".to_owned())]);
}

#[test]
fn sizes_are_in_the_document_only_where_they_were_asked_for() {
    let zoho = zoho();
    let run = zoho.run(["list", "--long", "--json"]);
    let size = zoho.bytes_of(DATA).len();
    assert_eq!(run.json()["files"][0]["size"], size, "{run}");
    let short = zoho.run(["list", "--json"]);
    assert!(short.json()["files"][0].get("size").is_none(), "{short}");
}

#[test]
fn without_ranges_the_size_is_told_and_the_body_left() {
    let zoho = zoho().with(|rules| rules.ranges = Ranges::None);
    let run = zoho.run(["list", "--long"]);
    assert!(run.stdout.contains(" 21.0 MB  "), "{run}");
    let sent: u64 = zoho
        .requests_for(LARGE)
        .iter()
        .map(|asked| asked.sent)
        .sum();
    assert!(sent < 10 << 20, "{sent} bytes were sent");
}

#[test]
fn a_size_that_can_not_be_had_is_a_question_mark_with_its_reason() {
    let zoho = zoho();
    zoho.always_for(LARGE, Fault::Status(404, Vec::new(), Vec::new()));
    let run = zoho.run(["list", "--long"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stdout
            .contains(&format!("       ?  {}", zoho.link(LARGE))),
        "{run}"
    );
    assert!(
        run.stderr
            .contains("warning: not every size could be read: ")
            && run.stderr.contains("HTTP 404"),
        "{run}"
    );
    assert!(
        run.stderr
            .contains("at least 3.2 kB in all (1 of unknown size)"),
        "{run}"
    );
    let run = zoho.run(["list", "--long", "--json"]);
    assert!(run.json()["files"][1]["size"].is_null(), "{run}");
}

#[test]
fn expired_links_and_foreign_hosts_are_not_asked() {
    let dead = zoho().expired();
    let run = dead.run(["list", "--long"]);
    assert_eq!((run.code, run.stdout.lines().count()), (3, 2), "{run}");
    assert!(dead.requests_to(Role::Downloads).is_empty(), "{run}");
    let zoho = zoho();
    let foreign = "https://files.example/v2/crm/1/backup/2/Data_009.zip".to_owned();
    zoho.set(|rules| rules.more_links = vec![foreign.clone()]);
    let run = zoho.run(["list", "--long"]);
    assert!(
        !run.stdout.contains(&foreign) || run.stdout.contains(&format!("?  {foreign}")),
        "{run}"
    );
}

#[test]
fn no_more_connections_ask_than_the_profile_allows() {
    let names: Vec<String> = (1..=40)
        .map(|number| format!("Data_{number:03}.zip"))
        .collect();
    let zoho = names.iter().fold(Zoho::start(), |zoho, name| {
        zoho.with_file(name, small_zip(1, 100))
    });
    let run = zoho.run(["list", "--long"]);
    assert!(run.stderr.contains("40 links"), "{run}");
    assert!(
        (1..=4).contains(&zoho.peak_requests(Role::Downloads)),
        "{run}"
    );
}

#[test]
fn a_dry_run_tells_sizes_and_that_a_set_will_not_fit() {
    let zoho = zoho();
    let run = zoho.download(["--dry-run"]);
    assert_eq!(
        run.stdout,
        format!("  3.2 kB  {DATA}\n 21.0 MB  {LARGE}\n"),
        "{run}"
    );
    assert!(
        run.stderr.contains("2 files would be fetched into")
            && run.stderr.contains("21.0 MB in all"),
        "{run}"
    );
    let told = zoho.download(["--dry-run", "--json"]);
    let sizes = told.events("would_fetch");
    assert_eq!(sizes[0]["size"], zoho.bytes_of(DATA).len(), "{told}");
    zoho.always_for(LARGE, endless());
    let run = zoho.download(["--dry-run"]);
    assert_eq!(run.code, 7, "{run}");
    assert!(
        run.stderr.contains("not enough free space: needs 1.0 PB, "),
        "{run}"
    );
    assert!(!zoho.home().join("out").exists(), "{run}");
}

#[test]
fn a_dry_run_counts_what_is_kept_and_leaves_it_alone() {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 4000))
        .with_file(LARGE, small_zip(2, 4000));
    zoho.always_for(DATA, Fault::CutAfter(1000));
    let only = ["--retries", "0", "--match", DATA];
    assert_eq!(zoho.download(only).code, 5);
    zoho.clear_faults();
    let run = zoho.download(["--dry-run"]);
    let all = zoho.bytes_of(DATA).len() + zoho.bytes_of(LARGE).len();
    let told = run.stderr.lines().find(|line| line.contains("would be"));
    let told = told.unwrap_or_default();
    assert!(
        told.contains("1 file would be resumed (1.0 kB kept), 1 fetched into ")
            && told.contains(&format!(
                ", {}.{} kB to fetch;",
                (all - 950) / 1000,
                (all - 950) % 1000 / 100
            )),
        "{run}"
    );
    let whole = zoho.download(["--dry-run", "--no-resume"]);
    assert!(whole.stderr.contains("2 files would be fetched"), "{whole}");
    let run = zoho.download([]);
    assert!(
        run.stderr.contains("resuming 1 file (1.0 kB kept)"),
        "{run}"
    );
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn what_is_resumed_and_will_not_fit_is_known_before_a_byte_is_fetched() {
    let zoho = Zoho::start().with_file(DATA, small_zip(1, 4000));
    zoho.always_for(DATA, Fault::CutAfter(1000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    zoho.clear_faults();
    let journal = zoho.staged(&format!(".{DATA}.journal"));
    let text = std::fs::read_to_string(&journal).expect("it is kept");
    let length = format!("\"length\":{}", zoho.bytes_of(DATA).len());
    let grown = text.replace(&length, "\"length\":2000000000000000");
    assert_ne!(text, grown);
    std::fs::write(&journal, grown).expect("it is ours");
    zoho.always_for(DATA, endless());
    let before = zoho.requests_for(DATA).len();
    let run = zoho.download([]);
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("needs 1000.0 TB, "), "{run}");
    let asked = zoho.ranges_asked(DATA).split_off(before);
    assert_eq!(asked, [Some("bytes=0-0".to_owned())], "its length: {run}");
}
