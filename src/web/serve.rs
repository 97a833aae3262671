//! Listens, and keeps slow clients from keeping others out: heads that do not come, connections that never end, and
//! more of them than we can have are cut off.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Extension};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Connections at once; whoever comes after them waits.
const SEATS: usize = 256;
/// A connection ends after this, whatever it is doing: no page takes so long, and a reader who stands still does.
const LIFE: Duration = Duration::from_secs(120);
/// When no connection can be accepted (no file descriptors are left), it is tried again after this.
const AFTER_ERROR: Duration = Duration::from_millis(200);

/// How long clients may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of a request; also between two requests of a connection.
    pub head: Duration,
    /// For a request from its head to the head of its answer, its body included.
    pub request: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: Duration::from_secs(10), request: Duration::from_secs(20) }
    }
}

/// Serves until `stop`; then finishes what is being answered. Handlers find the client's address as a
/// `ConnectInfo<SocketAddr>`.
pub async fn serve(listener: TcpListener, router: Router, patience: Patience, stop: CancellationToken) {
    let seats = Arc::new(Semaphore::new(SEATS));
    let open = GracefulShutdown::new();
    loop {
        let accepted = async {
            let seat = Arc::clone(&seats).acquire_owned().await;
            (seat, listener.accept().await)
        };
        let (seat, (stream, from)) = tokio::select! {
            (seat, accepted) = accepted => match accepted {
                Ok(accepted) => (seat, accepted),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(AFTER_ERROR).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        let service = TowerToHyperService::new(router.clone().layer(Extension(ConnectInfo(from))));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience.head)
            .serve_connection(TokioIo::new(stream), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // That a client goes away, or is cut off, is its own business.
            let _ = tokio::time::timeout(LIFE, connection).await;
            drop(seat);
        });
    }
    drop(listener);
    open.shutdown().await;
}
