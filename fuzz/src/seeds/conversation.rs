//! What members 1 and 2 say to member 0 while they commit a block and change the view; then the same in the liar's name.

use std::collections::VecDeque;

use carechain_consensus::Message;
use carechain_crypto::{Nonce, Signature};
use carechain_engine::{Input, Machine, Output, PeerMessage};
use carechain_ledger::{MemoryBackend, MemoryJournal};
use carechain_types::{
    BoundedBytes, BoundedVec, DepartmentPart, Moment, Party, PublicPart, ReplicaId, SealingKey, Span,
    Submission, TRANSACTION_VERSION, Time, Transaction, TransactionBody, Verifier, encode,
};

use crate::consortium::{self, LIAR, START, Scheme};
use crate::pieces::push_piece;

type Member = Machine<MemoryBackend, MemoryJournal, Scheme>;

/// A message on its way.
struct Said {
    from: ReplicaId,
    to: ReplicaId,
    message: PeerMessage,
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let heard = talk();
    let whole = conversation(heard.iter().map(|said| (said.from, said.message.clone())));
    let lies = conversation(heard.iter().map(|said| (LIAR, in_the_name_of_the_liar(said.message.clone()))));
    let single =
        heard.iter().map(|said| conversation([(LIAR, in_the_name_of_the_liar(said.message.clone()))]));
    [whole, lies].into_iter().chain(single).collect()
}

/// All that member 0 hears.
fn talk() -> Vec<Said> {
    let mut members: Vec<_> = (0..3).map(|index| open(ReplicaId::new(index))).collect();
    let mut waiting = VecDeque::new();
    let mut heard = Vec::new();
    let submission = Box::new(registration());
    for to in 0..3 {
        let message = PeerMessage::Transaction(submission.clone());
        waiting.push_back(Said { from: LIAR, to: ReplicaId::new(to), message });
    }
    let mut now = START;
    for turn in 0..40 {
        now = now.after(Span::from_millis(100));
        // Nobody hears anything for a while: all lose patience, and then change the view together.
        if !(5..20).contains(&turn) {
            deliver(&mut members, now, &mut waiting, &mut heard);
        }
        for index in 0..3 {
            let own = ReplicaId::new(index);
            let outputs = step(&mut members[usize::from(index)], now, Input::Tick);
            waiting.extend(said(own, outputs));
        }
        if turn == 5 {
            let message = PeerMessage::Transaction(Box::new(registration_of(2)));
            waiting.push_back(Said { from: LIAR, to: ReplicaId::new(1), message });
        }
    }
    heard
}

fn deliver(members: &mut [Member], now: Time, waiting: &mut VecDeque<Said>, heard: &mut Vec<Said>) {
    let genesis = consortium::genesis();
    let (verifier, membership) = (Verifier::new(Scheme, genesis.chain_id()), genesis.membership());
    while let Some(next) = waiting.pop_front() {
        let Said { from, to, ref message } = next;
        let verified =
            message.clone().verify(&verifier, &membership).expect("correct members say what verifies");
        let input = Input::Peer { from, arrived: now, message: verified };
        let outputs = step(&mut members[usize::from(to.get())], now, input);
        waiting.extend(said(to, outputs));
        if to == ReplicaId::ZERO {
            heard.push(next);
        }
    }
}

fn step(member: &mut Member, now: Time, input: Input) -> Vec<Output> {
    let mut outputs = Vec::new();
    member
        .turn(Moment::in_step(now), [input], &mut |output| outputs.push(output))
        .expect("correct members go on");
    outputs
}

fn said(from: ReplicaId, outputs: Vec<Output>) -> Vec<Said> {
    let mut said = Vec::new();
    for output in outputs {
        let (to, message) = match output {
            Output::Send { to, message } => (vec![to], message),
            Output::Broadcast(message) => ((0..3).map(ReplicaId::new).collect(), message),
            _ => continue,
        };
        let to = to.into_iter().filter(|to| *to != from && *to != LIAR);
        said.extend(to.map(|to| Said { from, to, message: message.clone() }));
    }
    said
}

fn open(own: ReplicaId) -> Member {
    let journal = MemoryJournal::create(consortium::binding(own));
    consortium::open(own, journal).expect("an empty journal and ledger open")
}

fn conversation(messages: impl IntoIterator<Item = (ReplicaId, PeerMessage)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (from, message) in messages {
        bytes.extend([(from.get() - 1) as u8, 1]);
        push_piece(&mut bytes, &message.to_bytes());
    }
    bytes
}

fn in_the_name_of_the_liar(message: PeerMessage) -> PeerMessage {
    let PeerMessage::Consensus(mut message) = message else { return message };
    match &mut message {
        Message::PrePrepare(signed) => signed.member = LIAR,
        Message::Prepare(signed) => signed.member = LIAR,
        Message::Commit(signed) => signed.member = LIAR,
        Message::NewView(signed) => signed.member = LIAR,
        Message::ViewChange(signed) => (signed.member, signed.body.member) = (LIAR, LIAR),
        Message::Head(signed) => (signed.member, signed.body.member) = (LIAR, LIAR),
        Message::Certificate(_) | Message::Leaves { .. } | Message::Fetch(_) => {}
    }
    PeerMessage::Consensus(message)
}

fn registration() -> Submission {
    registration_of(1)
}

/// A hospital's registrar registers a department.
fn registration_of(salt: u8) -> Submission {
    let hospital = &consortium::genesis().hospitals[0];
    let key = carechain_crypto::SealingPublicKey::new([salt; 32]);
    let part = PublicPart::Department(DepartmentPart {
        hospital: hospital.id,
        sealing_keys: BoundedVec::new(vec![SealingKey::x25519(key)]).expect("one key"),
    });
    let body = TransactionBody {
        version: TRANSACTION_VERSION,
        sender: Party::Hospital(hospital.id),
        sender_key: hospital.registrar_keys[0],
        salt: Nonce::new([salt; 16]),
        expiry_time: START.after(Span::MINUTE.times(5)),
        kind: part.kind().number(),
        public_part: BoundedBytes::new(encode_part(&part)).expect("a short part"),
        parts: BoundedVec::empty(),
    };
    let transaction = Transaction { body, signature: Signature::ZERO };
    let submission = Submission { transaction, parts: BoundedVec::empty() };
    assert!(!encode(&submission).is_empty());
    submission
}

fn encode_part(part: &PublicPart) -> Vec<u8> {
    part.to_bytes()
}
