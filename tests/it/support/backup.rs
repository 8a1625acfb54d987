//! Backups that look like real ones (`zoho-api.md` section 2.4): CSV files with a byte order mark, quoted line breaks and
//! `zcrm_` ids, a module split every 100,000 rows, an index of the attachments, flat attachments of `<id>_<name>`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::bytes::{Content, random};
use super::zips::{Method, ZipWriter};

/// Rows of a module before it goes on in the next CSV file.
const ROWS_OF_A_FILE: usize = 100_000;
const FIRST_ID: usize = 510_000_000_000_000;

/// Files of one backup, in the order in which they are listed.
#[derive(Debug, Clone)]
pub struct Backup {
    pub files: Vec<(String, Content)>,
}

impl Backup {
    /// One data and one attachment zip, some tens of KiB.
    pub fn small() -> Backup {
        Backup::in_memory(1, 1)
    }

    /// Two data and four attachment zips, some tens of KiB each.
    pub fn six() -> Backup {
        Backup::in_memory(2, 4)
    }

    fn in_memory(data: usize, attachments: usize) -> Backup {
        let attached: Vec<_> = (0..attachments)
            .map(|zip| attachments_of(zip, 6, 6_000))
            .collect();
        let index = attached.concat();
        let mut files = Vec::new();
        for number in 1..=data {
            let mut zip = DataZip {
                images: 3,
                image_size: 4_000,
                ..DataZip::number(number, &index)
            };
            for (_, rows) in &mut zip.modules {
                *rows /= 500;
            }
            let bytes = zip.write(Vec::new()).expect("memory takes every byte");
            files.push((format!("Data_{number:03}.zip"), bytes.into()));
        }
        for (zip, attachments) in attached.iter().enumerate() {
            let bytes =
                write_attachments(Vec::new(), attachments).expect("memory takes every byte");
            files.push((format!("Attachments_{:03}.zip", zip + 1), bytes.into()));
        }
        Backup { files }
    }

    /// About 200 MB in six zips, written to `folder`.
    ///
    /// # Errors
    /// When `folder` does not take them.
    pub fn believable(folder: &Path) -> io::Result<Backup> {
        let attached: Vec<_> = (0..4)
            .map(|zip| attachments_of(zip, 40, 1_080_000))
            .collect();
        let index = attached.concat();
        let mut files = Vec::new();
        for number in 1..=2 {
            let zip = DataZip {
                images: 60,
                image_size: 250_000,
                ..DataZip::number(number, &index)
            };
            let name = format!("Data_{number:03}.zip");
            files.push(on_disk(folder, name, |out| zip.write(out))?);
        }
        for (zip, attachments) in attached.iter().enumerate() {
            let name = format!("Attachments_{:03}.zip", zip + 1);
            files.push(on_disk(folder, name, |out| {
                write_attachments(out, attachments)
            })?);
        }
        Ok(Backup { files })
    }
}

type Out = BufWriter<File>;

fn on_disk(
    folder: &Path,
    name: String,
    write: impl FnOnce(Out) -> io::Result<Out>,
) -> io::Result<(String, Content)> {
    let path = folder.join(&name);
    write(BufWriter::new(File::create(&path)?))?.flush()?;
    Ok((name, Content::disk(&path)?))
}

struct DataZip<'a> {
    modules: Vec<(&'static str, usize)>,
    /// Attachments of the whole backup; empty in the zips that do not hold the index.
    index: &'a [Attachment],
    images: usize,
    image_size: usize,
}

impl DataZip<'_> {
    /// The first one holds the index and the metadata; how Zoho spreads modules over several is not known.
    fn number(number: usize, index: &[Attachment]) -> DataZip<'_> {
        let first = number == 1;
        DataZip {
            modules: if first {
                vec![
                    ("Leads", 120_000),
                    ("Accounts", 20_000),
                    ("Notes", 15_000),
                    ("Users", 1_000),
                ]
            } else {
                vec![
                    ("Contacts", 60_000),
                    ("Deals", 40_000),
                    ("Payments_C", 20_000),
                ]
            },
            index: if first { index } else { &[] },
            images: 0,
            image_size: 0,
        }
    }

    fn write<W: Write>(&self, out: W) -> io::Result<W> {
        let mut zip = ZipWriter::new(out);
        for (module, rows) in &self.modules {
            for (file, from) in (0..*rows).step_by(ROWS_OF_A_FILE).enumerate() {
                let rows = from..(from + ROWS_OF_A_FILE).min(*rows);
                let name = format!("Data/{module}_{:03}.csv", file + 1);
                zip.add(&name, Method::Deflated, csv(module, rows).as_bytes())?;
            }
        }
        if !self.index.is_empty() {
            zip.add(
                "Data/Attachments_001.csv",
                Method::Deflated,
                index_csv(self.index).as_bytes(),
            )?;
            zip.add(
                "Metadata/Modules_001.csv",
                Method::Deflated,
                MODULES.as_bytes(),
            )?;
            zip.add(
                "Metadata/Fields_001.csv",
                Method::Deflated,
                FIELDS.as_bytes(),
            )?;
            zip.add("Metadata/Roles_001.csv", Method::Stored, ROLES.as_bytes())?;
        }
        for image in 0..self.images {
            let id = FIRST_ID + 7_000_000 + image;
            // One of them in the form that files over 4 GB need, which a reader must know too.
            let method = if image == 0 {
                Method::Zip64
            } else {
                Method::Stored
            };
            zip.add(
                &format!("RecordImages/{id}.png"),
                method,
                &picture(id, self.image_size),
            )?;
        }
        zip.finish()
    }
}

