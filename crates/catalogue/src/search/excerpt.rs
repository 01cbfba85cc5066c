//! The part of a text in which words were found.

use super::term::Term;
use crate::words::words;

/// Characters of an excerpt, about.
const LENGTH: usize = 80;

/// Characters of it before what was found: little, because tiles are narrow.
const BEFORE: usize = 12;

/// A part of a text, on one line, that begins a little before the words that were found in it.
pub(super) fn excerpt(text: &str, term: &Term) -> String {
    let line = names::one_line(text);
    let letters: Vec<char> = line.chars().collect();
    let at = place(&letters, term).unwrap_or(0);
    let mut from = at.saturating_sub(BEFORE);
    if from > 0 {
        // At the beginning of a word, where there is one.
        let blank = letters[from..at].iter().position(|c| *c == ' ');
        from += blank.map_or(0, |blank| blank + 1);
    }
    let end = letters.len().min(from + LENGTH);
    let to = if end == letters.len() {
        end
    } else {
        let blank = letters[at..end].iter().rposition(|c| *c == ' ');
        blank.filter(|blank| *blank > 0).map_or(end, |blank| at + blank)
    };
    let before = if from > 0 { "…" } else { "" };
    let after = if to < letters.len() { "…" } else { "" };
    format!("{before}{}{after}", letters[from..to].iter().collect::<String>().trim())
}

/// Where the first of the words begins.
fn place(letters: &[char], term: &Term) -> Option<usize> {
    let first = term.words.first()?;
    let starts = |at: usize| at == 0 || !names::is_of_words(letters[at - 1]) || names::is_unspaced(letters[at]);
    (0..letters.len()).filter(|at| names::is_of_words(letters[*at]) || *at == 0).find(|at| {
        let ahead = || letters[*at..].iter().take(first.chars().count() * 2 + 8).collect::<String>();
        starts(*at) && words(&ahead()).first().is_some_and(|word| word.starts_with(first.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_what_was_found() {
        let text = "The harbour in the evening, with boats and gulls.\nA brown cat lies on the wall in front of the café \
                    and looks at the fishermen, who mend their nets.";
        let of = |typed: &str| excerpt(text, &Term::new(typed, false).unwrap());
        assert_eq!(of("cat"), "…A brown cat lies on the wall in front of the café and looks at the fishermen,…");
        assert!(of("harb").starts_with("The harbour in"), "{}", of("harb"));
        assert!(of("CAFE").contains("café"));
        assert!(of("nets").ends_with("nets."));
        assert_eq!(excerpt("a  b\nc", &Term::new("c", false).unwrap()), "a b c");
    }

    #[test]
    fn also_where_no_blanks_are() {
        let text = "窓辺で寝ている茶色の猫と本".repeat(20);
        let found = excerpt(&text, &Term::new("茶色の猫", false).unwrap());
        assert!(found.contains("茶色の猫") && found.chars().count() <= LENGTH + 2, "{found}");
    }
}
