//! Who sees how a node is, and its figures, through all layers of the interface.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use carechain_schema::{Document, ErrorCode, NodeReport, StatusReport};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use super::{Constants, Settings};
use crate::border::Border;
use crate::client::{Client, Connection, Machine};
use crate::operators::Operators;
use crate::server::router;

const TOKEN: Option<&str> = Some("Bearer a long secret");

/// Status of a call that comes from an address, with what it shows as authorization.
async fn call_from(address: &str, path: &str, authorization: Option<&str>) -> StatusCode {
    answer_to(address, path, authorization, Constants::default()).await.0
}

/// The same with the body, from a node that is as it is given.
async fn answer_to(
    address: &str,
    path: &str,
    authorization: Option<&str>,
    node: Constants,
) -> (StatusCode, String) {
    let settings = Settings { operators: Operators::with_token(b"a long secret"), ..Settings::default() };
    let border = Arc::new(Border::new(Arc::new(node), settings));
    let mut request = Request::builder().uri(path).header("host", "10.0.0.5:7100");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let mut request = request.body(Body::empty()).unwrap();
    let address = address.parse().unwrap();
    let client = Client { address, connection: Connection::Full, machine: Machine::at(address, None) };
    request.extensions_mut().insert(client);
    let answer = TowerToHyperService::new(router(border)).call(request).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// A node that says it is as the golden file of the schema has it: not ready, with a member away.
fn golden() -> Constants {
    let text = include_str!("../../../../../tests/fixtures/schema/status-2.json");
    let document: Document<StatusReport> = serde_json::from_str(text).unwrap();
    Constants { status: Some(document.into_result().unwrap().unwrap()), ..Constants::default() }
}

#[tokio::test]
async fn metrics_are_for_the_nodes_own_machine_and_for_who_shows_the_token() {
    assert_eq!(call_from("127.0.0.1", "/metrics", None).await, StatusCode::OK);
    assert_eq!(call_from("10.0.0.7", "/metrics", None).await, StatusCode::FORBIDDEN);
    assert_eq!(call_from("10.0.0.7", "/metrics", Some("Bearer another")).await, StatusCode::FORBIDDEN);
    assert_eq!(call_from("10.0.0.7", "/metrics", Some("Bearer a long secret")).await, StatusCode::OK);
    assert_eq!(call_from("10.0.0.7", "/v1/genesis", None).await, StatusCode::OK);
}

#[tokio::test]
async fn status_in_full_is_for_the_nodes_own_machine_and_for_who_shows_the_token() {
    for (address, authorization) in [("127.0.0.1", None), ("10.0.0.7", TOKEN)] {
        let (status, body) = answer_to(address, "/v1/status", authorization, golden()).await;
        assert!(status == StatusCode::OK && body.contains("\"storage\""), "{address} {body}");
    }
    let (status, body) = answer_to("10.0.0.7", "/v1/status", None, golden()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body.contains("--token-file"), "the refusal says how to get it: {body}");
    for word in ["north", "south", "view", "free_bytes"] {
        assert!(!body.contains(word), "{word} in {body}");
    }
}

#[tokio::test]
async fn stranger_learns_whose_node_it_is_and_whether_it_is_ready_and_no_more() {
    let (status, body) = answer_to("10.0.0.7", "/v1/node", None, golden()).await;
    assert_eq!(status, StatusCode::OK);
    let document: Document<NodeReport> = serde_json::from_str(&body).unwrap();
    let report = document.into_result().unwrap().unwrap();
    assert_eq!((report.name.as_str(), report.ready), ("west", false));
    let (status, body) = answer_to("10.0.0.7", "/v1/ready", None, golden()).await;
    assert_eq!(status.as_u16(), ErrorCode::NoQuorum.http_status());
    assert!(body.contains("no_quorum") && !body.contains("south"), "{body}");
    let (_, body) = answer_to("10.0.0.7", "/v1/ready", TOKEN, golden()).await;
    assert!(body.contains("south and east are away"), "{body}");
    let mut well = golden();
    well.status = well.status.map(|status| StatusReport { ready: true, findings: Vec::new(), ..status });
    let (status, body) = answer_to("10.0.0.7", "/v1/ready", None, well).await;
    assert!(status == StatusCode::OK && !body.contains("north"), "{body}");
}
