//! A text that says that the picture could not be worked on, where a description should stand: what a server's own error
//! becomes when a model, or a gateway in front of it, wraps it into an answer.

use super::things::{names_a_carrier, quotes_writing};

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failed {
    /// It was held back on purpose.
    HeldBack,
    /// It went wrong.
    Broken,
}

/// Who says so says no more than this, in characters.
const LONGEST: usize = 240;

/// What a sentence about the picture, or about what was asked, begins with, in lower case.
const SUBJECTS: &[&str] = &[
    "the image",
    "this image",
    "that image",
    "your image",
    "the uploaded image",
    "the provided image",
    "the picture",
    "this picture",
    "your picture",
    "the photo",
    "this photo",
    "your photo",
    "the content",
    "this content",
    "the file",
    "this file",
    "the request",
    "this request",
    "your request",
    "the description",
    "a description",
    "das bild",
    "dieses bild",
    "dein bild",
    "ihr bild",
    "das foto",
    "dieses foto",
    "die datei",
    "der inhalt",
    "die anfrage",
    "l'image",
    "cette image",
    "votre image",
    "la photo",
    "la imagen",
    "esta imagen",
    "l'immagine",
    "questa immagine",
    "a imagem",
    "esta imagem",
    "de afbeelding",
    "deze afbeelding",
    "изображение",
    "图片",
    "图像",
    "该图",
    "此图",
    "画像",
    "이미지",
];

/// What isn't done to it, directly behind.
const NOT: &[&str] = &[
    "can't be ",
    "could not be ",
    "couldn't be ",
    "failed to ",
    "failed ",
    "was not ",
    "wasn't ",
    "is not ",
    "isn't ",
    "has not been ",
    "could not ",
    "couldn't ",
    "kann nicht ",
    "konnte nicht ",
    "konnte leider nicht ",
    "kann leider nicht ",
    "n'a pas pu ",
    "ne peut pas ",
    "ne peut être ",
    "no se pudo ",
    "no se puede ",
    "no pudo ",
    "no puede ",
    "non può ",
    "non è stato possibile ",
    "não pôde ",
    "não pode ",
    "não foi possível ",
    "kon niet ",
    "kan niet ",
    "не удалось ",
    "не может быть ",
    "无法",
    "加载失败",
    "处理失败",
    "を読み込め",
    "を処理でき",
    "を表示でき",
    "를 불러올 수 없",
    "를 처리할 수 없",
];

/// What would have been done.
const WORK: &[&str] = &[
    "load",
    "process",
    "describ",
    "analy",
    "open",
    "displa",
    "retriev",
    "fetch",
    "decod",
    "download",
    "access",
    "generat",
    "support",
    "provided",
    "available",
    "interpret",
    "geladen",
    "verarbeitet",
    "beschrieben",
    "geöffnet",
    "angezeigt",
    "analysiert",
    "gelesen",
    "abgerufen",
    "chargé",
    "traité",
    "décrit",
    "ouvert",
    "affiché",
    "cargar",
    "procesar",
    "describir",
    "abrir",
    "mostrar",
    "caricat",
    "elaborat",
    "descritt",
    "apert",
    "carregad",
    "processad",
    "descrit",
    "abert",
    "geladen",
    "verwerkt",
    "beschreven",
    "загрузить",
    "обработать",
    "описать",
    "открыть",
    "обработано",
    "加载",
    "处理",
    "描述",
    "打开",
    "失败",
    "を",
    "를",
];

/// Beginnings that say by themselves that something went wrong.
const ERRORS: &[&str] = &[
    "error:",
    "error loading",
    "error processing",
    "error while",
    "error occurred",
    "error 4",
    "error 5",
    "something went wrong",
    "content filtered",
    "content removed",
    "response blocked",
    "blocked by ",
    "502 bad gateway",
    "503 service",
    "504 gateway",
    "service unavailable",
    "upstream connect error",
    "cuda out of memory",
    "cuda error",
    "runtimeerror",
    "valueerror",
    "rate limit",
    "too many requests",
    "you exceeded your current quota",
    "invalid api key",
    "model is loading",
    "the model is loading",
    "traceback (most recent call last)",
    "object object",
    "impossible de charger",
    "impossible de traiter",
    "an error occurred",
    "an error has occurred",
    "an unexpected error",
    "there was an error",
    "there was a problem",
    "there was an issue",
    "internal error",
    "internal server error",
    "server error",
    "request failed",
    "request timed out",
    "image processing failed",
    "invalid image",
    "fehler:",
    "fehler beim",
    "ein fehler ist",
    "es ist ein fehler",
    "etwas ist schief",
    "erreur",
    "une erreur",
    "error al ",
    "se produjo un error",
    "ha ocurrido un error",
    "ocurrió un error",
    "algo salió mal",
    "errore",
    "si è verificato un errore",
    "erro ao ",
    "ocorreu um erro",
    "algo deu errado",
    "er is een fout",
    "er ging iets mis",
    "произошла ошибка",
    "ошибка",
    "错误",
    "出错",
    "发生错误",
    "エラー",
    "오류",
];

/// Beginnings behind which has to stand [what would have been done](WORK), and to what.
const UNABLE: &[&str] = &["failed to ", "unable to ", "could not ", "couldn't ", "can't "];

/// What stands before them out of politeness.
const POLITE: &[&str] =
    &["sorry", "i'm sorry", "i am sorry", "oops", "unfortunately", "leider", "entschuldigung", "désolé", "lo siento"];

