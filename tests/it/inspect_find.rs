//! `inspect --module`: the records that were asked for, and no others, out of all the files a module is split into.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::backup::{Backup, Language, Night};
use crate::support::run::{Cli, Run, folder};
use crate::support::tools::needs;
use crate::support::zips::{Method, ZipWriter};
use crate::support::zoho::Zoho;

const ZIP: &str = "Data_001.zip";

const FIRST: &str = "\u{feff}Record Id,Name,Email,Name\r\n\
    zcrm_1,\"Ada \"\"A\"\"\",ada@example.com,x\r\n\
    zcrm_2,\"two\r\nlines\",bob@example.com,\r\n";
const SECOND: &str = "\u{feff}Record Id,Name,Email,Name\r\nzcrm_3,Zoë,ZOE@EXAMPLE.COM,\"a,b\"\r\n";

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    for (name, text) in entries {
        let added = zip.add(name, Method::Deflated, text.as_bytes());
        added.expect("memory takes every byte");
    }
    zip.finish().expect("memory takes every byte")
}

/// The second file of the module comes first.
fn contacts() -> Vec<u8> {
    zip(&[
        ("Data/Contacts_002.csv", SECOND),
        ("Data/Contacts_001.csv", FIRST),
        ("Data/Leads_001.csv", "\u{feff}ID record,Nome\r\n"),
        ("Metadata/Fields_001.csv", "a\r\n"),
    ])
}

/// Runs `inspect` on one zip, without a network, credentials or a configuration.
fn inspect<const N: usize>(zip: &[u8], more: [&str; N]) -> Run {
    let home = folder();
    fs::write(home.path().join(ZIP), zip).expect("the folder is ours");
    Cli::new(home.path()).run(["inspect", ZIP].into_iter().chain(more))
}

fn contacts_where<const N: usize>(more: [&str; N]) -> Run {
    let home = folder();
    fs::write(home.path().join(ZIP), contacts()).expect("the folder is ours");
    let module = ["inspect", ZIP, "--module", "contacts"];
    Cli::new(home.path()).run(module.into_iter().chain(more))
}

#[test]
fn a_whole_module_is_its_files_in_their_order_under_one_header() {
    let run = contacts_where([]);
    let body = SECOND.split_once("\r\n").expect("a header").1;
    let expected = FIRST.trim_start_matches('\u{feff}').to_owned() + body;
    assert_eq!((run.code, &*run.stdout), (0, &*expected), "{run}");
    assert!(run.stderr.ends_with("3 records of Contacts\n"), "{run}");
}

#[test]
fn records_are_found_by_their_fields_and_by_id() {
    let found = |more: &[&str]| {
        let home = folder();
        fs::write(home.path().join(ZIP), contacts()).expect("the folder is ours");
        let module = ["inspect", ZIP, "--module", "Contacts", "--json"];
        let run = Cli::new(home.path()).run(module.iter().chain(more));
        assert_eq!(run.code, 0, "{run}");
        let records = run.stdout.lines().map(|line| {
            let record: Value = serde_json::from_str(line).expect("JSON");
            record["Record Id"].as_str().unwrap_or_default().to_owned()
        });
        records.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(&["--where", "Email=bob@example.com"]), "zcrm_2");
    assert_eq!(found(&["--where", "Email~EXAMPLE"]), "zcrm_1 zcrm_2 zcrm_3");
    assert_eq!(found(&["--where", "email~zoe@"]), "zcrm_3");
    assert_eq!(
        found(&["--where", "Name~two", "--where", "Email~bob"]),
        "zcrm_2"
    );
    assert_eq!(found(&["--where", "Name~two", "--where", "Email~ada"]), "");
    assert_eq!(
        found(&["--where", "Email!=bob@example.com"]),
        "zcrm_1 zcrm_3"
    );
    assert_eq!(found(&["--id", "3", "--id", "zcrm_1"]), "zcrm_1 zcrm_3");
    assert_eq!(found(&["--id", "3", "--where", "Name=Ada"]), "");
}

