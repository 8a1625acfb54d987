//! Small zips, as packers in use write them, and damaged ones.

use std::convert::Infallible;
use std::io::Write;

use super::*;
use crate::integrity::zip::record::{FLAG_UTF8, UNICODE_PATH};

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

struct Made<'a> {
    name: &'a [u8],
    flags: u16,
    extra: Vec<u8>,
    method: u16,
    data: &'a [u8],
}

fn entry<'a>(name: &'a [u8], method: u16, data: &'a [u8]) -> Made<'a> {
    Made {
        name,
        flags: 0,
        extra: Vec::new(),
        method,
        data,
    }
}

fn packed(made: &Made) -> Vec<u8> {
    if made.method != DEFLATED {
        return made.data.to_vec();
    }
    let level = flate2::Compression::default();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(made.data).unwrap();
    encoder.finish().unwrap()
}

fn zip(entries: &[Made]) -> Vec<u8> {
    let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let two = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for made in entries {
        let packed = packed(made);
        let mut fields = Vec::new();
        fields.extend(made.flags.to_le_bytes());
        fields.extend(made.method.to_le_bytes());
        fields.extend([0; 4]);
        fields.extend(crc32fast::hash(made.data).to_le_bytes());
        fields.extend([four(packed.len()), four(made.data.len())].concat());
        fields.extend([two(made.name.len()), two(made.extra.len())].concat());
        directory.extend(b"PK\x01\x02\x2d\x00\x2d\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(four(file.len()));
        directory.extend([made.name, &made.extra].concat());
        file.extend(b"PK\x03\x04\x2d\x00");
        file.extend([&fields, made.name, &made.extra, &packed].concat());
    }
    let (start, size, count) = (file.len(), directory.len(), entries.len());
    file.extend(directory);
    file.extend(b"PK\x05\x06\x00\x00\x00\x00");
    file.extend([two(count), two(count)].concat());
    file.extend([four(size), four(start)].concat());
    file.extend([0, 0]);
    file
}

fn open(zip: &[u8]) -> Archive {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(zip).unwrap();
    Archive::open(Box::new(file)).unwrap()
}

fn members(archive: &Archive) -> Vec<Member> {
    let mut members = Vec::new();
    archive.members(|member| members.push(member)).unwrap();
    members
}

fn unpack(archive: &Archive, member: &Member) -> Result<Vec<u8>, ArchiveError> {
    let mut content = Vec::new();
    let whole = archive.unpack(member, &mut Unpacker::default(), |bytes| {
        content.extend(bytes);
        ControlFlow::<Infallible>::Continue(())
    });
    whole.map(|_| content)
}

fn only(made: Made) -> (Archive, Member) {
    let archive = open(&zip(&[made]));
    let member = members(&archive).remove(0);
    (archive, member)
}

fn csv() -> Vec<u8> {
    let rows = (0..20_000u32).map(|row| format!("zcrm_{},{}\r\n", row * 7, row % 1009));
    rows.collect::<String>().into_bytes()
}

#[test]
fn every_entry_is_listed_and_unpacked() {
    let csv = csv();
    let archive = open(&zip(&[
        entry(b"Data/", STORED, b""),
        entry(b"Data/Leads_001.csv", DEFLATED, &csv),
        entry(b"RecordImages/1.png", STORED, b"\x89PNG"),
    ]));
    let members = members(&archive);
    let listed: Vec<_> = members.iter().map(|it| (&*it.name, it.size())).collect();
    let size = csv.len() as u64;
    let expected = [
        ("Data/", 0),
        ("Data/Leads_001.csv", size),
        ("RecordImages/1.png", 4),
    ];
    assert_eq!(listed, expected);
    assert!(members[0].is_folder() && !members[1].is_folder());
    assert_eq!(unpack(&archive, &members[1]).unwrap(), csv);
    assert_eq!(unpack(&archive, &members[2]).unwrap(), b"\x89PNG");
}

#[test]
fn who_has_enough_is_given_no_more() {
    let csv = csv();
    for method in [STORED, DEFLATED] {
        let (archive, member) = only(entry(b"a.csv", method, &csv));
        let mut calls = 0;
        let stopped = archive.unpack(&member, &mut Unpacker::default(), |bytes| {
            calls += 1;
            ControlFlow::Break(bytes[..4].to_vec())
        });
        assert_eq!(stopped.unwrap(), ControlFlow::Break(b"zcrm".to_vec()));
        assert_eq!(calls, 1);
    }
}

#[test]
fn several_threads_read_one_archive() {
    let csv = csv();
    let archive = open(&zip(&[
        entry(b"a.csv", DEFLATED, &csv),
        entry(b"b.csv", STORED, &csv[7..]),
    ]));
    let members = members(&archive);
    std::thread::scope(|scope| {
        let reads = members
            .iter()
            .map(|member| scope.spawn(|| unpack(&archive, member).unwrap()));
        let reads: Vec<_> = reads.collect();
        let mut contents = reads.into_iter().map(|read| read.join().unwrap());
        assert_eq!(contents.next().unwrap(), csv);
        assert_eq!(contents.next().unwrap(), csv[7..]);
    });
}

#[test]
fn names_are_read_in_the_charset_that_they_are_written_in() {
    let name = |made: Made| only(made).1.name;
    assert_eq!(name(entry("né.csv".as_bytes(), STORED, b"")), "né.csv");
    assert_eq!(name(entry(b"n\x82.csv", STORED, b"")), "né.csv");
    let flagged = Made {
        flags: FLAG_UTF8,
        ..entry("客戶.csv".as_bytes(), STORED, b"")
    };
    assert_eq!(name(flagged), "客戶.csv");
    let beside = |crc: u32| {
        let text = "客戶.csv".as_bytes();
        let length = u16::try_from(5 + text.len()).unwrap();
        let mut extra = UNICODE_PATH.to_le_bytes().to_vec();
        extra.extend(length.to_le_bytes());
        extra.push(1);
        extra.extend(crc.to_le_bytes());
        extra.extend(text);
        let ascii = b"__.csv";
        name(Made {
            extra,
            ..entry(ascii, STORED, b"")
        })
    };
    assert_eq!(beside(crc32fast::hash(b"__.csv")), "客戶.csv");
    // Somebody renamed the entry and left the field as it was.
    assert_eq!(beside(1), "__.csv");
}

#[test]
fn damage_anywhere_in_an_entry_is_found() {
    let csv = &csv()[..600];
    let zip = zip(&[entry(b"a.csv", DEFLATED, csv)]);
    let archive = open(&zip);
    let member = &members(&archive)[0];
    let data = 30 + 5..usize::try_from(archive.directory.start).unwrap();
    for at in data.chain([0, 8, 9, 26, 28, 30, 34]) {
        let mut damaged = zip.clone();
        damaged[at] ^= 0x10;
        let damaged = open(&damaged);
        let read = unpack(&damaged, member);
        assert!(
            matches!(read, Err(ArchiveError::Damaged(_))),
            "byte {at}: {read:?}"
        );
    }
}

#[test]
fn data_that_is_longer_than_said_is_not_unpacked_to_its_end() {
    let csv = csv().repeat(8);
    let mut zip = zip(&[entry(b"a.csv", DEFLATED, &csv)]);
    let place = zip
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x01\x02")
        .unwrap()
        + 24;
    zip[place..place + 4].copy_from_slice(&100u32.to_le_bytes());
    let archive = open(&zip);
    let mut seen = 0;
    let read = archive.unpack(&members(&archive)[0], &mut Unpacker::default(), |bytes| {
        seen += bytes.len();
        ControlFlow::<Infallible>::Continue(())
    });
    let why = read.unwrap_err().to_string();
    assert_eq!(
        why,
        "entry \"a.csv\" at byte 0 does not unpack to the 100 bytes that the central directory says"
    );
    assert!(seen < csv.len(), "{seen}");
}

#[test]
fn what_can_not_be_unpacked_is_told_from_damage() {
    let encrypted = Made {
        flags: 1,
        ..entry(b"a.csv", STORED, b"secret")
    };
    let packed = entry(b"b.csv", 14, b"lzma");
    for (made, why) in [
        (encrypted, "entry \"a.csv\" at byte 0 is encrypted"),
        (
            packed,
            "entry \"b.csv\" at byte 0 is packed by method 14 (LZMA)",
        ),
    ] {
        let (archive, member) = only(made);
        let refusal = unpack(&archive, &member).unwrap_err();
        assert!(
            matches!(&refusal, ArchiveError::Unknown(said) if said == why),
            "{refusal}"
        );
    }
}

#[test]
fn a_directory_that_says_a_bomb_is_refused() {
    let mut zip = zip(&[
        entry(b"a.csv", DEFLATED, b"a"),
        entry(b"b.csv", STORED, b"b"),
    ]);
    let records: Vec<usize> = (0..zip.len() - 4)
        .filter(|at| zip[*at..].starts_with(b"PK\x01\x02"))
        .collect();
    for record in records {
        zip[record + 24..record + 28].copy_from_slice(&(u32::MAX - 1).to_le_bytes());
    }
    let refusal = open(&zip).members(|_| {}).unwrap_err();
    assert!(refusal.to_string().contains("zip bomb"), "{refusal}");
}

#[test]
fn what_is_no_zip_is_refused() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"<html>").unwrap();
    assert!(matches!(
        Archive::open(Box::new(file)),
        Err(ArchiveError::Damaged(_))
    ));
}
