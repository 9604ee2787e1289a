//! Messages waiting for one peer, by class.
//!
//! Limits: count and bytes are bounded over all classes. When a message does not fit, the oldest message of the lowest
//! class goes, which may be the new one. While no link is open nothing is kept: what was said before a link came up is
//! said again by the protocol above.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::{Class, Limits};

#[derive(Debug)]
pub(crate) struct Outbox {
    waiting: Mutex<Waiting>,
    arrived: [Notify; Class::COUNT],
    count_max: usize,
    bytes_max: usize,
}

/// Messages dropped, by class.
pub(crate) type Dropped = [u64; Class::COUNT];

#[derive(Debug, Default)]
struct Waiting {
    open: bool,
    queues: [VecDeque<Bytes>; Class::COUNT],
    count: usize,
    bytes: usize,
}

/// No link is open.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct OutboxClosed;

impl Outbox {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            waiting: Mutex::default(),
            arrived: Default::default(),
            count_max: limits.outgoing_count_max,
            bytes_max: limits.outgoing_bytes_max,
        }
    }

    /// Lets messages in.
    pub(crate) fn open(&self) {
        self.lock().open = true;
    }

    /// Drops what waits and lets nothing in.
    pub(crate) fn close(&self) -> Dropped {
        let waiting = core::mem::take(&mut *self.lock());
        waiting.queues.map(|queue| queue.len() as u64)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lock().open
    }

    /// Queues a message and says what had to go for it.
    pub(crate) fn push(&self, class: Class, message: Bytes) -> Result<Dropped, OutboxClosed> {
        let mut waiting = self.lock();
        if !waiting.open {
            return Err(OutboxClosed);
        }
        waiting.count += 1;
        waiting.bytes += message.len();
        waiting.queues[class.index()].push_back(message);
        let mut dropped = Dropped::default();
        while waiting.count > self.count_max || waiting.bytes > self.bytes_max {
            dropped[waiting.drop_lowest().index()] += 1;
        }
        drop(waiting);
        self.arrived[class.index()].notify_one();
        Ok(dropped)
    }

    /// The oldest message of a class, if any.
    pub(crate) fn try_next(&self, class: Class) -> Option<Bytes> {
        self.lock().pop(class)
    }

    /// The oldest message of a class, as soon as there is one. One caller a class.
    pub(crate) async fn next(&self, class: Class) -> Bytes {
        loop {
            if let Some(message) = self.try_next(class) {
                return message;
            }
            self.arrived[class.index()].notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn pop(&mut self, class: Class) -> Option<Bytes> {
        let message = self.queues[class.index()].pop_front()?;
        self.count -= 1;
        self.bytes -= message.len();
        Some(message)
    }

    fn drop_lowest(&mut self) -> Class {
        Class::ALL
            .into_iter()
            .rev()
            .find(|class| self.pop(*class).is_some())
            .expect("a queue above its bound holds a message")
    }
}

#[cfg(test)]
mod tests;
