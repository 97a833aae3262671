//! Listens, and keeps slow clients from keeping others out: heads that do not come, connections that never end, and
//! more of them than we can have are cut off.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
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

/// Cuts off what takes too long, such as a body that comes by the byte.
pub(super) async fn in_time(State(patience): State<Patience>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(patience.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "the request took too long\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::middleware;
    use axum::routing::post;
    use rstest::rstest;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    const IMPATIENT: Patience =
        Patience { head: Duration::from_millis(50), request: Duration::from_millis(50) };

    /// What a client gets that sends this and nothing more, until it is cut off.
    async fn answer(sent: &[u8]) -> String {
        let router = Router::new()
            .route("/", post(|body: String| async { body }))
            .layer(middleware::from_fn_with_state(IMPATIENT, in_time));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, router, IMPATIENT, stop.clone()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        stop.cancel();
        serving.await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[rstest]
    #[case::nothing(b"")]
    #[case::half_a_head(b"POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ")]
    #[case::half_a_body(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na")]
    #[tokio::test]
    async fn who_stands_still_is_cut_off(#[case] sent: &[u8]) {
        let answer = answer(sent).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }

    #[tokio::test]
    async fn who_asks_for_something_gets_it_and_is_not_waited_for_again() {
        let answer = answer(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\na"), "{answer}");
    }
}
