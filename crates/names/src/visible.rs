//! Characters that nobody sees and that change what is seen.

/// Whether a character has no shape of its own: control characters, and the format characters that reorder a line
/// (Unicode TR 36, "bidirectional text spoofing") or hide in it. Joiners are none of them: scripts and emoji need those.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}')
}

/// A text of any number of lines as it may be shown, whoever wrote it: control characters are made visible, so that they
/// command no terminal; format characters go, so that a name ends with its real end. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' => Some(c),
        '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => Some('\u{fffd}'),
        c if is_invisible(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(shown).collect()
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
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}\n\tc\r"), "a\u{fffd}[2Jb\u{fffd}\n\tc\u{fffd}");
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(one_line(" a\nb\t c\r"), "a b c\u{fffd}");
    }

    #[test]
    fn joiners_stay() {
        for name in ["👨\u{200d}👩\u{200d}👧.png", "می\u{200c}خواهم.jpg", "❤\u{fe0f}.png", "한글 ａｂ é"]
        {
            assert_eq!(visible(name), name);
        }
    }
}
