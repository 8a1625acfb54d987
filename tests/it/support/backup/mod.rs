//! Backups that look like real ones (`zoho-api.md` section 2.4): CSV files with a byte order mark, quoted line breaks and
//! `zcrm_` ids, a module split every 100,000 rows, an index of the attachments, flat attachments of `<id>_<name>`.

mod attachments;
mod language;
mod records;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use self::attachments::Attachment;
pub use self::language::Language;
use self::records::Module;
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

/// The organisation as a night finds it: records come, a few go, and attachments with them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Night {
    /// Nights since the first.
    pub number: usize,
    /// A module that somebody emptied; the attachments of its records are gone, too.
    pub emptied: Option<&'static str>,
    pub language: Language,
}

/// How large a backup is.
#[derive(Debug, Clone, Copy)]
struct Size {
    data_zips: usize,
    attachment_zips: usize,
    /// Every how many of the records of [`records::MODULES`] there are.
    one_of: usize,
    /// Attachments of each zip, and about how many bytes each has.
    attachments: (usize, usize),
    /// Images of each data zip, and their bytes.
    images: (usize, usize),
}

const SIX: Size = Size {
    data_zips: 2,
    attachment_zips: 4,
    one_of: 500,
    attachments: (6, 6_000),
    images: (3, 4_000),
};
const SMALL: Size = Size {
    data_zips: 1,
    attachment_zips: 1,
    ..SIX
};
const NIGHTLY: Size = Size {
    one_of: 20,
    attachments: (12, 60_000),
    images: (10, 20_000),
    ..SIX
};
const BELIEVABLE: Size = Size {
    one_of: 1,
    attachments: (40, 1_080_000),
    images: (60, 250_000),
    ..SIX
};

impl Backup {
    /// One data and one attachment zip, some tens of KiB.
    pub fn small() -> Backup {
        Backup::in_memory(SMALL, Night::default())
    }

    /// Two data and four attachment zips, some tens of KiB each.
    pub fn six() -> Backup {
        Backup::six_of(Night::default())
    }

    /// As [`six`](Backup::six), on this night.
    pub fn six_of(night: Night) -> Backup {
        Backup::in_memory(SIX, night)
    }

    /// Six zips with 13,800 records, about 4 MB.
    pub fn nightly(night: Night) -> Backup {
        Backup::in_memory(NIGHTLY, night)
    }

    fn in_memory(size: Size, night: Night) -> Backup {
        let write = |zip: &Zip| zip.write(Vec::new()).map(Content::from);
        let files = zips(size, night).into_iter().map(|(name, zip)| {
            let content = write(&zip).expect("memory takes every byte");
            (name, content)
        });
        Backup {
            files: files.collect(),
        }
    }

    /// About 200 MB in six zips, written to `folder`.
    ///
    /// # Errors
    /// When `folder` does not take them.
    pub fn believable(folder: &Path) -> io::Result<Backup> {
        let zips = zips(BELIEVABLE, Night::default());
        let files = zips.into_iter().map(|(name, zip)| {
            let path = folder.join(&name);
            zip.write(BufWriter::new(File::create(&path)?))?.flush()?;
            Ok((name, Content::disk(&path)?))
        });
        Ok(Backup {
            files: files.collect::<io::Result<_>>()?,
        })
    }
}

/// What a zip holds, before it is written.
enum Zip {
    Data(DataZip),
    Attachments(Vec<Attachment>),
}

impl Zip {
    fn write<W: Write>(&self, out: W) -> io::Result<W> {
        match self {
            Zip::Data(data) => data.write(out),
            Zip::Attachments(attachments) => attachments::write(out, attachments),
        }
    }
}

fn zips(size: Size, night: Night) -> Vec<(String, Zip)> {
    let (count, bytes) = size.attachments;
    let attached: Vec<Vec<Attachment>> = (0..size.attachment_zips)
        .map(|zip| attachments::of_zip(zip, count, bytes, night))
        .collect();
    let mut zips: Vec<(String, Zip)> = (1..=size.data_zips)
        .map(|number| {
            let data = DataZip {
                night,
                one_of: size.one_of,
                modules: records::of_zip(number),
                index: (number == 1).then(|| attached.concat()),
                images: size.images,
            };
            (format!("Data_{number:03}.zip"), Zip::Data(data))
        })
        .collect();
    let attached = attached.into_iter().enumerate();
    zips.extend(attached.map(|(zip, attachments)| {
        let name = format!("Attachments_{:03}.zip", zip + 1);
        (name, Zip::Attachments(attachments))
    }));
    zips
}

struct DataZip {
    night: Night,
    one_of: usize,
    modules: Vec<&'static Module>,
    /// Attachments of the whole backup. The first zip lists them and has the metadata; how Zoho spreads modules over
    /// several zips is not known.
    index: Option<Vec<Attachment>>,
    images: (usize, usize),
}

impl DataZip {
    fn write<W: Write>(&self, out: W) -> io::Result<W> {
        let mut zip = ZipWriter::new(out);
        for module in &self.modules {
            let rows = module.rows(self.one_of, self.night);
            // A module without records still has a file, with its header.
            let files = rows.len().div_ceil(ROWS_OF_A_FILE).max(1);
            for file in 0..files {
                let from = rows.start + file * ROWS_OF_A_FILE;
                let rows = from..(from + ROWS_OF_A_FILE).min(rows.end);
                let name = format!("Data/{}_{:03}.csv", module.name, file + 1);
                let csv = module.csv(rows, self.night.language);
                zip.add(&name, Method::Deflated, csv.as_bytes())?;
            }
        }
        if let Some(attachments) = &self.index {
            let index = attachments::index(attachments, self.night.language);
            for (name, method, text) in [
                ("Data/Attachments_001.csv", Method::Deflated, index.as_str()),
                ("Metadata/Modules_001.csv", Method::Deflated, MODULES),
                ("Metadata/Fields_001.csv", Method::Deflated, FIELDS),
                ("Metadata/Roles_001.csv", Method::Stored, ROLES),
            ] {
                zip.add(name, method, text.as_bytes())?;
            }
        }
        let (images, size) = self.images;
        for image in 0..images {
            let id = FIRST_ID + 7_000_000 + image;
            // One of them in the form that files over 4 GB need, which a reader must know too.
            let method = if image == 0 {
                Method::Zip64
            } else {
                Method::Stored
            };
            let name = format!("RecordImages/{id}.png");
            zip.add(&name, method, &picture(id, size))?;
        }
        zip.finish()
    }
}

const MODULES: &str = "\u{feff}Api Name,Module Name,Plural Label\r\nLeads,Leads,Leads\r\nAccounts,Accounts,Accounts\r\nCustomModule1,Payments_C,Payments\r\n";
const FIELDS: &str = "\u{feff}Module,Api Name,Field Label,Data Type\r\nLeads,Last_Name,Last Name,text\r\nLeads,Email,Email,email\r\nLeads,Description,\"Description, long\",textarea\r\n";
const ROLES: &str = "\u{feff}Role Id,Role Name,Reports To\r\nzcrm_510000000000021,CEO,\r\nzcrm_510000000000024,Manager,CEO\r\n";

/// Bytes that deflate as badly as those of a photo.
fn picture(id: usize, size: usize) -> Vec<u8> {
    random(id as u64, size)
}
