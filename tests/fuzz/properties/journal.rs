//! The journal: it never vouches for bytes beyond the file, a torn one for nothing that the whole one does not, and after
//! a power cut only for what stands before a line that says it was synced.

use crate::download::journal::{Promise, parse};
use crate::download::ranges::RangeSet;
use crate::model::FileName;

pub fn journal(content: &[u8]) {
    let name = FileName::parse("Data_001.zip").unwrap();
    let read = |content: &[u8], boot: &str| parse(content, &name, boot);
    let Ok(Promise {
        header,
        held: survived,
        ..
    }) = read(content, "")
    else {
        return;
    };
    let header_text = serde_json::to_value(&header).unwrap();
    // Read since the same start of the machine, when nothing that was written is lost.
    let boot = header_text["boot"].as_str().unwrap();
    let Promise { held, synced, .. } = read(content, boot).unwrap();
    assert_eq!(synced, survived);
    assert_eq!(header.name, name);
    if let Some(length) = header.length {
        assert!(held.end() <= length);
        let missing: u64 = held.missing(length).iter().map(|gap| gap.len()).sum();
        assert_eq!(missing + held.total(), length);
    }
    assert!(covers(&held, &survived));
    let another = format!("{boot}?");
    assert_eq!(read(content, &another).unwrap().held, survived);
    if boot.is_empty() {
        return;
    }

    let first_line = 1 + content
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(content.len() - 1);
    let cuts = [
        first_line,
        (first_line + content.len()) / 2,
        content.len() - 1,
    ];
    for cut in cuts.into_iter().filter(|cut| *cut >= first_line) {
        let torn = read(&content[..cut], boot).unwrap().held;
        assert!(covers(&held, &torn), "cut at {cut}");
    }
    let last_synced = content.windows(3).rposition(|window| window == b"\ns ");
    let before = last_synced.map_or(first_line, |at| (at + 1).max(first_line));
    let promised = read(&content[..before], boot).unwrap().held;
    assert!(covers(&promised, &survived), "synced before it was written");
}

fn covers(whole: &RangeSet, part: &RangeSet) -> bool {
    let mut both = whole.clone();
    part.iter().for_each(|range| both.insert(range));
    both == *whole
}
