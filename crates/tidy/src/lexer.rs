//! Splits Rust source into what the compiler reads and what people read, line for line.
//!
//! Both halves keep every newline, so a line number in one is a line number in the file. String and character literals
//! are blanked in the code half. This knows just enough Rust for that: nested block comments, raw strings, byte strings
//! and the difference between a lifetime and a character.

/// The two halves of a source file; same number of lines as the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Halves {
    /// Code, with comments and the insides of literals blanked.
    pub(crate) code: String,
    /// Comments alone.
    pub(crate) comments: String,
}

/// Splits a file.
pub(crate) fn split(text: &str) -> Halves {
    let mut lexer = Lexer { characters: text.chars().collect(), position: 0, halves: Halves::default() };
    while lexer.position < lexer.characters.len() {
        lexer.step();
    }
    lexer.halves
}

struct Lexer {
    characters: Vec<char>,
    position: usize,
    halves: Halves,
}

enum To {
    Code,
    Comments,
    Nowhere,
}

impl Lexer {
    fn step(&mut self) {
        match (self.at(0), self.at(1)) {
            ('/', '/') => self.line_comment(),
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(),
            ('r' | 'b' | 'c', _) if self.raw_string_hashes().is_some() && !self.inside_word() => {
                self.raw_string()
            }
            ('\'', _) if self.is_character_literal() => self.character_literal(),
            _ => self.take(1, &To::Code),
        }
    }

    fn at(&self, ahead: usize) -> char {
        self.characters.get(self.position + ahead).copied().unwrap_or('\0')
    }

    fn inside_word(&self) -> bool {
        let before = self.position.checked_sub(1).map(|position| self.characters[position]);
        before.is_some_and(|character| character.is_alphanumeric() || character == '_')
    }

    fn take(&mut self, count: usize, to: &To) {
        for _ in 0..count {
            let Some(&character) = self.characters.get(self.position) else { return };
            self.position += 1;
            if character == '\n' {
                self.halves.code.push('\n');
                self.halves.comments.push('\n');
                continue;
            }
            match to {
                To::Code => self.halves.code.push(character),
                To::Comments => self.halves.comments.push(character),
                To::Nowhere => {}
            }
        }
    }

    fn line_comment(&mut self) {
        while self.position < self.characters.len() && self.at(0) != '\n' {
            self.take(1, &To::Comments);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.position < self.characters.len() {
            match (self.at(0), self.at(1)) {
                ('/', '*') => {
                    depth += 1;
                    self.take(2, &To::Comments);
                }
                ('*', '/') => {
                    depth -= 1;
                    self.take(2, &To::Comments);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.take(1, &To::Comments),
            }
        }
    }

    fn string(&mut self) {
        self.take(1, &To::Code);
        while self.position < self.characters.len() && self.at(0) != '"' {
            let count = if self.at(0) == '\\' { 2 } else { 1 };
            self.take(count, &To::Nowhere);
        }
        self.take(1, &To::Code);
    }

    /// The number of `#` when a raw string starts here, its prefix length beside.
    fn raw_string_hashes(&self) -> Option<(usize, usize)> {
        let prefix = match (self.at(0), self.at(1)) {
            ('r', _) => 1,
            ('b' | 'c', 'r') => 2,
            _ => return None,
        };
        let hashes = (0..).take_while(|ahead| self.at(prefix + ahead) == '#').count();
        (self.at(prefix + hashes) == '"').then_some((prefix, hashes))
    }

    fn raw_string(&mut self) {
        let (prefix, hashes) = self.raw_string_hashes().expect("the caller saw a raw string start here");
        self.take(prefix + hashes + 1, &To::Code);
        while self.position < self.characters.len() {
            if self.at(0) == '"' && (1..=hashes).all(|ahead| self.at(ahead) == '#') {
                self.take(1 + hashes, &To::Code);
                return;
            }
            self.take(1, &To::Nowhere);
        }
    }

    fn is_character_literal(&self) -> bool {
        self.at(1) == '\\' || self.at(2) == '\''
    }

    fn character_literal(&mut self) {
        self.take(1, &To::Code);
        while self.position < self.characters.len() && self.at(0) != '\'' {
            let count = if self.at(0) == '\\' { 2 } else { 1 };
            self.take(count, &To::Nowhere);
        }
        self.take(1, &To::Code);
    }
}

#[cfg(test)]
mod tests;
