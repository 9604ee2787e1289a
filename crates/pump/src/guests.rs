//! Places that other members take: a few are each one's own, the rest goes to who comes, never all to one.
//!
//! Of the common places a member gets one while it has fewer of them than are free: alone it takes half. So nobody
//! needs to know how many members are at work, and no members together can leave another without its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carechain_crypto::HospitalId;

/// The places.
#[derive(Debug)]
pub(super) struct Guests {
    taken: Mutex<BTreeMap<HospitalId, usize>>,
    own: usize,
    common: usize,
}

/// One place; free again when dropped.
#[derive(Debug)]
pub(super) struct GuestPlace {
    guests: Arc<Guests>,
    hospital: HospitalId,
}

impl Guests {
    /// So many for each member, and so many for all.
    pub(super) const fn new(own: usize, common: usize) -> Self {
        Self { taken: Mutex::new(BTreeMap::new()), own, common }
    }

    /// A place, unless this member has its share.
    pub(super) fn enter(self: &Arc<Self>, hospital: HospitalId) -> Option<GuestPlace> {
        let mut taken = self.lock();
        let borrowed = |taken: &usize| taken.saturating_sub(self.own);
        let free = self.common.saturating_sub(taken.values().map(borrowed).sum());
        let places = taken.entry(hospital).or_default();
        if *places >= self.own && borrowed(places) >= free {
            return None;
        }
        *places += 1;
        Some(GuestPlace { guests: Arc::clone(self), hospital })
    }

    /// Every change is one call, so a panic of a holder leaves the map whole.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<HospitalId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for GuestPlace {
    fn drop(&mut self) {
        let mut taken = self.guests.lock();
        if let Some(places) = taken.get_mut(&self.hospital) {
            *places = places.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests;
