//! Sins and faults that were added later, each in a share of the worlds: seeds with one remainder. The other worlds stay as
//! they were when they showed the bugs that `tests/regressions.rs` names.

use std::collections::BTreeMap;

use carechain_types::{ReplicaId, Span, Time};

use super::fault::Fault;
use crate::ambush::Ambush;
use crate::disk::Operation;
use crate::founding::Founding;
use crate::network::LinkQuality;
use crate::random::Random;
use crate::sin::Sin;

/// One world of seven has an ambush.
const AMBUSH_REMAINDER: u64 = 5;
/// One world of seven has a member that lies well.
const LIARS_REMAINDER: u64 = 1;
/// Of the others one of five has disks that fail, and the first of the later sins.
const FAILING_DISKS_EVERY: u64 = 5;

type Sinners = BTreeMap<ReplicaId, Sin>;
type Faults = Vec<(Time, Fault)>;

/// Changes what the world of a seed was before there were later kinds.
pub(super) fn add(
    seed: u64,
    members: u16,
    phase: Span,
    (sinners, faults, links): (&mut Sinners, &mut Faults, &mut LinkQuality),
) -> Option<Ambush> {
    match seed % 7 {
        AMBUSH_REMAINDER => {
            let mut random = Random::stream(seed, "ambush");
            let (ambush, lie_in_wait) = Ambush::draw(members, &mut random);
            *sinners = lie_in_wait;
            if random.chance(800) {
                faults.clear();
                *links = LinkQuality::HEALTHY;
            }
            return Some(ambush);
        }
        LIARS_REMAINDER => liars(members, phase, (sinners, faults), &mut Random::stream(seed, "liars")),
        _ if seed.is_multiple_of(FAILING_DISKS_EVERY) => {
            failing_disks(members, phase, (sinners, faults), &mut Random::stream(seed, "later kinds"));
        }
        _ => {}
    }
    None
}

/// One member lies, and correct ones stand still now and then: they miss a block, or a certificate lacks their vote.
fn liars(members: u16, phase: Span, (sinners, faults): (&mut Sinners, &mut Faults), random: &mut Random) {
    let liar = anybody(members, random);
    let sin = random.pick(&Sin::LIARS);
    *sinners = BTreeMap::from([(liar, sin)]);
    if random.chance(500) {
        faults.clear();
    }
    for _ in 0..random.between(1, 3) {
        let at = Founding::start().after(random.span(Span::ZERO, phase));
        let lasts = random.span(Span::from_millis(100), Span::SECOND.times(3));
        faults.push((at, Fault::Freezes { member: anybody(members, random), lasts }));
    }
}

fn failing_disks(
    members: u16,
    phase: Span,
    (sinners, faults): (&mut Sinners, &mut Faults),
    random: &mut Random,
) {
    if random.chance(800) {
        sinners.clear();
        let sin = random.pick(&Sin::LATER);
        while sinners.len() < usize::from((members - 1) / 3) {
            let member = anybody(members, random);
            let alike = sin == Sin::Colluder || random.chance(500);
            sinners.insert(member, if alike { sin } else { random.pick(&Sin::ALL) });
        }
    }
    for _ in 0..random.pick(&[0, 2, 4, 8]) {
        let member = anybody(members, random);
        let operation = random.pick(&[Operation::Read, Operation::Write, Operation::Sync, Operation::Sync]);
        let successes = random.below(if operation == Operation::Read { 400 } else { 12 });
        let at = Founding::start().after(random.span(Span::ZERO, phase));
        faults.push((at, Fault::DiskFails { member, operation, successes }));
    }
}

fn anybody(members: u16, random: &mut Random) -> ReplicaId {
    ReplicaId::new(u16::try_from(random.below(u64::from(members))).expect("few members"))
}
