//! What the engine's journal reads and writes when it begins a segment, and what it drops.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use carechain_consensus::JournalEntry;
use carechain_crypto::{ChainId, SigningPublicKey};
use carechain_ledger::{JournalBinding, JournalError, JournalStore, Journalled, MemoryJournal, Segment};
use carechain_types::{BoundedVec, Certificate, Header, Height, Phase};

use super::consortium::{Consortium, START, member};
use crate::journal::Journal;
use crate::mempool::SharedSubmission;

/// What a store was asked for.
#[derive(Debug, Default)]
struct Work {
    replays: usize,
    rolls: usize,
    /// Bytes of the entries that new segments began with.
    carried: Vec<usize>,
}

/// A journal in memory that counts.
#[derive(Debug)]
struct Counted {
    inner: MemoryJournal,
    work: Rc<RefCell<Work>>,
}

impl JournalStore for Counted {
    fn append(&mut self, entry: &[u8]) -> Result<(), JournalError> {
        self.inner.append(entry)
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.inner.sync()
    }

    fn replay(&self) -> Result<Vec<Journalled>, JournalError> {
        self.work.borrow_mut().replays += 1;
        self.inner.replay()
    }

    fn roll(&mut self, entries: &[Vec<u8>], first: Segment) -> Result<(), JournalError> {
        let mut work = self.work.borrow_mut();
        work.rolls += 1;
        work.carried.push(entries.iter().map(Vec::len).sum());
        self.inner.roll(entries, first)
    }

    fn segment(&self) -> Segment {
        self.inner.segment()
    }

    fn segment_bytes(&self) -> u64 {
        self.inner.segment_bytes()
    }
}

const BINDING: JournalBinding = JournalBinding { chain_id: ChainId::ZERO, node_key: SigningPublicKey::ZERO };

/// A journal that blocks are committed to.
struct Scene {
    journal: Journal<Counted>,
    work: Rc<RefCell<Work>>,
    genesis: Header,
    submissions: Vec<SharedSubmission>,
}

impl Scene {
    fn new() -> Self {
        let mut consortium = Consortium::new();
        let genesis = consortium.engine(member(0)).ledger().head().clone();
        let submissions = vec![consortium.registration(1, START); 20];
        let work = Rc::default();
        let store = Counted { inner: MemoryJournal::create(BINDING), work: Rc::clone(&work) };
        let (journal, _) = Journal::open(store).unwrap();
        Self { journal, work, genesis, submissions }
    }

    fn header(&self, height: u64) -> Header {
        Header { height: Height::new(height), ..self.genesis.clone() }
    }

    fn prepare(&mut self, height: u64) {
        let header = self.header(height);
        self.journal.append_body(header.id(), &header, &self.submissions).unwrap();
    }

    /// Commits a block and rolls if the segment is full, with a ledger that is synced up to it.
    fn commit(&mut self, height: u64) {
        self.prepare(height);
        let header = self.header(height);
        let certificate = Certificate {
            phase: Phase::Commit,
            epoch: header.epoch,
            view: header.view,
            height: header.height,
            block_id: header.id(),
            votes: BoundedVec::empty(),
        };
        self.journal.append_entry(JournalEntry::Committed { certificate }).unwrap();
        self.journal.sync().unwrap();
        if self.journal.is_segment_full() {
            self.journal.roll(header.height).unwrap();
        }
    }

    fn segments(&self) -> usize {
        let entries = self.journal.store().inner.replay().unwrap();
        entries.iter().map(|entry| entry.segment).collect::<BTreeSet<_>>().len()
    }
}

#[test]
fn a_roll_reads_nothing_back_and_writes_no_body_again() {
    let mut scene = Scene::new();
    for height in 1..200 {
        scene.commit(height);
        assert!(scene.segments() <= 1, "all before is in the ledger");
    }
    let work = scene.work.borrow();
    assert_eq!(work.replays, 1, "when it was opened");
    assert!(work.rolls > 5, "{work:?}");
    assert!(work.carried.iter().all(|bytes| *bytes == 0), "nothing was above the ledger: {work:?}");
}

/// A NEW-VIEW may choose the block long after; its body is nowhere else.
#[test]
fn an_undecided_body_keeps_its_segment_until_its_height_is_synced() {
    let mut scene = Scene::new();
    scene.prepare(1_000);
    let undecided = scene.header(1_000).id();
    for height in 1..100 {
        scene.commit(height);
    }
    assert!(scene.segments() > 2 && scene.journal.has_body(&undecided));
    let (_, recovered) = Journal::open(scene.journal.store().inner.reopen(BINDING).unwrap()).unwrap();
    assert!(recovered.bodies.contains_key(&undecided));
    scene.journal.roll(Height::new(1_000)).unwrap();
    assert!(!scene.journal.has_body(&undecided));
    assert_eq!(scene.segments(), 0);
}

/// It stands in the last segment whatever was dropped before.
#[test]
fn what_a_replica_promised_is_read_from_the_last_segment_alone() {
    let mut scene = Scene::new();
    let view = carechain_types::View::new(7);
    let entered = JournalEntry::Entered { view, start: carechain_consensus::ViewStart::First };
    scene.journal.append_entry(entered.clone()).unwrap();
    scene.prepare(1_000);
    (1..100).for_each(|height| scene.commit(height));
    let store = scene.journal.store().inner.reopen(BINDING).unwrap();
    let entries = crate::journalled(&store).unwrap();
    assert_eq!(entries.iter().filter(|entry| **entry == entered).count(), 1, "not once a segment");
}
