//! What `/proc` says of processes that start, end, or are no node.

use super::is_passing;

#[test]
fn process_without_a_command_line_runs_unless_it_is_a_zombie_or_the_kernels() {
    assert!(is_passing("812 (carechain) R 1 812 812 0 -1"));
    assert!(is_passing("812 (a) Z name) D 77 812 812 0 -1"));
    assert!(!is_passing("812 (carechain) Z 1 812 812 0 -1"));
    assert!(!is_passing("812 (kworker/0:1) I 2 0 0 0 -1"));
    assert!(!is_passing(""));
}
