//! Who waits for what, and how many may.

use carechain_crypto::TransactionId;

use super::WaitingClients;
use crate::input::Ticket;
use crate::limits::WAITING_MAX;

const ONE: TransactionId = TransactionId::new([1; 32]);
const OTHER: TransactionId = TransactionId::new([2; 32]);

#[test]
fn all_that_wait_for_a_transaction_are_taken_at_once_and_only_they() {
    let mut waiting = WaitingClients::default();
    for (ticket, id) in [(1, ONE), (2, OTHER), (3, ONE)] {
        waiting.add(Ticket::new(ticket), id);
    }
    assert_eq!(waiting.take(&ONE), [Ticket::new(1), Ticket::new(3)]);
    assert_eq!(waiting.take(&ONE), []);
    assert_eq!(waiting.take(&OTHER), [Ticket::new(2)]);
    assert!(waiting.by_ticket.is_empty() && waiting.by_transaction.is_empty());
}

#[test]
fn client_that_left_is_not_answered_and_leaves_no_trace() {
    let mut waiting = WaitingClients::default();
    for (ticket, id) in [(1, ONE), (2, ONE), (3, OTHER)] {
        waiting.add(Ticket::new(ticket), id);
    }
    waiting.forget(Ticket::new(1));
    waiting.forget(Ticket::new(1));
    waiting.forget(Ticket::new(3));
    assert!(!waiting.by_transaction.contains_key(&OTHER));
    assert_eq!(waiting.take(&ONE), [Ticket::new(2)]);
    assert!(waiting.by_ticket.is_empty());
}

#[test]
fn last_place_is_given_and_none_behind_it() {
    let mut waiting = WaitingClients::default();
    for ticket in 0..WAITING_MAX as u64 {
        assert!(!waiting.is_full());
        waiting.add(Ticket::new(ticket), ONE);
    }
    assert!(waiting.is_full());
    waiting.forget(Ticket::new(0));
    assert!(!waiting.is_full());
}
