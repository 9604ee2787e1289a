//! Events waiting for the node, fair by peer.
//!
//! Each peer has its own bounded queues and its own turn: the consumer takes one event, of the peer's highest class,
//! from each waiting peer before it comes back to the first. A peer whose queue is full is not read from until there
//! is room, so a flood fills the flooder's queues and then its own link.
//!
//! Invariants
//! - A key stands in `turns` exactly once while its mailbox holds an event, and not otherwise.
//! - A mailbox gives `opening`, then messages by class, then `closing`; a new `opening` waits until `closing` is taken.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use carechain_crypto::SigningPublicKey;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use tokio::sync::Notify;

use crate::{Class, Event, Limits};

/// The side that tasks put events into.
#[derive(Debug)]
pub(crate) struct Inbox {
    contents: Mutex<Contents>,
    signal: Sender<()>,
    count_max: usize,
    bytes_max: usize,
}

/// The side the node takes events from, on any thread; one consumer.
#[derive(Debug)]
pub struct EventReceiver {
    inbox: Arc<Inbox>,
    signal: Receiver<()>,
}

/// The peer was removed or the network has ended.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct InboxClosed;

#[derive(Debug, Default)]
struct Contents {
    mailboxes: BTreeMap<SigningPublicKey, Mailbox>,
    turns: VecDeque<SigningPublicKey>,
    ended: bool,
}

#[derive(Debug, Default)]
struct Mailbox {
    opening: Option<Event>,
    messages: [VecDeque<Bytes>; Class::COUNT],
    bytes: [usize; Class::COUNT],
    closing: Option<Event>,
    has_turn: bool,
    /// Woken when something was taken; one waiter a class, and one for opening and closing.
    room: Arc<[Notify; Class::COUNT + 1]>,
}

const NOTICE_ROOM: usize = Class::COUNT;

/// An empty inbox and its receiver.
pub(crate) fn inbox(limits: &Limits) -> (Arc<Inbox>, EventReceiver) {
    let (sender, receiver) = crossbeam_channel::bounded(1);
    let inbox = Arc::new(Inbox {
        contents: Mutex::default(),
        signal: sender,
        count_max: limits.incoming_count_max,
        bytes_max: limits.incoming_bytes_max,
    });
    (Arc::clone(&inbox), EventReceiver { inbox, signal: receiver })
}

impl Inbox {
    /// Opens a mailbox for each key and discards those of all others.
    pub(crate) fn set_peers(&self, keys: impl Iterator<Item = SigningPublicKey>) {
        let mut contents = self.lock();
        let mut old = core::mem::take(&mut contents.mailboxes);
        contents.mailboxes = keys.map(|key| (key, old.remove(&key).unwrap_or_default())).collect();
        let Contents { mailboxes, turns, .. } = &mut *contents;
        turns.retain(|key| mailboxes.contains_key(key));
        drop(contents);
        wake_all(old.values());
    }

    /// Puts a message in as soon as its peer has room for it.
    pub(crate) async fn push(
        &self,
        from: SigningPublicKey,
        class: Class,
        message: Bytes,
    ) -> Result<(), InboxClosed> {
        let index = class.index();
        self.put(from, index, |mailbox| {
            let fits = mailbox.bytes[index] + message.len() <= self.bytes_max;
            if mailbox.messages[index].len() >= self.count_max
                || !(fits || mailbox.messages[index].is_empty())
            {
                return false;
            }
            mailbox.bytes[index] += message.len();
            mailbox.messages[index].push_back(message.clone());
            true
        })
        .await
    }

    /// Puts in the first event of a link, after the last one of the link before was taken.
    pub(crate) async fn push_opening(&self, event: Event) -> Result<(), InboxClosed> {
        self.put(event.peer(), NOTICE_ROOM, |mailbox| {
            let free = mailbox.opening.is_none() && mailbox.closing.is_none();
            if free {
                mailbox.opening = Some(event.clone());
            }
            free
        })
        .await
    }