const MODULES: &str = "\u{feff}Api Name,Module Name,Plural Label\r\nLeads,Leads,Leads\r\nAccounts,Accounts,Accounts\r\nCustomModule1,Payments_C,Payments\r\n";
const FIELDS: &str = "\u{feff}Module,Api Name,Field Label,Data Type\r\nLeads,Last_Name,Last Name,text\r\nLeads,Email,Email,email\r\nLeads,Description,\"Description, long\",textarea\r\n";
const ROLES: &str = "\u{feff}Role Id,Role Name,Reports To\r\nzcrm_510000000000021,CEO,\r\nzcrm_510000000000024,Manager,CEO\r\n";

const FIRST_NAMES: [&str; 8] = [
    "Ada", "Björn", "Chiara", "Dmitri", "Élodie", "Farid", "Grace", "Hiroshi",
];
const LAST_NAMES: [&str; 7] = [
    "Lovelace", "Öztürk", "Rossi", "Müller", "O'Brien", "García", "Smith",
];

fn csv(module: &str, rows: std::ops::Range<usize>) -> String {
    let mut text = String::from(
        "\u{feff}Record Id,Name,Email,Account Name,Account Name.id,Description,Amount,Created Time,Modified Time\r\n",
    );
    for row in rows {
        let (first, last) = (FIRST_NAMES[row % 8], LAST_NAMES[row / 3 % 7]);
        let number = row * 7919 + module.len() * 104_729;
        let _ = write!(
            text,
            "zcrm_{id},{first} {last},{first}.{last}{row}@example.com,\"{last}, Sons & Co {account}\",zcrm_{account},\"Called on day {day}.\nWants an offer for {amount} pieces, \"\"soon\"\".\",{amount}.{cents:02},2026-{month:02}-{day:02} {hour:02}:{minute:02}:07,2026-11-{day:02} 09:{minute:02}:41\r\n",
            id = FIRST_ID + module.len() * 1_000_000_000 + row,
            account = FIRST_ID + 2_000_000 + number % 9_973,
            amount = number % 50_021,
            cents = number % 100,
            month = number % 12 + 1,
            day = number % 28 + 1,
            hour = number % 24,
            minute = number % 60,
        );
    }
    text
}

/// A file attached to a record.
#[derive(Debug, Clone)]
struct Attachment {
    id: usize,
    name: String,
    size: usize,
}

impl Attachment {
    fn bytes(&self) -> Vec<u8> {
        if self.is_text() {
            let mut bytes = csv("Minutes", 0..self.size / 200 + 1).into_bytes();
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

/// Photos, scans, offers, and a few texts: `count` files of about `size` bytes for the zip of that number.
fn attachments_of(zip: usize, count: usize, size: usize) -> Vec<Attachment> {
    const NAMES: [&str; 6] = [
        "Offer 2026.pdf",
        "IMG_0042.jpg",
        "Contract (signed).pdf",
        "Übersicht.xlsx",
        "Minutes.txt",
        "scan_003_final.tiff",
    ];
    (0..count)
        .map(|number| Attachment {
            id: FIRST_ID + 9_000_000 + zip * 100_000 + number * 17,
            name: NAMES[number % NAMES.len()].to_owned(),
            size: size * (number % 5 + 3) / 5,
        })
        .collect()
}

fn write_attachments<W: Write>(out: W, attachments: &[Attachment]) -> io::Result<W> {
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

fn index_csv(attachments: &[Attachment]) -> String {
    let mut text = String::from(
        "\u{feff}Record Id,File Name,Size,Parent.id,Parent Id.Module,Created Time,Record Status,Link URL,Field.id,Old Attachment Id\r\n",
    );
    for (number, attachment) in attachments.iter().enumerate() {
        let _ = write!(
            text,
            "zcrm_{},{},{},zcrm_{},Leads,2026-10-{:02} 14:05:00,Available,,,\r\n",
            attachment.id,
            attachment.name,
            attachment.size,
            FIRST_ID + 5_000_000_000 + number,
            number % 28 + 1,
        );
    }
    // An attachment that is only a link has a row and no file.
    text.push_str("zcrm_510000009999999,Drawing,0,zcrm_515000000000001,Leads,2026-10-05 14:05:00,Available,https://example.com/drawing,,\r\n");
    text
}

/// Bytes that deflate as badly as those of a photo.
fn picture(id: usize, size: usize) -> Vec<u8> {
    random(id as u64, size)
}
