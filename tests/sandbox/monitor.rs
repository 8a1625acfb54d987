//! A monitor on this machine that takes pings, as healthchecks.io does, and keeps which came.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Takes pings until the value goes.
pub struct Monitor {
    url: String,
    pings: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Monitor {
    pub async fn start() -> anyhow::Result<Monitor> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/zoho-backup", listener.local_addr()?);
        let pings = Arc::new(Mutex::new(Vec::new()));
        let heard = pings.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Some(ping) = answer(stream).await {
                    heard
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(ping);
                }
            }
        });
        Ok(Monitor { url, pings, task })
    }

    /// Where to ping it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The pings since this was last asked, each as method and path.
    pub fn pings(&self) -> Vec<String> {
        std::mem::take(&mut self.pings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request for each connection.
async fn answer(stream: TcpStream) -> Option<String> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    stream.read_line(&mut request).await.ok()?;
    let mut header = String::new();
    while stream.read_line(&mut header).await.ok()? > 2 {
        header.clear();
    }
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";
    stream.write_all(reply.as_bytes()).await.ok()?;
    Some(request.rsplit_once(" HTTP/")?.0.to_owned())
}
