//! What stands between the program and a store: it passes on what is said, keeps a list of it, and does to single requests
//! what a test wants.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::super::run::GUARD;
use super::Store;
use super::http::{Door, Head, copy_body, read_head};

/// So much of each body is kept.
const KEPT: usize = 64 * 1024;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The first one has 0.
    pub number: usize,
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body_len: u64,
    /// The first [`KEPT`] bytes.
    pub body: Vec<u8>,
    /// Nothing, until there was a reply.
    pub status: Option<u16>,
    began: Instant,
    ended: Option<Instant>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the query has this field.
    pub fn asks(&self, field: &str) -> bool {
        let fields = self.query.split('&');
        fields
            .map(|it| it.split('=').next())
            .any(|it| it == Some(field))
    }

    /// Without bucket, or account and container.
    pub fn key(&self) -> String {
        let above = if self.is_azure() { 2 } else { 1 };
        let mut parts = self.path.splitn(above + 2, '/');
        let key = parts.nth(above + 1).unwrap_or_default();
        let key = percent_encoding::percent_decode_str(key);
        key.decode_utf8_lossy().into_owned()
    }

    /// Whether its connection ended, or it was answered.
    pub fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    fn is_azure(&self) -> bool {
        self.header("x-ms-version").is_some()
    }

    /// What S3 or Azure calls it.
    pub fn action(&self) -> &'static str {
        let azure = self.is_azure();
        match self.method.as_str() {
            "PUT" if azure && self.query.contains("comp=blocklist") => "PutBlockList",
            "PUT" if azure && self.query.contains("comp=block") => "PutBlock",
            "PUT" if azure && self.header("x-ms-copy-source").is_some() => "CopyBlob",
            "PUT" if azure => "PutBlob",
            "PUT" if self.asks("partNumber") => "UploadPart",
            "PUT" if self.header("x-amz-copy-source").is_some() => "CopyObject",
            "PUT" => "PutObject",
            "POST" if self.asks("uploads") => "CreateMultipartUpload",
            "POST" if self.asks("uploadId") => "CompleteMultipartUpload",
            "POST" if azure => "BlobBatch",
            "POST" if self.asks("delete") => "DeleteObjects",
            "DELETE" if self.asks("uploadId") => "AbortMultipartUpload",
            "DELETE" if azure => "DeleteBlob",
            "DELETE" => "DeleteObject",
            "HEAD" if self.key().is_empty() => "HeadBucket",
            "HEAD" if azure => "GetBlobProperties",
            "HEAD" => "HeadObject",
            "GET" if azure && self.query.contains("comp=list") => "ListBlobs",
            "GET" if azure => "GetBlob",
            "GET" if self.asks("list-type") => "ListObjectsV2",
            "GET" if self.key().is_empty() => "GetBucket",
            "GET" => "GetObject",
            _ => "another action",
        }
    }
}

/// What happens to a request in place of being passed on.
#[derive(Debug, Clone)]
pub enum Does {
    /// This is answered, and the store never hears of it.
    Answer(u16, String),
    /// The same with headers, each `Name: value`.
    AnswerWith(u16, Vec<String>, String),
    /// It is passed on without this header, as if the store took no notice of it.
    Without(&'static str),
    /// Its last byte reaches the store as another one.
    Damage,
    /// So many bytes of the body reach the store, then the connection ends.
    CutRequest(u64),
    /// The store does it, so many bytes of its reply come back, then the connection ends.
    CutReply(u64),
}

/// Where a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The store has not heard of it.
    Before,
    /// The store has done it, and who asked does not know.
    After,
}

enum Rule {
    Does(Does),
    Hold(Moment, Sender<Sender<()>>),
}

struct Entry {
    matches: Box<dyn Fn(&Seen) -> bool + Send>,
    left: usize,
    rule: Arc<Rule>,
}

#[derive(Default)]
struct State {
    seen: Mutex<Vec<Seen>>,
    entries: Mutex<Vec<Entry>>,
    /// Held while the store writes on a condition: a real one looks and writes in one step, s3s-fs one after the other.
    condition: Mutex<()>,
    ends: AtomicBool,
}

/// Ends with its value; what it holds then is cut.
pub struct Between {
    door: Door,
    env: Vec<(&'static str, String)>,
    state: Arc<State>,
}

impl Between {
    pub fn start(store: &dyn Store) -> Between {
        let upstream = store.base().strip_prefix("http://").expect("an address");
        let (state, upstream) = (Arc::new(State::default()), upstream.to_owned());
        let own = Arc::clone(&state);
        let door = Door::open(move |client| serve(&own, &client, &upstream));
        Between {
            env: store.env_at(&door.base),
            door,
            state,
        }
    }

