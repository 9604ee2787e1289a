//! Token files, good and bad.

use super::{OperatorToken, TokenError};

fn read(text: &str) -> Result<OperatorToken, TokenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, text).unwrap();
    OperatorToken::read(&path)
}

#[test]
fn token_is_the_first_line_and_shows_itself_nowhere() {
    let token = read("0f1e2d\r\na comment\n").unwrap();
    assert_eq!(token.expose(), "0f1e2d");
    assert!(!format!("{token:?}").contains("0f1e2d"));
}

#[test]
fn line_that_cannot_stand_in_a_header_is_no_token() {
    // An empty token would be shown by everybody.
    for text in ["", "\n0f1e", "two words", "h\u{f6}f", "tab\t"] {
        let message = read(text).unwrap_err().to_string();
        assert!(message.contains("is no token"), "{text:?} {message}");
    }
}
