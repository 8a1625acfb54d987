//! A key as the library takes it: to the letter, where its own way would be to encode what is not plain ASCII.

use object_store::path::Path;

pub(in crate::store::object) fn path(key: &str) -> Path {
    // What is not taken to the letter is refused with the address, and no name of a file has it.
    Path::parse(key).unwrap_or_else(|_| Path::from(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::object::StoreUrl;

    #[test]
    fn what_an_address_says_is_the_key() {
        for prefix in ["Büro/~a #1%20[x]", "a*?\\{}|^`\"<>", "…/a..b/.c"] {
            let url = StoreUrl::parse(&format!("s3://b/{prefix}")).unwrap();
            assert_eq!(path(&url.unwrap().prefix).as_ref(), prefix);
        }
    }
}
