//! Three of four members' engines with disks in memory, and messages carried by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use carechain_consensus::{ClockOffset, Config, Message, Timeouts, Window};
use carechain_crypto::{
    BlockId, ChainId, Digest, Nonce, Salt, SealingKeyPair, Secret, SigningKeyPair, hash_parts,
};
use carechain_ledger::{
    Backend, Batch, Durability, FaultPoint, FaultyBackend, JournalBinding, Ledger, MemoryBackend,
    MemoryJournal, ScanRange, Table,
};
use carechain_types::limits::BLOCK_TRANSACTIONS_MAX;
use carechain_types::{
    BoundedBytes, BoundedString, BoundedVec, Certificate, Commit, DepartmentPart, DetachedPart, Ed25519,
    Endpoints, Genesis, GenesisHospital, Header, Moment, NodeSigner, Parameters, Party, Phase, PublicPart,
    ReplicaId, SealingKey, SearchPolicy, Span, Submission, TRANSACTION_VERSION, Time, Transaction,
    TransactionBody, Verifier, View, hospital_id, sign_as_member, tree,
};

use crate::engine::Engine;
use crate::error::Fatal;
use crate::execution::execute;
use crate::input::{Input, Ticket};
use crate::machine::Machine;
use crate::mempool::SharedSubmission;
use crate::output::Output;
use crate::wire::{CommittedBlockMessage, PeerMessage};

/// When every test starts: a minute after the founding.
pub(super) const START: Time = Time::from_micros(1_760_400_060_000_000);

type TestBackend = FaultyBackend<MemoryBackend>;
type TestEngine = Engine<TestBackend, MemoryJournal, Ed25519>;
pub(super) type TestMachine = Machine<TestBackend, MemoryJournal, Ed25519>;

/// What somebody said.
pub(super) type Said = (ReplicaId, Output);

/// The engines of members 0 to 2; member 3 is down.
pub(super) struct Consortium {
    genesis: Genesis,
    engines: Vec<Option<TestEngine>>,
    backends: Vec<MemoryBackend>,
    journals: Vec<MemoryJournal>,
    /// How far each member's clock on the wall is from the time of the test.
    pub(super) clocks: [ClockOffset; 3],
}

pub(super) fn member(index: u16) -> ReplicaId {
    ReplicaId::new(index)
}

fn seed(what: &str, index: u64) -> Secret<[u8; 32]> {
    Secret::new(*hash_parts(&[what.as_bytes(), &index.to_le_bytes()]).get())
}

pub(super) fn keys(what: &str, index: u64) -> SigningKeyPair {
    SigningKeyPair::from_seed(&seed(what, index))
}

fn sealing_key(what: &str, index: u64) -> SealingKey {
    SealingKey::x25519(SealingKeyPair::from_private(&seed(what, index)).public())
}

fn text<const MAX: usize>(text: &str) -> BoundedString<MAX> {
    BoundedString::new(text).unwrap()
}

fn hospital(index: u64) -> GenesisHospital {
    let governance_keys = BoundedVec::new(vec![keys("governance", index).public()]).unwrap();
    let name = text(&format!("hospital {index}"));
    let endpoint = text(&format!("hospital-{index}:1"));
    GenesisHospital {
        id: hospital_id(&name, 1, &governance_keys),
        name,
        weight: 1,
        governance_threshold: 1,
        governance_keys,
        node_key: keys("node", index).public(),
        node_sealing_key: sealing_key("node", index),
        endpoints: Endpoints { votes: endpoint.clone(), bulk: endpoint },
        registrar_keys: BoundedVec::new(vec![keys("registrar", index).public()]).unwrap(),
        index_key_share: BoundedBytes::empty(),
    }
}

