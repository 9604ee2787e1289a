//! A state that cannot be read is never taken for a verdict, wherever the read stands that fails.

use std::cell::Cell;
use std::sync::Arc;

use carechain_contract::{StateFailure, StateReader, apply, includable};
use carechain_crypto::Digest;
use carechain_types::{PublicPart, RevokePart, Role, StateKey, Transaction, Verified};

use crate::world::{Store, World};

/// A state whose storage answers some reads and fails at the next one.
struct FailsAfter<'a> {
    store: &'a Store,
    reads_left: Cell<usize>,
}

impl FailsAfter<'_> {
    fn check(&self) -> Result<(), Arc<dyn core::error::Error + Send + Sync>> {
        let Some(left) = self.reads_left.get().checked_sub(1) else {
            return Err(Arc::new(std::io::Error::other("planned fault")));
        };
        self.reads_left.set(left);
        Ok(())
    }
}

impl StateReader for FailsAfter<'_> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, StateFailure> {
        self.check().map_err(|source| StateFailure::Unreadable { key: *key, source })?;
        self.store.get(key)
    }

    fn seen(&self, digest: &Digest) -> Result<bool, StateFailure> {
        self.check().map_err(|source| StateFailure::SeenUnreadable { digest: *digest, source })?;
        self.store.seen(digest)
    }
}

/// Runs `judge` on a state that fails at its first read, its second and so on until all reads are answered: each failure
/// must come out.
#[track_caller]
fn check_every_failure<T>(world: &World, judge: impl Fn(&FailsAfter<'_>) -> Result<T, StateFailure>) {
    let mut failures = 0;
    loop {
        let state = FailsAfter { store: &world.state, reads_left: Cell::new(failures) };
        match judge(&state) {
            Err(failure) => assert!(failure.to_string().ends_with("planned fault"), "{failure}"),
            Ok(_) => {
                assert_eq!(state.reads_left.get(), 0, "read {failures} failed and a verdict came out");
                break;
            }
        }
        failures += 1;
    }
    assert!(failures > 1, "{failures} reads are too few to judge by");
}

#[test]
fn every_read_that_fails_comes_out_of_judging_and_executing() {
    let mut world = World::new();
    let reader = world.enrol(1, Role::Doctor);
    let patient = world.enrol(0, Role::Patient);
    let ehr_id = world.publish(&patient, 0, &patient);
    let grant = world.grant(&patient, &reader, &[ehr_id]);
    let request = world.read_request(&reader, 0, ehr_id, Some(grant));
    let wrap = world.wrap(request, &reader.sender.hand);
    let gateway = world.hospitals[0].node.clone();
    let revoke = PublicPart::Revoke(RevokePart { grant, ehr_id: None });
    for (sender, part) in [(&gateway, &wrap), (&patient.sender, &revoke)] {
        let body = world.draft(sender, part, &[]);
        let transaction: Verified<Transaction> = world.sign(sender, body);
        let context = world.context();
        check_every_failure(&world, |state| includable(state, &context, &transaction));
        check_every_failure(&world, |state| apply(state, &context, &world.scheme, &transaction));
    }
}
