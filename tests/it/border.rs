//! What a node refuses at its border: the expired, the replayed, another ledger's, and bodies beyond their bounds.

use carechain_client::{Call, CallError, Keystore, Session, SystemRandom, now};
use carechain_crypto::{ChainId, Nonce};
use carechain_schema::{ErrorCode, Route};
use carechain_types::limits::{TRANSACTION_LIFE_DEFAULT, TRANSACTION_LIFE_MAX};
use carechain_types::{
    AccessKind, AccessPurpose, BoundedBytes, BoundedVec, KeyAgent as _, Party, PersonBody, PublicPart,
    RequestPart, RequestSelection, Role, Span, Submission, TRANSACTION_VERSION, Time, Transaction,
    TransactionBody, encode,
};

use crate::support::{Network, Person};

/// A patient, a doctor who asks, and what the doctor signs with.
struct Scene {
    network: std::sync::Arc<Network>,
    patient: Person,
    doctor: Person,
    session: Session,
    keys: Keystore,
}

impl Scene {
    fn start(name: &str) -> Self {
        let network = Network::shared();
        let patient = network.person(&format!("{name}-patient"), 1, Role::Patient);
        let doctor = network.person(&format!("{name}-doctor"), 2, Role::Doctor);
        let (session, keys) = (doctor.session(&network, 2, Role::Doctor), doctor.keystore());
        Self { network, patient, doctor, session, keys }
    }

    /// The doctor asks for everything, as a transaction of this expiry on this ledger.
    fn request(&self, chain_id: &ChainId, expiry_time: Time) -> Submission {
        let doctor = Party::Person(self.doctor.id.parse().unwrap());
        let part = PublicPart::Request(RequestPart {
            patient: self.patient.id.parse().unwrap(),
            grantee: doctor,
            access: AccessKind::Read,
            purpose: AccessPurpose::Treatment,
            selection: RequestSelection::default(),
        });
        let body = TransactionBody {
            version: TRANSACTION_VERSION,
            sender: doctor,
            sender_key: self.keys.public_keys().signing,
            salt: Nonce::new(SystemRandom::bytes()),
            expiry_time,
            kind: part.kind().number(),
            public_part: BoundedBytes::new(part.to_bytes()).unwrap(),
            parts: BoundedVec::empty(),
        };
        let signature = self.keys.sign(chain_id, &PersonBody::Transaction(&body)).unwrap();
        Submission { transaction: Transaction { body, signature }, parts: BoundedVec::empty() }
    }

    fn requests(&self) -> usize {
        self.patient.run(&["requests"]).data()["requests"].as_array().unwrap().len()
    }

    #[track_caller]
    fn check_refused(&self, submission: &Submission, code: ErrorCode) {
        assert_eq!(submit(&self.session, submission).unwrap_err(), code);
        let id = submission.transaction.body.id(self.session.chain_id()).to_hex();
        assert_eq!(self.doctor.run(&["transaction", "status", &id]).data()["state"], "unknown");
    }
}

fn submit(session: &Session, submission: &Submission) -> Result<Vec<u8>, ErrorCode> {
    call(session, Route::SUBMIT, &encode(submission))
}

