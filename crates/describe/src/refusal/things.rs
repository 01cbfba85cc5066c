//! Things that carry words: a sign that says sorry is no apology.

/// Things on which words stand, in lower case.
const CARRIERS: &[&str] = &[
    "sign",
    "board",
    "billboard",
    "poster",
    "banner",
    "sticker",
    "label",
    "letters",
    "subtitle",
    "napkin",
    "postcard",
    "tile",
    "lettering",
    "screen",
    "dialog",
    "window",
    "screenshot",
    "terminal",
    "t-shirt",
    "shirt",
    "mug",
    "headline",
    "graffiti",
    "plaque",
    "slide",
    "newspaper",
    "popup",
    "pop-up",
    "notification",
    "receipt",
    "schild",
    "tafel",
    "zettel",
    "plakat",
    "aufkleber",
    "bildschirm",
    "bildschirmfoto",
    "tasse",
    "panneau",
    "affiche",
    "écran",
    "fenêtre",
    "cartel",
    "letrero",
    "pantalla",
    "ventana",
    "cartello",
    "schermo",
    "finestra",
    "placa",
    "cartaz",
    "scherm",
];

/// How a thing is introduced that hasn't been spoken of.
const ARTICLES: &[&str] = &[
    "a ", "an ", "the grey", "white ", "black ", "red ", "one ", "two ", "three ", "ein ", "eine ", "einem ", "einer ",
    "un ", "une ", "una ", "uma ", "um ", "een ", "en ", "ett ", "一",
];

/// How it is told that words are written somewhere.
const WRITING: &[&str] = &[
    "is written",
    "wrote in",
    "written in",
    "written on",
    "written by",
    "reads the",
    "reads a",
    ", says a",
    ", says the",
    ", sings a",
    "is what a",
    "is the message",
    "this message is on",
    "screenshot of",
    "is typed on",
    ", as a screenshot",
    "hand sign",
    " film poster",
    "text-only sign",
    "text-only page",
    "steht auf ein",
    "steht in ",
    "steht über ",
    ", scritto",
    "scritto su",
    "dice una",
    "dice el",
    "dice un",
    "écrit sur",
    "est écrit",
    "lit-on sur",
    "staat op een",
    "と書かれ",
    "と書いて",
    "貼り紙",
    "看板",
    "写着",
    "告示",
    "牌子",
    "标语",
    "적힌",
    "적혀",
    "쓰인",
    "써 있",
    "간판",
];

/// Whether a text quotes words and then says what they are: "Sorry, we can't open: a note on a door". It is in lower case.
pub(super) fn says_what_it_quotes(text: &str) -> bool {
    let behind = text.split_once([':', '—', '–', '：']).map(|(_, behind)| behind.trim_start()).unwrap_or_default();
    ARTICLES.iter().any(|article| behind.starts_with(article))
        || (behind.starts_with("the ") && names_a_carrier(behind))
}

/// Whether a text tells of words that stand somewhere.
pub(crate) fn quotes_writing(text: &str) -> bool {
    says_what_it_quotes(text) || WRITING.iter().any(|words| text.contains(words))
}

/// Whether a text begins, but for punctuation, with the name of such a thing.
pub(super) fn begins_with_a_carrier(text: &str) -> bool {
    words(text).next().is_some_and(|word| CARRIERS.contains(&word))
}

/// Whether a text names such a thing anywhere.
pub(super) fn names_a_carrier(text: &str) -> bool {
    words(text).any(|word| CARRIERS.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("i'm sorry, we can't serve you today: a note on a café door.", true)]
    #[case("sorry, we can't help you — a sign in a shop.", true)]
    #[case("i'm sorry, i can't help with that.", false)]
    #[case("i can't describe this: the image shows a person.", false)]
    fn quotations(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(says_what_it_quotes(text), is_one, "{text}");
    }

    #[test]
    fn names() {
        assert!(begins_with_a_carrier(" sign: a hand-painted board"));
        assert!(!begins_with_a_carrier(", but i can't see a sign"));
        assert!(names_a_carrier("an error, on a screen."));
        assert!(!names_a_carrier("i can't assign a message."));
    }
}
