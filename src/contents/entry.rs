//! What an entry of a zip is, by its name (`zoho-api.md` section 2.4).

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::FileKind;

/// How Zoho numbers the tables into which it splits a module: `_001`.
const DIGITS: usize = 3;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry<'a> {
    /// A table of a module, or a part of one.
    Table {
        module: &'a str,
    },
    Metadata,
    Image,
    Attachment {
        id: u64,
    },
    Other,
}

impl Entry<'_> {
    /// By the folder nearest to the file, wherever that is; without one of Zoho's folders by the zip that it is in.
    pub(crate) fn of(name: &str, zip: Option<FileKind>) -> Entry<'_> {
        let mut parts = name.rsplit(['/', '\\']);
        let file = parts.next().unwrap_or_default();
        let is_attachment = match parts.find_map(folder) {
            Some(Folder::Data) => false,
            Some(Folder::Metadata) => return Entry::Metadata,
            Some(Folder::Images) => return Entry::Image,
            Some(Folder::Attachments) => true,
            None => zip == Some(FileKind::Attachments),
        };
        if is_attachment {
            return Entry::Attachment { id: id_of(file) };
        }
        match module(file) {
            Some(module) => Entry::Table { module },
            None => Entry::Other,
        }
    }
}

enum Folder {
    Data,
    Metadata,
    Images,
    Attachments,
}

fn folder(name: &str) -> Option<Folder> {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    match () {
        () if is("Data") => Some(Folder::Data),
        () if is("Metadata") => Some(Folder::Metadata),
        () if is("RecordImages") => Some(Folder::Images),
        () if is("Attachments") => Some(Folder::Attachments),
        () => None,
    }
}

/// `Contacts` of `Contacts_002.csv`.
fn module(file: &str) -> Option<&str> {
    let (stem, extension) = file.rsplit_once('.')?;
    if !extension.eq_ignore_ascii_case("csv") || stem.is_empty() {
        return None;
    }
    let is_number =
        |text: &str| text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    match stem.rsplit_once('_') {
        Some((module, number)) if is_number(number) && !module.is_empty() => Some(module),
        _ => Some(stem),
    }
}

/// The id that a name of an attachment or a field of its index begins with: `zcrm_510…`, `510…`, `510…_Offer.pdf`. Other text
/// stands for itself.
pub(super) fn id_of(text: &str) -> u64 {
    let text = text.trim();
    let bare = text.strip_prefix("zcrm_").unwrap_or(text);
    let end = bare.find(|byte: char| !byte.is_ascii_digit());
    let (digits, rest) = bare.split_at(end.unwrap_or(bare.len()));
    match digits.parse() {
        Ok(id) if !rest.starts_with(char::is_alphanumeric) => id,
        _ => {
            let mut hasher = DefaultHasher::new();
            bare.hash(&mut hasher);
            hasher.finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_module_are_of_one_module() {
        let module = |name| match Entry::of(name, Some(FileKind::Data)) {
            Entry::Table { module } => module.to_owned(),
            other => panic!("{other:?}"),
        };
        for (name, expected) in [
            ("Data/Leads_001.csv", "Leads"),
            ("Data/Leads_012.CSV", "Leads"),
            ("Data/Payments_C_001.csv", "Payments_C"),
            ("Data/Leads_RecordAccess_001.csv", "Leads_RecordAccess"),
            ("Data/取引先_001.csv", "取引先"),
            ("Data/Budget_2026.csv", "Budget_2026"),
            ("Data/Budget_2026_001.csv", "Budget_2026"),
            ("Data/_001.csv", "_001"),
            ("export\\Data\\Deals_001.csv", "Deals"),
            ("a/Data/Attachments_001.csv", "Attachments"),
            ("Tasks_001.csv", "Tasks"),
        ] {
            assert_eq!(module(name), expected);
        }
    }

    #[test]
    fn what_is_no_table_is_known_by_its_folder_and_else_by_its_zip() {
        let of = |name| Entry::of(name, None);
        assert_eq!(of("Metadata/Fields_001.csv"), Entry::Metadata);
        assert_eq!(of("x/RecordImages/5.png"), Entry::Image);
        assert_eq!(of("Data/readme.txt"), Entry::Other);
        assert_eq!(of("Attachments/17_list.csv"), Entry::Attachment { id: 17 });
        let in_attachments = Entry::of("17_list.csv", Some(FileKind::Attachments));
        assert_eq!(in_attachments, Entry::Attachment { id: 17 });
    }

    #[test]
    fn an_id_is_the_same_in_the_index_and_in_the_name_of_a_file() {
        for name in [
            "zcrm_4876876000001594004",
            "4876876000001594004",
            "4876876000001594004_a_b.pdf",
            "4876876000001594004.pdf",
        ] {
            assert_eq!(id_of(name), 4_876_876_000_001_594_004, "{name}");
        }
        assert_ne!(id_of("17a"), 17);
        assert_eq!(id_of("zcrm_x"), id_of("x"));
        assert_ne!(id_of("99999999999999999999"), id_of("99999999999999999998"));
    }
}
