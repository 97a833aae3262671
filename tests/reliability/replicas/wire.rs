//! The line between a replica and the database: a TCP port that hands everything on to the server, and can be cut, with a
//! reset or in silence.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use url::Url;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// It hands everything on.
    Whole,
    /// What was connected is reset, and nobody gets through.
    Cut,
    /// Nothing comes through, and nobody is told; what is under way arrives when it is whole again.
    Silent,
}

/// A line. Connections end with it.
pub(crate) struct Wire {
    address: SocketAddr,
    line: watch::Sender<Line>,
}

impl Wire {
    /// A line to the server at this address: `postgres://user@host/database?host=folder-of-its-socket`.
    pub(crate) async fn to(server: &Url) -> anyhow::Result<Self> {
        let folder =
            server.query_pairs().find(|(name, _)| name == "host").map(|(_, folder)| folder.into_owned());
        let socket = format!("{}/.s.PGSQL.5432", folder.context("a server without a socket")?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (line, state) = watch::channel(Line::Whole);
        tokio::spawn(async move {
            while let Ok((replica, _)) = listener.accept().await {
                if state.has_changed().is_err() {
                    return;
                }
                tokio::spawn(carry(replica, socket.clone(), state.clone()));
            }
        });
        Ok(Self { address, line })
    }

    /// The server's address, by this line.
    pub(crate) fn address(&self, server: &Url) -> anyhow::Result<String> {
        let mut by_line = server.clone();
        let others: Vec<(String, String)> =
            server.query_pairs().into_owned().filter(|(name, _)| name != "host").collect();
        by_line.set_host(Some("127.0.0.1"))?;
        by_line.set_port(Some(self.address.port())).map_err(|()| anyhow::anyhow!("no port"))?;
        by_line.query_pairs_mut().clear().extend_pairs(others);
        Ok(by_line.into())
    }

    /// Makes it so.
    pub(crate) fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

/// Carries one connection until one side ends it or the line is cut.
async fn carry(replica: TcpStream, socket: String, state: watch::Receiver<Line>) {
    let mut line = state.clone();
    let cut = async {
        // The test is over when it cannot change any more.
        let _ = line.wait_for(|line| *line == Line::Cut).await;
    };
    let work = async {
        let mut whole = state.clone();
        let _ = whole.wait_for(|line| *line == Line::Whole).await;
        let Ok(server) = UnixStream::connect(&socket).await else { return };
        let (from_replica, to_replica) = replica.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::select! {
            () = copy(from_replica, to_server, state.clone()) => {}
            () = copy(from_server, to_replica, state) => {}
        }
    };
    tokio::select! {
        () = cut => {}
        () = work => {}
    }
}

async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<Line>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read) = from.read(&mut buffer).await else { return };
        if read == 0 || state.wait_for(|line| *line == Line::Whole).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
