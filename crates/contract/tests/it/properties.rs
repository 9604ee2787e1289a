//! Properties of any sequence of transactions, against a model of who may read what.

use std::collections::BTreeSet;

use carechain_contract::Execution;
use carechain_crypto::{AccessRequestId, EhrId, GrantId, PersonId};
use carechain_types::{
    AccessKind, AttemptCounts, CountsValue, Decision, DenyPart, EhrByPatientValue, EhrValue, EntryShape,
    GrantPart, PersonCounts, PublicPart, PublishPart, ReasonCode, Refusal, RequestValue, RevokePart, Role,
    Span, StateKey, StateTag, SuspendPart, Time, TransactionKind,
};
use proptest::prelude::*;

use crate::world::{Person, World, address_head, created, read_result, refusal};

/// One step: what, and three choices that index into whatever there is.
#[derive(Clone, Copy, Debug)]
struct Step {
    action: Action,
    first: usize,
    second: usize,
    third: usize,
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Publish,
    Amend,
    Request,
    Grant,
    GrantToAmend,
    Answer,
    Deny,
    Revoke,
    RevokeLine,
    Read,
    ReadOwn,
    Wait,
    Suspend,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Action::{
        Amend, Answer, Deny, Grant, GrantToAmend, Publish, Read, ReadOwn, Request, Revoke, RevokeLine,
        Suspend, Wait,
    };
    let action = prop_oneof![
        4 => Just(Publish), 1 => Just(Amend), 2 => Just(Request), 4 => Just(Grant), 1 => Just(GrantToAmend),
        2 => Just(Answer), 1 => Just(Deny), 2 => Just(Revoke), 2 => Just(RevokeLine), 16 => Just(Read),
        3 => Just(ReadOwn), 2 => Just(Wait), 1 => Just(Suspend),
    ];
    let step = (action, 0..64_usize, 0..64_usize, 0..64_usize)
        .prop_map(|(action, first, second, third)| Step { action, first, second, third });
    prop::collection::vec(step, 1..60)
}

/// A grant as the model knows it.
struct Granted {
    id: GrantId,
    patient: PersonId,
    grantee: PersonId,
    lines: BTreeSet<EhrId>,
    from: Time,
    until: Time,
}

/// The ledger under test and what should be true of it.
struct Run {
    world: World,
    doctors: Vec<Person>,
    patients: Vec<Person>,
    records: Vec<(EhrId, PersonId)>,
    requests: Vec<(AccessRequestId, usize, usize)>,
    grants: Vec<Granted>,
    suspended: BTreeSet<PersonId>,
    reads: usize,
}

impl Run {
    fn new() -> Self {
        let mut world = World::new();
        let doctors = (0..3).map(|hospital| world.enrol(hospital, Role::Doctor)).collect();
        let patients = (0..2).map(|hospital| world.enrol(hospital, Role::Patient)).collect();
        let (records, requests, grants) = (Vec::new(), Vec::new(), Vec::new());
        Self { world, doctors, patients, records, requests, grants, suspended: BTreeSet::new(), reads: 0 }
    }

    fn patient_index(&self, id: PersonId) -> usize {
        self.patients.iter().position(|patient| patient.id == id).unwrap()
    }

    fn take(&mut self, step: Step) {
        let Step { action, first, second, third } = step;
        match action {
            Action::Publish => self.publish(first, second, None),
            Action::Amend => {
                if let Some((old, patient)) = pick(&self.records, third).copied() {
                    let grant = pick(&self.grants, first).map(|grant| grant.id).filter(|_| second % 2 == 0);
                    self.publish(first, self.patient_index(patient), Some((old, grant)));
                }
            }
            Action::Request => self.request(first, second),
            Action::Grant => self.grant((first, second), third, AccessKind::Read, None),
            Action::GrantToAmend => self.grant((first, second), third, AccessKind::ReadAmend, None),
            Action::Answer => {
                if let Some((id, doctor, patient)) = pick(&self.requests, first).copied() {
                    self.grant((patient, doctor), third, AccessKind::Read, Some(id));
                }
            }
            Action::Deny => self.deny(first, second),
            Action::Revoke => self.revoke(first, None),
            Action::RevokeLine => {
                let ehr_id = pick(&self.records, second).map(|record| record.0);
                self.revoke(first, ehr_id);
            }
            Action::Read => self.read(first, second, third),
            Action::ReadOwn => self.read_own(first, second),
            Action::Wait => self.world.wait(Span::MINUTE.times(1 + (first * second) as u64)),
            Action::Suspend => self.suspend(first),
        }
    }

