//! What commands terminals: ECMA-48, "Control Functions for Coded Character Sets".

use std::borrow::Cow;

const ESCAPE: char = '\u{1b}';

/// A text without the sequences that set colours, move the cursor or name a window. Whole, so that no `[31m` stays; what only
/// begins like one, or never ends, is left as it is.
pub fn without_escapes(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c == ESCAPE || ('\u{80}'..='\u{9f}').contains(&c)) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = sequence(rest).unwrap_or_else(|| {
            kept.push(c);
            c.len_utf8()
        });
        rest = &rest[length..];
    }
    Cow::Owned(kept)
}

/// How many bytes the sequence takes with which a text begins; none where it begins otherwise.
fn sequence(text: &str) -> Option<usize> {
    let mut letters = text.chars();
    let (kind, body) = match letters.next()? {
        ESCAPE => (letters.next()?, letters.as_str()),
        '\u{9b}' => ('[', letters.as_str()),
        '\u{9d}' => (']', letters.as_str()),
        '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => ('P', letters.as_str()),
        _ => return None,
    };
    let before = text.len() - body.len();
    let end = match kind {
        '[' => {
            let parameters = body.trim_start_matches(|c| ('0'..='?').contains(&c));
            let end = parameters.trim_start_matches(|c| (' '..='/').contains(&c));
            let last = end.chars().next().filter(|c| ('@'..='~').contains(c))?;
            body.len() - end.len() + last.len_utf8()
        }
        ']' | 'P' | 'X' | '^' | '_' => {
            let ends = ["\u{7}", "\u{1b}\\", "\u{9c}"];
            ends.iter().filter_map(|end| body.find(end).map(|at| at + end.len())).min()?
        }
        // Another set of characters.
        ' '..='/' => {
            let end = body.trim_start_matches(|c| (' '..='/').contains(&c));
            let last = end.chars().next().filter(|c| ('0'..='~').contains(c))?;
            body.len() - end.len() + last.len_utf8()
        }
        _ => return None,
    };
    Some(before + end)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("\u{1b}[1;31mred\u{1b}[0m", "red")]
    #[case("a\u{1b}[2J\u{1b}[?25lb\u{9b}31mc", "abc")]
    #[case("\u{1b}]0;title\u{7}a\u{1b}]8;;http://x\u{1b}\\b", "ab")]
    #[case("\u{1b}(Ba", "a")]
    #[case("\u{1b}P1$r\u{1b}\\a", "a")]
    fn whole_sequences_go(#[case] text: &str, #[case] kept: &str) {
        assert_eq!(without_escapes(text), kept);
    }

    #[rstest]
    #[case("array[31mm]")]
    #[case("a\u{1b}b")]
    #[case("\u{1b}[31")]
    #[case("\u{1b}]0;no end")]
    #[case("ü\u{1b}")]
    fn what_is_none_stays(#[case] text: &str) {
        assert_eq!(without_escapes(text), text);
    }
}
