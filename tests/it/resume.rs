//! A small zip cut after every byte, resumed within a run and across runs, against every kind of server.

use crate::support::bytes::{Content, small_zip};
use crate::support::elsewhere::is_windows;
use crate::support::faults::Fault;
use crate::support::run::wait_until;
use crate::support::zoho::Zoho;
use crate::support::zoho::rules::{Ranges, Validators};

/// One file for each byte after which a body can be cut: all the cuts of a server in one run.
fn one_file_per_byte(zip: &[u8]) -> Vec<(String, u64)> {
    // Wine is slow to make files.
    let step = if is_windows() { 7 } else { 1 };
    (0..zip.len() as u64)
        .step_by(step)
        .map(|cut| (format!("Data_{cut:04}.zip"), cut))
        .collect()
}

struct Server {
    ranges: Ranges,
    validators: Validators,
}

const SERVERS: [Server; 10] = [
    server(Ranges::Honest, Validators::StrongEtag),
    server(Ranges::Honest, Validators::WeakEtag),
    server(Ranges::Honest, Validators::OldDate),
    server(Ranges::Honest, Validators::FreshDate),
    server(Ranges::Honest, Validators::None),
    server(Ranges::Unannounced, Validators::StrongEtag),
    server(Ranges::None, Validators::StrongEtag),
    server(Ranges::WrongStart, Validators::StrongEtag),
    server(Ranges::WrongTotal, Validators::OldDate),
    server(Ranges::WholeAs206, Validators::None),
];

const fn server(ranges: Ranges, validators: Validators) -> Server {
    Server { ranges, validators }
}

fn start(server: &Server, zip: &[u8]) -> (Zoho, Vec<(String, u64)>) {
    let files = one_file_per_byte(zip);
    let mut zoho = Zoho::start().with(|rules| {
        rules.ranges = server.ranges;
        rules.validators = server.validators;
    });
    for (name, _) in &files {
        zoho = zoho.with_file(name, zip.to_vec());
    }
    (zoho, files)
}

fn assert_all_saved(zoho: &Zoho, files: &[(String, u64)], zip: &[u8], what: &str) {
    for (name, _) in files {
        assert_eq!(
            zoho.saved_bytes(name).as_deref(),
            Some(zip),
            "{name}, {what}"
        );
    }
}

fn told(server: &Server) -> String {
    format!("{:?}, {:?}", server.ranges, server.validators)
}

#[test]
fn a_body_cut_after_any_byte_comes_whole_in_the_same_run() {
    let zip = small_zip(1, 150);
    for server in &SERVERS {
        let (zoho, files) = start(server, &zip);
        for (name, cut) in &files {
            zoho.fault_for(name, Fault::CutAfter(*cut));
        }
        let run = zoho.download(["--jobs", "8"]);
        assert_eq!(run.code, 0, "{}: {run}", told(server));
        // Every lie is seen at the reply itself; that the verification would see it, too, is the last resort.
        assert!(!run.stderr.contains("corrupt"), "{}: {run}", told(server));
        assert_all_saved(&zoho, &files, &zip, &told(server));
    }
}

#[test]
fn a_body_cut_twice_comes_whole_in_the_same_run() {
    let zip = small_zip(2, 150);
    for server in &SERVERS {
        let (zoho, files) = start(server, &zip);
        for (name, cut) in &files {
            zoho.fault_for(name, Fault::CutAfter(*cut));
            zoho.fault_for(name, Fault::CutAfter((zip.len() as u64 - *cut) / 2));
        }
        let run = zoho.download(["--jobs", "8"]);
        assert_eq!(run.code, 0, "{}: {run}", told(server));
        assert_all_saved(&zoho, &files, &zip, &told(server));
    }
}

#[test]
fn a_body_cut_after_any_byte_comes_whole_in_the_next_run() {
    let zip = small_zip(3, 150);
    for server in &SERVERS {
        let (zoho, files) = start(server, &zip);
        for (name, cut) in &files {
            zoho.fault_for(name, Fault::CutAfter(*cut));
        }
        let first = zoho.download(["--retries", "0"]);
        assert_eq!(first.code, 5, "{}: {first}", told(server));
        let second = zoho.download(["--jobs", "8"]);
        assert_eq!(second.code, 0, "{}: {second}", told(server));
        assert_all_saved(&zoho, &files, &zip, &told(server));
    }
}

