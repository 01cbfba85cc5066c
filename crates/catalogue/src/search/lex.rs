//! What people type, as tokens.

use std::iter::Peekable;
use std::str::Chars;

use super::field::Field;

/// The most words and values that are taken; what is typed beyond asks for nothing.
const MOST: usize = 100;

/// The deepest that parentheses are nested; those beyond have no meaning.
const DEEPEST: usize = 20;

/// A part of what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `OR`
    Or,
    /// `-` in front of something.
    Without,
    /// A word, or what stands in quotes.
    Text { text: String, quoted: Quoted },
    /// `field:value`; `typed` is all of it.
    Field { field: Field, value: String, quoted: Quoted, typed: String },
}

/// Whether something stands in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoted {
    No,
    /// Between two.
    Closed,
    /// Behind one: the other isn't typed yet.
    Open,
}

/// Takes a text apart. Parentheses come in pairs, but for some that are still open at the end.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text.chars().peekable(), tokens: Vec::new(), taken: 0, depth: 0, beyond: 0 };
    while lexer.taken < MOST && lexer.next() {}
    lexer.tokens
}

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
    tokens: Vec<Token>,
    /// How many of them are words or values.
    taken: usize,
    /// How many groups are open.
    depth: usize,
    /// How many parentheses are open beyond the deepest.
    beyond: usize,
}

impl Lexer<'_> {
    /// Takes one token, or skips what is none. Whether there may be more.
    fn next(&mut self) -> bool {
        let Some(&first) = self.rest.peek() else { return false };
        match plain(first) {
            c if c.is_whitespace() => drop(self.rest.next()),
            '(' => {
                self.rest.next();
                if self.depth < DEEPEST {
                    self.depth += 1;
                    self.tokens.push(Token::Open);
                } else {
                    self.beyond += 1;
                }
            }
            ')' => {
                self.rest.next();
                self.close();
            }
            '"' => {
                let (text, quoted) = self.quoted();
                self.take(Token::Text { text, quoted });
            }
            '-' => {
                self.rest.next();
                let next = self.rest.peek().map_or(' ', |c| plain(*c));
                // A dash by itself parts words, and several are punctuation.
                if next == '-' {
                    while self.rest.next_if(|c| plain(*c) == '-').is_some() {}
                } else if !next.is_whitespace() && next != ')' {
                    self.tokens.push(Token::Without);
                }
            }
            _ => {
                let token = self.word();
                self.take(token);
            }
        }
        true
    }

    fn take(&mut self, token: Token) {
        self.taken += 1;
        self.tokens.push(token);
    }

    fn close(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if self.depth > 0 {
            self.depth -= 1;
            self.tokens.push(Token::Close);
        }
    }

    /// What stands in quotes that begin here.
    fn quoted(&mut self) -> (String, Quoted) {
        self.rest.next();
        let mut text = String::new();
        for c in self.rest.by_ref() {
            if plain(c) == '"' {
                return (text, Quoted::Closed);
            }
            text.push(c);
        }
        (text, Quoted::Open)
    }

    /// A word, or a field with its value. Parentheses within belong to it, as in `photo(1).jpg`.
    fn word(&mut self) -> Token {
        let mut typed = String::new();
        let mut field = None;
        let mut inner = 0;
        while let Some(&c) = self.rest.peek() {
            match plain(c) {
                c if c.is_whitespace() => break,
                '(' => inner += 1,
                ')' if inner > 0 => inner -= 1,
                ')' if self.depth > 0 || self.beyond > 0 => break,
                ':' if field.is_none() => {
                    let known = Field::from_key(&names::fold(&typed));
                    field = Some(known.map(|field| (field, typed.len() + c.len_utf8())));
                    if let Some(field) = known {
                        self.rest.next();
                        typed.push(c);
                        if self.rest.peek().is_some_and(|c| plain(*c) == '"') {
                            let (value, quoted) = self.quoted();
                            typed.push_str(&value);
                            return Token::Field { field, value, quoted, typed };
                        }
                        continue;
                    }
                }
                _ => {}
            }
            typed.push(c);
            self.rest.next();
        }
        match field.flatten() {
            Some((field, at)) => Token::Field { field, value: typed[at..].to_owned(), quoted: Quoted::No, typed },
            None if typed == "OR" => Token::Or,
            None => Token::Text { text: typed, quoted: Quoted::No },
        }
    }
}

/// The sign that another way to write it stands for: keyboards of other scripts and programs that set text have their own.
fn plain(c: char) -> char {
    match c {
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{ff1a}' => ':',
        '\u{ff0d}' | '\u{2212}' => '-',
        '\u{ff02}' | '\u{201c}'..='\u{201f}' => '"',
        c => c,
    }
}
