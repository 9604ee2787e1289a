//! What an engine says after a turn that failed.

use carechain_contract::StateFailure;
use carechain_ledger::{FaultPoint, Table};
use carechain_types::{Height, Moment};

use super::consortium::{Consortium, START, TestMachine, member};
use crate::error::Fatal;
use crate::input::{Input, Ticket};

/// Every way to something that may rest on what was not synced.
#[track_caller]
fn check_answers_only(machine: &mut TestMachine, cause: &str) {
    let stopped = machine.running().err().unwrap();
    assert!(stopped.to_string().contains(cause), "{stopped}");
    assert_eq!(machine.running_mut().err().unwrap(), stopped);
    let mut outputs = Vec::new();
    let again = machine.turn(Moment::in_step(START), Vec::new(), &mut |output| outputs.push(output));
    let again = again.unwrap_err();
    assert!(matches!(&again, Fatal::Stopped(known) if *known == stopped), "{again}");
    assert_eq!(again.stopped(), stopped, "the cause is said once, however often it is asked for");
    assert!(outputs.is_empty(), "{outputs:?}");
}

#[test]
fn after_a_failed_turn_there_is_no_ledger_status_head_or_proof_to_ask_for() {
    let consortium = Consortium::new();
    let submission = consortium.registration(1, START);
    let mut machine = consortium.machine_on_faulty_disk(member(0), FaultPoint::Reads(Table::Seen));
    assert_eq!(machine.running().unwrap().ledger().head().height, Height::ZERO);
    let submit = Input::Submit { ticket: Ticket::new(1), submission };
    let fatal = machine.turn(Moment::in_step(START), vec![submit], &mut |_| {}).unwrap_err();
    assert!(matches!(fatal, Fatal::Contract(StateFailure::SeenUnreadable { .. })), "{fatal}");
    check_answers_only(&mut machine, "cannot read table seen-1: planned fault");
}

/// Whoever writes between two turns must not hide the failure from the next one.
#[test]
fn a_failed_write_between_two_turns_stops_the_engine() {
    let consortium = Consortium::new();
    let mut machine = consortium.machine_on_faulty_disk(member(0), FaultPoint::None);
    machine.turn(Moment::in_step(START), Vec::new(), &mut |_| {}).unwrap();
    drop(machine);
    let mut machine = consortium.machine_on_faulty_disk(member(0), FaultPoint::Before(2));
    let failed = machine.running_mut().unwrap().index_tokens(&[], Height::ZERO);
    assert!(failed.is_err());
    check_answers_only(&mut machine, "planned fault at write 2");
}
