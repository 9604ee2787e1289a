//! Which signed queries a node remembers, and across a restart.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::{
    Constants, PersonId, Settings, TransactionId, call, grants_of_somebody, has_code, serve, signed,
};
use crate::settings::Honoured;

#[tokio::test]
async fn query_that_was_honoured_is_refused_by_the_node_after_its_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = format!("/v1/parts/{}/0", TransactionId::ZERO.to_hex());
    let query = signed("GET", &path, b"", |_| {});
    for expected in [200, 409] {
        let honoured = Honoured::in_folder(folder.path()).unwrap();
        let settings = Settings { honoured, ..Settings::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let node = Arc::new(Constants::default());
        let stopped = async { stopped.await.unwrap_or_default() };
        let served = tokio::spawn(crate::server::serve(listener, node, settings, stopped));
        let (status, body) = call(address, "GET", &path, &query, b"").await;
        assert_eq!(status, expected, "{}", String::from_utf8_lossy(&body));
        drop(stop);
        served.await.unwrap();
    }
}

#[tokio::test]
async fn queries_of_keys_that_the_node_does_not_know_are_not_remembered() {
    let (address, _) = serve().await;
    let path = format!("/v1/parts/{}/9", TransactionId::ZERO.to_hex());
    let header = signed("GET", &path, b"", |_| {});
    for _ in 0..2 {
        has_code(&call(address, "GET", &path, &header, b"").await, 401, "unauthenticated");
    }
}

#[tokio::test]
async fn node_that_refuses_before_it_looks_who_asks_remembers_known_keys_only() {
    let (address, _) = serve().await;
    let body = grants_of_somebody();
    let unknown = signed("POST", "/v1/lists", &body, |query| query.person = PersonId::ZERO);
    for _ in 0..2 {
        has_code(&call(address, "POST", "/v1/lists", &unknown, &body).await, 503, "no_quorum");
    }
    let known = signed("POST", "/v1/lists", &body, |_| {});
    has_code(&call(address, "POST", "/v1/lists", &known, &body).await, 404, "not_found");
    has_code(&call(address, "POST", "/v1/lists", &known, &body).await, 409, "replayed");
}