    fn publish(&mut self, doctor: usize, patient: usize, amends: Option<(EhrId, Option<GrantId>)>) {
        let doctor = doctor % self.doctors.len();
        let (author, patient) =
            (self.doctors[doctor].clone(), pick(&self.patients, patient).unwrap().clone());
        let part = self.world.publish_part(&author, doctor, &patient);
        let (old, grant) = amends.map_or((None, None), |(old, grant)| (Some(old), grant));
        let part = PublishPart { amends: old, grant, ..part };
        let execution = self.world.submit(&author.sender, &PublicPart::Publish(part), &[address_head()]);
        check_writes(TransactionKind::Publish, &execution, if amends.is_some() { 4 } else { 3 });
        if refusal(&execution).is_none() {
            self.records.push((EhrId::new(created(&execution)), patient.id));
        }
    }

    fn request(&mut self, doctor: usize, patient: usize) {
        let (doctor, patient) = (doctor % self.doctors.len(), patient % self.patients.len());
        let reader = self.doctors[doctor].clone();
        let part = self.world.request_part(&reader, &self.patients[patient], &[]);
        let execution = self.world.submit(&reader.sender, &PublicPart::Request(part), &[]);
        check_writes(TransactionKind::Request, &execution, 2);
        if refusal(&execution).is_none() {
            self.requests.push((AccessRequestId::new(created(&execution)), doctor, patient));
        }
    }

    /// Grants one or two records, of whomever they are.
    fn grant(
        &mut self,
        (patient, doctor): (usize, usize),
        record: usize,
        access: AccessKind,
        request: Option<AccessRequestId>,
    ) {
        let patient = pick(&self.patients, patient).unwrap().clone();
        let doctor = pick(&self.doctors, doctor).unwrap().clone();
        let lines: BTreeSet<EhrId> = [record, record / 7]
            .iter()
            .filter_map(|index| pick(&self.records, *index))
            .map(|r| r.0)
            .collect();
        let ehr_ids: Vec<_> = lines.iter().copied().collect();
        let (part, heads) = self.world.grant_part(&patient, &doctor, &ehr_ids);
        let ahead = if record.is_multiple_of(5) { Span::HOUR } else { Span::ZERO };
        let from = self.world.context().time.after(ahead);
        let part = GrantPart { access, request, from, ..part };
        let until = from.after(part.duration);
        let execution = self.world.submit(&patient.sender, &PublicPart::Grant(part), &heads);
        check_writes(TransactionKind::Grant, &execution, 3);
        if refusal(&execution).is_none() {
            let id = GrantId::new(created(&execution));
            let (patient, grantee) = (patient.id, doctor.id);
            self.grants.push(Granted { id, patient, grantee, lines, from, until });
        }
    }

    fn deny(&mut self, request: usize, patient: usize) {
        let Some((id, ..)) = pick(&self.requests, request).copied() else { return };
        let patient = pick(&self.patients, patient).unwrap().clone();
        let part = PublicPart::Deny(DenyPart { request: id, code: ReasonCode::NotNeeded });
        check_writes(TransactionKind::Deny, &self.world.submit(&patient.sender, &part, &[]), 1);
    }

