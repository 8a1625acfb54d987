//! Just so much of a server's HTTP/1.1 as it takes to stand between a client and a store.

use std::io::{self, BufRead, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// An address where connections are served, each on a thread of its own. Nobody is let in after its value has gone.
pub struct Door {
    pub base: String,
    ends: Arc<AtomicBool>,
}

impl Door {
    pub fn open(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (ends, serve) = (Arc::new(AtomicBool::new(false)), Arc::new(serve));
        let has_gone = Arc::clone(&ends);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if has_gone.load(Ordering::Relaxed) {
                    break;
                }
                let serve = Arc::clone(&serve);
                // A connection that breaks is what a network does.
                thread::spawn(move || serve(client));
            }
        });
        Door {
            base: format!("http://{address}"),
            ends,
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        // So that the listener looks.
        let _ = TcpStream::connect(self.base.trim_start_matches("http://"));
    }
}

/// What stands before a body.
pub struct Head {
    pub bytes: Vec<u8>,
    first: String,
    pub headers: Vec<(String, String)>,
}

pub fn read_head(from: &mut impl BufRead) -> io::Result<Option<Head>> {
    let (mut bytes, mut first, mut headers) = (Vec::new(), String::new(), Vec::new());
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        bytes.extend(&line);
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if line.is_empty() {
            return Ok(Some(Head {
                bytes,
                first,
                headers,
            }));
        }
        match line.split_once(':') {
            _ if first.is_empty() => first = line,
            Some((name, value)) => headers.push((name.to_owned(), value.trim().to_owned())),
            None => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

impl Head {
    fn word(&self, place: usize) -> String {
        let word = self.first.split(' ').nth(place);
        word.unwrap_or_default().to_owned()
    }

    pub fn target(&self) -> String {
        self.word(1)
    }

    pub fn method(&self) -> String {
        self.word(0)
    }

    pub fn status(&self) -> Option<u16> {
        self.word(1).parse().ok()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The same without a header.
    pub fn bytes_without(&self, name: &str) -> Vec<u8> {
        let others = self.headers.iter();
        let others = others.filter(|(known, _)| !known.eq_ignore_ascii_case(name));
        let mut bytes = format!("{}\r\n", self.first);
        for (name, value) in others {
            bytes = format!("{bytes}{name}: {value}\r\n");
        }
        (bytes + "\r\n").into_bytes()
    }

    fn len(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    /// Of a request. Clients of stores say how long it is.
    pub fn body_len(&self) -> u64 {
        self.len().unwrap_or(0)
    }

    fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some()
    }

    /// Whether its end can be told from the end of the connection, and no end is announced.
    pub fn keeps_alive(&self) -> bool {
        let closes = self
            .header("connection")
            .is_some_and(|it| it.eq_ignore_ascii_case("close"));
        let has_end = self.is_chunked() || self.len().is_some() || self.status() == Some(204);
        self.first.starts_with("HTTP/1.1") && has_end && !closes
    }
}

/// Of a reply.
pub fn copy_body(
    from: &mut impl BufRead,
    head: &Head,
    method: &str,
    to: &mut impl Write,
) -> io::Result<()> {
    if method == "HEAD" || matches!(head.status(), Some(204 | 304)) {
        return Ok(());
    }
    if head.is_chunked() {
        return copy_chunks(from, to);
    }
    let len = head.len().unwrap_or(u64::MAX);
    io::copy(&mut from.take(len), to).map(drop)
}

fn copy_chunks(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    loop {
        let mut line = Vec::new();
        from.read_until(b'\n', &mut line)?;
        to.write_all(&line)?;
        let len = String::from_utf8_lossy(&line);
        let len = len.trim().split(';').next().unwrap_or_default();
        let len = u64::from_str_radix(len, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        // With the line's end behind it.
        io::copy(&mut from.take(len + 2), to)?;
        to.flush()?;
        if len == 0 {
            return Ok(());
        }
    }
}
