//! Receipts in an abstract.

use carechain_crypto::{Commitment, Digest, HospitalId, PersonId, Signature, UploadId};
use carechain_types::{
    BoundedVec, Epoch, HospitalValue, NodeKey, NonEmptyVec, ParameterValue, PublicPart, PublishPart, Receipt,
    ReceiptLeaf, Refusal, Role, Span, StateKey, StateValue, parameter, tree,
};

use crate::world::{Hand, Person, World, address_head, check};

struct Cast {
    world: World,
    doctor: Person,
    part: PublishPart,
}

fn cast() -> Cast {
    let mut world = World::new();
    let doctor = world.enrol(0, Role::Doctor);
    let patient = world.enrol(0, Role::Patient);
    let part = world.abstract_part(0, &patient);
    Cast { world, doctor, part }
}

impl Cast {
    #[track_caller]
    fn check(&self, name: &str, receipts: Vec<Receipt>, expected: Option<Refusal>) {
        let part = PublishPart { receipts: BoundedVec::new(receipts).unwrap(), ..self.part.clone() };
        let part = PublicPart::Publish(part);
        check(name, &self.world.attempt(&self.doctor.sender, &part, &[address_head()]), expected);
    }

    fn leaf(&self, holder: usize) -> ReceiptLeaf {
        self.world.promise(&self.doctor, &self.part, holder)
    }

    fn receipt(&self, holder: usize) -> Receipt {
        self.world.receipt(self.leaf(holder), holder)
    }
}

#[test]
fn as_many_members_as_the_ledger_asks_promise_one_of_them_elsewhere() {
    let cast = cast();
    let all = (0..4).map(|holder| cast.receipt(holder)).collect();
    cast.check("all", all, None);
    cast.check("here and elsewhere", vec![cast.receipt(0), cast.receipt(3)], None);
    cast.check("two elsewhere", vec![cast.receipt(1), cast.receipt(2)], None);
    cast.check("one", vec![cast.receipt(1)], Some(Refusal::TooFewReceipts));
    cast.check("none", vec![], Some(Refusal::TooFewReceipts));
    cast.check("one twice", vec![cast.receipt(1), cast.receipt(1)], Some(Refusal::BadReceipt));
}

#[test]
fn the_publishing_hospital_alone_is_too_few_however_few_are_required() {
    let mut cast = cast();
    let key = StateKey::parameter(parameter::RECEIPTS_REQUIRED);
    let mut value: ParameterValue = cast.world.value(&key).unwrap();
    value.bytes = BoundedVec::new(vec![0]).unwrap();
    cast.world.state.values.insert(key, value.to_bytes());
    cast.check("none", vec![], Some(Refusal::TooFewReceipts));
    cast.check("here", vec![cast.receipt(0)], Some(Refusal::TooFewReceipts));
    cast.check("elsewhere", vec![cast.receipt(1)], None);
    // A ledger of one hospital has no elsewhere.
    let first = cast.world.membership.members[0].clone();
    cast.world.membership.members = NonEmptyVec::new(vec![first]).unwrap();
    cast.check("alone", vec![cast.receipt(0)], None);
}

