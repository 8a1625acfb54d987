//! What the program says of zips at rest, for comparison with other readers: a line for each path, with tabs between
//! `ok|warn|unverified|bad`, the path, the number of entries, the SHA-256, and what is odd or wrong.

use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use backup_fetch::integrity::{FinishError, verify_file};

fn main() -> io::Result<ExitCode> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for path in std::env::args_os().skip(1) {
        let (verdict, entries, sha256, message) = judge(&File::open(&path)?)?;
        let path = path.display();
        writeln!(out, "{verdict}\t{path}\t{entries}\t{sha256}\t{message}")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn judge(file: &File) -> io::Result<(&'static str, u64, String, String)> {
    match verify_file(file) {
        Ok(sound) => {
            let verdict = if sound.warnings.is_empty() {
                "ok"
            } else {
                "warn"
            };
            Ok((
                verdict,
                sound.entries,
                sound.sha256,
                sound.warnings.join("; "),
            ))
        }
        Err(FinishError::Untested(zip)) => {
            Ok(("unverified", zip.file.entries, zip.file.sha256, zip.reason))
        }
        Err(FinishError::Corrupt(corrupt)) => {
            let sha256 = corrupt.sha256.unwrap_or_default();
            Ok(("bad", 0, sha256, corrupt.reason))
        }
        Err(FinishError::Io(error)) => Err(error),
    }
}