#[test]
fn with_ranges_only_what_is_missing_is_asked_for_in_the_next_run() {
    let zip = small_zip(4, 3000);
    for validators in [Validators::StrongEtag, Validators::OldDate] {
        let zoho = Zoho::start()
            .with_file("Data_001.zip", zip.clone())
            .with(|rules| rules.validators = validators);
        zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
        assert_eq!(zoho.download(["--retries", "0"]).code, 5);
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{run}");
        let asked = zoho.ranges_asked("Data_001.zip");
        assert_eq!(asked, [None, Some(format!("bytes=1000-{}", zip.len() - 1))]);
        let last = zoho
            .requests_for("Data_001.zip")
            .pop()
            .expect("there were two");
        assert!(last.request.header("if-range").is_some());
    }
}

#[test]
fn a_length_in_a_journal_that_can_not_be_is_held_against_the_server_and_not_against_the_disk() {
    let zip = small_zip(6, 3000);
    for absurd in [1 << 62, u64::MAX] {
        let zoho = Zoho::start().with_file("Data_001.zip", zip.clone());
        zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
        assert_eq!(zoho.download(["--retries", "0"]).code, 5);
        let journal = zoho.staged(".Data_001.zip.journal");
        let text = std::fs::read_to_string(&journal).unwrap();
        let told = format!("\"length\":{}", zip.len());
        assert!(text.contains(&told), "{text}");
        let text = text.replace(&told, &format!("\"length\":{absurd}"));
        std::fs::write(&journal, text).unwrap();
        let run = zoho.download([]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(zoho.saved_bytes("Data_001.zip"), Some(zip.clone()));
    }
}

#[test]
fn without_a_validator_the_end_of_what_is_on_disk_is_compared_first() {
    let zip = small_zip(5, 3000);
    let zoho = Zoho::start()
        .with_file("Data_001.zip", zip.clone())
        .with(|rules| rules.validators = Validators::None);
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    let rest = format!("bytes=1000-{}", zip.len() - 1);
    let asked = zoho.ranges_asked("Data_001.zip");
    assert_eq!(asked, [None, Some("bytes=0-999".into()), Some(rest)]);
}

#[test]
fn without_a_validator_the_end_of_what_is_there_is_compared_within_a_run_too() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", Content::stored_zip(1, 300_000))
        .with(|rules| rules.validators = Validators::None);
    zoho.fault_for("Data_001.zip", Fault::CutAfter(100_000));
    let run = zoho.download(["--jobs", "1"]);
    assert_eq!(run.code, 0, "{run}");
    let last = zoho.bytes_of("Data_001.zip").len() - 1;
    let rest = format!("bytes={}-{last}", 100_000 - (64 << 10));
    assert_eq!(zoho.ranges_asked("Data_001.zip"), [None, Some(rest)]);
    assert_eq!(
        zoho.saved_bytes("Data_001.zip"),
        Some(zoho.bytes_of("Data_001.zip"))
    );
}

#[test]
fn a_file_of_somebody_else_beside_a_part_and_its_journal_is_refused_and_stays() {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(8, 3000));
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    let theirs = small_zip(9, 500);
    std::fs::write(zoho.saved().join("Data_001.zip"), &theirs).expect("the folder is there");
    let run = zoho.download([]);
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(zoho.saved_bytes("Data_001.zip"), Some(theirs));
}

#[test]
fn a_slow_line_that_never_pauses_is_written_long_before_a_batch_is_full() {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(10, 2_000_000));
    let args = [
        "download",
        "--out",
        "out",
        "--jobs",
        "1",
        "--limit-rate",
        "20K",
    ];
    let running = zoho.cli().spawn(args);
    let part = zoho.staged(".Data_001.zip.part");
    let written = || std::fs::metadata(&part).map_or(0, |part| part.len());
    wait_until("something is on disk", || written() > 0);
    let first = written();
    drop(running);
    assert!(first < 256 << 10, "{first}");
}

