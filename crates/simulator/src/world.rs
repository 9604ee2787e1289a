//! The world: members, network and clients on one clock; first with faults, then without, when all must settle.
//!
//! ```text
//!  clients ──► submit ─┐                             ┌─► network ──► arrival ─► border ─► mailbox
//!  faults  ──► crash ──┼─► member: turn of an engine ┼─► invariants
//!  clock   ──► turn  ──┘                             └─► clients
//! ```

mod ambushing;
mod arrivals;
mod faults;
mod turns;

use std::rc::Rc;
use std::sync::Arc;

use carechain_consensus::Config;
use carechain_types::{ReplicaId, Span, Time};

use crate::clients::Clients;
use crate::clock::Clock;
use crate::founding::Founding;
use crate::invariant::{Standing, check_liveness};
use crate::limits::EVENTS_MAX;
use crate::member::{Member, members};
use crate::network::Network;
use crate::node::Node;
use crate::outcome::Outcome;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::trace::Trace;
use crate::violation::Violation;
use crate::watch::Watch;
use crate::workload::Workload;

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// Bytes arrive.
    Arrival { from: ReplicaId, to: ReplicaId, bytes: Rc<[u8]> },
    /// A member takes a turn, unless that was planned anew.
    Turn(ReplicaId),
    /// A client submits, or submits again.
    Client(usize),
    /// A fault begins.
    Fault(usize),
    /// A planned power failure met no boundary in this life: it strikes now.
    PowerFails { member: ReplicaId, life: u64 },
    /// The links of a fault are mended.
    Mend(usize),
    /// The victim of an ambush takes turns again.
    VictimWakes,
    /// The witnesses of an ambush are back.
    WitnessesReturn,
    /// A member starts again.
    Restart(ReplicaId),
    /// No faults any more.
    Heal,
}

/// Everything there is.
pub(crate) struct World {
    scenario: Scenario,
    clock: Clock<Event>,
    network: Network,
    members: Vec<Member>,
    /// When each member takes its next turn.
    turns: Vec<Option<Time>>,
    /// Until when each member takes none.
    frozen_until: Vec<Time>,
    clients: Clients,
    watch: Watch,
    trace: Trace,
    random: Random,
    /// When the faults stopped.
    healed: Option<Time>,
}

impl World {
    /// The world of a scenario before anything happened; `alter` may change what replicas are told.
    pub(crate) fn new(scenario: Scenario, founding: &Arc<Founding>, alter: &dyn Fn(&mut Config)) -> Self {
        let seed = scenario.seed;
        let requests =
            Workload::new(founding, scenario.scheme, seed).requests(scenario.faults_end, scenario.blackout);
        let members = members(&scenario, founding, alter);
        let count = scenario.size.members();
        let mut world = Self {
            clock: Clock::new(Founding::start()),
            network: Network::new(count, scenario.links, Random::stream(seed, "network")),
            turns: vec![None; members.len()],
            frozen_until: vec![Time::ZERO; members.len()],
            members,
            watch: Watch::new(
                &scenario,
                requests.iter().map(|request| request.id).collect(),
                founding.membership.quorum().size(),
            ),
            clients: Clients::new(requests),
            trace: Trace::new(),
            random: Random::stream(seed, "world"),
            healed: None,
            scenario,
        };
        world.plan();
        world
    }

    fn plan(&mut self) {
        for (index, at) in self.clients.starts() {
            self.clock.plan(at, Event::Client(index));
        }
        for (index, (at, _)) in self.scenario.faults.iter().enumerate() {
            self.clock.plan(*at, Event::Fault(index));
        }
        self.clock.plan(self.scenario.faults_end, Event::Heal);
    }

    /// Lets everything happen until the world has settled or an invariant is broken.
    pub(crate) fn run(mut self) -> Outcome {
        let lived = self.begin().and_then(|()| self.live());
        Outcome {
            seed: self.scenario.seed,
            trace: self.trace.digest(),
            events: self.clock.planned(),
            simulated: self.clock.now().since(Founding::start()),
            settled_after: self.healed.map(|healed| self.clock.now().since(healed)),
            coverage: self.watch.into_coverage(&self.members, self.clients.expired()),
            violation: lived.err(),
        }
    }

    fn begin(&mut self) -> Result<(), Violation> {
        for member in self.scenario.members() {
            self.start(member)?;
        }
        Ok(())
    }

    fn live(&mut self) -> Result<(), Violation> {
        while let Some(event) = self.clock.advance() {
            self.trace.note(self.clock.now().as_micros());
            self.happen(event)?;
            if self.clock.planned() > EVENTS_MAX {
                return Err(Violation::Storm { events: self.clock.planned() });
            }
            if let Some(healed) = self.healed {
                if self.is_settled() {
                    return self.watch.settled(&self.members);
                }
                let after = self.clock.now().since(healed);
                check_liveness(after, self.clients.waiting(), || self.standings())?;
            }
        }
        unreachable!("members say their heads for ever")
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Arrival { from, to, bytes } => self.arrive(from, to, &bytes),
            Event::Turn(member) => self.take_turn(member),
            Event::Client(index) => {
                self.submit(index);
                Ok(())
            }
            Event::Fault(index) => {
                self.strike(index);
                Ok(())
            }
            Event::PowerFails { member, life } => self.fail_power(member, life),
            Event::Mend(index) => {
                self.mend(index);
                Ok(())
            }
            Event::VictimWakes => {
                self.close_ambush();
                Ok(())
            }
            Event::WitnessesReturn => {
                self.end_ambush();
                Ok(())
            }
            Event::Restart(member) => self.restart(member),
            Event::Heal => self.heal(),
        }
    }

    /// Whether every client has its answer and all correct members stand at one block.
    fn is_settled(&self) -> bool {
        if self.clients.waiting() > 0 {
            return false;
        }
        let mut heads = self
            .members
            .iter()
            .filter_map(Member::correct)
            .map(|node| node.head().map(|header| (header.height, header.parent)));
        let Some(Some(first)) = heads.next() else { return false };
        heads.all(|head| head == Some(first)) && !self.leaves_one_behind()
    }

    /// Whether a correct member has left its view alone and does not vote, while the others are led by a correct primary.
    /// One that sins need not help it.
    fn leaves_one_behind(&self) -> bool {
        let nodes = || self.members.iter().filter_map(Member::correct);
        let led_by = nodes().filter(|node| !node.is_left_behind()).filter_map(Node::primary).max();
        let helps = led_by.is_some_and(|(_, primary)| !self.scenario.sinners.contains_key(&primary));
        helps && nodes().any(Node::is_left_behind)
    }

    fn standings(&self) -> Vec<Standing> {
        let standing = |member: ReplicaId| Standing { member, words: self.member(member).standing() };
        self.scenario.members().map(standing).collect()
    }

    fn member(&self, member: ReplicaId) -> &Member {
        &self.members[usize::from(member.get())]
    }

    fn member_mut(&mut self, member: ReplicaId) -> &mut Member {
        &mut self.members[usize::from(member.get())]
    }

    /// Lets a member take a turn within a span.
    fn plan_turn(&mut self, member: ReplicaId, at: Time) {
        let at = at.max(self.clock.now().after(Span::from_micros(1)));
        let planned = &mut self.turns[usize::from(member.get())];
        if planned.is_none_or(|planned| at < planned) {
            *planned = Some(at);
            self.clock.plan(at, Event::Turn(member));
        }
    }
}