fn genesis() -> Genesis {
    Genesis {
        created: START.before(Span::MINUTE),
        name: text("wired by hand"),
        parameters: Parameters {
            receipts_required: 2,
            copies: 3,
            search_policy: SearchPolicy::AnyOf,
            default_window: Span::DAY,
            recovery_delay: Span::HOUR.times(72),
            transaction_bytes_max: 1 << 20,
            block_bytes_max: 4 << 20,
        },
        index_key: sealing_key("index", 0),
        hospitals: BoundedVec::new((0..4).map(hospital).collect()).unwrap(),
    }
}

impl Consortium {
    pub(super) fn new() -> Self {
        let genesis = genesis();
        let binding =
            |index| JournalBinding { chain_id: genesis.chain_id(), node_key: keys("node", index).public() };
        let journals = (0..3).map(|index| MemoryJournal::create(binding(index))).collect();
        let backends = (0..3).map(|_| MemoryBackend::new()).collect();
        let clocks = [ClockOffset::Behind(Span::ZERO); 3];
        let engines = vec![None, None, None];
        let mut consortium = Self { genesis, engines, backends, journals, clocks };
        (0..3).for_each(|index| consortium.restart(member(index)));
        consortium
    }

    pub(super) fn chain_id(&self) -> ChainId {
        self.genesis.chain_id()
    }

    pub(super) fn membership(&self) -> carechain_types::Membership {
        self.genesis.membership()
    }

    pub(super) fn engine(&mut self, of: ReplicaId) -> &mut TestEngine {
        self.engines[usize::from(of.get())].as_mut().unwrap()
    }

    /// The process ends and another one opens what it wrote.
    pub(super) fn restart(&mut self, of: ReplicaId) {
        self.restart_on_faulty_disk(of, FaultPoint::None);
    }

    /// The same on a disk that fails on plan below the ledger.
    pub(super) fn restart_on_faulty_disk(&mut self, of: ReplicaId, fault: FaultPoint) {
        self.engines[usize::from(of.get())] = None;
        let (config, ledger, journal, key) = self.parts_of(of, fault);
        let engine = Engine::open(config, ledger, journal, key, Ed25519).unwrap();
        self.engines[usize::from(of.get())] = Some(engine);
    }

    /// The same as a whole machine, beside the member's engine here.
    pub(super) fn machine_on_faulty_disk(&self, of: ReplicaId, fault: FaultPoint) -> TestMachine {
        let (config, ledger, journal, key) = self.parts_of(of, fault);
        Machine::open(config, ledger, journal, key, Ed25519).unwrap()
    }

    fn parts_of(
        &self,
        of: ReplicaId,
        fault: FaultPoint,
    ) -> (Config, Ledger<TestBackend>, MemoryJournal, Box<SigningKeyPair>) {
        let index = usize::from(of.get());
        let key = keys("node", u64::from(of.get()));
        let binding = JournalBinding { chain_id: self.chain_id(), node_key: key.public() };
        let journal = self.journals[index].reopen(binding).unwrap();
        let backend = FaultyBackend::new(self.backends[index].clone(), fault);
        let ledger = Ledger::open(backend, &self.genesis).unwrap();
        let block_zero = ledger.header(carechain_types::Height::ZERO).unwrap().unwrap().id();
        let config = Config::new(
            self.chain_id(),
            block_zero,
            self.genesis.membership(),
            of,
            Window::ONE,
            Timeouts::default(),
        );
        (config, ledger, journal, Box::new(key))
    }

    /// The disk of a member loses the row of a detached part.
    pub(super) fn lose_a_part(&self, of: ReplicaId) {
        let disk = &self.backends[usize::from(of.get())];
        let rows = disk.scan(Table::Parts, &ScanRange::prefix(&[], 1)).unwrap();
        let mut batch = Batch::new();
        batch.delete(Table::Parts, rows[0].0.as_slice());
        disk.write(batch, Durability::Synced).unwrap();
    }

