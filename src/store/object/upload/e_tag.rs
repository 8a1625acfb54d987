//! The `ETag` as S3 makes it where no key of KMS is in play: the MD5 of the content, or of the MD5s of its parts. That makes it a
//! checksum of what the store has put together.

use md5::{Digest, Md5};

/// The MD5 of some content.
pub(super) fn md5(content: &[u8]) -> u128 {
    u128::from_be_bytes(Md5::digest(content).into())
}

/// Whether the store names an object by the MD5 of this content, and so has all of it.
pub(super) fn is_of(e_tag: Option<&str>, content: &[u8]) -> bool {
    let told = e_tag.and_then(of_part);
    told.is_some() && told == Some(md5(content))
}

/// The MD5 that the name of a part is. Nothing: it is none. With a checksum of its own the name is
/// `<PartMetadata><e_tag>"…"</e_tag>…`.
pub(super) fn of_part(name: &str) -> Option<u128> {
    let e_tag = match name.split_once("<e_tag>") {
        Some((_, rest)) => rest.split_once("</e_tag>")?.0.replace("&quot;", "\""),
        None => name.to_owned(),
    };
    let e_tag = e_tag.trim_matches('"');
    let is_md5 = e_tag.len() == 32 && e_tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(e_tag, 16).ok().filter(|_| is_md5)
}

/// The `ETag` of an object of such parts, without quotes.
pub(super) fn of_parts(parts: &[u128]) -> String {
    let digests: Vec<u8> = parts.iter().flat_map(|part| part.to_be_bytes()).collect();
    format!("{:032x}-{}", md5(&digests), parts.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two parts, `a` and `b`, as a store names them, and what it makes of them.
    #[test]
    fn the_etag_of_an_object_in_parts_is_told_by_those_of_its_parts() {
        let parts = [md5(b"a"), md5(b"b")];
        assert_eq!(
            of_part("\"0cc175b9c0f1b6a831c399e269772661\""),
            Some(parts[0])
        );
        let with_checksum = "<PartMetadata><e_tag>&quot;92eb5ffee6ae2fec3ad71c777531578f&quot;</e_tag></PartMetadata>";
        assert_eq!(of_part(with_checksum), Some(parts[1]));
        assert_eq!(of_parts(&parts), "96e024ba2074fe77e8e965ba43a704be-2");
    }

    #[test]
    fn content_is_known_by_its_md5_and_by_nothing_else() {
        assert!(is_of(Some("\"0cc175b9c0f1b6a831c399e269772661\""), b"a"));
        assert!(!is_of(Some("\"0cc175b9c0f1b6a831c399e269772661\""), b"b"));
        assert!(!is_of(Some("0x8DC"), b"a"));
        assert!(!is_of(None, b"a"));
    }

    #[test]
    fn what_is_no_md5_is_none() {
        for name in [
            "",
            "abc",
            "+0cc175b9c0f1b6a831c399e26977266",
            "0cc175b9c0f1b6a831c399e269772661-1",
        ] {
            assert_eq!(of_part(name), None, "{name}");
        }
    }
}
