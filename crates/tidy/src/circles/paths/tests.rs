//! Use trees and paths in expressions.

use super::named_in;

#[track_caller]
fn check(code: &str, expected: &[&str]) {
    let found: Vec<_> = named_in(code).into_iter().map(|path| path.segments.join("::")).collect();
    assert_eq!(found, expected, "{code}");
}

#[test]
fn use_trees_spread_out() {
    check(
        "use crate::a::{b, c::{D, self}, E as F};\nuse super::*;",
        &["crate::a::b", "crate::a::c::D", "crate::a::c::self", "crate::a::E", "super::*"],
    );
}

#[test]
fn expressions_count_when_they_have_two_segments() {
    check("fn f() -> a::B { crate::c::d(x) + y::<u8>() }", &["a::B", "crate::c::d"]);
}

#[test]
fn public_uses_know_the_name_they_export() {
    let paths = named_in("pub use a::{B, C as D};\nuse e::F;");
    let names: Vec<_> = paths.into_iter().map(|path| path.exported_as).collect();
    assert_eq!(names, [Some("B".to_owned()), Some("D".to_owned()), None]);
}

#[test]
fn precise_capturing_is_no_import_and_ends() {
    check("fn f<'a>(x: &'a u8) -> impl Fn() + use<'a> { g(); }", &[""]);
}