    /// Mostly by the patient who granted; by another one it changes nothing.
    fn revoke(&mut self, index: usize, ehr_id: Option<EhrId>) {
        if self.grants.is_empty() {
            return;
        }
        let index = index % self.grants.len();
        let grant = self.grants[index].id;
        let sender = match ehr_id {
            Some(_) => self.patients[index % self.patients.len()].clone(),
            None => self.patients[self.patient_index(self.grants[index].patient)].clone(),
        };
        let part = PublicPart::Revoke(RevokePart { grant, ehr_id });
        let execution = self.world.submit(&sender.sender, &part, &[]);
        check_writes(TransactionKind::Revoke, &execution, 1);
        if refusal(&execution).is_none() && sender.id == self.grants[index].patient {
            self.grants[index].lines.retain(|line| ehr_id.is_some_and(|ehr_id| ehr_id != *line));
        }
    }

    fn suspend(&mut self, who: usize) {
        let hospital = who % self.doctors.len();
        let person = match self.patients.get(hospital) {
            Some(patient) if who.is_multiple_of(2) => patient.clone(),
            _ => self.doctors[hospital].clone(),
        };
        let part = PublicPart::Suspend(SuspendPart { person: person.id, code: ReasonCode::Left });
        let registrar = self.world.hospitals[hospital].registrar.clone();
        let execution = self.world.submit(&registrar, &part, &[]);
        check_writes(TransactionKind::Suspend, &execution, 1);
        assert_eq!(refusal(&execution), None);
        self.suspended.insert(person.id);
    }

    /// A doctor reads any record, known or not, under any grant.
    fn read(&mut self, doctor: usize, record: usize, grant: usize) {
        let reader = pick(&self.doctors, doctor).unwrap().clone();
        let unknown = (EhrId::new([7; 20]), PersonId::ZERO);
        let (ehr_id, patient) = match record % 8 {
            0 => unknown,
            _ => pick(&self.records, record).copied().unwrap_or(unknown),
        };
        let now = self.world.context().time;
        let grant = pick(&self.grants, grant);
        let permitted = grant.is_some_and(|grant| {
            grant.patient == patient
                && grant.grantee == reader.id
                && grant.lines.contains(&ehr_id)
                && grant.from <= now
                && now < grant.until
        });
        let suspended = self.suspended.contains(&reader.id) || self.suspended.contains(&patient);
        let grant = grant.map_or(GrantId::ZERO, |grant| grant.id);
        self.decide(&reader, ehr_id, Some(grant), permitted && !suspended);
    }

    fn read_own(&mut self, patient: usize, record: usize) {
        let reader = pick(&self.patients, patient).unwrap().clone();
        let Some((ehr_id, owner)) = pick(&self.records, record).copied() else { return };
        let permitted = owner == reader.id && !self.suspended.contains(&reader.id);
        self.decide(&reader, ehr_id, None, permitted);
    }

    fn decide(&mut self, reader: &Person, ehr_id: EhrId, grant: Option<GrantId>, permitted: bool) {
        let request = self.world.read_request(reader, 0, ehr_id, grant);
        let part = self.world.wrap(request, &reader.sender.hand);
        let gateway = self.world.hospitals[0].node.clone();
        let execution = self.world.submit(&gateway, &part, &[]);
        check_writes(TransactionKind::Read, &execution, 3);
        let result = read_result(&execution);
        assert_eq!(result.decision == Decision::Allowed, permitted, "{:?}", result.reason);
        self.reads += 1;
        let again = self.world.submit(&gateway, &part, &[]);
        assert_eq!(refusal(&again), Some(Refusal::BadWrap));
    }

    /// Counters name exactly what there is, and every attempt is in some entry.
    fn check_lists(&self) {
        let mut attempts = 0;
        for (ehr_id, patient) in &self.records {
            let entries = self.world.entries(*ehr_id);
            let next = StateKey::access(ehr_id, entries.len() as u64);
            assert!(!self.world.state.values.contains_key(&next));
            for entry in entries {
                assert_eq!(entry.patient, Some(*patient));
                assert!(entry.decision == Decision::Refused || entry.shape == EntryShape::Single);
                attempts += entry.count as usize;
            }
        }
        for person in self.doctors.iter().chain(&self.patients) {
            attempts += self.check_person(person.id);
        }
        assert_eq!(attempts, self.reads);
    }

