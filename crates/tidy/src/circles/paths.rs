//! The paths that a file's code names, use trees spread out.

/// A path as written, with its line from 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct NamedPath {
    /// Segments, the first possibly `crate`, `self` or `super`.
    pub(super) segments: Vec<String>,
    /// Line from 1.
    pub(super) line: usize,
    /// The name it goes by here, when this is a `pub use`.
    pub(super) exported_as: Option<String>,
}

/// All paths of two or more segments in code, and all of `use`.
pub(super) fn named_in(code: &str) -> Vec<NamedPath> {
    let mut parser = Parser { tokens: tokens(code), position: 0, paths: Vec::new() };
    while parser.position < parser.tokens.len() {
        parser.item();
    }
    parser.paths
}

struct Parser {
    tokens: Vec<(String, usize)>,
    position: usize,
    paths: Vec<NamedPath>,
}

impl Parser {
    fn peek(&self) -> &str {
        self.tokens.get(self.position).map_or("", |(token, _)| token.as_str())
    }

    fn line(&self) -> usize {
        self.tokens.get(self.position).map_or(0, |(_, line)| *line)
    }

    fn is_after_public(&self) -> bool {
        let before = self.tokens[..self.position].iter().rev().take(4).map(|(token, _)| token.as_str());
        before.take_while(|token| !matches!(*token, ";" | "}" | "]")).any(|token| token == "pub")
    }

    fn item(&mut self) {
        if self.peek() == "use" {
            let is_public = self.is_after_public();
            self.position += 1;
            self.use_tree(&[], is_public);
        } else if is_word(self.peek()) {
            self.expression_path();
        } else {
            self.position += 1;
        }
    }

    fn expression_path(&mut self) {
        let line = self.line();
        let mut segments = vec![self.peek().to_owned()];
        self.position += 1;
        while self.peek() == "::"
            && self.tokens.get(self.position + 1).is_some_and(|(token, _)| is_word(token))
        {
            self.position += 1;
            segments.push(self.peek().to_owned());
            self.position += 1;
        }
        if segments.len() > 1 {
            self.paths.push(NamedPath { segments, line, exported_as: None });
        }
    }

    /// One tree: `a::b`, `a::{b, c as d}`, `a::*`.
    fn use_tree(&mut self, before: &[String], is_public: bool) {
        let line = self.line();
        let mut segments = before.to_vec();
        loop {
            match self.peek() {
                "::" => self.position += 1,
                "{" => {
                    self.position += 1;
                    return self.use_trees(&segments, is_public);
                }
                "as" => {
                    self.position += 1;
                    let name = self.peek().to_owned();
                    self.position += 1;
                    return self.push(segments, line, is_public, name);
                }
                token if is_word(token) || token == "*" => {
                    segments.push(token.to_owned());
                    self.position += 1;
                }
                _ => {
                    let name = segments.last().cloned().unwrap_or_default();
                    return self.push(segments, line, is_public, name);
                }
            }
        }
    }

    /// What stands between braces, up to and with the closing one. Ends at anything that is no use tree.
    fn use_trees(&mut self, before: &[String], is_public: bool) {
        while !matches!(self.peek(), "}" | "") {
            let position = self.position;
            self.use_tree(before, is_public);
            if self.peek() == "," {
                self.position += 1;
            }
            if self.position == position {
                return;
            }
        }
        self.position += 1;
    }

    fn push(&mut self, segments: Vec<String>, line: usize, is_public: bool, name: String) {
        self.paths.push(NamedPath { segments, line, exported_as: is_public.then_some(name) });
    }
}

fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_')
}

fn tokens(code: &str) -> Vec<(String, usize)> {
    let mut tokens: Vec<(String, usize)> = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                _ if first.is_alphanumeric() || first == '_' => rest
                    .find(|character: char| !character.is_alphanumeric() && character != '_')
                    .unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            tokens.push((rest[..length].to_owned(), index + 1));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

#[cfg(test)]
mod tests;
