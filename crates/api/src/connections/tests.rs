//! Shares of connections, and clients that stand still.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::Places;

#[test]
fn one_address_takes_half_of_the_places_and_gives_them_back() {
    let places = Arc::new(Places::new(8));
    let (one, other) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from([10, 0, 0, 1]));
    let taken: Vec<_> = std::iter::from_fn(|| places.enter(one)).collect();
    assert_eq!(taken.len(), 4);
    assert!(places.enter(other).is_some());
    drop(taken);
    assert!(places.lock().is_empty());
}
