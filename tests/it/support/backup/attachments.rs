//! Files attached to records, and the index that says to which.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::records::{ACCOUNTS, LEADS, Module};
use super::{FIRST_ID, Language, Method, Night, ZipWriter, picture};

/// A file attached to a record.
#[derive(Debug, Clone)]
pub struct Attachment {
    id: usize,
    name: &'static str,
    size: usize,
    module: &'static str,
    record: usize,
}

/// Photos, scans, offers, and a few texts.
const NAMES: [&str; 6] = [
    "Offer 2026.pdf",
    "IMG_0042.jpg",
    "Contract (signed).pdf",
    "Übersicht.xlsx",
    "Minutes.txt",
    "scan_003_final.tiff",
];

impl Attachment {
    fn new(zip: usize, number: usize, size: usize) -> Attachment {
        let module: Module = if number % 3 == 2 { ACCOUNTS } else { LEADS };
        Attachment {
            id: FIRST_ID + 9_000_000 + zip * 100_000 + number * 17,
            name: NAMES[number % NAMES.len()],
            size: size * (number % 5 + 3) / 5,
            module: module.name,
            record: module.id(number * 4 + zip),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        if self.is_text() {
            let mut bytes = LEADS
                .csv(0..self.size / 200 + 1, Language::English)
                .into_bytes();
            bytes.truncate(self.size);
            bytes
        } else {
            picture(self.id, self.size)
        }
    }

    fn is_text(&self) -> bool {
        self.name.starts_with("Minutes")
    }
}

/// `count` files of about `size` bytes for the zip of that number. Each night one more is gone, and two are new.
pub fn of_zip(zip: usize, count: usize, size: usize, night: Night) -> Vec<Attachment> {
    let numbers = night.number..count + 2 * night.number;
    numbers
        .map(|number| Attachment::new(zip, number, size))
        .filter(|attachment| night.emptied != Some(attachment.module))
        .collect()
}

pub fn write<W: Write>(out: W, attachments: &[Attachment]) -> io::Result<W> {
    let mut zip = ZipWriter::new(out);
    for (number, attachment) in attachments.iter().enumerate() {
        let method = match number {
            1 => Method::Zip64,
            _ if attachment.is_text() || number % 4 == 0 => Method::Deflated,
            _ => Method::Stored,
        };
        let name = format!("Attachments/{}_{}", attachment.id, attachment.name);
        zip.add(&name, method, &attachment.bytes())?;
    }
    zip.finish()
}

pub fn index(attachments: &[Attachment], language: Language) -> String {
    let mut text = format!("\u{feff}{}\r\n", language.index_labels());
    for attachment in attachments {
        let _ = write!(
            text,
            "zcrm_{},{},{},zcrm_{},{},2026-10-{:02} 14:05:00,Available,,,\r\n",
            attachment.id,
            attachment.name,
            attachment.size,
            attachment.record,
            attachment.module,
            attachment.id % 28 + 1,
        );
    }
    // An attachment that is only a link has a row and no file.
    let _ = write!(
        text,
        "zcrm_510000009999999,Drawing,0,zcrm_{},Leads,2026-10-05 14:05:00,Available,https://example.com/drawing,,\r\n",
        LEADS.id(100),
    );
    text
}