    /// The person's lists are whole; gives how many attempts on unknown ids are on record.
    fn check_person(&self, id: PersonId) -> usize {
        let value: Option<CountsValue<PersonCounts>> = self.world.value(&StateKey::counts(id.get()));
        let counts = value.map(|value| value.counts).unwrap_or_default();
        let published: Vec<_> =
            self.records.iter().filter(|record| record.1 == id).map(|record| record.0).collect();
        let listed: Vec<_> = (0..counts.records)
            .map(|index| {
                let value: EhrByPatientValue =
                    self.world.value(&StateKey::ehr_by_patient(&id, index)).unwrap();
                assert_eq!(self.world.value::<EhrValue>(&StateKey::ehr(&value.ehr_id)).unwrap().patient, id);
                value.ehr_id
            })
            .collect();
        assert_eq!(listed, published);
        let mut requests = Vec::new();
        let mut next = counts.newest_request;
        while let Some(id) = next {
            requests.insert(0, id);
            next = self.world.value::<RequestValue>(&StateKey::request(&id)).unwrap().previous;
        }
        let asked = self.requests.iter().filter(|request| self.patients[request.2].id == id);
        assert_eq!(requests, asked.map(|request| request.0).collect::<Vec<_>>());
        let mut grants = Vec::new();
        let mut next = counts.newest_grant;
        while let Some(id) = next {
            grants.insert(0, id);
            next = self.world.value::<carechain_types::GrantValue>(&StateKey::grant(&id)).unwrap().previous;
        }
        let given = self.grants.iter().filter(|grant| grant.patient == id);
        assert_eq!(grants, given.map(|grant| grant.id).collect::<Vec<_>>());
        let entry = |index| {
            let value: carechain_types::AccessValue =
                self.world.value(&StateKey::attempt(&id, index)).unwrap();
            value.entry.count as usize
        };
        let attempts: Option<CountsValue<AttemptCounts>> = self.world.value(&StateKey::attempt_counts(&id));
        (0..attempts.map_or(0, |value| value.counts.attempts)).map(entry).sum()
    }
}

/// The one at an index, wrapped; `None` of nothing.
fn pick<T>(list: &[T], index: usize) -> Option<&T> {
    list.get(index % list.len().max(1))
}

/// What each kind may write, and how much.
#[track_caller]
fn check_writes(kind: TransactionKind, execution: &Execution, count_max: usize) {
    use StateTag::{
        Access, Attempt, AttemptCounts, Counts, Ehr, EhrByPatient, Grant, Person, Refused, Request, Tombstone,
    };
    let allowed: &[StateTag] = match kind {
        TransactionKind::Publish => &[Ehr, EhrByPatient, Counts],
        TransactionKind::Request => &[Request, Counts],
        TransactionKind::Grant => &[Grant, Counts, Request],
        TransactionKind::Deny => &[Request],
        TransactionKind::Revoke => &[Grant, Tombstone],
        TransactionKind::Read => &[Access, Counts, Refused, Attempt, AttemptCounts],
        TransactionKind::Suspend => &[Person],
        kind => panic!("{kind:?} is not part of the sequences"),
    };
    let writes = &execution.changes.writes;
    assert!(writes.len() <= count_max, "{kind:?} wrote {} keys", writes.len());
    assert!(writes.keys().all(|key| allowed.contains(&key.tag)), "{kind:?} wrote {:?}", writes.keys());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_follow_the_model_and_lists_are_whole(steps in steps()) {
        let mut run = Run::new();
        for step in steps {
            run.take(step);
        }
        run.check_lists();
    }
}
