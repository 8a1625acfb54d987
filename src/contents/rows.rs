//! The records of a CSV file as a person gets to see them: each of them whole, what is in its fields, and how it is written.

use std::ops::ControlFlow;

use csv_core::{ReadRecordResult, Reader};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A record is held whole. No field of the CRM comes near this, so that what is longer is a quote that nobody closed.
const LARGEST: usize = 64 << 20;

/// A record is too long to be one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("record {number} is longer than {} MiB: a quote may not be closed", LARGEST >> 20)]
pub(crate) struct TooLong {
    /// The header is number 0.
    number: u64,
}

pub(crate) struct RowReader {
    reader: Reader,
    /// The bytes of a record of which the end is still to come.
    written: Vec<u8>,
    fields: Vec<u8>,
    fields_length: usize,
    ends: Vec<usize>,
    ends_length: usize,
    /// How many records were read.
    count: u64,
    largest: usize,
}

/// A record.
pub(crate) struct Row<'a> {
    /// Its bytes, without the end of the line.
    pub(crate) written: &'a [u8],
    /// The end of its line.
    pub(crate) line_end: &'static [u8],
    fields: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// What is in the fields, without quotes.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (fields, ends) = (self.fields, self.ends);
        (0..ends.len()).map(move |place| field(fields, ends, place))
    }

    pub(crate) fn field(&self, place: usize) -> Option<&'a [u8]> {
        (place < self.ends.len()).then(|| field(self.fields, self.ends, place))
    }
}

fn field<'a>(fields: &'a [u8], ends: &[usize], place: usize) -> &'a [u8] {
    let start = place.checked_sub(1).map_or(0, |before| ends[before]);
    &fields[start..ends[place]]
}

impl Default for RowReader {
    fn default() -> RowReader {
        RowReader::of_at_most(LARGEST)
    }
}

impl RowReader {
    fn of_at_most(largest: usize) -> RowReader {
        RowReader {
            reader: Reader::new(),
            written: Vec::new(),
            fields: vec![0; 64 << 10],
            fields_length: 0,
            ends: vec![0; 256],
            ends_length: 0,
            count: 0,
            largest,
        }
    }

