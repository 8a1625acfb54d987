//! `verify --repair`: what is damaged is fetched again and nothing else, a damaged file is lost to nobody, and a set is never
//! mixed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::bytes::{Content, small_zip};
use crate::support::faults::Fault;
use crate::support::run::{Cli, Run, files_under, wait_until};
use crate::support::strace::Strace;
use crate::support::tools::needs;
use crate::support::zoho::{Role, Zoho};
use crate::verify::{DATA, MORE, saved};

fn repair(zoho: &Zoho) -> Run {
    // What was killed may need a moment to let go of the lock.
    zoho.run(["verify", "out", "--repair", "--wait-lock", "30s"])
}

/// Without a network and without credentials.
fn verify(zoho: &Zoho) -> Run {
    Cli::new(zoho.home()).run(["verify", "out"])
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("it is saved");
    bytes[at] ^= 0x10;
    fs::write(path, bytes).expect("it is ours");
}

/// What is in the folder of the set.
fn content(zoho: &Zoho) -> BTreeMap<String, Vec<u8>> {
    let names = files_under(&zoho.saved());
    let read = |name: &String| fs::read(zoho.saved().join(name)).expect("a file");
    names
        .iter()
        .map(|name| (name.clone(), read(name)))
        .collect()
}

/// Holds that all is as it was when it was saved, with nothing left over but what is kept on purpose.
fn is_whole(zoho: &Zoho, run: &Run) {
    assert_eq!(run.code, 0, "{run}");
    for name in [DATA, MORE] {
        assert_eq!(
            zoho.saved_bytes(name),
            Some(zoho.bytes_of(name)),
            "{name}: {run}"
        );
    }
    let again = verify(zoho);
    assert_eq!(again.code, 0, "{again}");
    let left = files_under(&zoho.home().join("out"));
    assert!(!left.iter().any(|name| name.contains("repair")), "{left:?}");
}

/// Holds that the run said why it could not repair, and left everything as it was.
fn is_refused(zoho: &Zoho, before: &BTreeMap<String, Vec<u8>>, run: &Run, why: &str) {
    assert_eq!(run.code, 6, "{run}");
    let told = run.stderr.lines().any(|line| {
        line.starts_with("error: ") && line.contains("not repaired: ") && line.contains(why)
    });
    assert!(told && run.stderr.contains("hint: "), "{why}: {run}");
    assert_eq!(&content(zoho), before, "{run}");
}

#[test]
fn what_is_damaged_cut_or_gone_is_fetched_again_and_nothing_else() {
    for damage in [
        (|path| flip(path, 500)) as fn(&Path),
        |path| fs::write(path, &fs::read(path).expect("it is saved")[..700]).expect("it is ours"),
        |path| fs::write(path, "").expect("it is ours"),
        |path| fs::remove_file(path).expect("it is saved"),
    ] {
        let zoho = saved();
        let path = zoho.saved().join(DATA);
        damage(&path);
        let damaged = fs::read(&path).ok();
        let sound = fs::metadata(zoho.saved().join(MORE))
            .expect("it is saved")
            .modified()
            .expect("a time");
        assert_eq!(verify(&zoho).code, 6);
        let (of_data, of_more) = (zoho.requests_for(DATA).len(), zoho.requests_for(MORE).len());
        let run = repair(&zoho);
        is_whole(&zoho, &run);
        for words in ["Data_001.zip: fetched again", "warning: repaired: "] {
            assert!(run.stderr.contains(words), "{words}: {run}");
        }
        assert_eq!(
            fs::read(zoho.saved().join("Data_001.zip.damaged")).ok(),
            damaged,
            "{run}"
        );
        assert_eq!(zoho.requests_for(DATA).len(), of_data + 1, "{run}");
        assert_eq!(zoho.requests_for(MORE).len(), of_more, "{run}");
        let after = fs::metadata(zoho.saved().join(MORE))
            .expect("it is saved")
            .modified()
            .expect("a time");
        assert_eq!(sound, after);
        assert!(zoho.download([]).stderr.contains("nothing to do"));
    }
}