    pub fn base(&self) -> &str {
        &self.door.base
    }

    pub fn env(&self) -> Vec<(&'static str, String)> {
        self.env.clone()
    }

    /// What came so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().expect("nobody panics").clone()
    }

    /// The same in short: `PutObject backups/SHA256SUMS`.
    pub fn actions(&self) -> Vec<String> {
        let seen = self.seen();
        let lines = seen
            .iter()
            .map(|seen| format!("{} {}", seen.action(), seen.key()));
        lines.map(|line| line.trim_end().to_owned()).collect()
    }

    /// How many of these were under way at the same time, at most.
    pub fn most_at_once(&self, matches: impl Fn(&Seen) -> bool) -> usize {
        let seen: Vec<Seen> = self.seen().into_iter().filter(|it| matches(it)).collect();
        let at = |time: Instant| {
            let is_then = |it: &&Seen| it.began <= time && it.ended.is_none_or(|end| end > time);
            seen.iter().filter(is_then).count()
        };
        seen.iter().map(|it| at(it.began)).max().unwrap_or(0)
    }

    /// Does this to the next so many requests that match.
    pub fn on(&self, times: usize, matches: impl Fn(&Seen) -> bool + Send + 'static, does: Does) {
        self.add(times, matches, Rule::Does(does));
    }

    /// Holds the next one that matches.
    pub fn hold(&self, moment: Moment, matches: impl Fn(&Seen) -> bool + Send + 'static) -> Gate {
        let (sender, arrivals) = channel();
        self.add(1, matches, Rule::Hold(moment, sender));
        Gate {
            arrivals,
            held: None,
        }
    }

    fn add(&self, left: usize, matches: impl Fn(&Seen) -> bool + Send + 'static, rule: Rule) {
        let (matches, rule) = (Box::new(matches), Arc::new(rule));
        let mut entries = self.state.entries.lock().expect("nobody panics");
        entries.push(Entry {
            matches,
            left,
            rule,
        });
    }
}

impl Drop for Between {
    fn drop(&mut self) {
        self.state.ends.store(true, Ordering::Relaxed);
    }
}

/// Where a request waits. When its value goes, or the program has gone meanwhile, the connection is cut.
pub struct Gate {
    arrivals: Receiver<Sender<()>>,
    held: Option<Sender<()>>,
}

impl Gate {
    /// Until a request stands before it.
    ///
    /// # Panics
    /// When none has come after [`GUARD`].
    pub fn wait(&mut self) {
        let held = self.arrivals.recv_timeout(GUARD);
        self.held = Some(held.expect("a request comes to the gate"));
    }

    /// Whether a request stands before it.
    pub fn is_reached(&mut self) -> bool {
        if self.held.is_none() {
            self.held = self.arrivals.try_recv().ok();
        }
        self.held.is_some()
    }

    /// Lets it go on.
    pub fn open(mut self) {
        if self.is_reached() {
            let _ = self.held.take().map(|held| held.send(()));
        }
    }
}

/// One request after the other of a connection.
fn serve(state: &State, client: &TcpStream, upstream: &str) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut from = BufReader::new(client);
    while let Some(head) = read_head(&mut from)? {
        let number = state.note(&head);
        let goes_on = pass(state, &head, number, &mut from, client, upstream);
        let mut seen = state.seen.lock().expect("nobody panics");
        seen[number].ended = Some(Instant::now());
        drop(seen);
        if !goes_on? {
            break;
        }
    }
    client.shutdown(Shutdown::Both)
}

