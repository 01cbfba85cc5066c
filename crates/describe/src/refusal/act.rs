//! A text about describing instead of a description: who speaks of describing, seeing or helping, and of not doing it, tells
//! nothing of a picture. Descriptions hardly ever speak in the first person, and hardly ever of describing.

use super::declined::Declined;
use super::things::quotes_writing;

/// Who says so says no more than this, in characters.
const LONGEST: usize = 220;

/// Somebody who speaks of themselves, as words.
const SELF: &[&str] = &[
    "i",
    "i'm",
    "i'd",
    "i'll",
    "i've",
    "my",
    "me",
    "ich",
    "mich",
    "mir",
    "je",
    "j'ai",
    "ik",
    "jeg",
    "jag",
    "eu",
    "yo",
    "io",
    "ja",
    "я",
    "мне",
    "我",
    "ben",
    "tôi",
    "मैं",
];

/// Describing, in many languages: the beginnings of words.
const DESCRIBING: &[&str] = &[
    "describ",
    "beschreib",
    "beschrijf",
    "beschrijv",
    "beskriv",
    "décri",
    "describir",
    "descrev",
    "descriv",
    "descrie",
    "popsa",
    "popis",
    "opisać",
    "opisu",
    "описы",
    "описа",
    "περιγρ",
    "tanımla",
    "mô tả",
    "leír",
    "kuvail",
    "อธิบาย",
    "บรรยาย",
    "वर्णन",
    "説明",
    "描写",
    "설명",
    "묘사",
    "描述",
    "menggambar",
    "mendeskripsi",
];

/// Helping somebody, and speaking with them.
const HELPING: &[&str] = &[
    "help",
    "assist",
    "comment on",
    "discuss",
    "identify",
    "permitted",
    "allowed",
    "able to",
    "comfortable",
    "pass on",
    "helfen",
    "äußern",
    "aider",
    "ayudar",
    "aiutar",
    "ajudar",
    "helpen",
    "zeggen",
];

/// Seeing and getting a picture.
const SEEING: &[&str] = &[
    "visual content",
    "see",
    "view",
    "look at",
    "open",
    "access",
    "visual",
    "attachment",
    "text capabilit",
    "limited to text",
    "come through",
    "came through",
    "sehe",
    "sehen",
    "voir",
    "ver ",
    "vedere",
    "zien",
    "angehängt",
];

/// Pictures.
const PICTURES: &[&str] = &[
    "imagine",
    "visual content",
    "image",
    "picture",
    "photo",
    "attachment",
    "bild",
    "foto",
    "imagen",
    "imagem",
    "immagin",
    "afbeelding",
    "obráz",
    "obraz",
    "zdjęci",
    "изображ",
    "фото",
    "картин",
    "εικόνα",
    "görsel",
    "resim",
    "hình",
    "ภาพ",
    "तस्वीर",
    "चित्र",
    "画像",
    "写真",
    "이미지",
    "사진",
    "图",
    "圖",
    "照片",
    "gambar",
    "kép",
    "kuva",
    "imaginea",
    "billede",
];

/// Not doing it: words and parts of words.
const NOT: &[&str] = &[
    "n't",
    "not ",
    "cannot",
    "unable",
    "rather not",
    "outside of what",
    "out of reach",
    "limited to",
    "only have",
    "decline",
    "pass on",
    "nicht",
    "kein",
    "pas ",
    "impossible",
    "no puedo",
    "no me ",
    "non ",
    "não ",
    "niet",
    "niets",
    "ikke",
    "inte ",
    "nemoh",
    "nem ",
    "nie ",
    "не ",
    "запрещ",
    "δεν ",
    "amam",
    "emem",
    "không",
    "ไม่",
    "नहीं",
    "できません",
    "できない",
    "없습니다",
    "无法",
    "無法",
    "不能",
    "tidak",
    "en voi",
    "nu pot",
    "ledet",
];

/// Talk to whoever asked, with which nothing is said of a picture.
const CHAT: &[&str] = &[
    "how can i help",
    "how may i help",
    "how can i assist",
    "what can i do for you",
    "anything else i can",
    "is there anything else",
    "is there something else",
    "talk about something else",
    "which picture do you mean",
    "which image do you mean",
    "wie kann ich dir helfen",
    "wie kann ich ihnen helfen",
    "comment puis-je vous aider",
    "en qué puedo ayudar",
];

/// What a text is that speaks of itself. It is in lower case and has straight apostrophes.
pub(super) fn speaks_of_itself(text: &str) -> Option<Declined> {
    if text.chars().count() > LONGEST || quotes_writing(text) {
        return None;
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let no_picture = ["no picture", "no image", "no photo"].iter().any(|no| text.contains(no));
    let in_talk =
        has(&["our conversation", "this conversation", "the conversation", "your message", "on my end", "this chat"]);
    if in_talk && (no_picture || (has(NOT) && has(PICTURES))) {
        return Some(Declined::Blind);
    }
    if has(CHAT) {
        return Some(Declined::Refused);
    }
    let own = text.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| SELF.contains(&word));
    if !has(NOT) {
        return None;
    }
    let describes = has(DESCRIBING);
    if own && has(SEEING) && has(PICTURES) && !describes {
        return Some(Declined::Blind);
    }
    let of_a_picture = describes && has(PICTURES);
    (of_a_picture || (own && (describes || has(HELPING)) && !names_what_is_seen(text))).then_some(Declined::Refused)
}

/// Whether it goes on to say what there is to be seen: "I'm not able to identify him: a man in a red coat …".
fn names_what_is_seen(text: &str) -> bool {
    ["shows", "there is a", "there's a", "zeigt", "wearing", "stands", "standing", "sits", "sitting", "hangs", "holds"]
        .iter()
        .any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_a_description() {
        for text in [
            "i can't tell who he is: a man in a red coat stands by a door.",
            "a man who can't see, with a white cane.",
            "a dog that does not look at the camera.",
            "my grandmother's handwriting isn't easy to read.",
            "a picture of a picture that is not hung straight.",
        ] {
            assert_eq!(speaks_of_itself(text), None, "{text}");
        }
    }
}