/// Nor are credentials needed, nor a configuration.
#[test]
fn what_is_sound_costs_no_request() {
    let zoho = saved();
    let (before, asked) = (content(&zoho), zoho.requests().len());
    let run = Cli::new(zoho.home()).run(["verify", "out", "--repair"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        (content(&zoho), zoho.requests().len()),
        (before, asked),
        "{run}"
    );
}

#[test]
fn a_list_of_digests_that_is_gone_or_spoilt_is_written_anew_without_the_network() {
    for text in [None, Some("nonsense\n")] {
        let zoho = saved();
        let (before, asked) = (content(&zoho), zoho.requests().len());
        let list = zoho.saved().join("SHA256SUMS");
        match text {
            None => fs::remove_file(&list).expect("it is there"),
            Some(text) => fs::write(&list, text).expect("it is ours"),
        }
        let run = Cli::new(zoho.home()).run(["verify", "out", "--repair"]);
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(
            (content(&zoho), zoho.requests().len()),
            (before, asked),
            "{run}"
        );
        assert!(run.stderr.contains("SHA256SUMS: written anew"), "{run}");
    }
}

/// One that is no JSON any more, and one that only the list of digests gives away.
#[test]
fn a_damaged_manifest_is_rebuilt_from_the_files_that_are_there() {
    for spoil in [
        (|text: String| text.replace('{', "[")) as fn(String) -> String,
        |text| text.replace("\"org\": \"", "\"org\": \"9"),
    ] {
        let zoho = saved();
        let asked = zoho.requests_for(DATA).len();
        let path = zoho.saved().join("manifest.json");
        let damaged = spoil(fs::read_to_string(&path).expect("it is there"));
        fs::write(&path, &damaged).expect("it is ours");
        assert_eq!(verify(&zoho).code, 6);
        let run = repair(&zoho);
        is_whole(&zoho, &run);
        assert_eq!(zoho.requests_for(DATA).len(), asked, "{run}");
        let kept = fs::read_to_string(zoho.saved().join("manifest.json.damaged"));
        assert_eq!(kept.ok(), Some(damaged), "{run}");
    }
}

#[test]
fn a_set_that_was_never_complete_is_completed() {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 3000));
    assert_eq!(zoho.download(["--match", MORE]).code, 0);
    flip(&zoho.saved().join(MORE), 500);
    let run = repair(&zoho);
    is_whole(&zoho, &run);
}

#[test]
fn links_that_are_gone_repair_nothing() {
    for (change, why) in [
        (
            (|zoho: &Zoho| {
                let then = zoho.now() - chrono::TimeDelta::hours(1);
                zoho.set(|rules| (rules.expiry, rules.lists_expired) = (then, true));
            }) as fn(&Zoho),
            "the links expired on",
        ),
        (
            |zoho| zoho.set(|rules| rules.job = "999".into()),
            "Zoho lists another backup now (job 999)",
        ),
        (
            |zoho| zoho.urls_reply(204, "application/json", ""),
            "Zoho lists no links",
        ),
    ] {
        let zoho = saved();
        let set = zoho.saved();
        flip(&set.join(DATA), 500);
        let before = content(&zoho);
        let path = set.display().to_string();
        change(&zoho);
        let run = zoho.run(["verify", &path, "--repair"]);
        let now = files_under(&set);
        assert_eq!(run.code, 6, "{run}");
        assert!(
            run.stderr.contains("not repaired: ") && run.stderr.contains(why),
            "{why}: {run}"
        );
        assert_eq!(now, before.keys().cloned().collect::<Vec<_>>(), "{run}");
        assert_eq!(
            fs::read(set.join(DATA)).ok().as_ref(),
            before.get(DATA),
            "{run}"
        );
    }
}

#[test]
fn other_content_of_the_same_job_is_not_mixed_in() {
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 500);
    let before = content(&zoho);
    zoho.store(DATA, small_zip(3, 3000));
    let run = repair(&zoho);
    is_refused(&zoho, &before, &run, "other content");
    assert_eq!(
        files_under(&zoho.home().join("out"))
            .iter()
            .filter(|name| name.contains("repair"))
            .count(),
        0
    );
}

#[test]
fn a_file_that_does_not_come_leaves_the_damaged_one_in_its_place() {
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 500);
    let before = content(&zoho);
    zoho.always_for(DATA, Fault::Garbage);
    let run = repair(&zoho);
    is_refused(&zoho, &before, &run, DATA);
    zoho.clear_faults();
    is_whole(&zoho, &repair(&zoho));
}

#[test]
fn without_credentials_it_says_so_and_the_damage_stays_the_exit_code() {
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 500);
    let before = content(&zoho);
    let run = Cli::new(zoho.home()).run(["verify", "out", "--repair"]);
    is_refused(&zoho, &before, &run, "no credentials");
}

