//! A small consortium in memory: four hospitals, one block per transaction.

mod founding;
mod hand;
mod people;
mod reading;
mod records;
mod store;

use carechain_contract::{BlockContext, Execution, NotIncludable, apply, includable};
use carechain_crypto::{AccessRequestId, ChainId, GrantId, HospitalId, Nonce};
use carechain_types::limits::TRANSACTION_LIFE_DEFAULT;
use carechain_types::{
    BoundedVec, Height, Membership, PartHead, Party, PublicPart, Refusal, Span, StateKey, StateValue,
    TRANSACTION_VERSION, Time, Transaction, TransactionBody, Verified, Verifier,
};

pub(crate) use hand::{Hand, Scheme};
pub(crate) use people::Person;
pub(crate) use reading::read_result;
pub(crate) use records::{address_head, padded_head};
pub(crate) use store::Store;

/// Who signs: a party and one of its keys.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) party: Party,
    pub(crate) hand: Hand,
}

/// One hospital's keys.
#[derive(Clone)]
pub(crate) struct Hospital {
    pub(crate) id: HospitalId,
    pub(crate) node: Sender,
    pub(crate) registrar: Sender,
}

/// The ledger without blocks: state, time, and keys of everybody.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) scheme: Scheme,
    pub(crate) chain_id: ChainId,
    pub(crate) membership: Membership,
    pub(crate) hospitals: Vec<Hospital>,
    pub(crate) state: Store,
    pub(crate) height: Height,
    pub(crate) now: Time,
    counter: u64,
}

impl World {
    /// A fresh ledger whose signatures are an oracle's.
    pub(crate) fn new() -> Self {
        Self::with_scheme(Scheme::Oracle)
    }

    /// A fresh ledger.
    pub(crate) fn with_scheme(scheme: Scheme) -> Self {
        let (genesis, hospitals) = founding::genesis(scheme);
        Self {
            scheme,
            chain_id: genesis.chain_id(),
            membership: genesis.membership(),
            state: Store::new(genesis.initial_state()),
            height: Height::ZERO,
            now: genesis.created,
            hospitals,
            counter: 0,
        }
    }

    /// A number nobody had before.
    pub(crate) fn fresh(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Random-looking bytes nobody had before.
    pub(crate) fn fresh_bytes<const LENGTH: usize>(&mut self) -> [u8; LENGTH] {
        let digest = carechain_crypto::hash(&self.fresh().to_le_bytes());
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(&digest.get()[..LENGTH]);
        bytes
    }

    /// The block that comes next.
    pub(crate) fn context(&self) -> BlockContext<'_> {
        BlockContext {
            chain_id: self.chain_id,
            height: self.height.next(),
            time: self.now.after(Span::SECOND),
            membership: &self.membership,
        }
    }

    /// Lets time pass without blocks.
    pub(crate) fn wait(&mut self, span: Span) {
        self.now = self.now.after(span);
    }

    /// An unsigned transaction.
    pub(crate) fn draft(
        &mut self,
        sender: &Sender,
        part: &PublicPart,
        heads: &[PartHead],
    ) -> TransactionBody {
        TransactionBody {
            version: TRANSACTION_VERSION,
            sender: sender.party,
            sender_key: sender.hand.public(),
            salt: Nonce::new(self.fresh_bytes()),
            expiry_time: self.now.after(TRANSACTION_LIFE_DEFAULT),
            kind: part.kind().number(),
            public_part: BoundedVec::new(part.to_bytes()).unwrap(),
            parts: BoundedVec::new(heads.to_vec()).unwrap(),
        }
    }

    /// Signs a transaction.
    pub(crate) fn sign(&self, sender: &Sender, body: TransactionBody) -> Verified<Transaction> {
        let signature = sender.hand.sign(&self.chain_id, &body);
        let verifier = Verifier::new(self.scheme, self.chain_id);
        verifier.transaction(Transaction { body, signature }).unwrap()
    }

    /// Whether the next block may hold it.
    pub(crate) fn includable(&self, transaction: &Verified<Transaction>) -> Result<(), NotIncludable> {
        includable(&self.state, &self.context(), transaction).unwrap()
    }

    /// Executes a transaction as the only one of the next block, twice with the same result, and keeps what it wrote.
    pub(crate) fn execute(&mut self, transaction: &Verified<Transaction>) -> Execution {
        assert_eq!(self.includable(transaction), Ok(()));
        let context = self.context();
        let execution = apply(&self.state, &context, &self.scheme, transaction).unwrap();
        assert_eq!(apply(&self.state, &context, &self.scheme, transaction).unwrap(), execution);
        let (height, time) = (context.height, context.time);
        self.state.commit(&execution.changes, time);
        (self.height, self.now) = (height, time);
        execution
    }

    /// Signs and executes.
    pub(crate) fn submit(&mut self, sender: &Sender, part: &PublicPart, heads: &[PartHead]) -> Execution {
        let body = self.draft(sender, part, heads);
        let transaction = self.sign(sender, body);
        self.execute(&transaction)
    }

    /// Signs and executes on a copy, for tables of cases.
    pub(crate) fn attempt(&self, sender: &Sender, part: &PublicPart, heads: &[PartHead]) -> Execution {
        self.clone().submit(sender, part, heads)
    }

    /// A decoded value of the state.
    pub(crate) fn value<V: StateValue>(&self, key: &StateKey) -> Option<V> {
        carechain_contract::read_value(&self.state, key).unwrap()
    }
}

/// The refusal an outcome records; `None` if it was done.
pub(crate) fn refusal(execution: &Execution) -> Option<Refusal> {
    match execution.outcome.code {
        0 => None,
        code => Some(Refusal::from_code(code).unwrap()),
    }
}

/// Fails unless the outcome is what is expected, and a refusal wrote nothing.
#[track_caller]
pub(crate) fn check(name: &str, execution: &Execution, expected: Option<Refusal>) {
    assert_eq!(refusal(execution), expected, "{name}");
    if expected.is_some_and(|refusal| refusal != Refusal::BadWrap) {
        assert!(execution.changes.writes.is_empty(), "{name} wrote although refused");
    }
}

/// The id that an outcome created.
#[track_caller]
pub(crate) fn created(execution: &Execution) -> [u8; 20] {
    assert_eq!(refusal(execution), None);
    execution.outcome.result.as_ref().try_into().unwrap()
}

/// The request that an outcome opened.
pub(crate) fn created_request(execution: &Execution) -> AccessRequestId {
    AccessRequestId::new(created(execution))
}

/// The grant that an outcome made.
pub(crate) fn created_grant(execution: &Execution) -> GrantId {
    GrantId::new(created(execution))
}
