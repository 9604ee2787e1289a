//! State, blocks and proofs: four members sign everything.

use std::collections::BTreeMap;

use carechain_crypto::{PersonId, SealingPublicKey, Secret, SigningKeyPair, StateRoot, TransactionId};
use carechain_types::{
    BoundedBytes, BoundedString, BoundedVec, Certificate, Claim, Commit, CountsValue, EhrByPatientValue,
    EhrValue, Endpoints, Freshness, Genesis, GenesisHospital, GrantLineValue, GrantValue, Head, Header,
    Height, KeyAgent as _, NodeSigner, Outcome, Parameters, Party, PersonCounts, PersonValue, Phase, Proof,
    ProofKind, PublicPart, ReplicaId, RequestStatus, RequestValue, Role, RoleTerm, SealingKey,
    SealingKeyPeriod, SearchPolicy, SignedHead, SigningKeyPeriod, Span, Stamp, StateKey, StatePath,
    StateValue, Submission, Time, TransactionProof, View, ehr_id, grant_id, hospital_id, request_id,
    state_proof, tree,
};

use super::files::Files;
use super::lie::Lie;
use crate::clock::now;
use crate::keystore::Keystore;

pub(crate) fn node(index: u8) -> SigningKeyPair {
    SigningKeyPair::from_seed(&Secret::new([index + 1; 32]))
}