/// What is left is taken up again, and the file that is there is sound at every step.
#[test]
fn a_repair_that_is_killed_is_resumed_by_the_next() {
    let zoho = Zoho::start()
        .with_file(DATA, Content::stored_zip(1, 1 << 20))
        .with_file(MORE, small_zip(2, 3000));
    assert_eq!(zoho.download([]).code, 0);
    let path = zoho.saved().join(DATA);
    flip(&path, 5000);
    let before = content(&zoho);
    zoho.fault_for(DATA, Fault::StallAfter(800 << 10));
    let mut running = zoho.cli().spawn(["verify", "out", "--repair"]);
    let part = zoho
        .home()
        .join("out/.backup-fetch.repair")
        .join(zoho.saved().file_name().expect("a name"))
        .join(".Data_001.zip.part");
    wait_until("it fetches", || {
        fs::metadata(&part).is_ok_and(|found| found.len() > 0)
    });
    let other = zoho.download([]);
    assert_eq!(other.code, 8, "{other}");
    let other = zoho.run(["verify", "out", "--repair"]);
    is_refused(
        &zoho,
        &before,
        &other,
        "another run of backup-fetch is working in this folder",
    );
    running.kill();
    drop(running);
    assert_eq!(content(&zoho), before);
    is_whole(&zoho, &repair(&zoho));
}

#[test]
fn with_json_there_is_one_document_and_it_is_about_what_is_there_now() {
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 500);
    let run = zoho.run(["verify", "out", "--repair", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let document = run.json();
    assert_eq!(document["sound"], true, "{run}");
    let repaired = document["repaired"].as_array().expect("a list").clone();
    assert_eq!(repaired.len(), 1, "{run}");
    assert_eq!(
        (&repaired[0]["code"], &repaired[0]["file"]),
        (&"corrupt".into(), &DATA.into()),
        "{run}"
    );
}

/// It stands there because somebody put it there.
#[test]
fn a_link_under_the_name_of_a_file_is_left_alone() {
    let zoho = saved();
    let path = zoho.saved().join(DATA);
    let elsewhere = zoho.home().join("elsewhere");
    fs::rename(&path, &elsewhere).expect("it is ours");
    std::os::unix::fs::symlink(&elsewhere, &path).expect("it is ours");
    let run = repair(&zoho);
    assert_eq!(run.code, 6, "{run}");
    assert!(path.is_symlink() && elsewhere.is_file(), "{run}");
}

#[test]
fn what_an_interrupted_repair_left_goes_when_the_set_is_sound_again() {
    let zoho = saved();
    let left = zoho.home().join("out/.backup-fetch.repair");
    let left = left.join(zoho.saved().file_name().expect("a name"));
    fs::create_dir_all(&left).expect("it is ours");
    fs::write(left.join(".Data_001.zip.part"), "half").expect("it is ours");
    let run = Cli::new(zoho.home()).run(["verify", "out", "--repair"]);
    is_whole(&zoho, &run);
}

#[test]
fn of_several_sets_each_is_repaired_as_far_as_its_links_live() {
    let zoho = saved();
    let old = zoho.saved();
    zoho.set(|rules| rules.job = "510000000099777".into());
    assert_eq!(zoho.download([]).code, 0);
    let new = zoho.saved();
    assert_ne!(old, new);
    for set in [&old, &new] {
        flip(&set.join(DATA), 500);
    }
    let run = repair(&zoho);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
    let told = format!(
        "error: {}: not repaired: the links of this backup are gone",
        old.display()
    );
    assert!(run.stderr.contains(&told), "{run}");
    let told = format!("{}: not repaired", new.display());
    assert!(!run.stderr.contains(&told), "{run}");
    assert!(!old.join("Data_001.zip.damaged").exists());
}

#[test]
fn a_zip_by_itself_is_not_repaired_and_the_way_is_named() {
    let zoho = saved();
    let path = zoho.saved().join(DATA);
    flip(&path, 500);
    let before = content(&zoho);
    let run = zoho.run(["verify", &path.display().to_string(), "--repair"]);
    is_refused(&zoho, &before, &run, "nothing is known of the backup");
}

/// A repair that dies at the n-th call of this kind on the names that it gives and takes; whether there was such a call.
fn dies(zoho: &Zoho, call: &str, n: usize) -> bool {
    let set = zoho.saved();
    let fetched = zoho.home().join("out/.backup-fetch.repair");
    let fetched = fetched.join(set.file_name().expect("a name"));
    let names = [
        DATA,
        "Data_001.zip.damaged",
        "manifest.json",
        ".manifest.json.new",
        "SHA256SUMS",
        ".SHA256SUMS.new",
    ];
    let paths = names.iter().map(|name| set.join(name));
    let strace = Strace::new(zoho).on(paths.chain([fetched.join(DATA)]));
    let strace = strace.inject(call, &format!("signal=KILL:when={n}"));
    let run = zoho
        .cli()
        .traced(&strace)
        .run(["verify", "out", "--repair"]);
    assert!([0, 137].contains(&run.code), "{call} {n}: {run}");
    strace.has_struck()
}

#[test]
fn a_repair_that_dies_at_any_step_loses_nothing_and_the_next_comes_through() {
    needs!(Strace);
    for call in ["linkat", "renameat2", "rename", "unlink"] {
        for n in 1.. {
            assert!(n < 30, "{call}: there is no end to it");
            let zoho = saved();
            let set = zoho.saved();
            flip(&set.join(DATA), 500);
            let damaged = fs::read(set.join(DATA)).expect("it is there");
            let has_died = dies(&zoho, call, n);
            let there = content(&zoho);
            assert_eq!(there.get(MORE), Some(&zoho.bytes_of(MORE)), "{call} {n}");
            assert!(there.values().any(|bytes| *bytes == damaged), "{call} {n}");
            let now = there.get(DATA);
            assert!(
                now.is_none_or(|now| [&damaged, &zoho.bytes_of(DATA)].contains(&now)),
                "{call} {n}"
            );
            let next = repair(&zoho);
            is_whole(&zoho, &next);
            if !has_died {
                assert!(n > 1 || call == "rename", "{call} was never called");
                break;
            }
        }
    }
}

/// It has found damage that another repair mends while it waits.
#[test]
fn a_repair_that_waited_for_another_leaves_what_that_has_mended() {
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 500);
    let lists = || {
        zoho.requests_to(Role::Api)
            .iter()
            .filter(|record| record.request.path().ends_with("/urls"))
            .count()
    };
    zoho.fault_for(DATA, Fault::StallAfter(1000));
    let asked = lists();
    let args = ["verify", "out", "--repair", "--stall-timeout", "3s"];
    let first = zoho.cli().spawn(args);
    let part = zoho.home().join("out/.backup-fetch.repair");
    wait_until("the first fetches", || {
        part.exists() && zoho.requests_for(DATA).len() > 1
    });
    let second = zoho
        .cli()
        .spawn(["verify", "out", "--repair", "--wait-lock", "30s"]);
    wait_until("the second is about to", || lists() == asked + 2);
    is_whole(&zoho, &first.wait());
    let fetched = zoho.requests_for(DATA).len();
    is_whole(&zoho, &second.wait());
    assert_eq!(zoho.requests_for(DATA).len(), fetched);
    assert!(!zoho.saved().join("Data_001.zip.damaged.2").exists());
}

