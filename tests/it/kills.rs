//! Fifty nodes killed at random moments, the primary often, under load: nothing that was acknowledged is lost.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use carechain_client::{EnrolmentPlan, Keystore, OperationError, Session, SystemRandom, node_status, now};
use carechain_crypto::{BlockId, PersonId, TransactionId};
use carechain_schema::StatusReport;
use carechain_types::limits::PROOF_BYTES_MAX;
use carechain_types::{Proof, Role, Span, StateKey, decode};

use crate::support::{Network, wait_for};

const NODES: usize = 4;
const KILLS: usize = 50;
/// Transactions that must be acknowledged while a node is away, where the test waits for that.
const PROGRESS: usize = 3;
/// Another seed chooses other victims and other moments; the operating system chooses the rest.
const SEED_VARIABLE: &str = "CARECHAIN_KILL_SEED";

/// xorshift64: which node dies, and whether it stays away for a while.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % count
    }

    fn half(&mut self) -> bool {
        self.below(2) == 0
    }
}

fn seed() -> u64 {
    let given = std::env::var(SEED_VARIABLE).ok().map(|text| text.parse().unwrap());
    given.unwrap_or_else(|| u64::from_le_bytes(SystemRandom::bytes()) | 1)
}

/// What a client holds a proof of.
struct Acknowledged {
    block: BlockId,
    person: PersonId,
}

/// What the clients did so far.
#[derive(Default)]
struct Load {
    done: Mutex<BTreeMap<TransactionId, Acknowledged>>,
    count: AtomicUsize,
    unknown: AtomicUsize,
    stop: AtomicBool,
}

