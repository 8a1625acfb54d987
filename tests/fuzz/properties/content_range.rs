//! `Content-Range`: what is read says what the text says, holds together, and prints back.

use crate::http::range::ContentRange;

pub fn content_range(text: &str) {
    let Some(read) = ContentRange::parse(text) else {
        return;
    };
    let (numbers, printed) = match read {
        ContentRange::Part { range, total } => {
            assert!(range.start() < range.end());
            assert!(total.is_none_or(|total| range.end() <= total));
            let (first, last) = (range.start(), range.end() - 1);
            let shown = total.map_or("*".to_owned(), |total| total.to_string());
            let numbers = [Some(first), Some(last), total];
            (
                numbers.into_iter().flatten().collect(),
                format!("bytes {first}-{last}/{shown}"),
            )
        }
        ContentRange::Outside { total } => (vec![total], format!("bytes */{total}")),
    };
    assert_eq!(numbers_in(text), numbers, "{text:?}");
    assert_eq!(ContentRange::parse(&printed), Some(read), "{text:?}");
}

fn numbers_in(text: &str) -> Vec<u64> {
    text.split(|character: char| !character.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().unwrap())
        .collect()
}
