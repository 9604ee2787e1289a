//! What a hostile title can do to a terminal.

use super::plain;

#[test]
fn escapes_and_marks_of_direction_are_replaced_and_words_are_not() {
    assert_eq!(plain("Thorax, Röntgen\n2 Bilder"), "Thorax, Röntgen\n2 Bilder");
    assert_eq!(plain("\u{1b}[2Kx\r\u{7}\u{9b}y"), "\u{fffd}[2Kx\u{fffd}\u{fffd}\u{fffd}y");
    assert_eq!(plain("a\u{202e}b\u{2066}c"), "a\u{fffd}b\u{fffd}c");
}
