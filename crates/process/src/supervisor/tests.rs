//! What ends a node, and what does not.

use std::time::Duration;

use tokio::runtime::Runtime;

use super::{Ended, Reason, Supervisor, blocking, end_within};

fn returned(name: &str) -> Result<(), Ended> {
    Err(Ended { name: name.to_owned(), reason: Reason::Returned })
}

/// Name and whether it was a panic.
fn panicked(result: Result<(), Ended>) -> String {
    match result {
        Err(Ended { name, reason: Reason::Panicked { .. } }) => name,
        other => panic!("{other:?}"),
    }
}

/// What the threads of these tests stumble over.
const PLANTED: Option<()> = Some(());

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap()
}

#[test]
fn a_thread_or_task_that_ends_is_named() {
    let supervisor = Supervisor::default();
    supervisor.thread("disk", || ()).unwrap();
    assert_eq!(supervisor.wait(), returned("disk"));

    let (supervisor, runtime) = (Supervisor::default(), runtime());
    supervisor.task(runtime.handle(), "copies", async {});
    assert_eq!(supervisor.wait(), returned("copies"));
}

#[test]
fn a_task_that_is_cancelled_or_lost_with_its_runtime_is_named() {
    let (supervisor, runtime) = (Supervisor::default(), runtime());
    supervisor.task(runtime.handle(), "http", std::future::pending()).abort();
    assert_eq!(supervisor.wait(), returned("http"));

    let supervisor = Supervisor::default();
    supervisor.task(runtime.handle(), "scrub", std::future::pending());
    drop(runtime);
    assert_eq!(supervisor.wait(), returned("scrub"));
}

#[test]
fn a_thread_or_task_that_panics_is_named() {
    let supervisor = Supervisor::default();
    supervisor.thread("peers", || assert!(PLANTED.is_none(), "planted")).unwrap();
    assert_eq!(panicked(supervisor.wait()), "peers");

    let (supervisor, runtime) = (Supervisor::default(), runtime());
    supervisor.task(runtime.handle(), "search", async { panic!("planted") });
    assert_eq!(panicked(supervisor.wait()), "search");
}

#[test]
fn a_panic_in_a_blocking_call_goes_on_in_the_task_that_waits_for_it() {
    let (supervisor, runtime) = (Supervisor::default(), runtime());
    let handle = runtime.handle().clone();
    supervisor.task(runtime.handle(), "search", async move { blocking(&handle, || panic!("planted")).await });
    assert_eq!(panicked(supervisor.wait()), "search");
}

#[test]
fn what_a_thread_says_is_the_reason() {
    let supervisor = Supervisor::default();
    supervisor.thread("consensus", || Err::<(), _>("block 7 does not execute")).unwrap();
    let ended = supervisor.wait().unwrap_err();
    assert!(matches!(ended.reason, Reason::Failed { .. }));
    assert_eq!(ended.to_string(), "`consensus` stopped: block 7 does not execute");
}

#[test]
fn the_first_end_is_the_reason_and_its_consequences_are_not() {
    let supervisor = Supervisor::default();
    let (sender, receiver) = crossbeam_channel::bounded::<()>(1);
    // Ends because the other one has: what that holds is dropped after its report.
    let waiting = supervisor.thread("peers", move || assert!(receiver.recv().is_err())).unwrap();
    supervisor.thread("consensus", move || assert!(sender.is_full(), "planted")).unwrap();
    waiting.join().unwrap();
    assert_eq!(panicked(supervisor.wait()), "consensus");
}

#[test]
fn an_orderly_stop_is_no_failure_but_a_write_that_fails_during_it_is() {
    let supervisor = Supervisor::default();
    supervisor.stop();
    supervisor.thread("disk", || ()).unwrap().join().unwrap();
    supervisor.thread("peers", || assert!(PLANTED.is_none(), "planted")).unwrap().join().unwrap_err();
    assert_eq!(supervisor.wait(), Ok(()));
    supervisor.thread("consensus", || Err::<(), _>("block 7 does not execute")).unwrap().join().unwrap();
    assert_eq!(supervisor.wait().unwrap_err().name, "consensus");
}

#[test]
fn an_end_that_never_comes_is_not_waited_for() {
    let (sender, receiver) = crossbeam_channel::bounded::<()>(1);
    end_within(Duration::from_millis(1), move || assert!(receiver.recv().is_err()));
    drop(sender);
}
