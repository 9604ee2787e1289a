//! Who sees the figures of a node, through all layers of the interface.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use super::{Constants, Settings};
use crate::border::Border;
use crate::client::{Client, Connection};
use crate::operators::Operators;
use crate::server::router;

/// Status of a call that comes from an address, with what it shows as authorization.
async fn call_from(address: &str, path: &str, authorization: Option<&str>) -> StatusCode {
    let settings = Settings { operators: Operators::with_token(b"a long secret"), ..Settings::default() };
    let border = Arc::new(Border::new(Arc::new(Constants::default()), settings));
    let mut request = Request::builder().uri(path).header("host", "10.0.0.5:7100");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let client = Client { address: address.parse().unwrap(), connection: Connection::Full };
    request.extensions_mut().insert(client);
    TowerToHyperService::new(router(border)).call(request).await.unwrap().status()
}

#[tokio::test]
async fn metrics_are_for_the_nodes_own_machine_and_for_who_shows_the_token() {
    assert_eq!(call_from("127.0.0.1", "/metrics", None).await, StatusCode::OK);
    assert_eq!(call_from("10.0.0.7", "/metrics", None).await, StatusCode::FORBIDDEN);
    assert_eq!(call_from("10.0.0.7", "/metrics", Some("Bearer another")).await, StatusCode::FORBIDDEN);
    assert_eq!(call_from("10.0.0.7", "/metrics", Some("Bearer a long secret")).await, StatusCode::OK);
    assert_eq!(call_from("10.0.0.7", "/v1/genesis", None).await, StatusCode::OK);
}
