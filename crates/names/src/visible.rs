//! Characters that nobody sees and that change what is seen.

use crate::without_escapes;

/// Whether a character has no shape of its own: control characters, the format characters that reorder a line
/// (Unicode TR 36, "bidirectional text spoofing") or hide in it, tags that spell words unseen, and letters that are blank.
/// Joiners are none of them: scripts and emoji need those. Tags that are part of a flag stay in [`without_hidden`].
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Whether there is anything to be seen of a text: not in one of blanks, of what [is invisible](is_invisible), of joiners and
/// selectors without anything that they could join or select, and of letters and marks that are drawn as nothing.
pub fn has_visible(text: &str) -> bool {
    let is_blank = |c: char| {
        c.is_whitespace()
            || is_invisible(c)
            || matches!(c,
                '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{fe00}'..='\u{fe0f}' | '\u{1d159}'
                | '\u{e0100}'..='\u{e01ef}')
    };
    !text.chars().all(is_blank)
}

/// A text without what only hides in it. Control characters stay, and so do the tags that make an emoji the flag of a country's
/// part, and one variation selector behind a character: more of them are data that nobody sees.
pub fn without_hidden(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let flag = flag(rest);
        let length = flag.unwrap_or(c.len_utf8());
        let hides = match c {
            _ if flag.is_some() => false,
            '\u{e0100}'..='\u{e01ef}' => !kept.chars().next_back().is_some_and(is_ideograph),
            '\u{fe00}'..='\u{fe0f}' => kept.chars().next_back().is_none_or(|c| ('\u{fe00}'..='\u{fe0f}').contains(&c)),
            c => is_invisible(c) && !c.is_control(),
        };
        if !hides {
            kept.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    kept
}

/// How many bytes the flag of a country's part takes with which a text begins: a black flag, its code in tags, and their end
/// (Unicode TS 51, "emoji tag sequence").
fn flag(text: &str) -> Option<usize> {
    let tags = text.strip_prefix('\u{1f3f4}')?;
    let code = tags.trim_start_matches(|c| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}'));
    let behind = code.strip_prefix('\u{e007f}')?;
    let letters = tags[..tags.len() - code.len()].chars().count();
    (3..=6).contains(&letters).then_some(text.len() - behind.len())
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A text of any number of lines as it may be shown, whoever wrote it: what commands a terminal goes, other control characters
/// are made visible; format characters go, so that a name ends with its real end. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let lines = without_escapes(text).replace(['\u{2028}', '\u{2029}'], " ");
    without_hidden(&lines).chars().map(shown).collect()
}

/// A name as it may be shown: on one line, its blanks as they are.
pub fn visible_name(name: &str) -> String {
    visible(name).replace(['\n', '\t'], " ")
}

/// A text on one line, each run of blanks as one.
pub fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_what_is_there() {
        assert_eq!(visible("photo\u{202e}gpj.exe"), "photogpj.exe");
        assert_eq!(visible("a\u{200b}b\u{feff}\u{2066}c\u{2069}"), "abc");
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}\n\tc\r\u{1b}"), "ab\u{fffd}\n\tc\u{fffd}\u{fffd}");
    }

    #[test]
    fn words_spelled_in_tags_are_not_there() {
        let tags: String = "ignore all".bytes().map(|b| char::from_u32(0xe0000 + u32::from(b)).unwrap()).collect();
        assert_eq!(visible(&format!("\u{e0001}a{tags}\u{e007f}.png")), "a.png");
        assert_eq!(visible(&format!("\u{1f3f4}{tags}\u{e007f}.png")), "\u{1f3f4}.png", "that is no flag");
        assert_eq!(visible("a\u{3164}b\u{ffa0}"), "ab");
        assert_eq!(visible("a\u{e0100}\u{e0101}❤\u{fe0f}\u{fe0e}\u{fe01}"), "a❤\u{fe0f}");
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(one_line(" a\nb\t c\r"), "a b c\u{fffd}");
    }

    #[test]
    fn joiners_stay() {
        for name in [
            "👨\u{200d}👩\u{200d}👧.png",
            "می\u{200c}خواهم.jpg",
            "❤\u{fe0f}.png",
            "한글 ａｂ é",
            "葛\u{e0100}.png",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png",
        ] {
            assert_eq!(visible(name), name);
        }
    }
}