    /// The next bytes of the file. Hands out every record that ends in them, until `take` has enough.
    pub(crate) fn feed<B>(
        &mut self,
        mut bytes: &[u8],
        mut take: impl FnMut(&Row<'_>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, TooLong> {
        while !bytes.is_empty() {
            let (taken, is_whole) = self.read(bytes)?;
            let (here, rest) = bytes.split_at(taken);
            bytes = rest;
            if !is_whole {
                self.written.extend_from_slice(here);
                continue;
            }
            let ended = if self.written.is_empty() {
                self.end(here, &mut take)
            } else {
                let mut written = std::mem::take(&mut self.written);
                written.extend_from_slice(here);
                let ended = self.end(&written, &mut take);
                written.clear();
                self.written = written;
                ended
            };
            if ended.is_break() {
                return Ok(ended);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// All bytes were fed: hands out the last record, if its line has no end.
    pub(crate) fn finish<B>(
        &mut self,
        mut take: impl FnMut(&Row<'_>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, TooLong> {
        let (_, is_whole) = self.read(&[])?;
        if !is_whole {
            return Ok(ControlFlow::Continue(()));
        }
        let mut written = std::mem::take(&mut self.written);
        if is_open(&written) {
            written.push(b'"');
        }
        Ok(self.end(&written, &mut take))
    }

    /// Reads up to the end of a record. How many bytes were taken, and whether the end is there.
    fn read(&mut self, bytes: &[u8]) -> Result<(usize, bool), TooLong> {
        let mut taken = 0;
        loop {
            let (result, read, wrote, ended) = self.reader.read_record(
                &bytes[taken..],
                &mut self.fields[self.fields_length..],
                &mut self.ends[self.ends_length..],
            );
            taken += read;
            self.fields_length += wrote;
            self.ends_length += ended;
            match result {
                ReadRecordResult::Record => return Ok((taken, true)),
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok((taken, false)),
            }
            if self.fields_length + self.ends_length > self.largest {
                return Err(TooLong { number: self.count });
            }
        }
    }

    fn end<B>(
        &mut self,
        written: &[u8],
        take: &mut impl FnMut(&Row<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let line_end: &[u8] = match written {
            [.., b'\n'] => b"\n",
            _ => b"\r\n",
        };
        let row = Row {
            written: trimmed(written, self.count == 0),
            line_end,
            fields: &self.fields[..self.fields_length],
            ends: &self.ends[..self.ends_length],
        };
        self.count += 1;
        (self.fields_length, self.ends_length) = (0, 0);
        take(&row)
    }
}

/// Without what comes before the record (the rest of the end of the line above, empty lines, a byte order mark) and the end
/// of its line.
fn trimmed(mut written: &[u8], is_first: bool) -> &[u8] {
    if is_first {
        written = written.strip_prefix(BYTE_ORDER_MARK).unwrap_or(written);
    }
    while let [b'\r' | b'\n', rest @ ..] = written {
        written = rest;
    }
    while let [rest @ .., b'\r' | b'\n'] = written {
        written = rest;
    }
    written
}

/// Whether a quote is still to be closed at the end of the file, which must not swallow what is printed after it.
fn is_open(written: &[u8]) -> bool {
    let (mut fields, mut ends) = (vec![0; written.len() + 2], vec![0; written.len() + 2]);
    let mut reader = Reader::new();
    let line = [trimmed(written, true), b"\n"].concat();
    let (result, ..) = reader.read_record(&line, &mut fields, &mut ends);
    result != ReadRecordResult::Record
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    type Read = Vec<(String, Vec<String>)>;

    /// What is written and read of each record, when the file comes in pieces of this length.
    fn read(file: &[u8], step: usize, records: &mut RowReader) -> Result<Read, TooLong> {
        let mut found = Vec::new();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut take = |row: &Row<'_>| {
            found.push((text(row.written), row.fields().map(text).collect()));
            ControlFlow::<Infallible>::Continue(())
        };
        for piece in file.chunks(step) {
            let _ = records.feed(piece, &mut take)?;
        }
        let _ = records.finish(&mut take)?;
        Ok(found)
    }

    #[test]
    fn records_are_read_however_the_file_is_cut_up() {
        let file = "\u{feff}Id,\"Name\"\r\n1,\"a \"\"b\"\",\r\nc\"\r\n\r\n2,d\"e\n3,Zoë".as_bytes();
        let expected = [
            ("Id,\"Name\"", vec!["Id", "Name"]),
            ("1,\"a \"\"b\"\",\r\nc\"", vec!["1", "a \"b\",\r\nc"]),
            ("2,d\"e", vec!["2", "d\"e"]),
            ("3,Zoë", vec!["3", "Zoë"]),
        ];
        for step in 3..=file.len() {
            let found = read(file, step, &mut RowReader::default()).unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|(written, fields)| (&**written, fields.iter().map(|it| &**it).collect()))
                .collect();
            assert_eq!(found, expected, "in pieces of {step}");
        }
    }

    #[test]
    fn the_end_of_a_line_is_that_of_the_file() {
        for (file, expected) in [
            ("a\r\nb", &b"\r\n"[..]),
            ("a\nb", &b"\n"[..]),
            ("a\rb", &b"\r\n"[..]),
        ] {
            let first =
                RowReader::default().feed(file.as_bytes(), |row| ControlFlow::Break(row.line_end));
            assert_eq!(first, Ok(ControlFlow::Break(expected)), "{file:?}");
        }
    }

    #[test]
    fn a_quote_that_the_file_leaves_open_is_closed() {
        let found = read(b"a\n\"b", 9, &mut RowReader::default()).unwrap();
        assert_eq!(found[1], ("\"b\"".to_owned(), vec!["b".to_owned()]));
    }

    #[test]
    fn a_record_may_be_long_but_not_without_end() {
        let file = format!("Id,Text\n1,\"{}\"\n", "x".repeat(300_000)).into_bytes();
        let found = read(&file, 1000, &mut RowReader::default()).unwrap();
        assert_eq!(found[1].1[1].len(), 300_000);
        let refused = read(&file, 1000, &mut RowReader::of_at_most(100_000));
        assert_eq!(refused, Err(TooLong { number: 1 }));
        let wide = format!("{}\n", ",".repeat(3000)).into_bytes();
        let found = read(&wide, 100, &mut RowReader::default()).unwrap();
        assert_eq!(found[0].1.len(), 3001);
    }
}
