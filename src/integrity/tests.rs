//! Small zips, sound and broken.

use std::io::Write;

use proptest::prelude::*;

use super::*;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// How sizes and CRC of an entry are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Plain,
    Zip64,
    Descriptor,
    DescriptorBare,
    Descriptor64,
}

struct Made {
    name: &'static str,
    method: u16,
    form: Form,
    data: Vec<u8>,
}

fn entry(name: &'static str, method: u16, form: Form, data: &[u8]) -> Made {
    Made {
        name,
        method,
        form,
        data: data.to_vec(),
    }
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Writes a zip record by record, so that each of them can be made wrong on purpose.
fn zip(entries: &[Made]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for made in entries {
        let packed = if made.method == DEFLATED {
            deflate(&made.data)
        } else {
            made.data.clone()
        };
        let crc = crc32fast::hash(&made.data);
        let has_descriptor = !matches!(made.form, Form::Plain | Form::Zip64);
        let flags: u16 = if has_descriptor { 8 } else { 0 };
        let (packed_size, size) = (packed.len() as u64, made.data.len() as u64);
        let offset = u32::try_from(file.len()).unwrap();
        let field = |zip64: bool, value: u64| {
            if zip64 {
                u32::MAX
            } else {
                u32::try_from(value).unwrap()
            }
        };
        let is_64 = made.form == Form::Zip64;
        let mut extra = Vec::new();
        if is_64 {
            extra.extend([1, 0, 16, 0]);
            extra.extend(size.to_le_bytes());
            extra.extend(packed_size.to_le_bytes());
        }
        let common = |crc: u32, packed: u64, unpacked: u64| {
            let mut bytes = Vec::new();
            bytes.extend(flags.to_le_bytes());
            bytes.extend(made.method.to_le_bytes());
            bytes.extend([0; 4]);
            bytes.extend(crc.to_le_bytes());
            bytes.extend(field(is_64, packed).to_le_bytes());
            bytes.extend(field(is_64, unpacked).to_le_bytes());
            bytes.extend(u16::try_from(made.name.len()).unwrap().to_le_bytes());
            bytes.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
            bytes
        };
        file.extend(b"PK\x03\x04\x2d\x00");
        file.extend(if has_descriptor {
            common(0, 0, 0)
        } else {
            common(crc, packed_size, size)
        });
        file.extend(made.name.as_bytes());
        file.extend(&extra);
        file.extend(&packed);
        if has_descriptor {
            if made.form != Form::DescriptorBare {
                file.extend(b"PK\x07\x08");
            }
            file.extend(crc.to_le_bytes());
            for value in [packed_size, size] {
                if made.form == Form::Descriptor64 {
                    file.extend(value.to_le_bytes());
                } else {
                    file.extend(u32::try_from(value).unwrap().to_le_bytes());
                }
            }
        }
        directory.extend(b"PK\x01\x02\x2d\x00\x2d\x00");
        directory.extend(common(crc, packed_size, size));
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(made.name.as_bytes());
        directory.extend(&extra);
    }
    let start = u32::try_from(file.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    file.extend(directory);
    file.extend(b"PK\x05\x06\x00\x00\x00\x00");
    file.extend(count.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend(size.to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend(0u16.to_le_bytes());
    file
}

/// Text without a period, in which no wrong back reference can give the right bytes.
fn csv() -> Vec<u8> {
    let rows = (0..40u32).map(|row| format!("zcrm_{},{}\r\n", row * row, row * 7919 % 1009));
    format!("\u{feff}Record Id,Name\r\n{}", rows.collect::<String>()).into_bytes()
}

fn sample() -> Vec<u8> {
    zip(&[
        entry("Data/Leads_001.csv", DEFLATED, Form::Plain, &csv()),
        entry(
            "RecordImages/1.png",
            STORED,
            Form::Plain,
            b"not really a png",
        ),
        entry("Data/Notes_001.csv", DEFLATED, Form::Zip64, b"zip64"),
        entry(
            "Metadata/Fields_001.csv",
            DEFLATED,
            Form::Descriptor,
            b"descriptor",
        ),
        entry(
            "Metadata/Roles_001.csv",
            DEFLATED,
            Form::DescriptorBare,
            b"bare",
        ),
        entry(
            "Metadata/Modules_001.csv",
            DEFLATED,
            Form::Descriptor64,
            b"wide",
        ),
        entry("Metadata/", STORED, Form::Plain, b""),
    ])
}

fn verify_in(bytes: &[u8], step: usize) -> Result<Verified, FinishError> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let (mut verifier, mut scratch) = (Verifier::new(), Scratch::default());
    for piece in bytes.chunks(step.max(1)) {
        verifier.feed(piece, &mut scratch)?;
    }
    verifier.finish(&file, bytes.len() as u64)
}

fn verify(bytes: &[u8]) -> Result<Verified, FinishError> {
    verify_in(bytes, 1 << 20)
}

fn complaint(bytes: &[u8]) -> String {
    verify(bytes).unwrap_err().to_string()
}

#[test]
fn every_form_of_a_sound_zip_passes_however_it_is_cut_up() {
    let bytes = sample();
    let whole = verify(&bytes).unwrap();
    assert_eq!(whole.entries, 7);
    assert!(whole.warnings.is_empty());
    for step in [1, 2, 3, 7, 29, 100] {
        assert_eq!(
            verify_in(&bytes, step).unwrap(),
            whole,
            "in steps of {step}"
        );
    }
}

#[test]
fn stored_entries_that_do_not_tell_their_length_take_a_second_look() {
    let bytes = zip(&[
        entry(
            "a",
            STORED,
            Form::Descriptor,
            b"stored with PK\x03\x04 inside",
        ),
        entry("empty", STORED, Form::Descriptor, b""),
        entry("b", STORED, Form::Descriptor64, b"more"),
        entry("c", DEFLATED, Form::Descriptor, b"more"),
    ]);
    for step in [1, 5, 1000] {
        assert_eq!(
            verify_in(&bytes, step).unwrap().entries,
            4,
            "in steps of {step}"
        );
    }
    let mut broken = bytes.clone();
    broken[40] ^= 1;
    assert!(verify(&broken).is_err());
}

/// Found by fuzzing: the record before the end names an offset beyond what a file can have.
#[test]
fn a_directory_at_a_place_that_no_file_has_is_corrupt_and_no_fault_of_the_disk() {
    let bytes = [
        b"PK\x03\x04\x04\0\0\0\0]]]]]]".as_slice(),
        b"PK\x06\x07\0\0\0\0\x08\0\0\0\x80\xfe\xd8\xff\0\0/b".as_slice(),
        b"PK\x05\x06\0\0\0\0\x02\0\x02\0fP\xb7\x06\x06\0\0\0\0\0".as_slice(),
    ]
    .concat();
    assert!(matches!(verify(&bytes), Err(FinishError::Corrupt(_))));
}

#[test]
fn an_empty_zip_is_sound_and_an_empty_file_is_none() {
    assert_eq!(verify(&zip(&[])).unwrap().entries, 0);
    assert!(verify(b"").is_err());
    assert!(complaint(b"<html>").contains("not a zip"));
}

#[test]
fn a_zip_cut_after_any_byte_is_corrupt() {
    let bytes = sample();
    for length in 0..bytes.len() {
        assert!(verify(&bytes[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn trailing_and_leading_bytes_are_corrupt() {
    let mut trailing = sample();
    trailing.push(0);
    assert!(verify(&trailing).is_err());
    let leading = [b"MZ".as_slice(), &sample()].concat();
    assert!(verify(&leading).is_err());
}

/// A flipped bit may go unnoticed only in what says nothing about the data: versions, times, disk numbers, attributes.
#[test]
fn a_flipped_byte_is_noticed_unless_it_is_a_time_or_an_attribute() {
    let bytes = sample();
    let mut harmless = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..]
        .windows(4)
        .position(|four| four == b"PK\x03\x04")
    {
        at += found;
        harmless.extend([4, 5, 10, 11, 12, 13].map(|field| at + field));
        at += 4;
    }
    at = 0;
    while let Some(found) = bytes[at..]
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
    {
        at += found;
        harmless.extend(
            [4, 5, 6, 7, 12, 13, 14, 15, 34, 35, 36, 37, 38, 39, 40, 41].map(|field| at + field),
        );
        at += 4;
    }
    for index in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[index] ^= 0x55;
        if verify(&flipped).is_ok() {
            assert!(
                harmless.contains(&index),
                "a change of byte {index} went unnoticed"
            );
        }
    }
}

#[test]
fn encrypted_and_strangely_packed_entries_can_not_be_verified() {
    let mut bytes = zip(&[entry("a", STORED, Form::Plain, b"secret")]);
    bytes[6] |= 1;
    assert!(complaint(&bytes).contains("encrypted"));
    let bytes = zip(&[entry("a", 12, Form::Plain, b"bzip2?")]);
    assert!(complaint(&bytes).contains("method 12"));
}

#[test]
fn a_directory_that_lies_is_not_believed() {
    let one = zip(&[entry("a", STORED, Form::Plain, b"aaaa")]);
    let directory = one
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    let end = one.len() - 22;
    for (what, at) in [
        ("name", directory + 46),
        ("crc", directory + 16),
        ("size", directory + 24),
        ("count", end + 10),
    ] {
        let mut bytes = one.clone();
        bytes[at] ^= 1;
        assert!(verify(&bytes).is_err(), "{what}");
    }
}

#[test]
fn two_directory_entries_for_the_same_bytes_are_corrupt() {
    let two = zip(&[
        entry("a", STORED, Form::Plain, b"same"),
        entry("a", STORED, Form::Plain, b"same"),
    ]);
    let second = two
        .windows(4)
        .rposition(|four| four == b"PK\x01\x02")
        .unwrap();
    let mut bytes = two;
    bytes[second + 42..second + 46].fill(0);
    assert!(complaint(&bytes).contains("twice"));
}

#[test]
fn names_that_are_not_safe_to_unpack_are_reported_and_no_more() {
    let bytes = zip(&[
        entry("../../etc/passwd", STORED, Form::Plain, b"x"),
        entry("C:\\x", STORED, Form::Plain, b"x"),
        entry("a\u{1b}[2J", STORED, Form::Plain, b"x"),
    ]);
    let verified = verify(&bytes).unwrap();
    assert_eq!(verified.warnings.len(), 3);
    assert!(!verified.warnings.concat().contains('\u{1b}'));
}

#[test]
fn a_bomb_is_defused_before_it_is_through() {
    let bytes = zip(&[entry("zeros", DEFLATED, Form::Plain, &vec![0; 3 << 29])]);
    assert!(complaint(&bytes).contains("zip bomb"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_whatever_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), step in 1usize..50) {
        let _ = verify_in(&bytes, step);
        bytes.splice(0..0, *b"PK\x03\x04");
        let _ = verify_in(&bytes, step);
    }

    #[test]
    fn no_change_of_a_sound_zip_makes_it_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), step in 1usize..200) {
        let mut bytes = sample();
        for (index, value) in changes {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        let _ = verify_in(&bytes, step);
    }
}
