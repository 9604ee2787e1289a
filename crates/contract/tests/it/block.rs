//! Several transactions of one block: later ones see what earlier ones did.

use carechain_contract::{Changes, Overlay, StateReader, apply, seen_digests};
use carechain_crypto::{Digest, GrantId, Signature};
use carechain_types::{
    DecisionReason, PublicPart, ReadPart, ReasonCode, Refusal, RevokePart, Role, SuspendPart, Transaction,
    Verified,
};

use crate::world::{Person, Sender, World, read_result, refusal};

fn signed(world: &mut World, sender: &Sender, part: &PublicPart) -> Verified<Transaction> {
    let body = world.draft(sender, part, &[]);
    world.sign(sender, body)
}

struct Cast {
    world: World,
    reader: Person,
    patient: Person,
    wrap: Verified<Transaction>,
    revoke: Verified<Transaction>,
}

fn cast() -> Cast {
    let mut world = World::new();
    let reader = world.enrol(1, Role::Doctor);
    let patient = world.enrol(0, Role::Patient);
    let ehr_id = world.publish(&patient, 0, &patient);
    let grant = world.grant(&patient, &reader, &[ehr_id]);
    let request = world.read_request(&reader, 0, ehr_id, Some(grant));
    let part = world.wrap(request, &reader.sender.hand);
    let gateway = world.hospitals[0].node.clone();
    let wrap = signed(&mut world, &gateway, &part);
    let revoke = signed(&mut world, &patient.sender, &PublicPart::Revoke(RevokePart { grant, ehr_id: None }));
    Cast { world, reader, patient, wrap, revoke }
}

#[test]
fn a_revocation_closes_what_comes_after_it_in_the_same_block() {
    let Cast { world, wrap, revoke, .. } = cast();
    let run = |order: [&Verified<Transaction>; 2]| {
        let mut overlay = Overlay::new(&world.state);
        let mut outcomes = Vec::new();
        for transaction in order {
            let execution = apply(&overlay, &world.context(), &world.scheme, transaction).unwrap();
            overlay.absorb(execution.changes.clone());
            outcomes.push(execution);
        }
        (outcomes, overlay.into_changes())
    };
    let (outcomes, changes) = run([&revoke, &wrap]);
    assert_eq!(read_result(&outcomes[1]).reason, DecisionReason::Revoked);
    assert_eq!(changes.seen.len(), 3);
    let (outcomes, _) = run([&wrap, &revoke]);
    assert_eq!(read_result(&outcomes[0]).reason, DecisionReason::Granted);
}

#[test]
fn a_suspension_closes_reads_and_refuses_senders_in_the_same_block() {
    let Cast { mut world, reader, patient, wrap, revoke } = cast();
    let mut overlay = Overlay::new(world.state.clone());
    for (hospital, person) in [(1, &reader), (0, &patient)] {
        let part = PublicPart::Suspend(SuspendPart { person: person.id, code: ReasonCode::Misconduct });
        let registrar = world.hospitals[hospital].registrar.clone();
        let transaction = signed(&mut world, &registrar, &part);
        overlay.absorb(apply(&overlay, &world.context(), &world.scheme, &transaction).unwrap().changes);
    }
    let read = apply(&overlay, &world.context(), &world.scheme, &wrap).unwrap();
    assert_eq!(read_result(&read).reason, DecisionReason::ReaderSuspended);
    let late = apply(&overlay, &world.context(), &world.scheme, &revoke).unwrap();
    assert_eq!(refusal(&late), Some(Refusal::Suspended));
}

#[test]
fn a_request_is_honoured_once_in_one_block() {
    let Cast { mut world, wrap, .. } = cast();
    let part = PublicPart::decode(wrap.body.kind, &wrap.body.public_part).unwrap();
    let gateway = world.hospitals[0].node.clone();
    let again = signed(&mut world, &gateway, &part);
    let mut overlay = Overlay::new(&world.state);
    let first = apply(&overlay, &world.context(), &world.scheme, &wrap).unwrap();
    overlay.absorb(first.changes.clone());
    let second = apply(&overlay, &world.context(), &world.scheme, &again).unwrap();
    assert_eq!((refusal(&first), refusal(&second)), (None, Some(Refusal::BadWrap)));
}

#[test]
fn seen_digests_follow_from_blocks_alone() {
    let Cast { world, wrap, revoke, .. } = cast();
    let context = world.context();
    let digests = |transaction: &Transaction| seen_digests(&context, &world.scheme, transaction);
    let id = Digest::new(*wrap.body.id(&world.chain_id).get());
    let request = match PublicPart::decode(wrap.body.kind, &wrap.body.public_part).unwrap() {
        PublicPart::Read(part) => part,
        part => panic!("{part:?}"),
    };
    let digest = Digest::new(*request.request.digest(&world.chain_id).get());
    assert_eq!(digests(&wrap), [id, digest].into());
    assert_eq!(digests(&revoke).len(), 1);
    let execution = apply(&world.state, &context, &world.scheme, &wrap).unwrap();
    assert_eq!(execution.changes.seen, digests(&wrap));
    // A forged request, or one for another gateway, is never burnt.
    let forged = PublicPart::Read(ReadPart { signature: Signature::ZERO, ..request.clone() });
    let mut copy = world.clone();
    let gateway = world.hospitals[0].node.clone();
    let forged = signed(&mut copy, &gateway, &forged);
    assert_eq!(digests(&forged).len(), 1);
    let thief = world.hospitals[1].node.clone();
    let stolen = signed(&mut copy, &thief, &PublicPart::Read(request));
    assert_eq!(digests(&stolen).len(), 1);
}

#[test]
fn an_overlay_shows_changes_over_its_base() {
    let world = World::new();
    let key = carechain_types::StateKey::grant(&GrantId::ZERO);
    let mut overlay = Overlay::new(&world.state);
    assert_eq!(overlay.get(&key).unwrap(), None);
    let digest = Digest::new([1; 32]);
    let changes = Changes { writes: [(key, vec![1])].into(), seen: [digest].into() };
    overlay.absorb(changes.clone());
    overlay.absorb(Changes { writes: [(key, vec![2])].into(), ..Changes::default() });
    assert_eq!((overlay.get(&key).unwrap(), overlay.seen(&digest).unwrap()), (Some(vec![2]), true));
    assert_eq!(overlay.changes().seen, changes.seen);
    assert!(!world.state.seen(&digest).unwrap());
}
