//! Places for work. Their number is bounded, and one caller gets at most half of those that are free, so that the next caller
//! finds some.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Places shared by callers that are told apart by a key: an address or a person.
#[derive(Debug)]
pub(crate) struct Places<K> {
    taken: Mutex<Taken<K>>,
    /// Told whenever a place is free again.
    freed: Notify,
    places: usize,
    own_max: usize,
}

/// Invariant: `all` is the sum of `own`, which holds no zero.
#[derive(Debug)]
struct Taken<K> {
    own: BTreeMap<K, usize>,
    all: usize,
}

/// Some places of one caller; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place<K: Ord + Clone> {
    places: Arc<Places<K>>,
    key: K,
    count: usize,
}

impl<K: Ord + Clone> Places<K> {
    /// So many in all; one caller gets at most `own_max` of them, and never more than are left for all others.
    pub(crate) const fn new(places: usize, own_max: usize) -> Self {
        let taken = Mutex::new(Taken { own: BTreeMap::new(), all: 0 });
        Self { taken, freed: Notify::const_new(), places, own_max }
    }

    /// One place for a caller; `None` if it has its share.
    pub(crate) fn enter(self: &Arc<Self>, key: K) -> Option<Place<K>> {
        let mut place = Place { places: Arc::clone(self), key, count: 0 };
        place.grow(1).then_some(place)
    }

    /// One place for a caller, as soon as it may have one. The caller bounds the wait.
    pub(crate) async fn wait_for(self: &Arc<Self>, key: K) -> Place<K> {
        loop {
            let mut freed = pin!(self.freed.notified());
            // Before the look: a place that is freed behind it is not missed.
            freed.as_mut().enable();
            if let Some(place) = self.enter(key.clone()) {
                return place;
            }
            freed.await;
        }
    }

    /// Every change is one call, so a panic of a holder leaves the counts whole.
    fn lock(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Ord + Clone> Place<K> {
    /// Takes so many more; takes none and gives `false` if that is beyond the caller's share.
    pub(crate) fn grow(&mut self, count: usize) -> bool {
        let mut taken = self.places.lock();
        let own = taken.own.get(&self.key).copied().unwrap_or_default().saturating_add(count);
        let left = self.places.places.saturating_sub(taken.all.saturating_add(count));
        if own > self.places.own_max || own > left {
            return false;
        }
        if count > 0 {
            taken.own.insert(self.key.clone(), own);
            taken.all += count;
            self.count += count;
        }
        true
    }
}

impl<K: Ord + Clone> Drop for Place<K> {
    fn drop(&mut self) {
        // One that got nothing frees nothing: who waits would wake itself up by trying.
        if self.count == 0 {
            return;
        }
        let mut taken = self.places.lock();
        taken.all -= self.count;
        match taken.own.get_mut(&self.key) {
            Some(own) if *own > self.count => *own -= self.count,
            _ => {
                taken.own.remove(&self.key);
            }
        }
        drop(taken);
        self.places.freed.notify_waiters();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
