//! The least and greatest numbers in every place of every route where a caller may name one: the node goes on, and
//! says what is wrong in a document.

use carechain_schema::{ErrorCode, Route};
use carechain_types::{
    Bodies, BoundedVec, Height, ListStart, Party, TransactionBody, UploadComplete, UploadOpen,
};

use super::{
    ByteRange, Freshness, HOSPITAL, ListKind, ListQuery, Nonce, PERSON, Query, Signature,
    SignedUploadComplete, SignedUploadOpen, SigningPublicKey, StateQuery, Submission, Time, TransactionId,
    UploadId, bearer, call, encode, read_of, serve, signed,
};

/// Every width has its greatest number among them, and the ones around it.
const NUMBERS: [u64; 11] =
    [0, 1, 255, 256, 65_535, 65_536, u32::MAX as u64, 1 << 32, u64::MAX / 2 + 1, u64::MAX - 1, u64::MAX];

/// Routes that no number reaches.
const WITHOUT_NUMBERS: [Route; 8] = [
    Route::NODE,
    Route::STATUS,
    Route::READY,
    Route::METRICS,
    Route::GENESIS,
    Route::OPENAPI,
    Route::TRANSACTION,
    Route::UPLOAD,
];

struct Call {
    path: String,
    header: String,
    body: Vec<u8>,
}

fn open(path: String, body: Vec<u8>) -> Call {
    Call { path, header: String::new(), body }
}

/// A call with the secret of the upload.
fn of_upload(path: String, body: Vec<u8>) -> Call {
    Call { path, header: bearer(), body }
}

/// A call that the asker signed, with numbers in the query as well.
fn asked(route: Route, path: String, body: Vec<u8>, edit: impl FnOnce(&mut Query)) -> Call {
    let header = signed(route.method.as_str(), &path, &body, edit);
    Call { path, header, body }
}

fn freshness(number: u64) -> Freshness {
    Freshness { complete_as_of: Some(Time::from_micros(number)), min_height: Some(Height::new(number)) }
}

fn list(start: ListStart, count_max: u16, number: u64) -> Vec<u8> {
    let kind = ListKind::Audit;
    encode(&ListQuery { kind, subject: [5; 20], start, count_max, freshness: freshness(number) })
}

fn narrow(number: u64) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// Calls of a route that name this number wherever one may stand.
fn calls(route: Route, number: u64) -> Vec<Call> {
    let path = route.path.to_owned();
    match route {
        Route::SUBMIT => vec![open(path, submission(number))],
        Route::STATE => {
            let (keys, bodies) = (BoundedVec::empty(), Bodies::With);
            let body = encode(&StateQuery { keys, bodies, freshness: freshness(number) });
            let heights = |query: &mut Query| query.min_height = Some(Height::new(number));
            vec![open(path.clone(), body.clone()), asked(route, path, body, heights)]
        }
        Route::LIST => vec![
            asked(route, path.clone(), list(ListStart::Below(number), 1, number), |_| {}),
            asked(route, path.clone(), list(ListStart::Newest, narrow(number), 0), |_| {}),
            asked(route, path, list(ListStart::Newest, 1, 0), |query| {
                query.expiry = Time::from_micros(number);
            }),
        ],
        Route::PART => {
            let path = route.with(&[&TransactionId::ZERO.to_hex(), &number.to_string()]);
            vec![asked(route, path, Vec::new(), |_| {})]
        }
        Route::SEARCH => [
            format!("{{\"keywords\":[\"ct\"],\"count_max\":{number}}}"),
            format!("{{\"keywords\":[\"ct\"],\"after\":\"{number}-{number}\"}}"),
            format!("{{\"keywords\":[\"ct\"],\"from\":\"{number}-01-01T00:00:00Z\"}}"),
        ]
        .into_iter()
        .map(|body| asked(route, path.clone(), body.into_bytes(), |_| {}))
        .collect(),
        Route::NOTICES => vec![
            asked(route, format!("{path}?after={number}&wait_seconds={number}"), Vec::new(), |_| {}),
            asked(route, format!("{path}?after={number}"), Vec::new(), |_| {}),
        ],
        Route::UPLOAD_OPEN => vec![open(path, upload_open(number))],
        Route::UPLOAD_CHUNK => {
            let path = route.with(&[&UploadId::ZERO.to_hex(), &number.to_string()]);
            let chunk = [vec![1; 32], vec![7; 77]].concat();
            vec![of_upload(path.clone(), Vec::new()), of_upload(path, chunk)]
        }
        Route::UPLOAD_COMPLETE => {
            vec![of_upload(route.with(&[&UploadId::ZERO.to_hex()]), upload_complete())]
        }
        Route::READ => [(0, number), (number, number), (number, u64::MAX), (number, 0)]
            .map(|(start, end)| open(path.clone(), read_of(ByteRange { start, end })))
            .into(),
        _ => Vec::new(),
    }
}

fn submission(number: u64) -> Vec<u8> {
    let body = TransactionBody {
        version: narrow(number),
        sender: Party::Hospital(HOSPITAL),
        sender_key: SigningPublicKey::ZERO,
        salt: Nonce::ZERO,
        expiry_time: Time::from_micros(number),
        kind: narrow(number),
        public_part: BoundedVec::empty(),
        parts: BoundedVec::empty(),
    };
    let transaction = carechain_types::Transaction { body, signature: Signature::ZERO };
    encode(&Submission { transaction, parts: BoundedVec::empty() })
}

fn upload_open(number: u64) -> Vec<u8> {
    let open = UploadOpen {
        hospital: HOSPITAL,
        upload_id: UploadId::ZERO,
        author: Party::Person(PERSON),
        patient: PERSON,
        publishing_hospital: HOSPITAL,
        length: number,
        key: SigningPublicKey::ZERO,
        capability: Nonce::ZERO,
        expiry: Time::from_micros(number),
    };
    encode(&SignedUploadOpen { open, signature: Signature::ZERO })
}

fn upload_complete() -> Vec<u8> {
    let complete = UploadComplete {
        upload_id: UploadId::ZERO,
        tag: carechain_crypto::AddressTag::ZERO,
        root: carechain_crypto::Root::ZERO,
    };
    encode(&SignedUploadComplete { complete, signature: Signature::ZERO, values: BoundedVec::empty() })
}

#[tokio::test]
async fn no_number_in_any_call_of_any_route_breaks_the_node() {
    let (address, _) = serve().await;
    for route in Route::ALL {
        let mut count = 0;
        for number in NUMBERS {
            for Call { path, header, body } in calls(route, number) {
                let (status, answer) = call(address, route.method.as_str(), &path, &header, &body).await;
                let answer = String::from_utf8_lossy(&answer);
                assert!(status != 500, "{path} {number}: {answer}");
                let known = ErrorCode::ALL.iter().any(|code| {
                    code.http_status() == status
                        && answer.contains(&format!("\"code\":\"{}\"", code.as_str()))
                });
                assert!((200..300).contains(&status) || known, "{path} {number}: {status} {answer}");
                count += 1;
            }
        }
        assert_eq!(count == 0, WITHOUT_NUMBERS.contains(&route), "{} was called {count} times", route.path);
    }
}
