//! The grammar.
//!
//! ```text
//! any   = all { "OR" all }
//! all   = { [ "-" ] ( "(" any ")" | word | "phrase" | field:value ) }
//! ```
//! Parts that ask for nothing are left out, so that no text is an error.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::field::{Field, Place};
use super::filter::Filter;
use super::lex::{Quoted, Token, tokens};
use super::term::Term;

/// Reads what was typed.
pub(super) fn parse(text: &str) -> Filter {
    let mut parser = Parser { rest: tokens(text).into_iter().peekable() };
    parser.any().unwrap_or_default()
}

struct Parser {
    rest: Peekable<IntoIter<Token>>,
}

impl Parser {
    /// Until a group ends. `None` for what asks for nothing.
    fn any(&mut self) -> Option<Filter> {
        let mut parts = Vec::new();
        loop {
            parts.extend(self.all());
            match self.rest.next() {
                Some(Token::Or) => {}
                _ => break,
            }
        }
        of(parts, Filter::Any)
    }

    /// Until an `OR`, or until a group ends.
    fn all(&mut self) -> Option<Filter> {
        let mut parts = Vec::new();
        let mut without = false;
        while let Some(token) = self.rest.next_if(|token| !matches!(token, Token::Or | Token::Close)) {
            let part = match token {
                Token::Without => {
                    without = true;
                    continue;
                }
                Token::Open => self.any(),
                Token::Text { text, quoted } => text_filter(&text, quoted),
                Token::Field { field, value, quoted, typed } => field_filter(field, &value, quoted, &typed),
                Token::Or | Token::Close => None,
            };
            let turned = |part| if without { Filter::Not(Box::new(part)) } else { part };
            parts.extend(part.map(turned));
            without = false;
        }
        of(parts, Filter::All)
    }
}

fn of(mut parts: Vec<Filter>, several: fn(Vec<Filter>) -> Filter) -> Option<Filter> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(several(parts)),
    }
}

fn text_filter(text: &str, quoted: Quoted) -> Option<Filter> {
    Some(Filter::Words(None, Term::new(text, quoted == Quoted::Closed)?))
}

/// A field without a value asks for nothing yet.
fn field_filter(field: Field, value: &str, quoted: Quoted, typed: &str) -> Option<Filter> {
    let folded = names::fold(value);
    if folded.trim().is_empty() {
        return None;
    }
    match field.entry().place {
        Place::Condition(read) => match read(folded.trim()) {
            Some(condition) => Some(Filter::Is(Some(field), condition)),
            // What is no value of the field is a word like any other.
            None => text_filter(typed, quoted),
        },
        _ => Some(Filter::Words(Some(field), Term::new(value, quoted == Quoted::Closed)?)),
    }
}

impl Filter {
    /// What people type. Never an error.
    pub fn parse(text: &str) -> Filter {
        parse(text)
    }
}

#[cfg(test)]
mod tests;