    /// Puts in the last event of a link.
    pub(crate) async fn push_closing(&self, event: Event) -> Result<(), InboxClosed> {
        self.put(event.peer(), NOTICE_ROOM, |mailbox| {
            let free = mailbox.closing.is_none();
            if free {
                mailbox.closing = Some(event.clone());
            }
            free
        })
        .await
    }

    /// Ends the network: what waits can still be taken, nothing comes in.
    pub(crate) fn end(&self) {
        let mut contents = self.lock();
        contents.ended = true;
        wake_all(contents.mailboxes.values());
        drop(contents);
        self.raise_signal();
    }

    async fn put(
        &self,
        key: SigningPublicKey,
        room: usize,
        mut insert: impl FnMut(&mut Mailbox) -> bool,
    ) -> Result<(), InboxClosed> {
        loop {
            let wait = {
                let mut contents = self.lock();
                if contents.ended {
                    return Err(InboxClosed);
                }
                let Contents { mailboxes, turns, .. } = &mut *contents;
                let mailbox = mailboxes.get_mut(&key).ok_or(InboxClosed)?;
                if insert(mailbox) {
                    if !core::mem::replace(&mut mailbox.has_turn, true) {
                        turns.push_back(key);
                    }
                    None
                } else {
                    Some(Arc::clone(&mailbox.room))
                }
            };
            match wait {
                None => {
                    self.raise_signal();
                    return Ok(());
                }
                Some(notify) => notify[room].notified().await,
            }
        }
    }

    fn take(&self) -> Option<Event> {
        let mut contents = self.lock();
        let Contents { mailboxes, turns, .. } = &mut *contents;
        let key = turns.pop_front()?;
        let mailbox = mailboxes.get_mut(&key).expect("a key with a turn has a mailbox");
        let event = mailbox.take(key);
        mailbox.has_turn = !mailbox.is_empty();
        if mailbox.has_turn {
            turns.push_back(key);
        }
        event
    }

    fn has_ended(&self) -> bool {
        self.lock().ended
    }

    fn raise_signal(&self) {
        // A signal that is already raised says the same.
        if let Err(TrySendError::Disconnected(())) = self.signal.try_send(()) {
            tracing::trace!("nobody takes network events");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailbox {
    fn is_empty(&self) -> bool {
        self.opening.is_none() && self.closing.is_none() && self.messages.iter().all(VecDeque::is_empty)
    }

    fn take(&mut self, key: SigningPublicKey) -> Option<Event> {
        if let Some(event) = self.opening.take() {
            self.room[NOTICE_ROOM].notify_one();
            return Some(event);
        }
        for class in Class::ALL {
            if let Some(bytes) = self.messages[class.index()].pop_front() {
                self.bytes[class.index()] -= bytes.len();
                self.room[class.index()].notify_one();
                return Some(Event::Message { from: key, class, bytes });
            }
        }
        let event = self.closing.take();
        self.room[NOTICE_ROOM].notify_one();
        event
    }
}

impl EventReceiver {
    /// The next event if one waits.
    pub fn try_next(&self) -> Option<Event> {
        self.inbox.take()
    }

    /// The next event, waiting for it on this thread; `None` once the network has ended and all events were taken.
    pub fn next(&self) -> Option<Event> {
        loop {
            if let Some(event) = self.try_next() {
                return Some(event);
            }
            if self.inbox.has_ended() || self.signal.recv().is_err() {
                return self.try_next();
            }
        }
    }

    /// Like [`Self::next`], but gives up at `deadline`.
    pub fn next_until(&self, deadline: Instant) -> Option<Event> {
        loop {
            if let Some(event) = self.try_next() {
                return Some(event);
            }
            if self.inbox.has_ended() || self.signal.recv_deadline(deadline).is_err() {
                return self.try_next();
            }
        }
    }

    /// Holds a token whenever events may wait: for `select!` beside other channels. After receiving it, take events
    /// until [`Self::try_next`] gives `None`.
    #[must_use]
    pub const fn signal(&self) -> &Receiver<()> {
        &self.signal
    }
}

fn wake_all<'a>(mailboxes: impl Iterator<Item = &'a Mailbox>) {
    mailboxes.for_each(|mailbox| mailbox.room.iter().for_each(Notify::notify_one));
}

#[cfg(test)]
mod tests;