/// The whole ledger.
pub(crate) struct Ledger {
    pub(crate) genesis: Genesis,
    pub(crate) state: BTreeMap<StateKey, Vec<u8>>,
    pub(crate) transactions: BTreeMap<TransactionId, Submission>,
    pub(crate) files: Files,
    pub(crate) lie: Lie,
    /// The first byte of each read that was asked for.
    pub(crate) reads: Vec<u64>,
    /// What the state was before the newest block: for a gateway that is behind.
    before: BTreeMap<StateKey, Vec<u8>>,
    height: u64,
    enrolled: u8,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        let genesis = genesis();
        let state: BTreeMap<_, _> = genesis.initial_state().into_iter().collect();
        Self {
            genesis,
            before: state.clone(),
            state,
            transactions: BTreeMap::new(),
            files: Files::default(),
            lie: Lie::None,
            reads: Vec::new(),
            height: 1,
            enrolled: 0,
        }
    }

    /// Puts a person into the state.
    pub(crate) fn enrol(&mut self, keystore: &Keystore, role: Role) -> PersonId {
        self.enrolled += 1;
        let person = PersonId::new([self.enrolled; 20]);
        let keys = keystore.public_keys();
        let from = now().before(Span::HOUR);
        let value = PersonValue {
            stamp: Stamp::GENESIS,
            enroller: Party::Hospital(self.genesis.hospitals[0].id),
            department: None,
            roles: bounded([RoleTerm { role, until: now().after(Span::DAY) }]),
            signing_keys: bounded([SigningKeyPeriod { key: keys.signing, from, until: Time::ZERO }]),
            sealing_keys: bounded([SealingKeyPeriod {
                key: SealingKey::x25519(keys.sealing[0]),
                from,
                until: Time::ZERO,
            }]),
            suspended: 0,
        };
        self.put(StateKey::person(&person), &value);
        person
    }

    /// Writes one value as if a block had, and remembers the state before it.
    pub(crate) fn put(&mut self, key: StateKey, value: &impl StateValue) {
        self.before = self.state.clone();
        self.state.insert(key, value.to_bytes());
        self.height += 1;
    }

    pub(crate) fn get<V: StateValue>(&self, key: &StateKey) -> Option<V> {
        self.state.get(key).map(|bytes| V::from_bytes(bytes).unwrap())
    }

    /// A proof of keys with bodies and heads, true or not.
    pub(crate) fn state_proof(&self, keys: &[StateKey], freshness: Freshness) -> Proof {
        let stale = self.lie == Lie::StaleState;
        let state = if stale { &self.before } else { &self.state };
        let entries: Vec<_> = state.iter().map(|(key, value)| (key.hash(), value.as_slice())).collect();
        let claims = keys.iter().map(|key| self.claim(state, &entries, key)).collect();
        let height = if stale { self.height - 1 } else { self.height };
        let time = if stale { now().before(Span::MINUTE.times(2)) } else { now() };
        let root = state_proof::root_of(entries.iter().copied());
        let header = self.header(height, time, root, &[], &[]);
        let heads =
            freshness.complete_as_of.filter(|_| self.lie != Lie::NoHeads).map(|_| self.heads(&header));
        Proof {
            kind: ProofKind::State,
            chain_id: self.genesis.chain_id(),
            epochs: BoundedVec::empty(),
            certificate: Some(self.certificate(&header)),
            header,
            claims: BoundedVec::new(claims).unwrap(),
            transaction: None,
            heads,
        }
    }

    fn claim(
        &self,
        state: &BTreeMap<StateKey, Vec<u8>>,
        entries: &[(carechain_crypto::Digest, &[u8])],
        key: &StateKey,
    ) -> Claim {
        let mut value = state.get(key).cloned();
        if self.lie == Lie::FalseKey
            && let Some(bytes) = &value
            && let Ok(mut person) = PersonValue::from_bytes(bytes)
        {
            let key = SealingKey::x25519(SealingPublicKey::new([9; 32]));
            person.sealing_keys.as_mut_slice()[0].key = key;
            value = Some(person.to_bytes());
        }
        if self.lie == Lie::Absent {
            value = None;
        }
        let id = value.as_ref().and_then(|bytes| stamp(bytes)).map(|stamp| stamp.transaction_id);
        let body = id.and_then(|id| self.transactions.get(&id)).map(|sent| sent.transaction.body.clone());
        Claim {
            key: *key,
            value: value.map(|value| BoundedBytes::new(value).unwrap()),
            path: StatePath::of(entries, &key.hash()),
            body,
        }
    }

    /// Executes a transaction by writing down what it says.
    pub(crate) fn submit(&mut self, submission: Submission) -> Proof {
        assert!(submission.parts_match());
        let chain_id = self.genesis.chain_id();
        let transaction = submission.transaction.clone();
        let id = transaction.body.id(&chain_id);
        self.before = self.state.clone();
        self.height += 1;
        self.execute(&submission, id);
        self.transactions.insert(id, submission);
        let outcome = Outcome { transaction_id: id, code: 0, result: BoundedBytes::empty() };
        let leaf = transaction.leaf(&chain_id).digest();
        let root = self.root();
        let header = self.header(self.height, now(), root, &[leaf], &[outcome.digest()]);
        Proof {
            kind: ProofKind::Transaction,
            chain_id,
            epochs: BoundedVec::empty(),
            certificate: Some(self.certificate(&header)),
            header,
            claims: BoundedVec::empty(),
            transaction: Some(TransactionProof {
                body: transaction.body,
                signature: transaction.signature,
                outcome,
                leaf_index: 0,
                transaction_path: BoundedVec::empty(),
                outcome_path: BoundedVec::empty(),
            }),
            heads: None,
        }
    }

    fn execute(&mut self, submission: &Submission, id: TransactionId) {
        let body = &submission.transaction.body;
        let stamp = Stamp::new(id, Height::new(self.height));
        match PublicPart::decode(body.kind, &body.public_part).unwrap() {
            PublicPart::Publish(part) => {
                let ehr = ehr_id(&self.genesis.chain_id(), &body.sender, &part.commitment);
                let value = EhrValue {
                    stamp,
                    author: body.sender,
                    patient: part.patient,
                    hospital: part.hospital,
                    commitment: part.commitment,
                    length: part.length,
                    kind: part.kind,
                    visibility: part.visibility,
                    amends: part.amends,
                    amended_by: None,
                    purged: 0,
                };
                let mut counts = self.counts(&part.patient);
                let place = StateKey::ehr_by_patient(&part.patient, counts.records);
                counts.records += 1;
                self.state.insert(StateKey::ehr(&ehr), value.to_bytes());
                self.state.insert(place, EhrByPatientValue { stamp, ehr_id: ehr }.to_bytes());
                self.set_counts(&part.patient, stamp, counts);
            }
            PublicPart::Request(part) => self.request(&part, stamp),
            PublicPart::Grant(part) => self.grant(&part, stamp),
            PublicPart::Deny(part) => {
                self.answer(&StateKey::request(&part.request), RequestStatus::Denied, None)
            }
            other => panic!("the gateway of the tests does not know {other:?}"),
        }
    }

    fn request(&mut self, part: &carechain_types::RequestPart, stamp: Stamp) {
        let id = stamp.transaction_id;
        let mut counts = self.counts(&part.patient);
        let value = RequestValue {
            stamp,
            patient: part.patient,
            grantee: part.grantee,
            access: part.access,
            purpose: part.purpose,
            status: RequestStatus::Open,
            grant: None,
            previous: counts.newest_request,
        };
        counts.newest_request = Some(request_id(&id));
        self.state.insert(StateKey::request(&request_id(&id)), value.to_bytes());
        self.set_counts(&part.patient, stamp, counts);
    }

    fn grant(&mut self, part: &carechain_types::GrantPart, stamp: Stamp) {
        let id = stamp.transaction_id;
        let mut counts = self.counts(&part.patient);
        let from = if part.from == Time::ZERO { now() } else { part.from };
        let line = |line: &carechain_types::GrantLine| GrantLineValue {
            ehr_id: line.ehr_id,
            part: line.part,
            revoked: 0,
        };
        let value = GrantValue {
            stamp,
            patient: part.patient,
            grantee: part.grantee,
            access: part.access,
            purpose: part.purpose,
            from,
            until: from.after(part.duration),
            lines: BoundedVec::new(part.lines.iter().map(line).collect()).unwrap(),
            previous: counts.newest_grant,
        };
        counts.newest_grant = Some(grant_id(&id));
        self.state.insert(StateKey::grant(&grant_id(&id)), value.to_bytes());
        self.set_counts(&part.patient, stamp, counts);
        if let Some(request) = part.request {
            self.answer(&StateKey::request(&request), RequestStatus::Granted, Some(grant_id(&id)));
        }
    }

    fn answer(&mut self, key: &StateKey, status: RequestStatus, grant: Option<carechain_crypto::GrantId>) {
        let request: RequestValue = self.get(key).unwrap();
        self.state.insert(*key, RequestValue { status, grant, ..request }.to_bytes());
    }

    pub(crate) fn counts(&self, person: &PersonId) -> PersonCounts {
        let value: Option<CountsValue<PersonCounts>> = self.get(&StateKey::counts(person.get()));
        value.map(|value| value.counts).unwrap_or_default()
    }

    fn set_counts(&mut self, person: &PersonId, stamp: Stamp, counts: PersonCounts) {
        self.state.insert(StateKey::counts(person.get()), CountsValue { stamp, counts }.to_bytes());
    }

    fn root(&self) -> StateRoot {
        state_proof::root_of(self.state.iter().map(|(key, value)| (key.hash(), value.as_slice())))
    }

    fn header(
        &self,
        height: u64,
        time: Time,
        state_root: StateRoot,
        transactions: &[carechain_crypto::Digest],
        outcomes: &[carechain_crypto::Digest],
    ) -> Header {
        Header {
            height: Height::new(height),
            time,
            transaction_count: u32::try_from(transactions.len()).unwrap(),
            transactions_root: tree::root(transactions),
            outcomes_root: tree::root(outcomes),
            ..self.genesis.header(state_root)
        }
    }

    fn certificate(&self, header: &Header) -> Certificate {
        let (epoch, height, block_id) = (header.epoch, header.height, header.id());
        let commit = Commit { epoch, view: View::ZERO, height, block_id };
        let chain_id = self.genesis.chain_id();
        let vote = |index: u8| {
            (ReplicaId::new(u16::from(index)), NodeSigner::sign(&node(index), &chain_id, &commit))
        };
        let votes = BoundedVec::new((0..3).map(vote).collect()).unwrap();
        Certificate { phase: Phase::Commit, epoch, view: View::ZERO, height, block_id, votes }
    }

    fn heads(&self, header: &Header) -> BoundedVec<SignedHead, 200> {
        let time = match self.lie {
            Lie::StaleState => header.time,
            Lie::ClocksAhead => now().after(Span::MINUTE),
            _ => now(),
        };
        let voted = match self.lie {
            Lie::HiddenBlock => header.height.next(),
            _ => header.height,
        };
        let chain_id = self.genesis.chain_id();
        let head = |index: u8| {
            let member = ReplicaId::new(u16::from(index));
            let head = Head {
                epoch: header.epoch,
                member,
                view: View::ZERO,
                height: header.height,
                block_id: header.id(),
                voted,
                time,
            };
            SignedHead { member, head, signature: NodeSigner::sign(&node(index), &chain_id, &head) }
        };
        BoundedVec::new((0..3).map(head).collect()).unwrap()
    }
}

