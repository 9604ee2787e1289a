//! What a client lets the node keep in memory: answers that it does not take, and bodies of uploads that are not its own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use carechain_crypto::UploadId;
use futures::stream;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use super::{Constants, Settings};
use crate::border::Border;
use crate::client::{Client, Connection, Machine};
use crate::limits::{ANSWERS_KIB_MAX, BODIES_KIB_MAX};
use crate::server::router;

fn from(address: &str, mut request: Request) -> Request {
    let address = address.parse().unwrap();
    let client = Client { address, connection: Connection::Full, machine: Machine::Another };
    request.extensions_mut().insert(client);
    request
}

async fn call(border: &Arc<Border>, request: Request) -> Response {
    TowerToHyperService::new(router(Arc::clone(border))).call(request).await.unwrap()
}

#[tokio::test]
async fn long_answers_that_an_address_does_not_take_are_its_own_and_leave_room_for_others() {
    let node = Constants { genesis: Some(Bytes::from(vec![7; 1 << 20])), ..Constants::default() };
    let border = Arc::new(Border::new(Arc::new(node), Settings::default()));
    let genesis = |address| {
        let request = Request::builder().uri("/v1/genesis").header("host", "10.0.0.5");
        call(&border, from(address, request.body(Body::empty()).unwrap()))
    };
    let mut answers = Vec::new();
    for _ in 0..ANSWERS_KIB_MAX / 2 / 1_024 {
        let answer = genesis("10.0.0.7").await;
        assert_eq!(answer.status(), StatusCode::OK);
        answers.push(answer);
    }
    assert_eq!(genesis("10.0.0.7").await.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(genesis("10.0.0.8").await.status(), StatusCode::OK);
    drop(answers.pop());
    assert_eq!(genesis("10.0.0.7").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn completion_of_an_upload_is_not_kept_before_its_secret_is_tried() {
    let border = Arc::new(Border::new(Arc::new(Constants::default()), Settings::default()));
    let bodies = Arc::clone(&border.bodies);
    // A caller gets half of all places only while no other caller holds one: a body that is kept would hold some.
    let pieces = (0..64).map(move |piece| {
        let mut all = bodies.enter("10.0.0.9".parse().unwrap()).unwrap();
        assert!(all.grow(BODIES_KIB_MAX / 2 - 1), "piece {piece} of a stranger's body is kept");
        Ok::<_, std::io::Error>(Bytes::from_static(&[7; 1_024]))
    });
    let path = format!("/v1/uploads/{}/complete", UploadId::ZERO.to_hex());
    let wrong = format!("Bearer {}", "04".repeat(32));
    let request = Request::post(path).header("host", "10.0.0.5").header("authorization", wrong);
    let request = request.body(Body::from_stream(stream::iter(pieces))).unwrap();
    let answer = call(&border, from("10.0.0.7", request)).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}
