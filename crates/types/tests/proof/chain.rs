//! A ledger of one block that tests make proofs of: four hospitals, of which three sign.

use carechain_crypto::{Nonce, PersonId, SealingPublicKey, Secret, SigningKeyPair, StateRoot};
use carechain_types::{
    Block, BoundedBytes, BoundedString, BoundedVec, Certificate, Claim, Commit, DenyPart, Endpoints, Genesis,
    GenesisHospital, Head, Header, Height, NodeSigner, Outcome, Parameters, Party, Phase, Proof, ProofKind,
    PublicPart, ReasonCode, ReplicaId, SealingKey, SearchPolicy, SignedHead, Span, Stamp, StateKey,
    StatePath, Time, Transaction, TransactionBody, View, hospital_id, state_proof, tree,
};

pub(crate) const CREATED: Time = Time::from_micros(1_767_225_600_000_000);

fn pair(seed: u8) -> SigningKeyPair {
    SigningKeyPair::from_seed(&Secret::new([seed; 32]))
}

fn sealing_key(byte: u8) -> SealingKey {
    SealingKey::x25519(SealingPublicKey::new([byte; 32]))
}

fn hospital(index: u8) -> GenesisHospital {
    let name = BoundedString::new(format!("Hospital {index}")).expect("short");
    let governance_keys = BoundedVec::new(vec![pair(100 + index).public()]).expect("one");
    GenesisHospital {
        id: hospital_id(&name, 1, &governance_keys),
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: pair(index).public(),
        node_sealing_key: sealing_key(50 + index),
        endpoints: Endpoints {
            votes: BoundedString::new(format!("node{index}.example:7101")).expect("short"),
            bulk: BoundedString::new(format!("node{index}.example:7102")).expect("short"),
        },
        registrar_keys: BoundedVec::new(vec![pair(150 + index).public()]).expect("one"),
        index_key_share: BoundedBytes::new(vec![index; 80]).expect("eighty"),
    }
}

pub(crate) fn genesis() -> Genesis {
    Genesis {
        created: CREATED,
        name: BoundedString::new("Example consortium").expect("short"),
        parameters: Parameters {
            receipts_required: 2,
            copies: 3,
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::HOUR.times(72),
            transaction_bytes_max: 1 << 20,
            block_bytes_max: 4 << 20,
        },
        index_key: sealing_key(42),
        hospitals: BoundedVec::new((1..=4).map(hospital).collect()).expect("four"),
    }
}

pub(crate) fn transaction(genesis: &Genesis, salt: u8) -> Transaction {
    let part = PublicPart::Deny(DenyPart {
        request: carechain_crypto::AccessRequestId::new([salt; 20]),
        code: ReasonCode::NotNeeded,
    });
    let body = TransactionBody {
        version: 1,
        sender: Party::Person(PersonId::new([7; 20])),
        sender_key: pair(200).public(),
        salt: Nonce::new([salt; 16]),
        expiry_time: CREATED.after(Span::MINUTE.times(5)),
        kind: part.kind().number(),
        public_part: BoundedBytes::new(part.to_bytes()).expect("short"),
        parts: BoundedVec::empty(),
    };
    let signature = NodeSigner::sign(&pair(200), &genesis.chain_id(), &body);
    Transaction { body, signature }
}

/// One block on the genesis block, with the state after it.
pub(crate) struct Chain {
    pub(crate) genesis: Genesis,
    pub(crate) block: Block,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) certificate: Certificate,
    pub(crate) entries: Vec<(StateKey, Vec<u8>)>,
}

/// With nothing but genesis in its state.
pub(crate) fn chain() -> Chain {
    chain_with(Vec::new())
}