#[test]
fn a_record_in_json_has_every_field_also_of_labels_that_are_there_twice() {
    let run = contacts_where(["--json", "--id", "1"]);
    let record: Value = serde_json::from_str(&run.stdout).expect("one line");
    let expected = json!({
        "Record Id": "zcrm_1", "Name": "Ada \"A\"", "Email": "ada@example.com", "Name (2)": "x",
    });
    assert_eq!((run.code, record), (0, expected), "{run}");
}

#[test]
fn no_match_is_a_header_and_a_word_on_stderr() {
    let run = contacts_where(["--where", "Name=nobody"]);
    assert_eq!(
        (run.code, &*run.stdout),
        (0, "Record Id,Name,Email,Name\r\n"),
        "{run}"
    );
    assert!(
        run.stderr
            .ends_with("none of 3 records of Contacts matches\n"),
        "{run}"
    );
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let run = inspect(&contacts(), ["--module", "Contcts"]);
    assert_eq!((run.code, &*run.stdout), (2, ""), "{run}");
    let said = "error: Data_001.zip has no module \"Contcts\"\n\
        hint: did you mean \"Contacts\"? The modules are Contacts, Leads\n";
    assert!(run.stderr.ends_with(said), "{run}");
    let run = contacts_where(["--where", "Emial=x", "--json"]);
    assert_eq!(run.code, 2, "{run}");
    let error: Value = serde_json::from_str(&run.stdout).expect("one line");
    assert_eq!(error["code"], "unknown_field", "{run}");
    let said = "did you mean \"Email\"? The fields are Record Id, Name, Email, Name";
    assert_eq!(error["hint"], said, "{run}");
    let run = contacts_where(["--where", "Email"]);
    assert!(run.code == 2 && run.stderr.contains("LABEL=VALUE"), "{run}");
}

#[test]
fn names_out_of_a_zip_move_no_cursor() {
    let strange = zip(&[("Data/a\u{1b}[2J_001.csv", "Id,b\u{1b}[2J\n1,2\n")]);
    for more in [
        ["--module", "x", "-q"],
        ["--module", "a\u{1b}[2J", "--where=x=1"],
    ] {
        let run = inspect(&strange, more);
        assert!(run.code == 2 && !run.stderr.contains('\u{1b}'), "{run}");
        assert!(run.stderr.contains("\\u{1b}[2J"), "{run}");
    }
}