    pub(super) fn turn(
        &mut self,
        of: ReplicaId,
        now: Time,
        inputs: Vec<Input>,
    ) -> Result<Vec<Output>, Fatal> {
        let mut outputs = Vec::new();
        let now = Moment { steady: now, wall: self.clocks[usize::from(of.get())].from(now) };
        self.engine(of).turn(now, inputs, &mut |output| outputs.push(output))?;
        Ok(outputs)
    }

    /// A backup waits until it leaves its view; what it says gets lost.
    pub(super) fn lose_patience(&mut self, of: ReplicaId, mut now: Time) {
        for _ in 0..10 {
            now = now.after(Span::from_millis(100));
            self.turn(of, now, Vec::new()).unwrap();
        }
    }

    /// All engines live for a while, and hear each other; who committed which block, and when.
    pub(super) fn live(&mut self, since: Time, span: Span) -> Vec<(Time, ReplicaId, BlockId)> {
        let (mut committed, mut now) = (Vec::new(), since);
        while now < since.after(span) {
            now = now.after(Span::from_millis(10));
            let mut said = Vec::new();
            for of in (0..3).map(member) {
                let outputs = self.turn(of, now, Vec::new()).unwrap();
                said.extend(outputs.into_iter().map(|output| (of, output)));
            }
            let news = self.talk(now, said);
            committed.extend(news.into_iter().map(|(of, block_id)| (now, of, block_id)));
        }
        committed
    }

    /// One message through the border.
    pub(super) fn tell(
        &mut self,
        to: ReplicaId,
        now: Time,
        from: ReplicaId,
        message: PeerMessage,
    ) -> Result<Vec<Output>, Fatal> {
        let input = self.arrived(from, now, message);
        self.turn(to, now, vec![input])
    }

    /// The same message, in the queue.
    pub(super) fn arrived(&self, from: ReplicaId, arrived: Time, message: PeerMessage) -> Input {
        let verifier = Verifier::new(Ed25519, self.chain_id());
        let message = message.verify(&verifier, &self.genesis.membership()).unwrap();
        Input::Peer { from, arrived, message }
    }

    /// Carries everything to whom it is for until nobody says more; who committed which block.
    pub(super) fn talk(&mut self, now: Time, said: Vec<Said>) -> Vec<(ReplicaId, BlockId)> {
        self.talk_but(now, said, |_| false)
    }

    /// The same, but what `is_lost` says of a message gets lost.
    pub(super) fn talk_but(
        &mut self,
        now: Time,
        said: Vec<Said>,
        mut is_lost: impl FnMut(&PeerMessage) -> bool,
    ) -> Vec<(ReplicaId, BlockId)> {
        let mut committed = Vec::new();
        let mut waiting = std::collections::VecDeque::from(said);
        while let Some((from, output)) = waiting.pop_front() {
            let (to, message) = match output {
                Output::Send { to, message } => (vec![to], message),
                Output::Broadcast(message) => ((0..3).map(member).collect(), message),
                Output::Committed(block) => {
                    committed.push((from, block.header.id()));
                    continue;
                }
                _ => continue,
            };
            if is_lost(&message) {
                continue;
            }
            for to in to.into_iter().filter(|to| *to != from && to.get() < 3) {
                let outputs = self.tell(to, now, from, message.clone()).unwrap();
                waiting.extend(outputs.into_iter().map(|output| (to, output)));
            }
        }
        committed
    }

    /// A hospital's registrar registers a department.
    pub(super) fn registration(&self, salt: u8, now: Time) -> SharedSubmission {
        self.registration_with(salt, now, Vec::new())
    }

    /// The same with detached parts that make it nearly as long as a transaction may be; a contract would refuse it.
    pub(super) fn long_registration(&self, salt: u8, now: Time) -> SharedSubmission {
        let part = |index: u8| DetachedPart {
            salt: Salt::new([index; 32]),
            bytes: BoundedBytes::new(vec![salt; 4_000]).unwrap(),
        };
        self.registration_with(salt, now, (0..240).map(part).collect())
    }