fn bounded<T: Clone, const COUNT: usize, const MAX: usize>(values: [T; COUNT]) -> BoundedVec<T, MAX> {
    BoundedVec::new(values.to_vec()).unwrap()
}

fn stamp(value: &[u8]) -> Option<Stamp> {
    carechain_types::decode(value.get(..41)?, 41).ok()
}

fn hospital(index: u8) -> GenesisHospital {
    let name = BoundedString::new(format!("Hospital {index}")).unwrap();
    let governance_keys = bounded([node(100 + index).public()]);
    GenesisHospital {
        id: hospital_id(&name, 1, &governance_keys),
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: node(index).public(),
        node_sealing_key: SealingKey::x25519(SealingPublicKey::new([50 + index; 32])),
        endpoints: Endpoints { votes: BoundedString::default(), bulk: BoundedString::default() },
        registrar_keys: bounded([node(150 + index).public()]),
        index_key_share: BoundedBytes::new(vec![index; 80]).unwrap(),
    }
}

fn genesis() -> Genesis {
    Genesis {
        created: now().before(Span::DAY),
        name: BoundedString::new("Tests").unwrap(),
        parameters: Parameters {
            receipts_required: 2,
            copies: 3,
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::HOUR.times(72),
            transaction_bytes_max: 1 << 20,
            block_bytes_max: 4 << 20,
        },
        index_key: SealingKey::x25519(SealingPublicKey::new([42; 32])),
        hospitals: BoundedVec::new((0..4).map(hospital).collect()).unwrap(),
    }
}
