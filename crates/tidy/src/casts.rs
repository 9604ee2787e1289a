//! No number is cut short in silence: `as` towards an integer below 64 bits drops the upper bits of a number that somebody
//! else may have chosen.
//!
//! What is known when compiling may be converted so: a `const` whose cast lost something would be seen by its users at once.

use crate::{Finding, Tree, identifiers};

const NARROW: [&str; 8] = ["u8", "u16", "u32", "i8", "i16", "i32", "i64", "isize"];

/// File, and why a cast there loses nothing.
const EXEMPT: [(&str, &str); 1] =
    [("crates/schema/src/error_code.rs", "the number of a variant that is written beside it")];

/// Finds narrowing casts outside of tests and constants.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.rust() {
        let is_exempt = EXEMPT.iter().any(|(path, _)| *path == source.path());
        if !source.path().contains("/src/") || source.crate_name().is_none() || source.is_test() || is_exempt
        {
            continue;
        }
        for (index, line) in source.code().lines().enumerate() {
            let words: Vec<_> = identifiers::of(line).collect();
            let is_constant = matches!(words.as_slice(), ["const", ..] | ["pub", "const", ..]);
            if is_constant {
                continue;
            }
            for target in words.windows(2).filter(|pair| pair[0] == "as" && NARROW.contains(&pair[1])) {
                let message = format!(
                    "`as {0}` cuts a number short in silence: `{0}::try_from`, and say what happens when it does not \
                     fit",
                    target[1]
                );
                findings.push(Finding::new(source.path(), index + 1, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
