//! Long lines on a terminal are broken between words.

use console::measure_text_width;

/// As many lines of at most `width` columns as it takes. A word that is longer has a line for itself.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let taken = lines.last().map_or(0, |line| measure_text_width(line));
        match lines.last_mut() {
            Some(line) if taken == 0 => line.push_str(word),
            Some(line) if taken + 1 + measure_text_width(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_between_words_and_no_word_is() {
        let text = "an upload in parts: https://store.example/backups is begun";
        for (width, lines) in [
            (80, vec![text]),
            (58, vec![text]),
            (
                57,
                vec![
                    "an upload in parts: https://store.example/backups is",
                    "begun",
                ],
            ),
            (
                20,
                vec![
                    "an upload in parts:",
                    "https://store.example/backups",
                    "is begun",
                ],
            ),
        ] {
            assert_eq!(wrapped(text, width), lines);
        }
        assert_eq!(wrapped("", 20), [""]);
    }
}
