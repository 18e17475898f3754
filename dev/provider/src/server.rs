//! Connections: from the listener to the router, until told to stop.
//!
//! Each connection carries one request. A browser sends a request again by itself when a connection that it
//! had used before is closed without an answer; without reuse there is no such second request, and the
//! counters count what the app did. A request that has arrived is carried out even if its client goes
//! away, as it would be behind any proxy: that is how rotated tokens get lost in real life.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::faults::Dropped;

/// What to wait before accepting again when the system would not give us a connection.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// Serves until `stop` is sent or dropped. Connections still open then are closed.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, router.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN_AFTER).await,
            },
        }
    }
}

async fn converse(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), request));
    // An error here is the client's leaving, or an answer that was dropped on purpose.
    drop(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .keep_alive(false)
            // A client that has left is no reason to leave its request half read.
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service)
            .await,
    );
}

async fn answer(router: Router, request: Request<Incoming>) -> Result<Response, Unanswered> {
    // On a task of its own, which goes on when the connection does not.
    let answer = tokio::spawn(router.oneshot(request.map(Body::new)));
    match answer.await {
        Ok(Ok(answer)) if answer.extensions().get::<Dropped>().is_none() => Ok(answer),
        Ok(Ok::<_, Infallible>(_)) | Err(_) => Err(Unanswered),
    }
}

/// Makes hyper close the connection.
#[derive(Debug, thiserror::Error)]
#[error("the connection was closed without an answer")]
struct Unanswered;
