//! Clients: each submits one transaction and stops at the first answer. Most ask another node when they hear nothing; the
//! faithful ones, as most people, know one node, a correct one, and ask it once, again only when it has restarted.

use std::collections::BTreeMap;

use carechain_crypto::TransactionId;
use carechain_engine::SharedSubmission;
use carechain_types::Time;

use crate::member::Life;
use crate::workload::Request;

/// All clients of a world.
#[derive(Debug)]
pub(crate) struct Clients {
    requests: Vec<Request>,
    waits: Vec<bool>,
    waiting: usize,
    asked: Vec<usize>,
    /// Which life of its node a faithful client last asked.
    asked_life: Vec<u64>,
    tickets: BTreeMap<u64, usize>,
    expired: u64,
}

impl Clients {
    /// One for each request.
    pub(crate) fn new(requests: Vec<Request>) -> Self {
        let count = requests.len();
        Self {
            requests,
            waits: vec![true; count],
            waiting: count,
            asked: vec![0; count],
            asked_life: vec![0; count],
            tickets: BTreeMap::new(),
            expired: 0,
        }
    }

    /// When each submits first.
    pub(crate) fn starts(&self) -> Vec<(usize, Time)> {
        self.requests.iter().map(|request| request.at).enumerate().collect()
    }

    /// Clients without an answer that still want one.
    pub(crate) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// What a client submits now and to which nodes, each under a ticket of its own; `None` if it wants no answer more.
    pub(crate) fn ask(
        &mut self,
        index: usize,
        now: Time,
        nodes: &[Life],
    ) -> Option<(SharedSubmission, Vec<(u64, usize)>)> {
        self.give_up_expired(index, now);
        if !self.waits[index] {
            return None;
        }
        let Request { submission, gateway, gateways_at_once, faithful, .. } = &self.requests[index];
        let mut gateways = Vec::new();
        if *faithful {
            let own = (0..nodes.len()).map(|step| (gateway + step) % nodes.len());
            let own = own.into_iter().find(|node| nodes[*node] != Life::Sins).expect("most are correct");
            if let Life::Runs(life) = nodes[own]
                && life != self.asked_life[index]
            {
                let ticket = self.tickets.len() as u64;
                self.tickets.insert(ticket, index);
                self.asked_life[index] = life;
                gateways.push((ticket, own));
            }
            return Some((SharedSubmission::clone(submission), gateways));
        }
        for _ in 0..*gateways_at_once {
            let ticket = self.tickets.len() as u64;
            self.tickets.insert(ticket, index);
            gateways.push((ticket, (gateway + self.asked[index]) % nodes.len()));
            self.asked[index] += 1;
        }
        Some((SharedSubmission::clone(submission), gateways))
    }

    /// Whose ticket it is.
    pub(crate) fn of_ticket(&self, ticket: u64) -> Option<usize> {
        self.tickets.get(&ticket).copied()
    }

    /// A client's transaction.
    pub(crate) fn id(&self, index: usize) -> TransactionId {
        self.requests[index].id
    }

    /// A node told a client that it will not do it, as by a clock that is wrong: even a faithful one asks again.
    pub(crate) fn turned_away(&mut self, index: usize) {
        self.asked_life[index] = 0;
    }

    /// A client has its answer.
    pub(crate) fn settle(&mut self, index: usize) {
        if core::mem::take(&mut self.waits[index]) {
            self.waiting -= 1;
        }
    }

    /// A client whose transaction has expired waits no more.
    pub(crate) fn give_up_expired(&mut self, index: usize, now: Time) {
        if self.waits[index] && now >= self.requests[index].expiry {
            self.settle(index);
            self.expired += 1;
        }
    }

    /// Clients whose transaction expired before they had an answer.
    pub(crate) const fn expired(&self) -> u64 {
        self.expired
    }
}
