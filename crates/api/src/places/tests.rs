//! Shares of places.

use std::sync::Arc;

use super::Places;

#[test]
fn one_caller_takes_half_of_the_places_and_gives_them_back() {
    let places = Arc::new(Places::new(8, 8));
    let taken: Vec<_> = std::iter::from_fn(|| places.enter("one")).collect();
    assert_eq!(taken.len(), 4);
    assert!(places.enter("other").is_some());
    drop(taken);
    assert!(places.lock().own.is_empty());
    assert_eq!(places.lock().all, 0);
}

#[test]
fn no_caller_takes_more_than_its_bound_however_much_is_free() {
    let places = Arc::new(Places::new(100, 3));
    let taken: Vec<_> = std::iter::from_fn(|| places.enter("one")).collect();
    assert_eq!(taken.len(), 3);
}

#[test]
fn place_that_cannot_grow_keeps_what_it_has() {
    let places = Arc::new(Places::new(8, 8));
    let mut place = places.enter("one").unwrap();
    assert!(!place.grow(4), "five of eight are more than the others have");
    assert!(place.grow(3) && !place.grow(1));
    drop(place);
    assert_eq!(places.lock().all, 0);
}
