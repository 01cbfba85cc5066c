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
    let bare = bare(text);
    bare.is_empty() || NOTHING.contains(&&*bare) || NOT_GIVEN.contains(&&*bare)
}

/// Whether a text only says that there is none.
pub(crate) fn is_not_given(text: &str) -> bool {
    NOT_GIVEN.contains(&&*bare(text))
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
