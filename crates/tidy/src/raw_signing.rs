//! Bytes are signed and signatures checked in one place: the method per purpose in `types`.
//!
//! A signature over bytes that do not carry their purpose and chain can be replayed as something else. A typed body is
//! signed with its chain beside it, so a call of `sign` with a single argument is the raw one of `crypto`, unless it is a
//! method of the caller itself.

use crate::{Finding, Source, Tree, identifiers};

/// What only `types`, and `crypto` that defines it, may name.
const RAW: [&str; 3] = ["SigningKeyPair::sign", "signing_bytes", "verify_strict"];

/// Calls that sign bytes as they are.
const RAW_CALLS: [&str; 1] = [".sign_bytes("];

const ALLOWED: [&str; 2] = ["crypto", "types"];

/// Finds raw signing and raw verification outside `crypto` and `types`.
#[must_use]
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.rust() {
        if source.crate_name().is_some_and(|name| !ALLOWED.contains(&name)) {
            check_source(source, &mut findings);
        }
    }
    findings
}

fn check_source(source: &Source, findings: &mut Vec<Finding>) {
    let mut find = |line, raw: &str| {
        let message = format!("`{raw}` outside `types`: add a purpose and its method there and call that");
        findings.push(Finding::new(source.path(), line, message));
    };
    for (index, line) in source.code().lines().enumerate() {
        let named = RAW.iter().find(|raw| match raw.rsplit_once("::") {
            Some(_) => line.contains(*raw),
            None => identifiers::of(line).any(|identifier| identifier == **raw),
        });
        if let Some(raw) = named.or_else(|| RAW_CALLS.iter().find(|call| line.contains(*call))) {
            find(index + 1, raw);
        }
    }
    for (start, call) in source.code().match_indices(SIGN_CALL) {
        let before = &source.code()[..start];
        let is_own_method = before.ends_with("self");
        if !is_own_method && argument_count(&source.code()[start + call.len()..]) == 1 {
            find(before.lines().count().max(1), SIGN_CALL);
        }
    }
}

/// Arguments up to the parenthesis that closes the call.
fn argument_count(arguments: &str) -> usize {
    let (mut depth, mut count, mut is_empty) = (0_usize, 0, true);
    for character in arguments.chars() {
        match character {
            ')' | ']' | '}' if depth == 0 => break,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                count += usize::from(!is_empty);
                is_empty = true;
                continue;
            }
            _ => {}
        }
        is_empty &= character.is_whitespace();
    }
    count + usize::from(!is_empty)
}

const SIGN_CALL: &str = ".sign(";

#[cfg(test)]
mod tests;
