use std::collections::BTreeSet;

use super::Route;

#[test]
fn values_take_the_place_of_the_braces() {
    assert_eq!(Route::UPLOAD_CHUNK.with(&["00ff", "12"]), "/v1/uploads/00ff/chunks/12");
    assert_eq!(Route::STATUS.with(&[]), "/v1/status");
}

#[test]
fn no_two_routes_are_equal() {
    let routes: BTreeSet<_> = Route::ALL.iter().map(|route| (route.method.as_str(), route.path)).collect();
    assert_eq!(routes.len(), Route::ALL.len());
}