fn call(session: &Session, route: Route, body: &[u8]) -> Result<Vec<u8>, ErrorCode> {
    let call = Call { method: route.method, path: route.path, query: None };
    match session.caller().call(call, body) {
        Ok(answer) => Ok(answer.body),
        Err(CallError::Refused { failure, .. }) => Err(failure.code),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_transaction_outside_its_time_or_of_another_ledger_is_not_admitted() {
    let scene = Scene::start("expiry");
    let chain_id = *scene.session.chain_id();
    let at = |expiry| scene.request(&chain_id, expiry);
    scene.check_refused(&at(now().before(Span::SECOND)), ErrorCode::OutsideExpiry);
    scene.check_refused(&at(Time::ZERO), ErrorCode::OutsideExpiry);
    // It would be over before it could be decided; and one that could be replayed for longer than is remembered.
    scene.check_refused(&at(now().after(Span::SECOND.times(20))), ErrorCode::OutsideExpiry);
    scene.check_refused(&at(now().after(TRANSACTION_LIFE_MAX)), ErrorCode::OutsideExpiry);
    scene.check_refused(&at(Time::from_micros(u64::MAX)), ErrorCode::OutsideExpiry);
    let other = scene.request(&ChainId::new([7; 32]), now().after(TRANSACTION_LIFE_DEFAULT));
    scene.check_refused(&other, ErrorCode::Unauthenticated);
    assert_eq!(scene.requests(), 0);
}

#[test]
fn a_transaction_sent_again_anywhere_counts_once() {
    let scene = Scene::start("replayed");
    let submission = scene.request(scene.session.chain_id(), now().after(TRANSACTION_LIFE_DEFAULT));
    let first = submit(&scene.session, &submission).unwrap();
    let elsewhere = scene.doctor.session(&scene.network, 3, Role::Doctor);
    let id = submission.transaction.body.id(scene.session.chain_id());
    let (committed, _) = elsewhere.transaction(&id).unwrap();
    for session in [&scene.session, &elsewhere] {
        let again = submit(session, &submission).unwrap();
        let (verified, transaction) = session.trust().verify_transaction(&again, &id).unwrap();
        assert_eq!((verified.header.height, &transaction.outcome), (committed.height, &committed.outcome));
    }
    assert!(scene.session.trust().verify_transaction(&first, &id).is_ok());
    assert_eq!(scene.requests(), 1);
    // The same body under a signature that is not its sender's.
    let mut forged = submission.clone();
    let stranger = Keystore::generate();
    let body = PersonBody::Transaction(&forged.transaction.body);
    forged.transaction.signature = stranger.sign(scene.session.chain_id(), &body).unwrap();
    assert_eq!(submit(&scene.session, &forged), Err(ErrorCode::Unauthenticated));
    // And with one bit of the body changed.
    let mut changed = encode(&submission);
    changed[40] ^= 1;
    assert!(call(&scene.session, Route::SUBMIT, &changed).is_err());
    assert_eq!(scene.requests(), 1);
}

#[test]
fn bodies_and_headers_beyond_their_bounds_are_refused_on_every_path() {
    let scene = Scene::start("bounds");
    for route in [Route::STATE, Route::LIST, Route::SEARCH, Route::UPLOAD_OPEN, Route::READ] {
        let code = call(&scene.session, route, &vec![0; 100_000]).unwrap_err();
        assert_eq!(code, ErrorCode::TooLarge, "{}", route.path);
        let code = call(&scene.session, route, &[0xff; 100]).unwrap_err();
        assert!(matches!(code, ErrorCode::Malformed | ErrorCode::TooLarge), "{}: {code:?}", route.path);
    }
    let header = "A".repeat(5_000);
    let get = |path: &str, query: Option<&str>| {
        let asked = Call { method: Route::NOTICES.method, path, query };
        scene.session.caller().call(asked, b"").unwrap_err().code()
    };
    assert_eq!(get("/v1/notices?after=0", Some(&header)), ErrorCode::TooLarge);
    // Whatever is wrong with a path, the answer is a document.
    assert_eq!(get("/v1/notices", None), ErrorCode::Malformed);
    assert_eq!(get("/v1/notices?after=minus-one", None), ErrorCode::Malformed);
    assert_eq!(get("/v1/parts/ff/70000", None), ErrorCode::Malformed);
    assert_eq!(get("/v1/transactions/%ff", None), ErrorCode::Malformed);
    assert_eq!(get("/v1/state", None), ErrorCode::NoRoute, "another method's path");
    assert_eq!(get("/v2/status", None), ErrorCode::NoRoute);
    // The node goes on.
    assert_eq!(scene.requests(), 0);
}
