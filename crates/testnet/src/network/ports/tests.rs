use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};

use super::{PORT_MIN, free_ports};

#[test]
fn ports_are_different_and_none_is_one_that_the_system_gives_to_outgoing_connections() {
    let ports = free_ports(300).unwrap();
    assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), 300);
    let picked = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    assert!(
        ports.iter().all(|port| (PORT_MIN..picked).contains(port)),
        "{ports:?}, the system gave {picked}"
    );
}

#[test]
fn more_ports_than_there_are_is_an_error() {
    assert!(free_ports(usize::from(u16::MAX)).is_err());
}
