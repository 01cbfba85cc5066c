//! What models write where they have nothing to say.

/// Words that say that there is nothing, alone, in lower case.
const NOT_GIVEN: &[&str] = &[
    "n/a",
    "null",
    "nil",
    "none",
    "undefined",
    "not applicable",
    "no text",
    "no visible text",
    "no text visible",
    "no text in image",
    "no text in the image",
    "k. a",
    "k.a",
    "kein text",
    "kein text vorhanden",
    "kein text sichtbar",
    "aucun texte",
    "sin texto",
    "nessun testo",
    "sem texto",
    "geen tekst",
    "brak tekstu",
    "нет текста",
    "无",
    "無",
    "なし",
    "없음",
];

/// More of them, which describe nothing: of a sign or among tags they may be true.
const NOTHING: &[&str] = &[
    "na",
    "nothing",
    "unknown",
    "empty",
    "true",
    "false",
    "todo",
    "string",
    "description",
    "not available",
    "unavailable",
    "redacted",
    "no description",
    "no description available",
    "no description provided",
    "description not available",
    "no caption",
    "no alt text",
    "keine",
    "keiner",
    "nichts",
    "keine angabe",
    "keine beschreibung",
    "keine beschreibung verfügbar",
    "nicht verfügbar",
    "nicht vorhanden",
    "aucun",
    "aucune",
    "aucune description",
    "non disponible",
    "sin descripción",
    "ninguno",
    "ninguna",
    "no disponible",
    "nessuno",
    "nessuna",
    "nessuna descrizione",
    "non disponibile",
    "nenhum",
    "nenhuma",
    "sem descrição",
    "não disponível",
    "geen",
    "geen beschrijving",
    "niet beschikbaar",
    "brak",
    "brak opisu",
    "нет",
    "нет описания",
];

/// Whether a text describes nothing: it has no letter or digit, or is one of the words for that. A text that has more to say is
/// never meant.
pub(crate) fn says_nothing(text: &str) -> bool {
    let bare = bare(&without_marks(text));
    bare.is_empty()
        || is_one_letter(&bare)
        || is_placeholder(text)
        || NOTHING.contains(&&*bare)
        || NOT_GIVEN.contains(&&*bare)
}

/// Whether a text only says that there is none.
pub(crate) fn is_not_given(text: &str) -> bool {
    NOT_GIVEN.contains(&&*bare(text))
}

/// The form instead of what goes into it: "<two to five sentences>", "{{description}}".
fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let inside = |open: &str, close: &str| {
        let inside = text.strip_prefix(open)?.strip_suffix(close)?;
        Some(!inside.is_empty() && !inside.contains(['<', '>', '{', '}']))
    };
    [("<", ">"), ("{{", "}}"), ("[", "]")].iter().any(|(open, close)| inside(open, close).unwrap_or(false))
}

/// A model that has come off the rails repeats one letter.
fn is_one_letter(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    text.chars().count() >= 20 && letters.all(|letter| Some(letter) == first)
}

/// Without the marks of templates, and the pictures of Markdown.
fn without_marks(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    while let Some(at) = rest.find(['<', '!']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let end = match from {
            from if from.starts_with("<|") => from.find("|>").map(|end| end + 2),
            from if from.starts_with("![") => from.find(')').map(|end| end + 1),
            _ => None,
        };
        let kept = if end.is_none() { 1 } else { 0 };
        plain.push_str(&from[..kept]);
        rest = &from[end.unwrap_or(1)..];
    }
    plain + rest
}

fn bare(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", true)]
    #[case(" - ", true)]
    #[case("N/A", true)]
    #[case("\"null\"", true)]
    #[case("(None.)", true)]
    #[case("Keine Angabe", true)]
    #[case("A form in which N/A is written.", false)]
    #[case("null and void: a stamp", false)]
    #[case("None of the chairs is taken.", false)]
    #[case("<two to five sentences>", true)]
    #[case("{{description}}", true)]
    #[case("[REDACTED]", true)]
    #[case("<|image|><|image|>", true)]
    #[case("![image](data:image/png;base64,AAAA)", true)]
    #[case("GGGGGGGGGGGGGGGGGGGGGGGGGGGGGG", true)]
    #[case("A heart <3 on a wall, and ![x", false)]
    #[case("7", false)]
    fn said(#[case] text: &str, #[case] nothing: bool) {
        assert_eq!(says_nothing(text), nothing, "{text}");
    }

    #[rstest]
    #[case("N/A", true)]
    #[case("No visible text.", true)]
    #[case("EMPTY", false)]
    #[case("Nothing", false)]
    #[case("❤", false)]
    fn said_in_a_field(#[case] text: &str, #[case] not_given: bool) {
        assert_eq!(is_not_given(text), not_given, "{text}");
    }
}
