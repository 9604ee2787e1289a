//! What clients want: hospitals' registrars enrol departments and persons, some with a profile, and suspend persons. A key
//! that is taken and a person not enrolled yet are refused in a block, so that the order of blocks shows in the state.

use std::sync::Arc;

use carechain_crypto::{ChainId, Nonce, PersonId, Salt, TransactionId};
use carechain_engine::SharedSubmission;
use carechain_types::{
    BoundedBytes, BoundedVec, DepartmentPart, DetachedPart, NodeSigner, POSSESSION_VERSION, PartKind, Party,
    PersonPart, Possession, PublicPart, ReasonCode, Role, RoleTerm, Span, Submission, SuspendPart,
    TRANSACTION_VERSION, Time, Transaction, TransactionBody, Verifier, person_id,
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
    /// Whether its client knows one node only.
    pub(crate) faithful: bool,
}

/// Makes the requests of one world.
pub(crate) struct Workload<'a> {
    founding: &'a Founding,
    scheme: Scheme,
    random: Random,
    habits: Random,
    short_per_mille: u64,
    /// Who enrols whom.
    persons: Vec<(usize, PersonId)>,
}

impl<'a> Workload<'a> {
    /// Of the world of a seed.
    pub(crate) fn new(founding: &'a Founding, scheme: Scheme, seed: u64) -> Self {
        let (random, habits) = (Random::stream(seed, "workload"), Random::stream(seed, "habits"));
        Self { founding, scheme, random, habits, short_per_mille: 0, persons: Vec::new() }
    }

    /// Most are submitted before the faults stop, two after. Before a blackout many, half of them short-lived.
    pub(crate) fn requests(mut self, faults_end: Time, blackout: Option<Time>) -> Vec<Request> {
        let start = Founding::start();
        let busy = blackout.map_or(faults_end, |at| at.after(Span::from_millis(300)));
        self.short_per_mille = if blackout.is_some() { 500 } else { 100 };
        let count = self.random.between(4, REQUESTS_MAX);
        let mut requests = Vec::new();
        for index in 0..count {
            let at = start.after(self.random.span(Span::ZERO, busy.since(start)));
            requests.push(self.request(index, at));
        }
        for index in count..count + 2 {
            let at = faults_end.after(self.random.span(Span::MILLISECOND, Span::from_millis(300)));
            requests.push(self.request(index, at));
        }
        requests
    }

    fn request(&mut self, index: u64, at: Time) -> Request {
        // Some live just long enough to be admitted and may expire before the world has settled.
        let short = self.random.chance(self.short_per_mille);
        let expiry = at.after(if short { Span::SECOND.times(35) } else { Span::MINUTE.times(9) });
        let (hospital, part) = self.wish(index, expiry);
        let submission = self.submission(hospital, &part, expiry);
        let id = submission.transaction.body.id(&self.founding.chain_id);
        if matches!(part, PublicPart::Person(_)) {
            self.persons.push((hospital, person_id(&id)));
        }
        let verified = Verifier::new(self.scheme, self.founding.chain_id).submission(submission);
        Request {
            submission: Arc::new(verified.expect("it was signed a moment ago")),
            id,
            expiry,
            at,
            gateway: self.random.index(self.founding.nodes.len()),
            gateways_at_once: if self.random.chance(250) { 2 } else { 1 },
            faithful: self.habits.chance(200),
        }
    }

    /// What the registrar of a hospital wants.
    fn wish(&mut self, index: u64, expiry: Time) -> (usize, PublicPart) {
        if !self.persons.is_empty() && self.random.chance(700) {
            let (hospital, person) = self.random.pick(&self.persons);
            return (hospital, PublicPart::Suspend(SuspendPart { person, code: ReasonCode::Left }));
        }
        let hospital = self.random.index(self.founding.registrars.len());
        // A key that an earlier one used is refused by the contract.
        let key = if self.random.chance(150) { self.random.below(index + 1) } else { index };
        let key = usize::try_from(key).expect("few requests");
        let person = self.random.chance(600);
        (hospital, if person { self.person(hospital, key, expiry) } else { self.department(hospital, key) })
    }

    fn department(&self, hospital: usize, key: usize) -> PublicPart {
        let (_, sealing_key) = &self.founding.enrolled[key];
        PublicPart::Department(DepartmentPart {
            hospital: self.founding.genesis.hospitals[hospital].id,
            sealing_keys: BoundedVec::new(vec![sealing_key.clone()]).expect("one key"),
        })
    }

    fn person(&self, hospital: usize, key: usize, expiry: Time) -> PublicPart {
        let (hand, sealing_key) = &self.founding.enrolled[key];
        let possession = Possession {
            version: POSSESSION_VERSION,
            signing_keys: BoundedVec::new(vec![hand.public()]).expect("one key"),
            sealing_keys: BoundedVec::new(vec![sealing_key.clone()]).expect("one key"),
        };
        let signature = hand.signer(self.scheme).sign(&ChainId::ZERO, &possession);
        let role = RoleTerm { role: Role::Doctor, until: expiry.after(Span::DAY) };
        PublicPart::Person(PersonPart {
            person: None,
            enroller: Party::Hospital(self.founding.genesis.hospitals[hospital].id),
            department: None,
            roles: BoundedVec::new(vec![role]).expect("one role"),
            signing_keys: possession.signing_keys,
            sealing_keys: possession.sealing_keys,
            possession: BoundedVec::new(vec![signature]).expect("one key"),
        })
    }

    fn submission(&mut self, hospital: usize, part: &PublicPart, expiry: Time) -> Submission {
        let profile = !matches!(part, PublicPart::Suspend(_)) && self.random.chance(500);
        let parts: Vec<_> = profile.then(|| self.profile_part()).into_iter().collect();
        let heads = parts.iter().map(|part| part.head(PartKind::Profile.byte())).collect();
        let registrar = &self.founding.registrars[hospital];
        let body = TransactionBody {
            version: TRANSACTION_VERSION,
            sender: Party::Hospital(self.founding.genesis.hospitals[hospital].id),
            sender_key: registrar.public(),
            salt: Nonce::new(self.random.bytes()),
            expiry_time: expiry,
            kind: part.kind().number(),
            public_part: BoundedBytes::new(part.to_bytes()).expect("short parts"),
            parts: BoundedVec::new(heads).expect("one part"),
        };
        let signature = registrar.signer(self.scheme).sign(&self.founding.chain_id, &body);
        let transaction = Transaction { body, signature };
        Submission { transaction, parts: BoundedVec::new(parts).expect("one part") }
    }

    fn profile_part(&mut self) -> DetachedPart {
        let bytes = self.random.bytes::<PROFILE_BYTES>().to_vec();
        let bytes = BoundedBytes::new(bytes).expect("a short part");
        DetachedPart { salt: Salt::new(self.random.bytes()), bytes }
    }
}
