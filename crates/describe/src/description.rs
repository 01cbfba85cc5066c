//! What a picture shows, cleaned and bounded.

/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 4_000;
/// Longest alternative text, in characters.
pub const MAX_ALT_TEXT: usize = 500;
/// Longest text read from a picture, in characters.
pub const MAX_TEXT_IN_IMAGE: usize = 8_000;
/// Most tags.
pub const MAX_TAGS: usize = 20;
/// Longest tag, in characters.
pub const MAX_TAG: usize = 64;

/// What a picture shows. All of it is text from a stranger: without control characters and bounded in length, but to be
/// shown as text only, never as HTML, and never used as a name, key or command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Sentences, at most [`MAX_DESCRIPTION`] characters. Never empty.
    pub description: String,
    /// One short sentence for people who can't see the picture, at most [`MAX_ALT_TEXT`] characters. Never empty.
    pub alt_text: String,
    /// Words to find it by: at most [`MAX_TAGS`], each once, at most [`MAX_TAG`] characters.
    pub tags: Vec<String>,
    /// Text that can be read in the picture, at most [`MAX_TEXT_IN_IMAGE`] characters; empty when there is none.
    pub text_in_image: String,
    /// The model that answered, as the host names it.
    pub model: String,
    /// What the host counted for the question, picture included.
    pub input_tokens: Option<u32>,
    /// What the host counted for the answer, thinking included.
    pub output_tokens: Option<u32>,
}

/// Text of several lines: line breaks stay; other control characters, commands to terminals and what nobody sees go.
pub(crate) fn clean_lines(text: &str, max_chars: usize) -> String {
    let text = names::without_escapes(text).replace("\r\n", "\n").replace('\r', "\n");
    let text = names::without_hidden(&text);
    let kept: String =
        text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|&c| c == '\n' || !c.is_control()).collect();
    let lines: Vec<&str> = kept.lines().map(str::trim_end).collect();
    shorten(lines.join("\n").trim(), max_chars)
}

/// Text of one line: every run of white space becomes one space; the rest as in [`clean_lines`].
pub(crate) fn clean_line(text: &str, max_chars: usize) -> String {
    let blanks: String =
        names::without_escapes(text).chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let kept: String = names::without_hidden(&blanks).chars().filter(|c| !c.is_control()).collect();
    shorten(&kept.split_whitespace().collect::<Vec<_>>().join(" "), max_chars)
}

/// Tags in the order given: trimmed, without `#`, each once (upper and lower case are the same).
pub(crate) fn clean_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    tags.into_iter()
        .map(|tag| clean_line(tag.trim().trim_start_matches('#').trim_end_matches([',', ';', '.']), MAX_TAG))
        .filter(|tag| !tag.is_empty() && seen.insert(tag.to_lowercase()))
        .take(MAX_TAGS)
        .collect()
}

/// The first sentence, for answers that lack an alternative text.
pub(crate) fn first_sentence(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let end = [". ", "! ", "? "].iter().filter_map(|stop| line.find(stop)).min().map_or(line.len(), |at| at + 1);
    clean_line(&line[..end], MAX_ALT_TEXT)
}

/// At most `max_chars` characters, cut between words when there is one to cut at, marked with an ellipsis.
fn shorten(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    let end = cut.rfind(char::is_whitespace).filter(|&end| end * 2 > cut.len()).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_normalised() {
        let tags = clean_tags([" Sea ", "#sunset", "SEA", "", "two\nwords", "beach."]);
        assert_eq!(tags, ["Sea", "sunset", "two words", "beach"]);
        let many: Vec<String> = (0..50).map(|n| format!("tag {n}")).collect();
        assert_eq!(clean_tags(many.iter().map(String::as_str)).len(), MAX_TAGS);
        assert_eq!(clean_tags([&*"x".repeat(200)])[0].chars().count(), MAX_TAG);
    }

    #[test]
    fn control_and_direction_characters_go() {
        assert_eq!(clean_lines("a\u{1b}[31mb\r\nc\u{0}\td\u{202e}e\u{e0041}", 100), "ab\nc de");
        assert_eq!(clean_line("a\u{1b}b\nc  d\u{1b}[0m\u{e0041}", 100), "ab c d");
    }

    #[test]
    fn long_text_is_cut_between_words() {
        assert_eq!(clean_line("one two three four", 12), "one two…");
        assert_eq!(clean_line(&"ä".repeat(30), 10), format!("{}…", "ä".repeat(9)));
    }

    #[test]
    fn an_alternative_text_from_a_description() {
        assert_eq!(first_sentence("A dog runs. It is wet."), "A dog runs.");
        assert_eq!(first_sentence("\nA dog"), "A dog");
    }
}
