//! Clients that wait for the outcome of a transaction.

use std::collections::BTreeMap;

use carechain_crypto::TransactionId;

use crate::input::Ticket;
use crate::limits::WAITING_MAX;

/// Tickets by transaction.
#[derive(Debug, Default)]
pub(crate) struct WaitingClients {
    by_transaction: BTreeMap<TransactionId, Vec<Ticket>>,
    by_ticket: BTreeMap<Ticket, TransactionId>,
}

impl WaitingClients {
    /// Whether nobody more may wait.
    pub(crate) fn is_full(&self) -> bool {
        self.by_ticket.len() >= WAITING_MAX
    }

    pub(crate) fn add(&mut self, ticket: Ticket, transaction: TransactionId) {
        self.by_transaction.entry(transaction).or_default().push(ticket);
        self.by_ticket.insert(ticket, transaction);
    }

    pub(crate) fn forget(&mut self, ticket: Ticket) {
        let Some(transaction) = self.by_ticket.remove(&ticket) else { return };
        if let Some(tickets) = self.by_transaction.get_mut(&transaction) {
            tickets.retain(|other| *other != ticket);
            if tickets.is_empty() {
                self.by_transaction.remove(&transaction);
            }
        }
    }

    /// Takes out all that wait for a transaction.
    pub(crate) fn take(&mut self, transaction: &TransactionId) -> Vec<Ticket> {
        let tickets = self.by_transaction.remove(transaction).unwrap_or_default();
        for ticket in &tickets {
            self.by_ticket.remove(ticket);
        }
        tickets
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