#[test]
fn every_field_of_a_promise_is_the_abstracts() {
    let cast = cast();
    let leaf = cast.leaf(1);
    let other = Hand::new(cast.world.scheme, 5_000_000).public();
    let cases: Vec<(&str, ReceiptLeaf)> = vec![
        ("version", ReceiptLeaf { version: 2, ..leaf }),
        ("epoch", ReceiptLeaf { epoch: Epoch::new(1), ..leaf }),
        ("hospital", ReceiptLeaf { hospital: HospitalId::ZERO, ..leaf }),
        ("another member", ReceiptLeaf { hospital: cast.world.hospitals[2].id, ..leaf }),
        ("upload", ReceiptLeaf { upload_id: UploadId::ZERO, ..leaf }),
        ("commitment", ReceiptLeaf { commitment: Commitment::ZERO, ..leaf }),
        ("length", ReceiptLeaf { length: 1, ..leaf }),
        ("author", ReceiptLeaf { author: cast.world.hospitals[0].node.party, ..leaf }),
        ("publisher", ReceiptLeaf { publishing_hospital: cast.world.hospitals[1].id, ..leaf }),
        ("patient", ReceiptLeaf { patient: PersonId::ZERO, ..leaf }),
        ("expiry", ReceiptLeaf { expiry: cast.world.now, ..leaf }),
        ("key", ReceiptLeaf { node_key: other, ..leaf }),
    ];
    for (name, leaf) in cases {
        let receipts = vec![cast.receipt(0), cast.world.receipt(leaf, 1)];
        cast.check(name, receipts, Some(Refusal::BadReceipt));
    }
    let last = cast.world.context().time;
    let receipts = vec![cast.receipt(0), cast.world.receipt(ReceiptLeaf { expiry: last, ..leaf }, 1)];
    cast.check("expiry at the block's time", receipts, None);
}

#[test]
fn a_receipt_is_signed_by_its_node() {
    let cast = cast();
    let forged = Receipt { signature: Signature::ZERO, ..cast.receipt(1) };
    cast.check("forged", vec![cast.receipt(0), forged], Some(Refusal::BadReceipt));
    let by_another = cast.world.receipt(cast.leaf(1), 2);
    cast.check("by another node", vec![cast.receipt(0), by_another], Some(Refusal::BadReceipt));
    let miscounted = Receipt { leaf_count: 2, ..cast.receipt(1) };
    cast.check("path too short", vec![cast.receipt(0), miscounted], Some(Refusal::BadReceipt));
}

#[test]
fn one_signature_covers_a_batch() {
    let cast = cast();
    let leaf = cast.leaf(1);
    let leaves = [Digest::ZERO, leaf.digest(), Digest::new([7; 32])];
    let path = BoundedVec::new(tree::path(&leaves, 1).unwrap()).unwrap();
    let batch = Receipt { leaf, leaf_index: 1, leaf_count: 3, path, signature: Signature::ZERO };
    let root = batch.root().unwrap();
    assert_eq!(root.root, tree::root(&leaves));
    let signature = cast.world.hospitals[1].node.hand.sign(&cast.world.chain_id, &root);
    cast.check("batch", vec![cast.receipt(0), Receipt { signature, ..batch }], None);
}

#[test]
fn a_receipt_of_the_epoch_before_counts_while_the_node_key_stays() {
    let mut cast = cast();
    let receipts = vec![cast.receipt(0), cast.receipt(1)];
    let key = StateKey::hospital(&cast.world.hospitals[1].id);
    cast.world.membership.epoch = Epoch::new(1);
    cast.world.wait(Span::MINUTE);
    cast.check("epoch before", receipts.clone(), None);
    cast.world.membership.epoch = Epoch::new(2);
    cast.check("two epochs before", receipts.clone(), Some(Refusal::BadReceipt));
    // The key of the receipt came only with this epoch.
    cast.world.membership.epoch = Epoch::new(1);
    let mut hospital: HospitalValue = cast.world.value(&key).unwrap();
    let node = NodeKey { epoch: Epoch::new(1), key: hospital.node_keys[0].key };
    hospital.node_keys = BoundedVec::new(vec![node]).unwrap();
    cast.world.state.values.insert(key, hospital.to_bytes());
    cast.check("not the key then", receipts.clone(), Some(Refusal::BadReceipt));
    // The key of the receipt was rotated away.
    let mut members = cast.world.membership.members.to_vec();
    members[1].node_key = Hand::new(cast.world.scheme, 6_000_000).public();
    cast.world.membership.members = NonEmptyVec::new(members).unwrap();
    cast.check("not the key now", receipts, Some(Refusal::BadReceipt));
}
