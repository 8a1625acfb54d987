//! A monitor that takes pings, and remembers them.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ping {
    pub(super) method: String,
    /// With its query.
    pub(super) path: String,
    pub(super) headers: String,
    pub(super) body: String,
}

#[derive(Default)]
struct State {
    pings: Vec<Ping>,
    /// Of the next replies; 0 for none at all.
    statuses: VecDeque<u16>,
}

/// Answers 200 unless it is told otherwise.
pub(super) struct Monitor {
    address: String,
    state: Arc<Mutex<State>>,
}

impl Monitor {
    pub(super) fn start() -> Monitor {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("it is bound").to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        // It ends with the test program.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || answer(&stream, &shared));
            }
        });
        Monitor { address, state }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// The next replies have these; 0 closes the connection instead.
    pub(super) fn next_statuses<const N: usize>(&self, statuses: [u16; N]) {
        self.state.lock().expect("nobody panics").statuses = statuses.into();
    }

    pub(super) fn pings(&self) -> Vec<Ping> {
        self.state.lock().expect("nobody panics").pings.clone()
    }

    /// The paths that were asked for, without what differs from run to run.
    pub(super) fn paths(&self) -> Vec<String> {
        let pings = self.pings();
        let paths = pings.iter().map(|ping| ping.path.split("rid=").next());
        let paths = paths.map(|path| path.unwrap_or_default().trim_end_matches(['?', '&']));
        paths.map(str::to_owned).collect()
    }
}

fn answer(stream: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut headers = String::new();
    while reader.read_line(&mut headers).unwrap_or(0) > 2 {}
    let length = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = reader.read_exact(&mut body);
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next(), words.next());
    let status = {
        let mut state = state.lock().expect("nobody panics");
        state.pings.push(Ping {
            method: method.unwrap_or_default(),
            path: path.unwrap_or_default(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        });
        state.statuses.pop_front().unwrap_or(200)
    };
    if status != 0 {
        let reply =
            format!("HTTP/1.1 {status} So\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK");
        let mut stream = stream;
        let _ = stream.write_all(reply.as_bytes());
    }
}
