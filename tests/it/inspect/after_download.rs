//! `download --inspect` and `--max-drop`: counts that stay in the manifest, and an alarm that stays with the set.

use std::fs;

use serde_json::Value;

use super::{module, save};
use crate::support::backup::{Backup, Language, Night};
use crate::support::zoho::Zoho;

fn manifest(zoho: &Zoho) -> Value {
    let path = zoho.saved().join("manifest.json");
    serde_json::from_str(&fs::read_to_string(path).expect("a manifest")).expect("JSON")
}

fn offer(zoho: &Zoho, job: &str, night: Night) {
    for (name, content) in Backup::six_of(night).files {
        zoho.store(&name, content);
    }
    zoho.set(|rules| rules.job = job.into());
}

#[test]
fn the_counts_are_kept_in_the_manifest_and_told_at_the_end() {
    let zoho = Zoho::start().with_backup(Backup::six());
    let run = zoho.download(["--inspect", "--json"]);
    assert_eq!(run.code, 0, "{run}");
    let contents = manifest(&zoho)["contents"].clone();
    assert_eq!(module(&contents, "Leads")["records"], 240, "{run}");
    assert!(contents["inspected_at"].is_string());
    let summary = run.events("summary").remove(0);
    assert_eq!(module(&summary["contents"], "Leads")["records"], 240);
    // With them the set is as good as without.
    let verify = super::cli(&zoho).run(["verify", "out"]);
    assert_eq!(verify.code, 0, "{verify}");
    let again = zoho.download(["--inspect", "--json"]);
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(manifest(&zoho)["contents"], contents);
    let summary = again.events("summary").remove(0);
    assert_eq!(module(&summary["contents"], "Leads")["records"], 240);
}

#[test]
fn without_it_nothing_is_counted() {
    let zoho = Zoho::start().with_backup(Backup::six());
    let run = zoho.download(["--json"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(manifest(&zoho)["contents"], Value::Null);
    assert_eq!(run.events("summary")[0]["contents"], Value::Null);
}

/// The second night, before which somebody has emptied a module.
fn offer_emptied(zoho: &Zoho) {
    let night = Night {
        number: 2,
        emptied: Some("Accounts"),
        ..Night::default()
    };
    offer(zoho, "510000000099002", night);
}

#[test]
fn a_loss_is_an_alarm_as_long_as_the_set_is_the_newest() {
    let zoho = Zoho::start();
    // Saved by who did not count yet.
    let older = save(&zoho, 1, None, Language::English);
    offer_emptied(&zoho);
    for _ in 0..2 {
        let run = zoho.download(["--max-drop", "20%"]);
        assert_eq!(run.code, 6, "{run}");
        assert!(run.stderr.contains("Accounts from"), "{run}");
        assert!(
            run.stderr.contains("hint: the older backup is still there"),
            "{run}"
        );
    }
    assert_eq!(manifest(&zoho)["state"], "complete");
    let before = fs::read_to_string(older.join("manifest.json")).expect("a manifest");
    assert!(before.contains("\"contents\""), "it was counted once, too");
    let allowed = zoho.download(["--max-drop", "100%"]);
    assert_eq!(allowed.code, 0, "{allowed}");
    // Zoho lists links for a week only; what is saved stays the newest.
    zoho.set(|rules| rules.has_backup = false);
    let later = zoho.download(["--max-drop", "20%"]);
    assert_eq!(later.code, 6, "{later}");
    assert!(later.stderr.contains("Accounts from"), "{later}");
    let allowed = zoho.download(["--max-drop", "100%"]);
    assert_eq!(allowed.code, 0, "{allowed}");
    let verify = super::cli(&zoho).run(["verify", "out"]);
    assert_eq!(verify.code, 0, "{verify}");
}

#[test]
fn an_alarm_keeps_the_older_set_from_being_pruned() {
    let zoho = Zoho::start();
    let older = save(&zoho, 1, None, Language::English);
    offer_emptied(&zoho);
    let prune = |most| zoho.download(["--prune", "--keep-last", "1", "--max-drop", most]);
    // The second run finds the set complete, and nothing to fetch.
    for _ in 0..2 {
        let run = prune("20%");
        assert_eq!(run.code, 6, "{run}");
        assert_eq!(manifest(&zoho)["state"], "complete", "{run}");
        assert!(older.join("manifest.json").is_file(), "{run}");
        assert!(older.join("SHA256SUMS").is_file(), "{run}");
    }
    let verify = super::cli(&zoho).run(["verify", super::text(&older)]);
    assert_eq!(verify.code, 0, "{verify}");
    let allowed = prune("100%");
    assert_eq!(allowed.code, 0, "{allowed}");
    assert!(!older.exists(), "{allowed}");
}

/// Nobody can tell whether the new one lost anything.
#[test]
fn an_older_set_that_can_not_be_compared_is_not_pruned() {
    let zoho = Zoho::start();
    let older = save(&zoho, 1, None, Language::English);
    let data = older.join("Data_001.zip");
    let mut bytes = fs::read(&data).expect("it is there");
    let directory = bytes.len() - 100;
    bytes[directory..].fill(0);
    fs::write(&data, bytes).expect("it is ours");
    offer_emptied(&zoho);
    for _ in 0..2 {
        let run = zoho.download(["--prune", "--keep-last", "1", "--max-drop", "20%"]);
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stderr.contains("nothing can be compared with"), "{run}");
        assert!(run.stderr.contains("nothing is pruned: "), "{run}");
        assert!(older.join("manifest.json").is_file(), "{run}");
    }
    let run = zoho.download(["--prune", "--keep-last", "1"]);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn the_keys_of_a_profile_do_the_same() {
    let zoho = Zoho::start();
    save(&zoho, 1, None, Language::English);
    offer_emptied(&zoho);
    let config = zoho.home().join("config.toml");
    fs::write(
        &config,
        "[profiles.main]\ninspect = true\nmax_drop = \"20%\"\n",
    )
    .expect("a file");
    let cli = zoho.cli().always("--config").always("config.toml");
    let run = cli.run(["download", "--out", "out"]);
    assert_eq!(run.code, 6, "{run}");
    fs::write(&config, "[profiles.main]\nmax_drop = \"120%\"\n").expect("a file");
    let run = cli.run(["download", "--out", "out"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("max_drop"), "{run}");
}

#[test]
fn an_encrypted_zip_that_was_accepted_is_warned_of_and_no_error() {
    let mut zip = super::zip(&[("Data/Leads_001.csv", "Id\r\n1\r\n")]);
    // The flag of encryption, in the header and in the directory.
    let directory = zip
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x01\x02")
        .expect("a directory");
    zip[6] |= 1;
    zip[directory + 8] |= 1;
    let zoho = Zoho::start().with_file("Data_001.zip", zip);
    let run = zoho.download(["--allow-unverified", "--inspect"]);
    assert_eq!(run.code, 0, "{run}");
    let warning = "warning: 1 table can't be read, and is not counted: Data_001.zip: ";
    assert!(run.stderr.contains(warning), "{run}");
    let run = super::inspect(&zoho, &["out"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains(warning), "{run}");
    // Of a lone zip nobody is known to have accepted anything.
    let path = zoho.saved().join("Data_001.zip");
    let run = super::inspect(&zoho, &[super::text(&path)]);
    assert_eq!(run.code, 6, "{run}");
}
