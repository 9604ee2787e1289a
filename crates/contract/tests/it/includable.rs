//! What may stand in a block.

use carechain_contract::NotIncludable;
use carechain_crypto::{DepartmentId, OrganisationId, PartDigest};
use carechain_types::limits::{PART_BYTES_MAX, TRANSACTION_LIFE_MAX};
use carechain_types::{
    BoundedVec, HospitalValue, NodeKey, ParameterValue, PartHead, Party, PersonValue, PublicPart, Refusal,
    RevokePart, Role, Span, StateKey, StateValue, TransactionBody, parameter,
};

use crate::world::{Hand, Person, Sender, World, refusal};

struct Cast {
    world: World,
    patient: Person,
}

fn cast() -> Cast {
    let mut world = World::new();
    let patient = world.enrol(0, Role::Patient);
    Cast { world, patient }
}

fn anything() -> PublicPart {
    PublicPart::Revoke(RevokePart { grant: carechain_crypto::GrantId::ZERO, ehr_id: None })
}

impl Cast {
    fn result(
        &self,
        sender: &Sender,
        change: impl FnOnce(&mut TransactionBody),
    ) -> Result<(), NotIncludable> {
        let mut world = self.world.clone();
        let mut body = world.draft(sender, &anything(), &[]);
        change(&mut body);
        let transaction = world.sign(sender, body);
        world.includable(&transaction)
    }
}

#[test]
fn a_refused_transaction_is_includable_all_the_same() {
    let mut cast = cast();
    let sender = cast.patient.sender.clone();
    for (kind, refused) in [(0, Refusal::UnknownKind), (10, Refusal::UnknownKind), (3, Refusal::Malformed)] {
        let mut body = cast.world.draft(&sender, &anything(), &[]);
        body.kind = kind;
        let transaction = cast.world.sign(&sender, body);
        assert_eq!(refusal(&cast.world.execute(&transaction)), Some(refused));
    }
    cast.world.suspend(0, &cast.patient.clone());
    assert_eq!(cast.result(&sender, |_| ()), Ok(()));
}

#[test]
fn expiry_is_after_the_block_and_at_most_ten_minutes() {
    let cast = cast();
    let sender = &cast.patient.sender;
    let time = cast.world.context().time;
    let tick = Span::from_micros(1);
    let ten = time.after(TRANSACTION_LIFE_MAX);
    for (expiry, fits) in [(time, false), (time.after(tick), true), (ten, true), (ten.after(tick), false)] {
        let result = cast.result(sender, |body| body.expiry_time = expiry);
        assert_eq!(result.is_ok(), fits, "{expiry:?}");
    }
}

#[test]
fn an_id_stands_once() {
    let mut cast = cast();
    let sender = cast.patient.sender.clone();
    let body = cast.world.draft(&sender, &anything(), &[]);
    let transaction = cast.world.sign(&sender, body);
    cast.world.execute(&transaction);
    let id = transaction.body.id(&cast.world.chain_id);
    assert_eq!(cast.world.includable(&transaction), Err(NotIncludable::Seen { id }));
}

#[test]
fn version_and_parts_are_in_bounds() {
    let mut cast = cast();
    let sender = cast.patient.sender.clone();
    let version = cast.result(&sender, |body| body.version = 2);
    assert_eq!(version, Err(NotIncludable::Version { version: 2 }));
    let with_parts = |count: usize, bytes: usize| {
        let head = PartHead { kind: 1, bytes: u32::try_from(bytes).unwrap(), digest: PartDigest::ZERO };
        move |body: &mut TransactionBody| body.parts = BoundedVec::new(vec![head; count]).unwrap()
    };
    assert_eq!(cast.result(&sender, with_parts(1, 31)), Err(NotIncludable::Part { bytes: 31 }));
    assert_eq!(cast.result(&sender, with_parts(1, 32)), Ok(()));
    assert_eq!(cast.result(&sender, with_parts(200, PART_BYTES_MAX)), Ok(()));
    let long = cast.result(&sender, with_parts(1, PART_BYTES_MAX + 1));
    assert!(matches!(long, Err(NotIncludable::Part { .. })));
    let many = cast.result(&sender, with_parts(264, PART_BYTES_MAX));
    assert!(matches!(many, Err(NotIncludable::Bytes { .. })));
    let key = StateKey::parameter(parameter::TRANSACTION_BYTES_MAX);
    let mut value: ParameterValue = cast.world.value(&key).unwrap();
    value.bytes = BoundedVec::new(100_u32.to_le_bytes().to_vec()).unwrap();
    cast.world.state.values.insert(key, value.to_bytes());
    assert!(matches!(cast.result(&sender, |_| ()), Err(NotIncludable::Bytes { bytes_max: 100, .. })));
}

#[test]
fn the_sender_has_enrolled_the_key() {
    let mut cast = cast();
    let other = cast.world.enrol(0, Role::Doctor);
    let hospitals = cast.world.hospitals.clone();
    let strange = Hand::new(cast.world.scheme, 8_000_000);
    let sender = |party: Party, hand: &Hand| Sender { party, hand: hand.clone() };
    let patient = cast.patient.sender.clone();
    let cases = [
        ("own key", patient.clone(), true),
        ("registrar's key", hospitals[0].registrar.clone(), true),
        ("node's key", hospitals[3].node.clone(), true),
        ("unknown key", sender(patient.party, &strange), false),
        ("another person's key", sender(patient.party, &other.sender.hand), false),
        ("another hospital's key", sender(hospitals[0].node.party, &hospitals[1].node.hand), false),
        ("department", sender(Party::Department(DepartmentId::ZERO), &strange), false),
        ("organisation", sender(Party::Organisation(OrganisationId::ZERO), &strange), false),
    ];
    for (name, sender, fits) in cases {
        assert_eq!(cast.result(&sender, |_| ()).is_ok(), fits, "{name}");
    }
    // A node key of the epoch before sends nothing any more.
    let key = StateKey::hospital(&hospitals[3].id);
    let mut hospital: HospitalValue = cast.world.value(&key).unwrap();
    let newer = NodeKey { epoch: carechain_types::Epoch::new(1), key: strange.public() };
    hospital.node_keys.push(newer).unwrap();
    cast.world.state.values.insert(key, hospital.to_bytes());
    assert!(cast.result(&hospitals[3].node, |_| ()).is_err());
}

#[test]
fn a_key_is_in_force_from_its_start_until_its_end() {
    let mut cast = cast();
    let key = StateKey::person(&cast.patient.id);
    let value: PersonValue = cast.world.value(&key).unwrap();
    let time = cast.world.context().time;
    let tick = Span::from_micros(1);
    for (from, until, fits) in [
        (time, time.after(tick), true),
        (time, carechain_types::Time::ZERO, true),
        (time.after(tick), carechain_types::Time::ZERO, false),
        (time.before(tick), time, false),
    ] {
        let mut changed = value.clone();
        let period = &mut changed.signing_keys.as_mut_slice()[0];
        (period.from, period.until) = (from, until);
        cast.world.state.values.insert(key, changed.to_bytes());
        assert_eq!(cast.result(&cast.patient.sender, |_| ()).is_ok(), fits);
    }
}
