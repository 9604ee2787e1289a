//! Messages between members, up to what a replica makes of them.
//!
//! An input is a conversation with member 0: sender, pause in units of 50 ms, length, bytes; again and again. See
//! [`crate::consortium`] for who may lie.

use carechain_engine::{Input, PeerMessage};
use carechain_ledger::MemoryJournal;
use carechain_types::{Moment, ReplicaId, Span, Verifier};

use crate::consortium::{self, LIAR, START, Scheme};
use crate::pieces::Pieces;

const OWN: ReplicaId = ReplicaId::new(0);

/// Turns of one conversation: enough for a view change and a block, few enough for a thousand conversations a second.
const TURNS_MAX: usize = 64;

pub(super) fn peer_message(data: &[u8]) {
    let genesis = consortium::genesis();
    let (verifier, membership) = (Verifier::new(Scheme, genesis.chain_id()), genesis.membership());
    let journal = MemoryJournal::create(consortium::binding(OWN));
    let mut engine = consortium::open(OWN, journal).expect("an empty journal and ledger open");
    let mut now = START;
    let mut talk = Pieces::of(data);
    for _ in 0..TURNS_MAX {
        if talk.is_empty() {
            break;
        }
        let from = ReplicaId::new(1 + u16::from(talk.byte()) % LIAR.get());
        now = now.after(Span::from_millis(50).times(talk.byte().into()));
        let input = match PeerMessage::decode(talk.piece()) {
            Ok(message) => match message.verify(&verifier, &membership) {
                Ok(message) => Input::Peer { from, arrived: now, message },
                Err(_) => Input::Tick,
            },
            Err(_) => Input::PeerConnected(from),
        };
        // What leaves must be what the border of another member takes.
        let mut check = |output| {
            if let carechain_engine::Output::Broadcast(message) = output {
                let decoded = PeerMessage::decode(&message.to_bytes()).expect("what an engine says decodes");
                decoded.verify(&verifier, &membership).expect("what an engine says verifies");
            }
        };
        engine
            .turn(Moment::in_step(now), [input], &mut check)
            .expect("one liar of four stops no correct member");
        let _ = engine.running().map(|engine| engine.next_wakeup());
    }
}
