//! The two halves on the awkward corners of Rust.

use super::split;

#[track_caller]
fn check(text: &str, code: &str, comments: &str) {
    let halves = split(text);
    assert_eq!(halves.code, code, "code of {text}");
    assert_eq!(halves.comments, comments, "comments of {text}");
}

#[test]
fn comments_leave_the_code_half() {
    check("a // b\nc", "a \nc", "// b\n");
    check("a /* b /* c\n */ d */ e", "a \n e", "/* b /* c\n */ d */");
}

#[test]
fn literals_are_blanked() {
    check(r#"x("a \" // b")"#, r#"x("")"#, "");
    check(r##"x(r#"a " b"#, br"c")"##, r##"x(r#""#, br"")"##, "");
    check(r"x('\'', '/', b'\\')", "x('', '', b'')", "");
}

#[test]
fn lifetimes_are_code() {
    check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}", "");
}

#[test]
fn both_halves_keep_every_line() {
    let text = "//! a\nlet b = \"c\nd\"; /* e\nf */ g\n";
    let halves = split(text);
    assert_eq!(halves.code.lines().count(), text.lines().count());
    assert_eq!(halves.comments.lines().count(), text.lines().count());
}