    fn registration_with(&self, salt: u8, now: Time, parts: Vec<DetachedPart>) -> SharedSubmission {
        let hospital = &self.genesis.hospitals[0];
        let part = PublicPart::Department(DepartmentPart {
            hospital: hospital.id,
            sealing_keys: BoundedVec::new(vec![sealing_key("department", u64::from(salt))]).unwrap(),
        });
        let registrar = keys("registrar", 0);
        let body = TransactionBody {
            version: TRANSACTION_VERSION,
            sender: Party::Hospital(hospital.id),
            sender_key: registrar.public(),
            salt: Nonce::new([salt; 16]),
            expiry_time: now.after(Span::MINUTE.times(5)),
            kind: part.kind().number(),
            public_part: BoundedBytes::new(part.to_bytes()).unwrap(),
            parts: BoundedVec::new(parts.iter().map(|part| part.head(1)).collect()).unwrap(),
        };
        let signature = NodeSigner::sign(&registrar, &self.chain_id(), &body);
        let transaction = Transaction { body, signature };
        let submission = Submission { transaction, parts: BoundedVec::new(parts).unwrap() };
        Arc::new(Verifier::new(Ed25519, self.chain_id()).submission(submission).unwrap())
    }

    /// A client submits; members 0 to 2 prepare its block, and all COMMITs get lost.
    pub(super) fn prepare_one(&mut self, now: Time) -> (BlockId, BoundedVec<Digest, BLOCK_TRANSACTIONS_MAX>) {
        let submission = self.registration(1, now);
        for index in 0..3 {
            self.turn(member(index), now, Vec::new()).unwrap();
        }
        let submit = Input::Submit { ticket: Ticket::new(1), submission };
        let said = self.turn(member(0), now, vec![submit]).unwrap();
        let proposal = said.iter().find_map(|output| match output {
            Output::Broadcast(PeerMessage::Consensus(Message::PrePrepare(signed))) => {
                Some(signed.body.clone())
            }
            _ => None,
        });
        let said = said.into_iter().map(|output| (member(0), output)).collect();
        let is_commit = |message: &PeerMessage| matches!(message, PeerMessage::Consensus(Message::Commit(_)));
        assert!(self.talk_but(now, said, is_commit).is_empty());
        let proposal = proposal.unwrap();
        (proposal.header.id(), proposal.leaves)
    }

    /// Members 0 to 2 prepare a block. Then all that member 1 needs to commit it reaches it in one turn, whose sync fails:
    /// what left that turn.
    pub(super) fn commit_with_failing_sync(
        &mut self,
        now: Time,
        submission: SharedSubmission,
    ) -> Vec<Output> {
        for index in 0..3 {
            self.turn(member(index), now, Vec::new()).unwrap();
        }
        let submit = Input::Submit { ticket: Ticket::new(1), submission };
        let said = self.turn(member(0), now, vec![submit]).unwrap();
        let mut late = Vec::new();
        let mut waiting: std::collections::VecDeque<_> =
            said.into_iter().map(|output| (member(0), output)).collect();
        while let Some((from, output)) = waiting.pop_front() {
            let Output::Broadcast(message) = output else { continue };
            let vote = matches!(&message, PeerMessage::Consensus(Message::Prepare(_) | Message::Commit(_)));
            for to in (0..3).map(member).filter(|to| *to != from) {
                if to == member(1) && vote {
                    late.push((from, message.clone()));
                    continue;
                }
                let outputs = self.tell(to, now, from, message.clone()).unwrap();
                waiting.extend(outputs.into_iter().map(|output| (to, output)));
            }
        }
        assert!(
            late.iter().any(|(_, message)| matches!(message, PeerMessage::Consensus(Message::Commit(_))))
        );
        let verifier = Verifier::new(Ed25519, self.chain_id());
        let membership = self.genesis.membership();
        let inputs: Vec<_> = late
            .into_iter()
            .map(|(from, message)| Input::Peer {
                from,
                arrived: now,
                message: message.verify(&verifier, &membership).unwrap(),
            })
            .collect();
        self.journals[1].fail_after(0);
        let mut outputs = Vec::new();
        let failed =
            self.engine(member(1)).turn(Moment::in_step(now), inputs, &mut |output| outputs.push(output));
        assert!(matches!(failed, Err(Fatal::Journal(_))), "{failed:?}");
        outputs
    }