/// With more in its state than genesis.
pub(crate) fn chain_with(more: Vec<(StateKey, Vec<u8>)>) -> Chain {
    let genesis = genesis();
    let chain_id = genesis.chain_id();
    let transactions: Vec<_> = (1..=3).map(|salt| transaction(&genesis, salt)).collect();
    let leaves: Vec<_> = transactions.iter().map(|transaction| transaction.leaf(&chain_id)).collect();
    let outcomes: Vec<_> = leaves
        .iter()
        .map(|leaf| Outcome { transaction_id: leaf.id, code: 6, result: BoundedBytes::empty() })
        .collect();
    let mut entries = genesis.initial_state();
    entries.extend(more);
    let state_root = root(&entries);
    let genesis_header = genesis.header(state_root);
    let digests: Vec<_> = leaves.iter().map(|leaf| leaf.digest()).collect();
    let outcome_digests: Vec<_> = outcomes.iter().map(Outcome::digest).collect();
    let header = Header {
        height: Height::new(1),
        parent: genesis_header.id(),
        time: CREATED.after(Span::SECOND),
        transaction_count: 3,
        transactions_root: tree::root(&digests),
        outcomes_root: tree::root(&outcome_digests),
        ..genesis_header
    };
    let certificate = certificate(&genesis, &header);
    let block = Block { header, transactions: BoundedVec::new(transactions).expect("three") };
    Chain { genesis, block, outcomes, certificate, entries }
}

fn root(entries: &[(StateKey, Vec<u8>)]) -> StateRoot {
    state_proof::root_of(entries.iter().map(|(key, value)| (key.hash(), value.as_slice())))
}

fn certificate(genesis: &Genesis, header: &Header) -> Certificate {
    let commit =
        Commit { epoch: header.epoch, view: View::ZERO, height: header.height, block_id: header.id() };
    let votes = (0..3)
        .map(|member: u16| {
            let pair = pair(u8::try_from(member).expect("small") + 1);
            (ReplicaId::new(member), NodeSigner::sign(&pair, &genesis.chain_id(), &commit))
        })
        .collect();
    Certificate {
        phase: Phase::Commit,
        epoch: header.epoch,
        view: View::ZERO,
        height: header.height,
        block_id: header.id(),
        votes: BoundedVec::new(votes).expect("three"),
    }
}

/// Three signed heads, whose members voted up to a height.
fn heads(chain: &Chain, voted: u64) -> BoundedVec<SignedHead, 200> {
    let heads = (1..4_u16)
        .map(|member| {
            let head = Head {
                epoch: chain.block.header.epoch,
                member: ReplicaId::new(member),
                view: View::ZERO,
                height: Height::new(1),
                block_id: chain.block.header.id(),
                voted: Height::new(voted),
                time: CREATED.after(Span::SECOND.times(u64::from(member) + 1)),
            };
            let pair = pair(u8::try_from(member).expect("small") + 1);
            let signature = NodeSigner::sign(&pair, &chain.genesis.chain_id(), &head);
            SignedHead { member: head.member, head, signature }
        })
        .collect();
    BoundedVec::new(heads).expect("three")
}

impl Chain {
    /// A proof of what the state has under keys, with heads whose members voted up to a height.
    pub(crate) fn state_proof(&self, keys: &[StateKey], voted: u64) -> Proof {
        Proof {
            kind: ProofKind::State,
            chain_id: self.genesis.chain_id(),
            epochs: BoundedVec::empty(),
            header: self.block.header.clone(),
            certificate: Some(self.certificate.clone()),
            claims: BoundedVec::new(keys.iter().map(|key| self.claim(key)).collect()).expect("few"),
            transaction: None,
            heads: Some(heads(self, voted)),
        }
    }

    fn claim(&self, key: &StateKey) -> Claim {
        let tree: Vec<_> = self.entries.iter().map(|(key, value)| (key.hash(), value.as_slice())).collect();
        let value = self.entries.iter().find(|(other, _)| other == key).map(|(_, value)| value.clone());
        let stamp = value.as_deref().and_then(Stamp::of);
        let chain_id = self.genesis.chain_id();
        let bodies = self.block.transactions.iter().map(|transaction| &transaction.body);
        let body =
            bodies.clone().find(|body| Some(body.id(&chain_id)) == stamp.map(|stamp| stamp.transaction_id));
        Claim {
            key: *key,
            value: value.map(|value| BoundedBytes::new(value).expect("short")),
            path: StatePath::of(&tree, &key.hash()),
            body: body.cloned(),
        }
    }
}
