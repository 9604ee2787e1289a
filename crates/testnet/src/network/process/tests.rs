//! What `/proc` says of processes that run and have ended.

use super::start_time_of;

#[test]
fn a_process_is_known_by_the_time_it_started_whatever_its_name_holds() {
    let stat = "812 (a) Z name) S 1 812 812 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 177123 1000 50";
    assert_eq!(start_time_of(stat).as_deref(), Some("177123"));
}

#[test]
fn a_zombie_has_ended() {
    assert_eq!(start_time_of("812 (carechain) Z 1 812 812 0 -1 0 1 2 3 4 5 6 7 8 20 0 9 0 177123 0 0"), None);
    assert_eq!(start_time_of("812 (carechain)"), None);
    assert_eq!(start_time_of(""), None);
}
