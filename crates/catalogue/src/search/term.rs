//! Words that are looked for together, and how well a text has them.

use super::hits::Rank;
use crate::words::words;

/// The most characters that are looked for as one: the longest name has as many.
const LONGEST: usize = 255;

/// A word or phrase.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Folded.
    pub(super) text: String,
    pub(super) words: Vec<String>,
    pub(super) whole: bool,
}

impl Term {
    /// A word or phrase as somebody typed it; `whole` for one in quotes, whose words are meant to their ends. `None` for
    /// punctuation alone, which asks for nothing.
    pub fn new(text: &str, whole: bool) -> Option<Term> {
        let text: String = names::fold(text).chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        let text = text.trim();
        if text.chars().all(|c| c.is_whitespace() || names::is_punctuation(c)) {
            return None;
        }
        let words = words(text);
        // What has no words, such as `€`, is only found as it is written.
        Some(Term { whole: whole && !words.is_empty(), words, text: text.to_owned() })
    }

    /// Several as one: the phrase that they make together.
    pub(super) fn joined<'a>(terms: impl IntoIterator<Item = &'a Term>) -> Option<Term> {
        let texts: Vec<&str> = terms.into_iter().map(|term| term.text.as_str()).collect();
        Term::new(&texts.join(" "), false)
    }

    /// How well a text has it.
    pub(super) fn rank_in_text(&self, text: &str) -> Option<Rank> {
        self.rank_in_words(&words(text))
    }

    /// How well a name has it, with or without its ending.
    pub(super) fn rank_in_name(&self, name: &str) -> Option<Rank> {
        let folded = names::fold(name);
        if self.is_name(&folded) {
            return Some(Rank::Exact);
        }
        let within = || (!self.whole && folded.contains(&self.text)).then_some(Rank::Within);
        self.rank_in_text(name).or_else(within)
    }

    /// How well an element of a list has it, such as a tag.
    pub(super) fn rank_in_element(&self, element: &str) -> Option<Rank> {
        let has = words(element);
        if !has.is_empty() && has == self.words { Some(Rank::Exact) } else { self.rank_in_words(&has) }
    }

    /// How well a make's own name has it, in which words are put together: `EF50mm`, `D850`.
    pub(super) fn rank_in_make(&self, make: &str) -> Option<Rank> {
        let within = || (!self.whole && names::fold(make).contains(&self.text)).then_some(Rank::Within);
        self.rank_in_element(make).or_else(within)
    }

    /// Whether it is a folded name, or all of one but its ending.
    pub(super) fn is_name(&self, folded: &str) -> bool {
        let Some(rest) = folded.strip_prefix(&self.text) else { return false };
        rest.is_empty() || rest.strip_prefix('.').is_some_and(|ending| !ending.contains('.') && ending.len() <= 10)
    }

    fn rank_in_words(&self, has: &[String]) -> Option<Rank> {
        let (last, before) = self.words.split_last()?;
        let mut best = None;
        for window in has.windows(self.words.len()) {
            let (end, start) = window.split_last()?;
            if start == before && end == last {
                return Some(Rank::Whole);
            }
            if !self.whole && start == before && end.starts_with(last.as_str()) {
                best = Some(Rank::Beginning);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("beach", "Beach.jpg", Some(Rank::Exact))]
    #[case("beach.jpg", "Beach.jpg", Some(Rank::Exact))]
    #[case("beach", "my beach.jpg", Some(Rank::Whole))]
    #[case("bea", "my beach.jpg", Some(Rank::Beginning))]
    #[case("each", "my beach.jpg", Some(Rank::Within))]
    #[case("y b", "my beach.jpg", Some(Rank::Within))]
    #[case("sand", "my beach.jpg", None)]
    fn names(#[case] typed: &str, #[case] name: &str, #[case] expected: Option<Rank>) {
        assert_eq!(Term::new(typed, false).unwrap().rank_in_name(name), expected);
    }

    #[test]
    fn what_is_whole_has_no_more_behind_it() {
        let term = Term::new("old town", true).unwrap();
        assert_eq!(term.rank_in_text("The Old-Town of"), Some(Rank::Whole));
        assert_eq!(term.rank_in_text("old towns"), None);
        assert_eq!(term.rank_in_name("cold town.jpg"), None);
        assert_eq!(term.rank_in_element("old town"), Some(Rank::Exact));
    }

    #[test]
    fn punctuation_asks_for_nothing() {
        for text in ["", " ", "-", "&", "…", "()", "\u{301}", "\0", "。「」"] {
            assert_eq!(Term::new(text, false), None, "{text:?}");
        }
    }
}
