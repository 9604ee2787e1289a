//! What clients want: hospitals' registrars enrol departments and persons, some with a profile, some with a key that is
//! taken, which is a recorded refusal.

use std::sync::Arc;

use carechain_crypto::{ChainId, Nonce, Salt, TransactionId};
use carechain_engine::SharedSubmission;
use carechain_types::{
    BoundedBytes, BoundedVec, DepartmentPart, DetachedPart, NodeSigner, POSSESSION_VERSION, PartKind, Party,
    PersonPart, Possession, PublicPart, Role, RoleTerm, Span, Submission, TRANSACTION_VERSION, Time,
    Transaction, TransactionBody, Verifier,
};

use crate::founding::Founding;
use crate::limits::REQUESTS_MAX;
use crate::oracle::Scheme;
use crate::random::Random;

/// Salt, suite, key id, encapsulation, tag and the shortest padded plaintext.
const PROFILE_BYTES: usize = 1 + 20 + 32 + 16 + 256;

/// One transaction that somebody submits until it is answered.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) submission: SharedSubmission,
    pub(crate) id: TransactionId,
    pub(crate) expiry: Time,
    /// When the client submits it first.
    pub(crate) at: Time,
    /// The node it asks first; the others follow in order.
    pub(crate) gateway: usize,
    /// How many nodes it asks at once.
    pub(crate) gateways_at_once: usize,
}

/// The requests of one world: most before the faults stop, two after.
pub(crate) fn requests(
    founding: &Founding,
    scheme: Scheme,
    faults_end: Time,
    random: &mut Random,
) -> Vec<Request> {
    let start = Founding::start();
    let count = random.between(4, REQUESTS_MAX);
    let mut requests: Vec<_> = (0..count)
        .map(|index| {
            let at = start.after(random.span(Span::ZERO, faults_end.since(start)));
            request(founding, scheme, (index, at), random)
        })
        .collect();
    for index in count..count + 2 {
        let at = faults_end.after(random.span(Span::MILLISECOND, Span::from_millis(300)));
        requests.push(request(founding, scheme, (index, at), random));
    }
    requests
}

fn request(founding: &Founding, scheme: Scheme, (index, at): (u64, Time), random: &mut Random) -> Request {
    // A key that an earlier one used is refused by the contract, in a block.
    let key = if random.chance(150) { random.below(index + 1) } else { index };
    let key = usize::try_from(key).expect("few requests");
    let hospital = random.index(founding.registrars.len());
    // Some live just long enough to be admitted and may expire before the world has settled.
    let life = if random.chance(100) { Span::SECOND.times(35) } else { Span::MINUTE.times(9) };
    let expiry = at.after(life);
    let submission = submission(founding, scheme, (hospital, key, expiry), random);
    let id = submission.transaction.body.id(&founding.chain_id);
    let verified = Verifier::new(scheme, founding.chain_id).submission(submission);
    Request {
        submission: Arc::new(verified.expect("it was signed a moment ago")),
        id,
        expiry,
        at,
        gateway: random.index(founding.nodes.len()),
        gateways_at_once: if random.chance(250) { 2 } else { 1 },
    }
}

fn submission(
    founding: &Founding,
    scheme: Scheme,
    (hospital, key, expiry): (usize, usize, Time),
    random: &mut Random,
) -> Submission {
    let hospital_id = founding.genesis.hospitals[hospital].id;
    let (hand, sealing_key) = &founding.enrolled[key];
    let sealing_keys = BoundedVec::new(vec![sealing_key.clone()]).expect("one key");
    let (part, profile) = if random.chance(600) {
        let part = DepartmentPart { hospital: hospital_id, sealing_keys };
        (PublicPart::Department(part), random.chance(600))
    } else {
        let signing_keys = BoundedVec::new(vec![hand.public()]).expect("one key");
        let possession = Possession {
            version: POSSESSION_VERSION,
            signing_keys: signing_keys.clone(),
            sealing_keys: sealing_keys.clone(),
        };
        let possession = hand.signer(scheme).sign(&ChainId::ZERO, &possession);
        let until = expiry.after(Span::DAY);
        let part = PersonPart {
            enroller: Party::Hospital(hospital_id),
            department: None,
            roles: BoundedVec::new(vec![RoleTerm { role: Role::Doctor, until }]).expect("one role"),
            signing_keys,
            sealing_keys,
            possession: BoundedVec::new(vec![possession]).expect("one key"),
        };
        (PublicPart::Person(part), random.chance(400))
    };
    let parts: Vec<_> = profile.then(|| profile_part(random)).into_iter().collect();
    let body = TransactionBody {
        version: TRANSACTION_VERSION,
        sender: Party::Hospital(hospital_id),
        sender_key: founding.registrars[hospital].public(),
        salt: Nonce::new(random.bytes()),
        expiry_time: expiry,
        kind: part.kind().number(),
        public_part: BoundedBytes::new(part.to_bytes()).expect("short parts"),
        parts: BoundedVec::new(parts.iter().map(|part| part.head(PartKind::Profile.byte())).collect())
            .expect("one part"),
    };
    let signature = founding.registrars[hospital].signer(scheme).sign(&founding.chain_id, &body);
    let transaction = Transaction { body, signature };
    Submission { transaction, parts: BoundedVec::new(parts).expect("one part") }
}

fn profile_part(random: &mut Random) -> DetachedPart {
    let mut bytes = vec![0; PROFILE_BYTES];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&random.any().to_le_bytes()[..chunk.len()]);
    }
    let bytes = BoundedBytes::new(bytes).expect("a short part");
    DetachedPart { salt: Salt::new(random.bytes()), bytes }
}