    /// The block above genesis that holds one transaction, as execution has it.
    pub(super) fn block_of(
        &mut self,
        now: Time,
        submission: SharedSubmission,
    ) -> (Header, Vec<SharedSubmission>) {
        let chain_id = self.chain_id();
        let engine = self.engine(member(2));
        let parent = engine.ledger().head().clone();
        let leaf = submission.transaction.leaf(&chain_id).digest();
        let mut header = Header {
            height: parent.height.next(),
            view: View::ZERO,
            primary: member(0),
            parent: parent.id(),
            time: now,
            transaction_count: 1,
            transactions_root: tree::root(&[leaf]),
            ..parent
        };
        let submissions = vec![submission];
        let executed =
            execute(engine.ledger(), &engine.place_of(&header), &Ed25519, &submissions).unwrap().unwrap();
        header.outcomes_root = executed.outcomes_root;
        header.state_root = executed.state_root();
        (header, submissions)
    }

    /// A client submits, and members 0 to 2 commit its block.
    pub(super) fn prepare_and_commit_one(&mut self, now: Time) {
        for index in 0..3 {
            self.turn(member(index), now, Vec::new()).unwrap();
        }
        let submit = Input::Submit { ticket: Ticket::new(1), submission: self.registration(1, now) };
        let said = self.turn(member(0), now, vec![submit]).unwrap();
        let committed = self.talk(now, said.into_iter().map(|output| (member(0), output)).collect());
        assert_eq!(committed.len(), 3);
    }

    /// Members 0 and 2 get a chain of `count` blocks above genesis; its last certificate.
    pub(super) fn grow_without_member_1(&mut self, count: u8) -> Certificate {
        let mut last = None;
        for salt in 0..count {
            let time = START.after(Span::MILLISECOND.times(u64::from(salt)));
            let (header, submissions) = self.block_of(time, self.registration(salt, START));
            let block = self.committed(header, submissions);
            let certificate = PeerMessage::Consensus(Message::Certificate(block.certificate.clone()));
            last = Some(block.certificate.clone());
            for to in [member(0), member(2)] {
                self.tell(to, START, member(1), certificate.clone()).unwrap();
                self.tell(to, START, member(1), PeerMessage::CommittedBlock(Box::new(block.clone())))
                    .unwrap();
            }
        }
        last.unwrap()
    }

    /// A block with the COMMITs of members 0 to 2.
    pub(super) fn committed(
        &self,
        header: Header,
        submissions: Vec<SharedSubmission>,
    ) -> CommittedBlockMessage {
        let (epoch, view, height, block_id) = (header.epoch, header.view, header.height, header.id());
        let vote = |index: u16| {
            let key = keys("node", u64::from(index));
            let body = Commit { epoch, view, height, block_id };
            (
                member(index),
                sign_as_member(&key, &self.chain_id(), member(index), body).into_inner().signature,
            )
        };
        let votes: BTreeMap<_, _> = (0..3).map(vote).collect();
        let votes = BoundedVec::new(votes.into_iter().collect()).unwrap();
        let certificate = Certificate { phase: Phase::Commit, epoch, view, height, block_id, votes };
        let submissions = submissions.iter().map(|submission| (***submission).clone()).collect();
        CommittedBlockMessage { header, submissions: BoundedVec::new(submissions).unwrap(), certificate }
    }
}
