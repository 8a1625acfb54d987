//! Names of entries: how they are read, and which of them are a surprise, or a danger, to who unpacks the zip. Nothing here
//! makes a zip corrupt.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::directory::Said;
use super::oddities::Oddities;
use super::record::{FLAG_UTF8, unicode_path};

/// The upper half of code page 437, in which a name is written of which nothing else is said (APPNOTE appendix D).
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The names of one zip.
#[derive(Default)]
pub(super) struct Names {
    /// Hashes of the names in lower case. They stand for the names: two that are equal by chance cost a warning.
    known: HashSet<u64>,
}

impl Names {
    /// Looks at one entry of the directory.
    pub(super) fn look_at(&mut self, said: &Said, name: &[u8], odd: &mut Oddities) {
        if is_unsafe(name, said.flags & FLAG_UTF8 != 0) {
            odd.note("names that are not safe to unpack", name);
        }
        let mut hasher = DefaultHasher::new();
        match std::str::from_utf8(name) {
            Ok(text) => text.to_lowercase().hash(&mut hasher),
            Err(_) => name.to_ascii_lowercase().hash(&mut hasher),
        }
        if !self.known.insert(hasher.finish()) {
            odd.note(
                "names that occur twice, perhaps in another case, so that unpacking may keep one of two files",
                name,
            );
        }
        if name.ends_with(b"/") && said.measured.unpacked > 0 {
            odd.note(
                "folders that hold data of their own, which unpacking may lose",
                name,
            );
        }
    }
}

/// A name as text: the one in Unicode that stands beside it, or what the bytes are in UTF-8, which many programs write without
/// saying so, or else in code page 437. Not fit to be shown yet.
pub(super) fn decoded(name: &[u8], extra: &[u8]) -> String {
    let unicode = unicode_path(extra, crc32fast::hash(name));
    let text = unicode.or_else(|| std::str::from_utf8(name).ok());
    text.map_or_else(|| from_code_page_437(name), str::to_owned)
}

fn from_code_page_437(name: &[u8]) -> String {
    let upper: Vec<char> = CODE_PAGE_437.chars().collect();
    let character = |byte: &u8| match byte.checked_sub(128) {
        Some(place) => upper[usize::from(place)],
        None => char::from(*byte),
    };
    name.iter().map(character).collect()
}

/// A name with slashes of one kind: some programs write them differently in the two places.
pub(super) fn slashed(name: &[u8]) -> Vec<u8> {
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    name.iter().map(slash).collect()
}

fn is_unsafe(name: &[u8], is_utf8: bool) -> bool {
    let name = if is_utf8 || std::str::from_utf8(name).is_ok() {
        name.to_vec()
    } else {
        without_double_bytes(name)
    };
    name.is_empty()
        || name.starts_with(b"/")
        || name
            .iter()
            .any(|byte| *byte < 0x20 || *byte == 0x7f || *byte == b'\\')
        || name.split(|byte| *byte == b'/').any(|part| part == b"..")
        || (name.len() > 1 && name[1] == b':' && name[0].is_ascii_alphabetic())
}

/// The name without its characters of two bytes, if it can be one in Shift-JIS, whose second bytes may look like a
/// backslash. In any other charset (code page 437 is the rule) each byte below 128 is what it looks like.
fn without_double_bytes(name: &[u8]) -> Vec<u8> {
    let mut single = Vec::new();
    let mut rest = name;
    loop {
        rest = match *rest {
            [] => return single,
            [0x81..=0x9f | 0xe0..=0xfc, 0x40..=0x7e | 0x80..=0xfc, ..] => &rest[2..],
            // Neither a character of one byte nor the first of two: it is another charset.
            [0x80..=0xa0 | 0xe0.., ..] => return name.to_vec(),
            [byte, ..] => {
                single.push(byte);
                &rest[1..]
            }
        };
    }
}
