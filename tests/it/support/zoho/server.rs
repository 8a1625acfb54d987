//! The sockets of the stand-in: one listener for each role, one task for each connection.

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::Role;
use super::http1::{Next, read_request, write_reply};
use super::state::{Record, State};

pub type Shared = Arc<Mutex<State>>;

/// A test that panicked while it held the state must not make the stand-in hang up on the others.
pub fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread of the stand-in: ends, with all of its connections, when `stopped` hears that the value was dropped.
pub fn serve(
    listeners: [(Role, TcpListener); 5],
    tls: Option<&TlsAcceptor>,
    state: &Shared,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for (role, listener) in listeners {
            let tls = tls.cloned().filter(|_| role != Role::Plain);
            listener
                .set_nonblocking(true)
                .expect("a socket that can wait");
            let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime is there");
            tokio::spawn(accept(role, listener, tls, state.clone()));
        }
        let _ = stopped.await;
    });
}

async fn accept(
    role: Role,
    listener: tokio::net::TcpListener,
    tls: Option<TlsAcceptor>,
    state: Shared,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        tokio::spawn(connection(role, stream, tls.clone(), state.clone()));
    }
}

async fn connection(role: Role, stream: TcpStream, tls: Option<TlsAcceptor>, state: Shared) {
    let number = {
        let mut state = lock(&state);
        state.connections.entry(role).or_default().up();
        state.accepted += 1;
        state.accepted
    };
    // A client that goes in the middle of anything is not the stand-in's business.
    match tls {
        None => {
            let mut stream = stream;
            if let Ok(Next::Reset) = talk(role, number, &mut stream, &state).await {
                let _ = stream.set_zero_linger();
            }
        }
        Some(tls) => {
            if let Ok(mut stream) = tls.accept(stream).await
                && let Ok(Next::Reset) = talk(role, number, &mut stream, &state).await
            {
                let _ = stream.get_ref().0.set_zero_linger();
            }
        }
    }
    lock(&state).connections.entry(role).or_default().down();
}

async fn talk(
    role: Role,
    connection: usize,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    state: &Shared,
) -> io::Result<Next> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream).await? {
        let wants_close = request
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let (reply, place, date) = {
            let mut state = lock(state);
            let mut reply = state.answer(role, &request);
            if request.method == "HEAD" {
                reply.len = 0;
            }
            let (status, at) = (reply.status, Instant::now());
            state.records.push(Record {
                role,
                connection,
                request,
                at,
                status,
                sent: 0,
            });
            state.answering.entry(role).or_default().up();
            (
                reply,
                state.records.len() - 1,
                httpdate::fmt_http_date(SystemTime::from(state.now())),
            )
        };
        let next = write_reply(&mut stream, &reply, &date, |bytes| {
            lock(state).records[place].sent += bytes;
        })
        .await;
        lock(state).answering.entry(role).or_default().down();
        match next? {
            Next::KeepAlive if !wants_close => {}
            next @ (Next::Drop | Next::Reset) => return Ok(next),
            Next::KeepAlive | Next::Close => break,
        }
    }
    stream.shutdown().await?;
    Ok(Next::Close)
}