impl Load {
    fn acknowledged(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Enrols one person after another until told to stop.
    fn run(&self, session: &Session) {
        while !self.stop.load(Ordering::Relaxed) {
            match enrol(session) {
                Ok((id, acknowledged)) => {
                    self.done.lock().unwrap().insert(id, acknowledged);
                    self.count.fetch_add(1, Ordering::Relaxed);
                }
                // Said plainly, and so nothing that could be lost.
                Err(OperationError::OutcomeUnknown { .. }) => {
                    self.unknown.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => panic!("{session:?}: {error}"),
            }
        }
    }
}

fn enrol(session: &Session) -> Result<(TransactionId, Acknowledged), OperationError> {
    let plan = EnrolmentPlan {
        enrolment: Keystore::generate().enrolment(),
        roles: vec![Role::Patient],
        until: now().after(Span::DAY),
        department: None,
    };
    let (person, committed) = session.register_person(plan)?;
    Ok((committed.id, Acknowledged { block: block_of(&committed.proof), person }))
}

/// The block that a proof, already verified, certifies.
fn block_of(proof: &[u8]) -> BlockId {
    decode::<Proof>(proof, PROOF_BYTES_MAX).unwrap().header.id()
}

/// One session a node, the registrar's of its hospital.
struct Scene {
    network: Network,
    sessions: Vec<Session>,
}

impl Scene {
    fn start() -> Self {
        let network = Network::start(NODES);
        let sessions = (1..=NODES).map(|node| network.registrar_session(node, node)).collect();
        Self { network, sessions }
    }

    fn status(&self, node: usize) -> Option<StatusReport> {
        node_status(self.sessions[node - 1].caller()).ok()
    }

    /// The node that leads now, as any of them says.
    fn primary(&self) -> usize {
        let primary = wait_for("a node that says who leads", || {
            (1..=NODES).find_map(|node| self.status(node)).map(|status| status.consensus.primary)
        });
        let led = |node: &usize| self.sessions[node - 1].gateway().to_string() == primary;
        (1..=NODES).find(led).unwrap()
    }

    fn kill(&self, node: usize) {
        self.network.run(&["testnet", "stop", &node.to_string(), "--kill", "--dir", "net"]).done();
    }

    fn start_again(&self, node: usize) {
        self.network.run(&["testnet", "start", &node.to_string(), "--dir", "net"]).done();
    }

    fn height(&self, node: usize) -> u64 {
        self.status(node).map_or(0, |status| status.head.height)
    }

    /// Waits until all nodes stand at one block.
    fn wait_until_level(&self) {
        wait_for("one head for all", || {
            let heads: Option<Vec<_>> = (1..=NODES).map(|node| Some(self.status(node)?.head)).collect();
            heads.filter(|heads| heads.windows(2).all(|pair| pair[0] == pair[1]))
        });
    }

    /// Kills one node after another; a second dies only when the first is back. Gives how often it was the primary.
    fn kill_at_random(&self, dice: &mut Dice, load: &Load) -> usize {
        let mut primaries = 0;
        for _ in 0..KILLS {
            let primary = self.primary();
            let victim = if dice.half() { primary } else { dice.below(NODES as u64) as usize + 1 };
            primaries += usize::from(victim == primary);
            let before = load.acknowledged();
            self.kill(victim);
            if dice.half() {
                wait_for("progress without a node", || {
                    (load.acknowledged() >= before + PROGRESS).then_some(())
                });
            }
            self.start_again(victim);
            if dice.half() {
                let goal = (1..=NODES).map(|node| self.height(node)).max().unwrap();
                wait_for("the node's catching up", || (self.height(victim) >= goal).then_some(()));
            }
        }
        primaries
    }

    /// Every node has each acknowledged transaction, in the block its client was told.
    fn check_everywhere(&self, done: &BTreeMap<TransactionId, Acknowledged>) {
        std::thread::scope(|scope| {
            for session in &self.sessions {
                scope.spawn(move || {
                    for (id, acknowledged) in done {
                        let found = session.transaction(id);
                        let (committed, _) = found.unwrap_or_else(|error| panic!("{session:?}: {error}"));
                        assert_eq!(block_of(&committed.proof), acknowledged.block, "{session:?}");
                    }
                });
            }
        });
    }

    /// Every node proves the same state with its own tree.
    fn check_one_state(&self, person: &PersonId) {
        let key = StateKey::person(person);
        let roots = self.sessions.iter().map(|session| {
            let proof = session.prove(&[key]).unwrap();
            assert!(proof.claim(&key).unwrap().bytes().is_some(), "the person is there");
            (proof.header.height, proof.header.state_root)
        });
        let roots: Vec<_> = roots.collect();
        assert!(roots.windows(2).all(|pair| pair[0] == pair[1]), "{roots:?}");
    }

    /// Nodes that only die do nothing else wrong, and say nothing of the kind of each other.
    fn check_logs(&self) {
        for node in 1..=NODES {
            let log = std::fs::read_to_string(self.network.path(&format!("node-{node}/node.log"))).unwrap();
            for sign in ["panicked", "ERROR", "no correct member does"] {
                let line = log.lines().find(|line| line.contains(sign));
                assert!(line.is_none(), "node {node}: {line:?}");
            }
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_in_fifty_kills_under_load_slow() {
    let seed = seed();
    println!("{SEED_VARIABLE}={seed}");
    let (scene, load) = (Scene::start(), Load::default());
    let primaries = std::thread::scope(|scope| {
        for session in &scene.sessions {
            scope.spawn(|| load.run(session));
        }
        // A panic here must not leave the clients running for ever.
        let killing = std::panic::AssertUnwindSafe(|| scene.kill_at_random(&mut Dice(seed), &load));
        let primaries = std::panic::catch_unwind(killing);
        load.stop.store(true, Ordering::Relaxed);
        primaries.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    let unknown = load.unknown.load(Ordering::Relaxed);
    let done = load.done.into_inner().unwrap();
    println!(
        "{KILLS} kills, {primaries} of the primary: {} transactions acknowledged, {unknown} of unknown outcome",
        done.len()
    );
    assert!(primaries > 0 && done.len() > KILLS);
    scene.wait_until_level();
    scene.check_everywhere(&done);
    scene.check_one_state(&done.values().next().unwrap().person);
    let before = scene.height(1);
    for session in &scene.sessions {
        enrol(session).unwrap();
    }
    scene.wait_until_level();
    assert!(scene.height(1) > before, "the chain goes on");
    scene.check_logs();
}
