//! Small zips, sound and broken.

use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::integrity::zip::{LocalHeader, u16_at, u32_at};

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
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
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

/// No size is a power of two: one flipped bit must not make it of the zero that stands before a descriptor.
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
            b"naked",
        ),
        entry(
            "Metadata/Modules_001.csv",
            DEFLATED,
            Form::Descriptor64,
            b"wider",
        ),
        entry("Metadata/", STORED, Form::Plain, b""),
    ])
}

fn verify_in(bytes: &[u8], step: usize) -> Result<Verified, Judgement> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let (mut verifier, mut scratch) = (Verifier::default(), Scratch::default());
    for piece in bytes.chunks(step.max(1)) {
        verifier
            .feed(piece, &mut scratch)
            .map_err(Judgement::Corrupt)?;
    }
    match verifier.finish(&file, bytes.len() as u64).unwrap() {
        Judgement::Sound(file) => Ok(file),
        refused => Err(refused),
    }
}

fn verify(bytes: &[u8]) -> Result<Verified, Judgement> {
    verify_in(bytes, 1 << 20)
}

fn complaint(bytes: &[u8]) -> String {
    reason(verify(bytes))
}

fn reason(result: Result<Verified, Judgement>) -> String {
    match result.unwrap_err() {
        Judgement::Corrupt(corrupt) => corrupt.reason,
        other => panic!("{other:?}"),
    }
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
fn stored_entries_that_do_not_tell_their_length_pass_without_a_warning() {
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
        let verified = verify_in(&bytes, step).unwrap();
        assert_eq!(verified.entries, 4, "in steps of {step}");
        assert_eq!(verified.warnings, [""; 0], "in steps of {step}");
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
    assert!(matches!(verify(&bytes), Err(Judgement::Corrupt(_))));
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
fn bytes_before_and_behind_that_are_no_padding_are_corrupt() {
    for behind in [b"x".as_slice(), b"\0\0x", b"PK\x05\x06"] {
        assert!(verify(&[&sample(), behind].concat()).is_err(), "{behind:?}");
    }
    // Offsets that count what stands before, and offsets that do not.
    let before = b"#!/bin/sh\n".as_slice();
    assert!(verify(&moved(before, &sample())).is_err());
    assert!(verify(&[before, &sample()].concat()).is_err());
    assert!(verify(&[b"\n", sample().as_slice()].concat()).is_err());
}

/// A flipped bit may go unnoticed only in what says nothing about the data: versions, times, attributes, and in flags
/// that are only about names, effort and the place of sizes.
#[test]
fn a_flipped_byte_is_noticed_unless_it_is_a_time_or_an_attribute() {
    let strange = moved(b"\xef\xbb\xbf", &sample());
    for bytes in [sample(), with_wide_end(&sample()), strange] {
        let (harmless, packed) = (harmless(&bytes), packed(&bytes));
        let sound = verify(&bytes).unwrap();
        for place in 0..bytes.len() {
            // Other bits may well unpack to the same text, by a code that is never used.
            let is_packed = packed.iter().any(|data| data.contains(&place));
            let bits = [0x55, 1, 2, 4, 8, 16, 32, 64, 128];
            for change in &bits[..if is_packed { 1 } else { bits.len() }] {
                let mut flipped = bytes.clone();
                flipped[place] ^= change;
                if let Ok(verified) = verify(&flipped) {
                    let free = harmless
                        .iter()
                        .any(|(at, bits)| *at == place && *change & !bits == 0);
                    assert!(free, "bits {change:#x} of byte {place} went unnoticed");
                    assert_eq!(verified.entries, sound.entries);
                }
            }
        }
    }
}

/// Bits that no reader relies on.
fn harmless(bytes: &[u8]) -> Vec<(usize, u8)> {
    let mut free = Vec::new();
    for (signature, flags, fields) in [
        (b"PK\x03\x04", 6, &[4, 5, 10, 11, 12, 13][..]),
        (
            b"PK\x01\x02",
            8,
            &[4, 5, 6, 7, 12, 13, 14, 15, 36, 37, 38, 39, 40, 41],
        ),
        (b"PK\x06\x06", 0, &[12, 13, 14, 15]),
    ] {
        for at in places(bytes, *signature) {
            free.extend(fields.iter().map(|field| (at + field, 0xff)));
            if flags > 0 {
                free.extend([(at + flags, 0b1110), (at + flags + 1, 0b1000)]);
            }
        }
    }
    free
}

/// Where the data of the entries is.
fn packed(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let headers = places(bytes, *b"PK\x03\x04").into_iter();
    let listed = places(bytes, *b"PK\x01\x02").into_iter();
    let data = |(header, listed): (usize, usize)| {
        let start = header + LocalHeader::length(&bytes[header..]);
        let length = match u32_at(bytes, listed + 20) {
            // The zip64 field begins with the size, and then has the packed one.
            u32::MAX => u32_at(bytes, start - 8),
            length => length,
        };
        start..start + usize::try_from(length).unwrap()
    };
    headers.zip(listed).map(data).collect()
}

fn places(bytes: &[u8], signature: [u8; 4]) -> Vec<usize> {
    let windows = bytes.windows(4).enumerate();
    windows
        .filter(|(_, four)| *four == signature)
        .map(|(at, _)| at)
        .collect()
}

fn add(bytes: &mut [u8], at: usize, more: usize) {
    let field: &mut [u8; 4] = bytes[at..].first_chunk_mut().unwrap();
    *field = (u32::from_le_bytes(*field) + u32::try_from(more).unwrap()).to_le_bytes();
}

/// The zip with bytes before it that its offsets count.
fn moved(before: &[u8], zip: &[u8]) -> Vec<u8> {
    let mut bytes = [before, zip].concat();
    for at in places(&bytes, *b"PK\x01\x02") {
        add(&mut bytes, at + 42, before.len());
    }
    let end = places(&bytes, *b"PK\x05\x06")[0];
    add(&mut bytes, end + 16, before.len());
    bytes
}

/// The zip with `more` bytes in it at `at`, before the directory. All offsets behind count them.
fn with_gap(zip: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    let mut bytes = [&zip[..at], more, &zip[at..]].concat();
    for place in places(&bytes, *b"PK\x01\x02") {
        if usize::try_from(u32_at(&bytes, place + 42)).unwrap() >= at {
            add(&mut bytes, place + 42, more.len());
        }
    }
    let end = places(&bytes, *b"PK\x05\x06")[0];
    add(&mut bytes, end + 16, more.len());
    bytes
}

/// The zip with `more` bytes in its directory behind the entry at `at`.
fn with_more_directory(zip: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    let mut bytes = [&zip[..at], more, &zip[at..]].concat();
    let end = places(&bytes, *b"PK\x05\x06")[0];
    add(&mut bytes, end + 12, more.len());
    bytes
}

/// The zip with zip64 end records, as writers add them that always do.
fn with_wide_end(zip: &[u8]) -> Vec<u8> {
    let (front, end) = zip.split_at(zip.len() - 22);
    let entries = u64::from(u16_at(end, 10));
    let mut bytes = front.to_vec();
    bytes.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    for value in [entries, entries] {
        bytes.extend(value.to_le_bytes());
    }
    for at in [12, 16] {
        bytes.extend(u64::from(u32_at(end, at)).to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend((front.len() as u64).to_le_bytes());
    bytes.extend(b"\x01\0\0\0PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    bytes
}

fn two() -> Vec<u8> {
    zip(&[
        entry("a.csv", DEFLATED, Form::Plain, &csv()),
        entry("b.csv", STORED, Form::Plain, b"bbbb"),
    ])
}

/// That it passes, and with which one warning.
fn warning(bytes: &[u8]) -> String {
    let mut warnings = verify(bytes).unwrap().warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    warnings.remove(0)
}

#[test]
fn padding_behind_the_end_is_a_warning() {
    for padding in [b"\r\n".to_vec(), vec![0; 300_000]] {
        let bytes = [two(), padding].concat();
        assert!(warning(&bytes).contains("follow the end"));
    }
}

#[test]
fn a_mark_before_the_first_entry_is_a_warning() {
    for mark in [
        b"PK\x07\x08".as_slice(),
        b"PK00",
        b"\xef\xbb\xbf",
        b"\n",
        b" \r\n\t \r\n\t",
    ] {
        assert!(warning(&moved(mark, &two())).contains("before the first"));
    }
    assert!(
        verify(&moved(b" \r\n\t \r\n\t ", &two())).is_err(),
        "9 bytes"
    );
    assert!(verify(&moved(b"\0\0", &two())).is_err());
}

#[test]
fn nuls_between_entries_are_a_warning_and_other_bytes_are_corrupt() {
    let zip = two();
    let second = places(&zip, *b"PK\x03\x04")[1];
    let directory = places(&zip, *b"PK\x01\x02")[0];
    for at in [second, directory] {
        assert!(warning(&with_gap(&zip, at, &vec![0; 70_000])).contains("NULs"));
        assert!(complaint(&with_gap(&zip, at, b"\0\0x")).contains("belong to no entry"));
    }
    let hidden = &zip[..second].to_vec();
    let bytes = with_gap(&zip, second, hidden);
    assert!(
        complaint(&bytes).contains("does not name"),
        "{}",
        complaint(&bytes)
    );
    let bytes = moved(hidden, &zip);
    assert!(
        complaint(&bytes).contains("does not name"),
        "{}",
        complaint(&bytes)
    );
}

#[test]
fn sizes_that_only_the_directory_has_are_a_warning() {
    for open in [0, 0xff] {
        let mut bytes = two();
        let first = places(&bytes, *b"PK\x03\x04")[0];
        bytes[first + 14..first + 26].fill(open);
        assert!(warning(&bytes).contains("central directory only"));
        bytes[first + 16] = 7;
        assert!(complaint(&bytes).contains("disagree in the packed size"));
    }
}

#[test]
fn a_size_that_is_told_while_crc_and_packed_size_are_not_is_a_warning() {
    let mut bytes = zip(&[entry("a", STORED, Form::Plain, b"abcd")]);
    bytes[14..22].fill(0);
    assert!(warning(&bytes).contains("central directory only"));
}

#[test]
fn a_unicode_name_that_the_directory_has_otherwise_is_corrupt() {
    const FIELD: &[u8] = b"\x75\x70\x07\0\x01\x43\xbe\xb7\xe8\xc3\xa4";
    let with = |local: &[u8], listed: &[u8]| {
        let mut bytes = zip(&[entry("a", STORED, Form::Plain, b"abcd")]);
        let at = places(&bytes, *b"PK\x01\x02")[0];
        bytes = with_more_directory(&bytes, at + 47, listed);
        bytes[at + 30] = u8::try_from(listed.len()).unwrap();
        bytes = with_gap(&bytes, 31, local);
        bytes[28] = u8::try_from(local.len()).unwrap();
        verify(&bytes)
    };
    assert_eq!(with(FIELD, FIELD).unwrap().warnings, [""; 0]);
    for (local, listed) in [(FIELD, b"".as_slice()), (b"", FIELD)] {
        let warnings = with(local, listed).unwrap().warnings;
        assert!(warnings[0].contains("in one of two places"), "{warnings:?}");
    }
    for place in 4..FIELD.len() {
        let mut flipped = FIELD.to_vec();
        flipped[place] ^= 1;
        for result in [with(FIELD, &flipped), with(&flipped, FIELD)] {
            assert!(reason(result).contains("name in Unicode"));
        }
    }
}

#[test]
fn a_stored_entry_with_only_half_of_its_sizes_before_it_passes() {
    let mut bytes = zip(&[entry("a", STORED, Form::Descriptor, b"abcd")]);
    bytes[22] = 4;
    assert_eq!(verify(&bytes).unwrap().warnings, [""; 0]);
}

#[test]
fn a_descriptor_that_is_announced_and_missing_or_open_is_a_warning() {
    let mut missing = two();
    let first = places(&missing, *b"PK\x03\x04")[0];
    let listed = places(&missing, *b"PK\x01\x02")[0];
    (missing[first + 6], missing[listed + 8]) = (8, 8);
    assert!(warning(&missing).contains("announce"));
    let mut open = zip(&[entry("a.csv", DEFLATED, Form::Descriptor, &csv())]);
    let descriptor = places(&open, *b"PK\x07\x08")[0];
    open[descriptor + 8..descriptor + 16].fill(0xff);
    assert!(warning(&open).contains("announce"));
    open[descriptor + 8] = 1;
    assert!(complaint(&open).contains("follows it"));
}

#[test]
fn flags_about_names_and_effort_may_differ_and_no_others() {
    let flags = places(&two(), *b"PK\x03\x04")[0] + 6;
    for (place, bits) in [(flags, 2), (flags, 4), (flags + 1, 8)] {
        let mut bytes = two();
        bytes[place] |= bits;
        assert!(warning(&bytes).contains("other flags"));
    }
    for (place, bits) in [(flags, 1), (flags, 16), (flags, 64), (flags + 1, 32)] {
        let mut bytes = two();
        bytes[place] |= bits;
        assert!(complaint(&bytes).contains("disagree in the flags: 0x"));
    }
}

#[test]
fn what_header_and_directory_disagree_in_is_said_with_both_values() {
    let first = places(&two(), *b"PK\x03\x04")[0];
    for (at, what) in [
        (8, "method: 9, 8"),
        (14, "CRC-32: "),
        (22, "size: "),
        (30, "name: \"`.csv\", \"a.csv\""),
    ] {
        let mut bytes = two();
        bytes[first + at] ^= 1;
        let complaint = complaint(&bytes);
        assert!(
            complaint.contains(&format!("disagree in the {what}")),
            "{complaint}"
        );
    }
}

#[test]
fn a_name_with_other_slashes_in_the_directory_is_a_warning() {
    let mut bytes = zip(&[entry("d/a", STORED, Form::Plain, b"x")]);
    let listed = places(&bytes, *b"PK\x01\x02")[0];
    bytes[listed + 47] = b'\\';
    let warnings = verify(&bytes).unwrap().warnings;
    assert!(
        warnings.iter().any(|text| text.contains("other slashes")),
        "{warnings:?}"
    );
}

#[test]
fn one_byte_for_two_entries_is_corrupt() {
    let mut bytes = two();
    let listed = places(&bytes, *b"PK\x01\x02")[1];
    bytes[listed + 42..listed + 46].fill(0);
    assert!(verify(&bytes).is_err());
    // The second one begins in the data of the first.
    let inner = zip(&[entry("b.csv", STORED, Form::Plain, b"bbbb")]);
    let mut bytes = zip(&[
        entry("a.csv", STORED, Form::Plain, &inner),
        entry("b.csv", STORED, Form::Plain, b"bbbb"),
    ]);
    let listed = places(&bytes, *b"PK\x01\x02")[2];
    bytes[listed + 42..listed + 46].copy_from_slice(&35u32.to_le_bytes());
    assert!(
        complaint(&bytes).contains("overlaps"),
        "{}",
        complaint(&bytes)
    );
}

#[test]
fn a_zip_stored_in_a_zip_that_was_cut_off_is_not_taken_for_it() {
    let inner = two();
    let outer = zip(&[
        entry("before", STORED, Form::Plain, b"x"),
        entry("inner.zip", STORED, Form::Plain, &inner),
    ]);
    let inside = outer
        .windows(inner.len())
        .position(|part| part == inner)
        .unwrap();
    assert!(verify(&outer).is_ok());
    assert!(verify(&outer[..inside + inner.len()]).is_err());
}

#[test]
fn an_end_record_in_the_comment_of_the_zip_confuses_nobody() {
    let mut bytes = two();
    let comment = b"PK\x05\x06 and then some more than twenty-two bytes";
    let length = bytes.len() - 2;
    bytes[length..].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
    bytes.extend(comment);
    assert_eq!(verify(&bytes).unwrap().warnings, [""; 0]);
}

#[test]
fn wide_end_records_pass_also_of_an_empty_zip() {
    assert_eq!(verify(&with_wide_end(&two())).unwrap().entries, 2);
    assert_eq!(verify(&with_wide_end(&zip(&[]))).unwrap().entries, 0);
}

#[test]
fn more_entries_than_the_end_record_can_count_are_a_warning() {
    let of = |count: usize| {
        let name = |at: usize| &*format!("{at}").leak();
        let entries: Vec<_> = (0..count)
            .map(|at| entry(name(at), STORED, Form::Plain, b""))
            .collect();
        zip(&entries)
    };
    assert_eq!(verify(&of(65_535)).unwrap().warnings, [""; 0]);
    let mut more = of(65_536);
    assert!(warning(&more).contains("only 65535 of 65536"));
    let end = more.len() - 22;
    more[end + 8..end + 12].copy_from_slice(&[0xfe, 0xff, 0xfe, 0xff]);
    assert!(complaint(&more).contains("announces 65534"));
}

#[test]
fn end_records_that_speak_of_other_disks_or_disagree_are_corrupt() {
    let bytes = with_wide_end(&two());
    let wide = places(&bytes, *b"PK\x06\x06")[0];
    let (locator, end) = (wide + 56, wide + 76);
    for at in [
        wide + 4,
        wide + 16,
        wide + 20,
        wide + 24,
        wide + 32,
        wide + 40,
        wide + 48,
        locator + 4,
        locator + 8,
        locator + 16,
        end + 4,
        end + 6,
        end + 8,
        end + 10,
        end + 12,
        end + 16,
    ] {
        let mut changed = bytes.clone();
        changed[at] ^= 3;
        assert!(verify(&changed).is_err(), "byte {at}");
    }
    let mut narrow = two();
    let end = narrow.len() - 22;
    narrow[end + 4..end + 8].fill(0xff);
    assert!(complaint(&narrow).contains("disk"));
    let mut other_disk = two();
    let listed = places(&other_disk, *b"PK\x01\x02")[0];
    other_disk[listed + 34] = 1;
    assert!(complaint(&other_disk).contains("on disk 1"));
}

#[test]
fn extra_fields_of_the_directory_that_do_not_parse_are_corrupt() {
    let zip = two();
    let listed = places(&zip, *b"PK\x01\x02")[0];
    let with_extra = |extra: &[u8]| {
        let mut bytes = with_more_directory(&zip, listed + 46 + 5, extra);
        bytes[listed + 30] = u8::try_from(extra.len()).unwrap();
        verify(&bytes)
    };
    assert!(with_extra(b"\x34\x12\x02\0ab").is_ok());
    assert!(with_extra(b"\x34\x12\0\0\0\0").is_ok(), "padding");
    for damaged in [
        b"\x34\x12\x03\0ab".as_slice(),
        b"\x34\x12\0\0x",
        b"x",
        b"\x01\0\0\0\x01\0\0\0",
    ] {
        assert!(with_extra(damaged).is_err(), "{damaged:?}");
    }
}

#[test]
fn a_signature_in_the_directory_and_utf8_that_is_none_are_corrupt() {
    let zip = two();
    let end = zip.len() - 22;
    let signed = with_more_directory(&zip, end, b"PK\x05\x05\x02\0xx");
    assert!(complaint(&signed).contains("digital signature"));
    let mut bytes = zip;
    for (signature, flags, name) in [(b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)] {
        let at = places(&bytes, *signature)[0];
        bytes[at + flags + 1] |= 8;
        bytes[at + name] = 0xff;
    }
    assert!(complaint(&bytes).contains("UTF-8"));
}

#[test]
fn what_cannot_be_tested_is_not_called_corrupt_and_all_else_is_judged() {
    let mut bytes = zip(&[
        entry("a", STORED, Form::Plain, b"secret"),
        entry("b.csv", DEFLATED, Form::Plain, &csv()),
    ]);
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = places(&bytes, *signature)[0];
        bytes[at + flags] |= 1;
    }
    let Err(Judgement::Untested(untested)) = verify(&bytes) else {
        panic!("it is encrypted");
    };
    assert!(untested.reason.contains("encrypted"), "{}", untested.reason);
    assert_eq!(untested.file.entries, 2);
    assert_eq!(untested.file.size, bytes.len() as u64);
    let second = places(&bytes, *b"PK\x03\x04")[1];
    bytes[second + 60] ^= 1;
    assert!(matches!(verify(&bytes), Err(Judgement::Corrupt(_))));
    for (method, name) in [
        (9, "Deflate64"),
        (12, "bzip2"),
        (93, "Zstandard"),
        (77, "method 77"),
    ] {
        let bytes = zip(&[entry("a", method, Form::Plain, b"bytes")]);
        let Err(Judgement::Untested(untested)) = verify(&bytes) else {
            panic!("{method} is not known");
        };
        assert!(untested.reason.contains(name), "{}", untested.reason);
    }
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
    assert_eq!(verified.warnings.len(), 1, "{:?}", verified.warnings);
    for part in ["etc/passwd", "C:", "[2J"] {
        assert!(
            verified.warnings[0].contains(part),
            "{:?}",
            verified.warnings
        );
    }
    assert!(!verified.warnings.concat().contains('\u{1b}'));
}

#[test]
fn names_that_occur_twice_and_folders_with_data_are_warnings() {
    let twice = |first, second| {
        zip(&[
            entry(first, STORED, Form::Plain, b"1"),
            entry(second, STORED, Form::Plain, b"2"),
        ])
    };
    for (first, second) in [("a.csv", "a.csv"), ("a.csv", "A.csv"), ("é", "É")] {
        assert!(warning(&twice(first, second)).contains("twice"));
    }
    assert_eq!(verify(&twice("a", "b")).unwrap().warnings, [""; 0]);
    let folder = zip(&[entry("d/", STORED, Form::Plain, b"1")]);
    assert!(warning(&folder).contains("folders"));
}

#[test]
fn a_name_is_judged_in_its_own_charset() {
    let named = |name: &[u8; 3]| {
        let mut bytes = zip(&[entry("abc", STORED, Form::Plain, b"1")]);
        for (signature, at) in [(b"PK\x03\x04", 30), (b"PK\x01\x02", 46)] {
            let at = places(&bytes, *signature)[0] + at;
            bytes[at..at + 3].copy_from_slice(name);
        }
        verify(&bytes).unwrap().warnings
    };
    assert_eq!(named(b"\x95\x5cx"), [""; 0], "Shift-JIS");
    assert_eq!(named(b"\x95\x5c\x5c").len(), 1, "a backslash behind it");
    assert_eq!(named(b"\x80\x5cx").len(), 1, "code page 437");
    assert_eq!(named(b"a\x5cx").len(), 1);
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
