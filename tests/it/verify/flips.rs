//! A flipped bit anywhere in a set is found.

use std::fs;

use super::{DATA, cli};
use crate::support::elsewhere::is_windows;
use crate::support::zips::{Method, ZipWriter};
use crate::support::zoho::Zoho;

/// With a stored and a deflated entry, a descriptor, a directory and an end record.
fn zip() -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new());
    let csv = b"Id,Name\r\n1,Ada\r\n2,\"Grace\r\nHopper\"\r\n";
    for (name, method) in [("Data/a.csv", Method::Deflated), ("b.csv", Method::Stored)] {
        zip.add(name, method, csv).expect("memory takes every byte");
    }
    zip.finish().expect("memory takes every byte")
}

/// Each copy of the set has one flipped bit; all of them are verified in one run.
#[test]
fn a_flipped_bit_anywhere_in_a_set_is_found() {
    let zoho = Zoho::start().with_file(DATA, zip());
    assert_eq!(zoho.download([]).code, 0);
    let names = [DATA, "manifest.json", "SHA256SUMS"];
    let whole = names.map(|name| zoho.saved_bytes(name).expect("it is saved"));
    let flipped = zoho.home().join("flipped");
    let mut copies = 0;
    for (which, bytes) in whole.iter().enumerate() {
        // Wine is slow to read files.
        let step = if is_windows() { 7 } else { 1 };
        for at in (0..bytes.len()).step_by(step) {
            // Bit 5 makes small letters of capital ones, as digests may have them elsewhere.
            for bit in [at % 8, 5] {
                let folder = flipped.join(format!("{which}-{at}-{bit}"));
                copies += usize::from(!folder.exists());
                fs::create_dir_all(&folder).expect("it is ours");
                for (name, mut content) in names.iter().zip(whole.clone()) {
                    if *name == names[which] {
                        content[at] ^= 1 << bit;
                    }
                    fs::write(folder.join(name), content).expect("it is ours");
                }
            }
        }
    }
    let run = cli(&zoho).run(["verify", "flipped", "--json"]);
    assert_eq!(
        run.code,
        6,
        "{}",
        run.stderr.lines().next().unwrap_or_default()
    );
    let document = run.json();
    let sets = document["sets"].as_array().expect("there are sets");
    assert_eq!(sets.len(), copies);
    let missed: Vec<_> = sets.iter().filter(|set| set["sound"] != false).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}
