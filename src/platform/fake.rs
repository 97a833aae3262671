//! A server for tests that answers by script, on the wire itself: it can also hang, hang up and reset.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use reqwest::Url;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use crate::clock::SystemClock;
use crate::platform::gate::{Gate, Limits, Place};

/// What the server does with a call.
pub(crate) enum Reply {
    /// Answers with JSON.
    Json(u16, Value),
    /// Answers with headers and a body.
    Raw(u16, Vec<(&'static str, String)>, String),
    /// Answers with the path it was asked for, as many proxies do.
    Echo(u16),
    /// Reads the call and never answers.
    Hang,
    /// Reads the call and closes the connection.
    HangUp,
    /// Reads the call and resets the connection.
    Reset,
    /// Begins an answer with this status and closes the connection in the middle.
    Half(u16),
}

/// A call as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `POST /path?query`
    pub(crate) line: String,
    /// Header lines in lower case.
    pub(crate) headers: String,
    /// The body, `null` if there was none.
    pub(crate) body: Value,
}

/// A place in the rates of a gate that has none.
pub(crate) async fn a_place() -> Place {
    let (waits, _) = mpsc::unbounded_channel();
    let gate = Gate::new(Limits::unlimited(), Arc::new(SystemClock), Vec::new(), waits);
    Arc::new(gate).take_for_none().await
}

/// The server.
pub(crate) struct Fake {
    /// Where it is.
    pub(crate) url: Url,
    asked: mpsc::UnboundedReceiver<Asked>,
    /// Ends the server when it is dropped.
    _running: oneshot::Sender<()>,
}

impl Fake {
    /// A server that answers its calls one after the other with `replies`, and closes the connection after each.
    pub(crate) async fn answering(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/prefix", listener.local_addr().unwrap()).parse().unwrap();
        let replies: Arc<Mutex<VecDeque<Reply>>> = Arc::new(Mutex::new(replies.into_iter().collect()));
        let (tell, asked) = mpsc::unbounded_channel();
        let (running, mut over) = oneshot::channel();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = &mut over => return,
                    Ok((connection, _)) = listener.accept() => {
                        tokio::spawn(serve(connection, Arc::clone(&replies), tell.clone()));
                    }
                }
            }
        });
        Self { url, asked, _running: running }
    }

    /// The calls since the last time this was asked.
    pub(crate) fn asked(&mut self) -> Vec<Asked> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }

    /// Their first lines, without the prefix of the server's address.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line.replace(" /prefix", " ")).collect()
    }
}

/// An address at which nobody listens.
pub(crate) async fn nobody() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap()).parse().unwrap()
}

async fn serve(
    connection: TcpStream,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    tell: mpsc::UnboundedSender<Asked>,
) {
    let mut connection = BufReader::new(connection);
    let Some(asked) = read(&mut connection).await else { return };
    let path = asked.line.clone();
    let _ = tell.send(asked);
    let reply = replies.lock().unwrap().pop_front().expect("a call that no reply was written for");
    let (status, headers, body) = match reply {
        Reply::Json(status, body) => (status, Vec::new(), body.to_string()),
        Reply::Raw(status, headers, body) => (status, headers, body),
        Reply::Echo(status) => (status, Vec::new(), format!("<html>cannot {path}</html>")),
        Reply::Hang => return std::future::pending().await,
        Reply::HangUp => return,
        Reply::Reset => {
            connection.get_ref().set_zero_linger().unwrap();
            return;
        }
        Reply::Half(status) => {
            let half = format!("HTTP/1.1 {status} x\r\ncontent-length: 100\r\n\r\n{{\"ok\":");
            connection.write_all(half.as_bytes()).await.unwrap();
            return;
        }
    };
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
    connection.write_all(answer.as_bytes()).await.unwrap();
    connection.shutdown().await.unwrap();
}

async fn read(connection: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut first = String::new();
    connection.read_line(&mut first).await.ok()?;
    let line = first.strip_suffix(" HTTP/1.1\r\n")?.to_owned();
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
        connection.read_line(&mut headers).await.ok()?;
    }
    headers.make_ascii_lowercase();
    let length = headers
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    Some(Asked { line, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
}
