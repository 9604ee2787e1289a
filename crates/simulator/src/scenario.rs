//! Everything that a seed decides before a world starts.

mod fault;
mod later;

use std::collections::BTreeMap;

use carechain_consensus::{ClockOffset, Timeouts};
use carechain_types::{ReplicaId, Span, Time};

pub(crate) use self::fault::Fault;
use crate::ambush::Ambush;
use crate::founding::Founding;
use crate::network::{LinkOrder, LinkQuality};
use crate::oracle::Scheme;
use crate::random::Random;
use crate::sin::Sin;

/// How many members a world has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Size {
    /// Four, one of which may sin.
    Four,
    /// Seven, two of which may sin.
    Seven,
}

impl Size {
    /// Members.
    #[must_use]
    pub const fn members(self) -> u16 {
        match self {
            Self::Four => 4,
            Self::Seven => 7,
        }
    }

    /// As the seed has it: mostly four.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        if Random::stream(seed, "size").chance(100) { Self::Seven } else { Self::Four }
    }
}

/// A world before it starts.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    pub(crate) size: Size,
    pub(crate) scheme: Scheme,
    pub(crate) timeouts: Timeouts,
    pub(crate) links: LinkQuality,
    /// How far each member's clock is behind the latest one.
    pub(crate) lags: Vec<Span>,
    pub(crate) sinners: BTreeMap<ReplicaId, Sin>,
    pub(crate) faults: Vec<(Time, Fault)>,
    pub(crate) ambush: Option<Ambush>,
    pub(crate) faults_end: Time,
    /// Everybody's power fails then, and comes back when the short-lived transactions have expired.
    pub(crate) blackout: Option<Time>,
    pub(crate) downtime_max: Span,
    /// A journal longer than this is shortened.
    pub(crate) journal_bytes_max: u64,
}

impl Scenario {
    /// The scenario of a seed.
    pub(crate) fn of_seed(seed: u64, size: Size) -> Self {
        let mut random = Random::stream(seed, "scenario");
        let members = size.members();
        let timeouts = timeouts(&mut random);
        let phase = random.span(Span::SECOND, Span::SECOND.times(5));
        let outage = random.chance(6);
        let faults_end = Founding::start().after(phase).after(if outage { OUTAGE } else { Span::ZERO });
        let mut sinners = sinners(members, &mut random);
        let lags = (0..members).map(|_| random.span(Span::ZERO, Span::from_millis(800))).collect();
        let mut faults = faults(members, (faults_end, &sinners), &mut random);
        if outage {
            let everybody: Vec<_> = (0..members).map(ReplicaId::new).collect();
            let links = links_where(&everybody, &|_, _| true);
            faults.push((Founding::start().after(phase.half()), Fault::Cut { links, lasts: OUTAGE }));
        }
        let blackout = if outage { None } else { blackout(seed, members, &sinners, &mut faults) };
        let faults_end = if blackout.is_some() { faults_end.after(OUTAGE) } else { faults_end };
        stalls(seed, members, (phase, &sinners), &mut faults);
        wrong_clocks(seed, members, (phase, &sinners), &mut faults);
        let scheme = if random.chance(10) { Scheme::Ed25519 } else { Scheme::Oracle };
        let mut links = links(&mut random);
        let ambush = later::add(seed, members, phase, (&mut sinners, &mut faults, &mut links));
        Self {
            blackout,
            ambush,
            seed,
            size,
            scheme,
            timeouts,
            links,
            lags,
            sinners,
            faults,
            faults_end,
            downtime_max: random.pick(&[
                Span::from_millis(50),
                Span::from_millis(500),
                Span::SECOND.times(2),
            ]),
            journal_bytes_max: random.pick(&[4 << 10, 32 << 10, 1 << 30]),
        }
    }

    /// When a member that loses its power now gets it back at the earliest.
    pub(crate) fn power_back(&self, now: Time) -> Time {
        match self.blackout {
            Some(blackout) if now >= blackout && now < blackout.after(OUTAGE) => blackout.after(OUTAGE),
            _ => now,
        }
    }

    /// Members.
    pub(crate) fn members(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        (0..self.size.members()).map(ReplicaId::new)
    }
}

fn timeouts(random: &mut Random) -> Timeouts {
    let base = random.pick(&[100, 200, 500]);
    Timeouts {
        suspicion: Span::from_millis(base),
        new_view: Span::from_millis(base),
        patience_max: Span::from_millis(base * 16),
        resend: Span::from_millis(base * 2 / 5),
        head: Span::from_millis(base * 2),
        hand_over: Span::from_millis(base * 20),
        ..Timeouts::default()
    }
}

fn links(random: &mut Random) -> LinkQuality {
    LinkQuality {
        delay_min: Span::from_micros(random.pick(&[100, 1_000])),
        delay_max: Span::from_micros(random.pick(&[1_000, 5_000, 40_000])),
        lost_per_mille: random.pick(&[0, 0, 10, 50, 200]),
        doubled_per_mille: random.pick(&[0, 0, 20, 100]),
        late_per_mille: random.pick(&[0, 0, 5, 20]),
        order: random.pick(&[LinkOrder::Kept, LinkOrder::Shuffled]),
    }
}

/// At most f members sin, each its own way; two worlds in five have none.
fn sinners(members: u16, random: &mut Random) -> BTreeMap<ReplicaId, Sin> {
    let mut sinners = BTreeMap::new();
    let faulty_max = u64::from((members - 1) / 3);
    if random.chance(600) {
        for _ in 0..random.between(1, faulty_max) {
            let member =
                ReplicaId::new(u16::try_from(random.below(u64::from(members))).expect("few members"));
            sinners.insert(member, random.pick(&Sin::ALL));
        }
    }
    sinners
}

