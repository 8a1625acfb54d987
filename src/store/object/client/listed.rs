//! A list as a store answers it, without the keys that the library refuses: one of somebody else's is no reason not to see
//! our own.

use object_store::path::Path;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use quick_xml::{Error, Reader};

/// What a list is made of, in the words of S3, which Google has, too, and of Azure.
const ENTRIES: [&[u8]; 4] = [b"Contents", b"CommonPrefixes", b"Blob", b"BlobPrefix"];

/// What a key is called there.
const KEYS: [&[u8]; 3] = [b"Key", b"Prefix", b"Name"];

/// Nothing: the library takes it as it is.
pub(super) fn without_refused(list: &str) -> Option<String> {
    let kept = kept(list).ok()?;
    (kept.len() < list.len()).then_some(kept)
}

fn kept(list: &str) -> Result<String, Error> {
    let mut reader = Reader::from_str(list);
    let mut kept = String::new();
    let mut from = 0;
    loop {
        let before = position(&reader);
        match reader.read_event()? {
            Event::Eof => break,
            Event::Start(entry) if ENTRIES.contains(&entry.name().as_ref()) => {
                let text = reader.read_text(entry.name())?.decode()?.into_owned();
                let key = key(&text)?.unwrap_or_default();
                if let Err(error) = Path::parse(&key) {
                    tracing::debug!("skipped in a list: {error}");
                    kept.push_str(list.get(from..before).unwrap_or_default());
                    from = position(&reader);
                }
            }
            _ => {}
        }
    }
    kept.push_str(list.get(from..).unwrap_or_default());
    Ok(kept)
}

/// Of one entry.
fn key(entry: &str) -> Result<Option<String>, Error> {
    let mut reader = Reader::from_str(entry);
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(None),
            Event::Start(field) if KEYS.contains(&field.name().as_ref()) => {
                let text = reader.read_text(field.name())?.decode()?.into_owned();
                return Ok(Some(unescape(&text)?.into_owned()));
            }
            _ => {}
        }
    }
}

/// In bytes.
fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_refuses_is_taken_out_and_all_else_stays_to_the_letter() {
        let entry = |key: &str| format!("<Contents><Size>1</Size><Key>{key}</Key></Contents>");
        let folder = |key: &str| format!("<CommonPrefixes><Prefix>{key}</Prefix></CommonPrefixes>");
        let blob = |key: &str| format!("<Blob><Name>{key}</Name><Properties/></Blob>");
        let list = |entries: &str| {
            format!("<?xml version=\"1.0\"?><R><Prefix>p//</Prefix>\n{entries}<T>next</T></R>")
        };
        let good = [entry("p/ä&amp;b"), folder("p/set/"), blob("p/x.zip")].concat();
        assert_eq!(without_refused(&list(&good)), None);
        for bad in [
            entry("p//x"),
            folder("p//"),
            folder("p/../"),
            blob("p/./x"),
            blob("p/&#46;&#46;/x"),
            entry("p/a&#10;b"),
        ] {
            let mixed = [&bad, &*good, &bad, &bad].concat();
            assert_eq!(without_refused(&list(&mixed)), Some(list(&good)), "{bad}");
        }
    }

    #[test]
    fn what_is_no_list_stays_as_it_is() {
        for text in ["", "<Contents><Key>a//b", "<R><Contents></R>", "x&y"] {
            assert_eq!(without_refused(text), None, "{text}");
        }
    }
}