/// The file changes on the server between two runs, or in the middle of one: never a mixture.
#[test]
fn a_file_that_changed_meanwhile_starts_over() {
    let (old, new) = (small_zip(6, 3000), small_zip(7, 3000));
    for validators in [
        Validators::StrongEtag,
        Validators::WeakEtag,
        Validators::OldDate,
        Validators::FreshDate,
        Validators::None,
    ] {
        for ranges in [Ranges::Honest, Ranges::None, Ranges::IgnoresIfRange] {
            for retries in ["0", "3"] {
                let zoho = Zoho::start()
                    .with_file("Data_001.zip", old.clone())
                    .with(|rules| {
                        rules.ranges = ranges;
                        rules.validators = validators;
                    });
                zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
                zoho.fault_for("Data_001.zip", Fault::Changed(new.clone().into()));
                let mut run = zoho.download(["--retries", retries]);
                if run.code != 0 {
                    run = zoho.download([]);
                }
                let what = format!("{validators:?}, {ranges:?}, {retries} retries");
                assert_eq!(run.code, 0, "{what}: {run}");
                if matches!(validators, Validators::StrongEtag | Validators::WeakEtag) {
                    assert!(
                        !run.stderr.contains("corrupt"),
                        "{what}: the tag tells: {run}"
                    );
                }
                assert_eq!(
                    zoho.saved_bytes("Data_001.zip").as_ref(),
                    Some(&new),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn only_tries_without_progress_count() {
    let zoho = Zoho::start().with_file("Data_001.zip", small_zip(1, 3000));
    for _ in 0..6 {
        zoho.fault_for("Data_001.zip", Fault::CutAfter(300));
    }
    let run = zoho.download(["--retries", "1", "--jobs", "1"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(zoho.requests_for("Data_001.zip").len(), 7, "{run}");
}

#[test]
fn without_a_validator_another_content_of_the_same_length_is_seen_by_its_bytes() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", Content::stored_zip(1, 3000))
        .with(|rules| rules.validators = Validators::None);
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    let length = zoho.bytes_of("Data_001.zip").len();
    zoho.store("Data_001.zip", Content::stored_zip(2, 3000));
    assert_eq!(zoho.bytes_of("Data_001.zip").len(), length);
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("is not what the server has"), "{run}");
    assert!(!run.stderr.contains("corrupt"), "{run}");
    assert_eq!(
        zoho.saved_bytes("Data_001.zip"),
        Some(zoho.bytes_of("Data_001.zip"))
    );
}

#[test]
fn a_file_that_has_become_shorter_than_what_is_there_of_it_starts_over() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 3000))
        .with(|rules| rules.ranges = Ranges::IgnoresIfRange);
    zoho.fault_for("Data_001.zip", Fault::CutAfter(2000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    zoho.store("Data_001.zip", small_zip(7, 500));
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("corrupt"), "{run}");
    let asked = zoho.requests_for("Data_001.zip");
    assert!(
        run.stderr.contains("the length of the file has changed"),
        "{run}"
    );
    let outside = asked.iter().filter(|record| record.status == 416);
    assert_eq!(outside.count(), 1, "{run}");
    assert_eq!(
        zoho.saved_bytes("Data_001.zip"),
        Some(zoho.bytes_of("Data_001.zip"))
    );
}

#[test]
fn without_a_validator_only_the_same_link_is_gone_on_with() {
    let zoho = Zoho::start()
        .with_file("Data_001.zip", small_zip(1, 3000))
        .with(|rules| rules.validators = Validators::None);
    zoho.fault_for("Data_001.zip", Fault::CutAfter(1000));
    assert_eq!(zoho.download(["--retries", "0"]).code, 5);
    let journal = zoho.staged(".Data_001.zip.journal");
    let text = std::fs::read_to_string(&journal).expect("it is kept");
    let link = zoho.link("Data_001.zip");
    assert!(text.contains(&link), "{text}");
    let other = text.replace(&link, &zoho.link("Data_009.zip"));
    std::fs::write(&journal, other).expect("it is ours");
    let run = zoho.download([]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("came from another link"), "{run}");
    assert_eq!(zoho.ranges_asked("Data_001.zip"), [None, None]);
}