#[test]
fn a_damaged_file_is_named_and_the_others_are_searched() {
    let mut damaged = contacts();
    // In the data of the second file, which is the first entry.
    damaged[30 + "Data/Contacts_002.csv".len() + 20] ^= 0xff;
    let run = inspect(&damaged, ["--module", "Contacts", "--where", "Email~bob"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stdout.contains("zcrm_2"), "{run}");
    let named = "error: Data_001.zip: entry \"Data/Contacts_002.csv\" at byte 0 ";
    assert!(run.stderr.contains(named), "{run}");
}

#[test]
fn a_search_of_a_set_with_a_zip_missing_is_never_green() {
    let zoho = Zoho::start()
        .with_file(ZIP, contacts())
        .with_file("Data_002.zip", zip(&[("Data/Deals_001.csv", "Id\n1\n")]));
    assert_eq!(zoho.download([]).code, 0);
    fs::remove_file(zoho.saved().join("Data_002.zip")).expect("it is there");
    let cli = Cli::new(zoho.home());
    for module in ["Contacts", "Deals"] {
        let run = cli.run(["inspect", "out", "--module", module]);
        assert!(
            run.code == 6 && run.stderr.contains("Data_002.zip"),
            "{run}"
        );
        assert_eq!(run.stdout.contains("zcrm_3"), module == "Contacts", "{run}");
    }
}

#[test]
fn files_with_other_columns_are_not_mixed() {
    let zip = zip(&[
        ("Data/A_001.csv", "Id,Name\r\n1,x\r\n"),
        ("Data/A_002.csv", "Id,City,Name\r\n2,Roma,y\r\n"),
    ]);
    let run = inspect(&zip, ["--module", "A"]);
    assert_eq!((run.code, &*run.stdout), (6, "Id,Name\r\n1,x\r\n"), "{run}");
    let run = inspect(&zip, ["--module", "A", "--json"]);
    let expected =
        "{\"Id\":\"1\",\"Name\":\"x\"}\n{\"Id\":\"2\",\"City\":\"Roma\",\"Name\":\"y\"}\n";
    assert_eq!((run.code, &*run.stdout), (0, expected), "{run}");
}

#[test]
fn a_reader_that_has_enough_ends_it_well() {
    let rows = (0..200_000).map(|row| format!("{row},{}\r\n", row * 7919 % 10_007));
    let zip = zip(&[(
        "Data/A_001.csv",
        &*("Id,N\r\n".to_owned() + &rows.collect::<String>()),
    )]);
    let home = folder();
    fs::write(home.path().join(ZIP), zip).expect("the folder is ours");
    let mut command = Cli::new(home.path()).command(["inspect", ZIP, "--module", "A"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    let mut reader = BufReader::new(child.stdout.take().expect("it is piped"));
    reader.read_line(&mut line).expect("it prints");
    drop(reader);
    let ended = child.wait().expect("it is ours");
    assert_eq!((&*line, ended.code()), ("Id,N\r\n", Some(0)));
}

/// `csv` and `zipfile` of Python: all records of a module, and those whose third field contains a text.
const SCRIPT: &str = r#"
import csv, io, json, sys, zipfile
folder, module, text = sys.argv[1:]
header, records = None, []
for zip in ("Data_001.zip", "Data_002.zip"):
    with zipfile.ZipFile(f"{folder}/{zip}") as archive:
        for name in sorted(archive.namelist()):
            if name.startswith(f"Data/{module}_0"):
                with archive.open(name) as file:
                    rows = csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline=""))
                    header = next(rows)
                    records += rows
json.dump([header, records, [it for it in records if text in it[2].lower()]], sys.stdout)
"#;

/// The same of what was printed.
const READ: &str = "import csv, io, json, sys\n\
    rows = list(csv.reader(io.TextIOWrapper(sys.stdin.buffer, 'utf-8', newline='')))\n\
    json.dump([rows[0], rows[1:]], sys.stdout)";

fn python<const N: usize>(script: &str, args: [&str; N], input: &Path) -> Value {
    let input = fs::File::open(input).expect("it is there");
    let mut command = Command::new("python3");
    let command = command.args(["-c", script]).args(args).stdin(input);
    let output = command.output().expect("it is there");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn in_every_language_what_is_printed_is_what_python_reads() {
    needs!(Program("python3"));
    for language in Language::ALL {
        let night = Night {
            language,
            ..Night::default()
        };
        let zoho = Zoho::start().with_backup(Backup::six_of(night));
        assert_eq!(zoho.download([]).code, 0);
        let (saved, cli) = (zoho.saved(), Cli::new(zoho.home()));
        let nothing = Path::new("/dev/null");
        let folder = saved.to_string_lossy();
        let expected = python(SCRIPT, [&folder, "Contacts", "1"], nothing);
        let third = expected[0][2].as_str().expect("a label");
        let condition = format!("{third}~1");
        for (conditions, expected_records) in [
            (&[][..], &expected[1]),
            (&["--where", &condition], &expected[2]),
        ] {
            let module = ["inspect", "out", "--module", "Contacts"];
            let run = cli.run(module.iter().chain(conditions));
            assert_eq!(run.code, 0, "{run}");
            let printed = zoho.home().join("printed.csv");
            fs::write(&printed, &run.stdout).expect("the folder is ours");
            let found = python(READ, [], &printed);
            assert_eq!((&found[0], &found[1]), (&expected[0], expected_records));
            assert!(!found[1].as_array().expect("records").is_empty());
        }
    }
}