/// Whether the connection goes on.
fn pass(
    state: &State,
    head: &Head,
    number: usize,
    from: &mut BufReader<&TcpStream>,
    mut client: &TcpStream,
    upstream: &str,
) -> io::Result<bool> {
    let rule = state.rule_for(number);
    let rule = rule.as_deref();
    let mut body = Body {
        from: from.take(head.body_len()),
        state,
        number,
    };
    if let Some(Rule::Does(Does::Answer(status, text))) = rule {
        return body.answer(client, *status, &[], text);
    }
    if let Some(Rule::Does(Does::AnswerWith(status, headers, text))) = rule {
        return body.answer(client, *status, headers, text);
    }
    if !state.may_go(rule, Moment::Before, client) {
        return Ok(false);
    }
    let is_conditional = ["if-none-match", "if-match"].map(|name| head.header(name).is_some());
    let alone = is_conditional
        .contains(&true)
        .then(|| state.condition.lock());
    // A connection for each request, so that none is used which the store is about to close.
    let store = TcpStream::connect(upstream)?;
    store.set_nodelay(true)?;
    if let Some(Rule::Does(Does::Without(name))) = rule {
        (&store).write_all(&head.bytes_without(name))?;
    } else {
        (&store).write_all(&head.bytes)?;
    }
    if let Some(Rule::Does(Does::CutRequest(len))) = rule {
        io::copy(&mut body.take(*len), &mut &store)?;
        return Ok(false);
    }
    if let Some(Rule::Does(Does::Damage)) = rule {
        let mut content = Vec::new();
        body.read_to_end(&mut content)?;
        *content.last_mut().expect("a body") ^= 1;
        (&store).write_all(&content)?;
    } else {
        io::copy(&mut body, &mut &store)?;
    }
    let mut reply = BufReader::new(&store);
    let Some(reply_head) = read_head(&mut reply)? else {
        return Ok(false);
    };
    drop(alone);
    state.seen.lock().expect("nobody panics")[number].status = reply_head.status();
    let Some(rule) = rule else {
        client.write_all(&reply_head.bytes)?;
        copy_body(&mut reply, &reply_head, &head.method(), &mut client)?;
        return Ok(reply_head.keeps_alive());
    };
    let mut whole = reply_head.bytes.clone();
    copy_body(&mut reply, &reply_head, &head.method(), &mut whole)?;
    if let Rule::Does(Does::CutReply(len)) = rule {
        let len = usize::try_from(*len).map_or(whole.len(), |len| len.min(whole.len()));
        client.write_all(&whole[..len])?;
        return Ok(false);
    }
    if !state.may_go(Some(rule), Moment::After, client) {
        return Ok(false);
    }
    client.write_all(&whole)?;
    Ok(reply_head.keeps_alive())
}

impl State {
    fn note(&self, head: &Head) -> usize {
        let target = head.target();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut seen = self.seen.lock().expect("nobody panics");
        let number = seen.len();
        seen.push(Seen {
            number,
            method: head.method(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: head.headers.clone(),
            body_len: head.body_len(),
            body: Vec::new(),
            status: None,
            began: Instant::now(),
            ended: None,
        });
        number
    }

    fn rule_for(&self, number: usize) -> Option<Arc<Rule>> {
        let seen = self.seen.lock().expect("nobody panics")[number].clone();
        let mut entries = self.entries.lock().expect("nobody panics");
        let mut entries = entries.iter_mut().filter(|entry| entry.left > 0);
        let entry = entries.find(|entry| (entry.matches)(&seen))?;
        entry.left -= 1;
        Some(Arc::clone(&entry.rule))
    }

    /// Waits where the rule says so.
    fn may_go(&self, rule: Option<&Rule>, now: Moment, client: &TcpStream) -> bool {
        let Some(Rule::Hold(moment, arrivals)) = rule else {
            return true;
        };
        if *moment != now {
            return true;
        }
        let (opens, opened) = channel();
        // A gate that has gone holds nobody.
        if arrivals.send(opens).is_err() {
            return true;
        }
        let was_opened = opened.recv().is_ok();
        was_opened && !self.ends.load(Ordering::Relaxed) && is_there(client)
    }
}

/// Whether the other side has not gone.
fn is_there(client: &TcpStream) -> bool {
    let _ = client.set_nonblocking(true);
    let peeked = client.peek(&mut [0]);
    let _ = client.set_nonblocking(false);
    match peeked {
        Ok(len) => len > 0,
        Err(error) => error.kind() == io::ErrorKind::WouldBlock,
    }
}

/// The body of a request, noted as it goes by.
struct Body<'a, 'b> {
    from: io::Take<&'a mut BufReader<&'b TcpStream>>,
    state: &'a State,
    number: usize,
}

impl Read for Body<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.from.read(buffer)?;
        let mut seen = self.state.seen.lock().expect("nobody panics");
        let kept = &mut seen[self.number].body;
        let room = KEPT - kept.len();
        kept.extend(&buffer[..len.min(room)]);
        Ok(len)
    }
}

impl Body<'_, '_> {
    fn answer(
        &mut self,
        mut client: &TcpStream,
        status: u16,
        headers: &[String],
        text: &str,
    ) -> io::Result<bool> {
        io::copy(self, &mut io::sink())?;
        let len = text.len();
        write!(
            client,
            "HTTP/1.1 {status} Said by the test\r\nContent-Length: {len}\r\n"
        )?;
        for header in headers {
            write!(client, "{header}\r\n")?;
        }
        client.write_all(b"\r\n")?;
        let mut seen = self.state.seen.lock().expect("nobody panics");
        let seen = &mut seen[self.number];
        seen.status = Some(status);
        if seen.method != "HEAD" {
            client.write_all(text.as_bytes())?;
        }
        Ok(true)
    }
}