/// What a picture holds that is held back.
const HELD_BACK: &[&str] = &[
    "sensitive content",
    "inappropriate content",
    "explicit content",
    "prohibited content",
    "harmful content",
    "unsafe content",
    "disallowed content",
    "restricted content",
    "adult content",
    "sensible inhalte",
    "unangemessene inhalte",
    "contenu sensible",
    "contenido sensible",
    "敏感",
];

/// Words of rules, for which something is held back.
const RULES: &[&str] = &[
    "policy",
    "policies",
    "guideline",
    "safety",
    "filter",
    "not allowed",
    "not permitted",
    "blocked",
    "flagged",
    "richtlinie",
];

/// Whether a text says that nothing came of the picture. It is in lower case and has straight apostrophes.
pub(super) fn failed(text: &str) -> Option<Failed> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | '"'));
    if text.chars().count() > LONGEST || quotes_writing(text) || names_a_carrier(text) {
        return None;
    }
    let plain = POLITE.iter().find_map(|words| text.strip_prefix(words)).unwrap_or(text);
    let plain = plain.trim_start_matches([',', '.', '!', ':', ' ', '-', '–', '—']);
    let plain = plain.strip_prefix("but ").unwrap_or(plain);
    let of_picture = SUBJECTS.iter().find_map(|subject| plain.strip_prefix(subject));
    let unable = UNABLE.iter().find_map(|words| plain.strip_prefix(words));
    let is_error = ERRORS.iter().any(|words| plain.starts_with(words))
        || unable.is_some_and(|rest| WORK.iter().any(|deed| rest.starts_with(deed)) && names_a_picture(rest))
        || of_picture.is_some_and(|rest| is_not_done(rest) || (is_held_back(rest) && !shows(rest)));
    let held_back = HELD_BACK.iter().chain(RULES).any(|words| text.contains(words));
    is_error.then_some(if held_back { Failed::HeldBack } else { Failed::Broken })
}

/// "… could not be loaded": the deed follows directly, so that "can't be seen well in the dark" is none.
fn is_not_done(rest: &str) -> bool {
    let rest = rest.trim_start();
    let rest = ["you provided ", "you uploaded ", "you sent ", "provided "]
        .iter()
        .find_map(|words| rest.strip_prefix(words))
        .unwrap_or(rest);
    NOT.iter().any(|not| {
        rest.starts_with(not) && {
            let deed: String = rest[not.len()..].chars().take(24).collect();
            // Where no blanks are written the deed is in the word itself.
            !not.ends_with(' ') || WORK.iter().any(|work| deed.contains(work))
        }
    })
}

fn names_a_picture(text: &str) -> bool {
    ["image", "picture", "photo", "file", "content", "request", "description"].iter().any(|name| text.contains(name))
}

fn is_held_back(rest: &str) -> bool {
    let verbs =
        [" contains", " may contain", " might contain", " appears to contain", " seems to contain", " includes"];
    let blocked =
        [" was blocked", " is blocked", " was flagged", " has been flagged", " has been blocked", " was rejected"];
    (verbs.iter().any(|verb| rest.starts_with(verb)) && HELD_BACK.iter().any(|words| rest.contains(words)))
        || blocked.iter().any(|words| rest.starts_with(words))
        || (rest.starts_with(" enthält") && HELD_BACK.iter().any(|words| rest.contains(words)))
}

/// Whether it goes on to say what there is to be seen.
fn shows(rest: &str) -> bool {
    [" shows", "showing", "depict", "zeigt"].iter().any(|words| rest.contains(words))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("the image can't be processed due to content policy.", Failed::HeldBack)]
    #[case("this image may contain sensitive content and can't be described.", Failed::HeldBack)]
    #[case("your request was flagged by our safety system.", Failed::HeldBack)]
    #[case("error: failed to load image", Failed::Broken)]
    #[case("the picture could not be loaded.", Failed::Broken)]
    #[case("sorry, something went wrong. please try again later.", Failed::Broken)]
    #[case("unable to process the image.", Failed::Broken)]
    #[case("an error occurred while processing your request.", Failed::Broken)]
    #[case("the image you provided could not be opened.", Failed::Broken)]
    #[case("das bild konnte nicht geladen werden.", Failed::Broken)]
    #[case("fehler beim laden des bildes.", Failed::Broken)]
    #[case("l'image n'a pas pu être chargée.", Failed::Broken)]
    #[case("la imagen no se pudo cargar.", Failed::Broken)]
    #[case("图片无法加载。", Failed::Broken)]
    #[case("画像を読み込めませんでした。", Failed::Broken)]
    fn it_came_to_nothing(#[case] text: &str, #[case] what: Failed) {
        assert_eq!(failed(text), Some(what), "{text}");
    }

    #[rstest]
    #[case("the image can't be read well because of the glare; it shows a menu.")]
    #[case("the picture could not be sharper: every hair of the cat is visible.")]
    #[case("error: failed to load image, in red letters on a black screen.")]
    #[case("an error message in a browser window.")]
    #[case("an error occurred: a blue screen in a shop.")]
    #[case("the picture is not hung straight; it leans to the left.")]
    #[case("the image contains a red barn beside a road.")]
    #[case("failed to stop: a car in a hedge.")]
    #[case("failed to open, the parachute lies in a tree.")]
    #[case("something went wrong here: a cake that fell off a table.")]
    #[case("the file cabinet is not open.")]
    #[case("unable to fly, a penguin stands on a rock.")]
    fn it_is_told_of_something(#[case] text: &str) {
        assert_eq!(failed(text), None, "{text}");
    }
}
