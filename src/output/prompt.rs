//! Questions to a person. They go to stderr, and the answers come from stdin.

use std::io::{self, BufRead, IsTerminal, Read};

use super::Terminal;
use crate::store::sys::HiddenInput;

/// An answer is no longer.
const LONGEST: u64 = 64 << 10;

impl Terminal {
    /// Whether there is a person to ask.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && self.inner.stderr.is_terminal
    }

    /// Says on stderr what a person must know to go on; `--quiet` does not hide it.
    pub(crate) fn say(&self, text: &str) {
        self.inner.streams.talk(text);
    }

    /// Asks for a line; nothing at the end of the input.
    pub(crate) async fn ask(&self, question: &str) -> io::Result<Option<String>> {
        self.inner.streams.prompt(question);
        self.answer().await
    }

    /// The same for an answer that is not to be seen.
    pub(crate) async fn ask_hidden(&self, question: &str) -> io::Result<Option<String>> {
        // Before the question: who sees it may type at once. Dropped with this future, when a signal comes in between.
        let _hidden = HiddenInput::start()?;
        self.inner.streams.prompt(question);
        self.answer().await
    }

    async fn answer(&self) -> io::Result<Option<String>> {
        let line = line().await?;
        // At the end of the input (Ctrl-D) the cursor stays behind the question.
        if line.ends_with('\n') {
            self.inner.streams.answered();
        }
        Ok(Some(line.trim().to_owned()).filter(|_| !line.is_empty()))
    }

    /// All of stdin, up to what an answer can be.
    pub(crate) async fn input(&self) -> io::Result<String> {
        beside(|| {
            let mut text = String::new();
            io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
            Ok(text)
        })
        .await
    }
}

/// Reading waits for a person, and must not hold up the signals.
async fn beside<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|panic| Err(io::Error::other(panic)))
}

async fn line() -> io::Result<String> {
    beside(|| {
        let mut text = String::new();
        io::stdin().lock().take(LONGEST).read_line(&mut text)?;
        Ok(text)
    })
    .await
}