#[test]
fn a_damaged_file_gets_its_place_back_when_the_disk_refuses_the_other() {
    needs!(Strace);
    let zoho = saved();
    flip(&zoho.saved().join(DATA), 500);
    let before = content(&zoho);
    // The first rename sets the damaged file aside, the second would bring the other in.
    let strace = Strace::new(&zoho).on([zoho.saved().join(DATA)]);
    let strace = strace
        .inject("linkat", "error=EIO")
        .inject("renameat2", "error=EIO:when=2");
    let run = zoho
        .cli()
        .traced(&strace)
        .run(["verify", "out", "--repair"]);
    assert!(strace.has_struck(), "{run}");
    assert_eq!(run.code, 7, "{run}");
    assert_eq!(content(&zoho), before, "{run}");
    is_whole(&zoho, &repair(&zoho));
}

/// `download` would save it beside; a repair is asked for this set.
#[test]
fn a_set_that_was_made_anew_at_zoho_is_not_completed_with_the_other() {
    let zoho = Zoho::start()
        .with_file(DATA, small_zip(1, 3000))
        .with_file(MORE, small_zip(2, 3000));
    assert_eq!(zoho.download(["--match", DATA]).code, 0);
    let before = content(&zoho);
    zoho.store(DATA, small_zip(3, 5000));
    let later = zoho.now() + chrono::TimeDelta::days(5);
    zoho.set(|rules| rules.expiry = later);
    let run = repair(&zoho);
    is_refused(&zoho, &before, &run, "other content");
    let sets = files_under(&zoho.home().join("out"));
    assert!(!sets.iter().any(|name| name.contains(".2")), "{sets:?}");
}

#[test]
fn a_file_that_is_not_listed_any_more_keeps_no_other_from_being_repaired() {
    let zoho = saved();
    for name in [DATA, MORE] {
        flip(&zoho.saved().join(name), 500);
    }
    let urls = json!({ "data_links": [zoho.link(DATA)], "expiry_date": null });
    zoho.urls_reply(200, "application/json", json!({ "urls": urls }).to_string());
    let run = repair(&zoho);
    assert_eq!(run.code, 6, "{run}");
    assert_eq!(zoho.saved_bytes(DATA), Some(zoho.bytes_of(DATA)), "{run}");
    let told =
        "not repaired: the links of this backup are gone: Data_002.zip is not on Zoho's list";
    assert!(run.stderr.contains(told), "{run}");
    assert!(zoho.saved().join(MORE).is_file(), "{run}");
}
