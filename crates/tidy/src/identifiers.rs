//! Identifiers in a line of code, and the words they are made of.

/// The identifiers of a line whose comments and literals are blanked.
pub(crate) fn of(line: &str) -> impl Iterator<Item = &str> {
    line.split(|character: char| !character.is_alphanumeric() && character != '_')
        .filter(|part| part.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_'))
}

/// The words of an identifier or a file name, lower case: `PeerManager2`, `peer_manager` and `peer-manager` all give
/// `peer`, `manager`.
pub(crate) fn words(identifier: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous_is_lower = false;
    for character in identifier.chars() {
        let starts_word = character.is_uppercase() && previous_is_lower;
        if (starts_word || !character.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphabetic() {
            word.extend(character.to_lowercase());
        }
        previous_is_lower = character.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests;