fn faults(
    members: u16,
    (end, sinners): (Time, &BTreeMap<ReplicaId, Sin>),
    random: &mut Random,
) -> Vec<(Time, Fault)> {
    let start = Founding::start();
    let phase = end.since(start);
    let everybody: Vec<_> = (0..members).map(ReplicaId::new).collect();
    let correct: Vec<_> = everybody.iter().copied().filter(|member| !sinners.contains_key(member)).collect();
    let mut faults = Vec::new();
    for _ in 0..random.pick(&[0, 1, 2, 4, 8]) {
        let at = start.after(random.span(Span::ZERO, phase));
        let member = random.pick(&correct);
        faults.push((at, Fault::PowerFails { member, boundaries: random.below(60) }));
    }
    if random.chance(150) {
        // The power of all fails at once.
        let at = start.after(random.span(Span::ZERO, phase));
        for member in correct {
            faults.push((at, Fault::PowerFails { member, boundaries: random.below(20) }));
        }
    }
    for _ in 0..random.pick(&[0, 0, 1, 2, 4]) {
        let at = start.after(random.span(Span::ZERO, phase));
        let lasts = random.span(Span::from_millis(20), Span::SECOND.times(2));
        faults.push((at, Fault::Cut { links: cut(&everybody, random), lasts }));
    }
    faults
}

/// In few worlds: the power of all fails within a moment of each other, early.
fn blackout(
    seed: u64,
    members: u16,
    sinners: &BTreeMap<ReplicaId, Sin>,
    faults: &mut Vec<(Time, Fault)>,
) -> Option<Time> {
    let mut random = Random::stream(seed, "blackout");
    let at = Founding::start().after(random.span(Span::from_millis(300), Span::SECOND));
    let happens = random.chance(15);
    if happens {
        let correct = (0..members).map(ReplicaId::new).filter(|member| !sinners.contains_key(member));
        faults.extend(correct.map(|member| (at, Fault::PowerFails { member, boundaries: random.below(12) })));
    }
    happens.then_some(at)
}

/// In one world of four: processes that are frozen, members whose disk is nearly full.
fn stalls(
    seed: u64,
    members: u16,
    (phase, sinners): (Span, &BTreeMap<ReplicaId, Sin>),
    faults: &mut Vec<(Time, Fault)>,
) {
    let mut random = Random::stream(seed, "stalls");
    if !random.chance(250) {
        return;
    }
    let correct: Vec<_> =
        (0..members).map(ReplicaId::new).filter(|member| !sinners.contains_key(member)).collect();
    for _ in 0..random.between(1, 3) {
        let (at, member) = (Founding::start().after(random.span(Span::ZERO, phase)), random.pick(&correct));
        let lasts = random.span(Span::from_millis(20), Span::SECOND.times(3));
        let frozen = random.chance(500);
        let fault =
            if frozen { Fault::Freezes { member, lasts } } else { Fault::Withholds { member, lasts } };
        faults.push((at, fault));
    }
}

/// In one world of six: clocks that are wrong for a while, of one member or of all.
fn wrong_clocks(
    seed: u64,
    members: u16,
    (phase, sinners): (Span, &BTreeMap<ReplicaId, Sin>),
    faults: &mut Vec<(Time, Fault)>,
) {
    let mut random = Random::stream(seed, "clocks");
    if !random.chance(170) {
        return;
    }
    let correct: Vec<_> =
        (0..members).map(ReplicaId::new).filter(|member| !sinners.contains_key(member)).collect();
    for _ in 0..random.between(1, 2) {
        let at = Founding::start().after(random.span(Span::ZERO, phase));
        let members = if random.chance(400) { correct.clone() } else { vec![random.pick(&correct)] };
        let span = random.span(Span::SECOND, CLOCK_OFF_MAX);
        let offset = if random.chance(500) { ClockOffset::Ahead(span) } else { ClockOffset::Behind(span) };
        let lasts = random.span(Span::from_millis(50), Span::SECOND.times(3));
        faults.push((at, Fault::ClocksOff { members, offset, lasts }));
    }
}

/// A member alone, deaf or dumb, or the members in two halves.
fn cut(everybody: &[ReplicaId], random: &mut Random) -> Vec<(ReplicaId, ReplicaId)> {
    let alone = random.pick(everybody);
    match random.below(4) {
        0 => links_where(everybody, &|from, to| from == alone || to == alone),
        1 => links_where(everybody, &|from, _| from == alone),
        2 => links_where(everybody, &|_, to| to == alone),
        _ => {
            let sides: Vec<_> = everybody.iter().map(|_| random.below(2)).collect();
            let side = |member: ReplicaId| sides[usize::from(member.get())];
            links_where(everybody, &|from, to| side(from) != side(to))
        }
    }
}

fn links_where(
    everybody: &[ReplicaId],
    is_cut: &dyn Fn(ReplicaId, ReplicaId) -> bool,
) -> Vec<(ReplicaId, ReplicaId)> {
    let all = everybody.iter().flat_map(|from| everybody.iter().map(|to| (*from, *to)));
    all.filter(|(from, to)| from != to && is_cut(*from, *to)).collect()
}

/// Clocks are wrong by no more than this.
const CLOCK_OFF_MAX: Span = Span::SECOND.times(60);

/// Nobody hears anybody for this long: transactions with a short life expire.
const OUTAGE: Span = Span::SECOND.times(40);
