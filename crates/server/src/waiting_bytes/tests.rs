//! Who waits, and who does not.

use std::sync::mpsc::channel;

use super::WaitingBytes;

#[test]
fn who_adds_too_much_waits_until_there_is_room() {
    let waiting = WaitingBytes::new(10);
    let (sender, added) = channel();
    std::thread::scope(|scope| {
        waiting.add(8);
        let (waiting, sender) = (&waiting, &sender);
        scope.spawn(move || {
            waiting.add(3);
            sender.send(()).expect("the test listens");
        });
        assert!(added.try_recv().is_err());
        waiting.remove(8);
        added.recv().expect("there is room now");
        waiting.remove(3);
        // Alone, any number.
        waiting.add(50);
    });
}
