//! What the program says of zips at rest, for comparison with other readers: a line for each path, with tabs between
//! `ok|warn|unverified|bad`, the path, the number of entries, the SHA-256, and what is odd or wrong.

use std::fs::File;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for path in std::env::args_os().skip(1) {
        let file = File::open(&path)?;
        let (verdict, entries, sha256, message) = backup_fetch::fuzz::judge_zip(&file)?;
        let path = path.display();
        writeln!(out, "{verdict}\t{path}\t{entries}\t{sha256}\t{message}")?;
    }
    out.flush()
}
