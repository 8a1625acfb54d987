//! Reading what a person types, or a pipe brings.

use std::io::{self, BufRead, Read, StdinLock, Take};

/// An answer is no longer.
const LONGEST: u64 = 64 << 10;

pub(super) async fn line() -> io::Result<String> {
    read(|stdin, text| stdin.read_line(text)).await
}

pub(super) async fn all() -> io::Result<String> {
    read(|stdin, text| stdin.read_to_string(text)).await
}

/// Reading waits for a person, and must not hold up the signals.
async fn read(
    read: fn(&mut Take<StdinLock<'_>>, &mut String) -> io::Result<usize>,
) -> io::Result<String> {
    let text = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        read(&mut io::stdin().lock().take(LONGEST), &mut text)?;
        Ok(text)
    });
    text.await
        .unwrap_or_else(|panic| Err(io::Error::other(panic)))
}
