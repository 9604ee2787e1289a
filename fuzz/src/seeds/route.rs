//! One good call of every route.

use carechain_crypto::{PersonId, Secret, SigningKeyPair};
use carechain_schema::Route;
use carechain_types::{
    Bodies, BoundedVec, Freshness, ListKind, ListQuery, ListStart, NodeSigner, ReadRequest,
    SignedReadRequest, StateKey, StateQuery, decode, encode,
};
use data_encoding::HEXLOWER;

use super::fixtures::golden;
use crate::pieces::push_piece;
use crate::stub_node::{CHAIN, LAST_CHUNK_BYTES};

pub(super) fn seeds() -> Vec<Vec<u8>> {
    (0_u8..)
        .zip(Route::ALL)
        .flat_map(|(index, route)| [call(index, route, 2), call(index, route, 0)])
        .collect()
}

/// Route, signing, path values, query string, header, body.
fn call(index: u8, route: Route, signing: u8) -> Vec<u8> {
    let mut bytes = vec![index, signing];
    for segment in route.path.split('/').filter(|segment| segment.starts_with('{')) {
        let value = match (segment, route.path.contains("uploads")) {
            ("{id}", true) => HEXLOWER.encode(&golden("upload complete")[..16]),
            ("{id}", false) => "00".repeat(32),
            // The last chunk of an upload, which is short.
            _ => "1".to_owned(),
        };
        push_piece(&mut bytes, value.as_bytes());
    }
    let query: &[u8] = if route == Route::NOTICES { b"after=7&wait_seconds=0" } else { b"" };
    push_piece(&mut bytes, query);
    push_piece(&mut bytes, b"");
    bytes.extend_from_slice(&body(route));
    bytes
}

fn body(route: Route) -> Vec<u8> {
    let signature = vec![0; 64];
    match route {
        Route::SUBMIT => [golden("publish transaction"), vec![0; 8]].concat(),
        Route::STATE => {
            let keys = BoundedVec::new(vec![StateKey::person(&PersonId::ZERO)]).expect("one key");
            encode(&StateQuery { keys, bodies: Bodies::Without, freshness: Freshness::default() })
        }
        Route::LIST => encode(&ListQuery {
            kind: ListKind::Audit,
            subject: [5; 20],
            start: ListStart::Below(u64::MAX),
            count_max: 1,
            freshness: Freshness::default(),
        }),
        Route::SEARCH => br#"{"keywords":["ct"],"count_max":1}"#.to_vec(),
        Route::UPLOAD_OPEN => [golden("upload open"), signature].concat(),
        Route::UPLOAD_CHUNK => vec![7; 32 + LAST_CHUNK_BYTES],
        Route::UPLOAD_COMPLETE => [golden("upload complete"), signature, vec![0; 8]].concat(),
        Route::READ => encode(&read()),
        _ => Vec::new(),
    }
}

/// The golden read request, signed anew: without a signature that holds there is no place for its stream.
fn read() -> SignedReadRequest {
    let pair = SigningKeyPair::from_seed(&Secret::new([5; 32]));
    let bytes = golden("read request");
    let mut request: ReadRequest = decode(&bytes, bytes.len()).expect("the golden read request decodes");
    request.reader_key = pair.public();
    let signature = NodeSigner::sign(&pair, &CHAIN, &request);
    SignedReadRequest { request, signature, shown: None }
}
