//! Text that a terminal may show: what others wrote (titles, keywords, reasons, a node's messages) moves no cursor, hides
//! nothing and turns no line around.

/// The text with control characters, but for line breaks, and marks of direction replaced.
pub(super) fn plain(text: &str) -> String {
    let harmless = |character: char| {
        let turns =
            matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if turns || character.is_control() && character != '\n' {
            char::REPLACEMENT_CHARACTER
        } else {
            character
        }
    };
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests;
