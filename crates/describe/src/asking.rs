//! A model that got no picture and asks for it, in the languages that people write their prompts in.

/// Sentences that only lead up to what follows begin so, in lower case.
const COURTESIES: &[&str] = &[
    "sure",
    "of course",
    "certainly",
    "absolutely",
    "no problem",
    "okay",
    "ok",
    "alright",
    "great",
    "hello",
    "hi",
    "i'd be happy to",
    "i'd be glad to",
    "i would be happy to",
    "i'd love to",
    "i'm happy to",
    "i'm ready to",
    "i can help",
    "happy to help",
    "thank",
    "klar",
    "gern",
    "natürlich",
    "selbstverständlich",
    "hallo",
    "ich helfe",
    "ich beschreibe",
    "bien sûr",
    "d'accord",
    "avec plaisir",
    "je serais ravi",
    "bonjour",
    "claro",
    "por supuesto",
    "con gusto",
    "estaré encantad",
    "hola",
    "certo",
    "certamente",
    "volentieri",
    "com certeza",
    "natuurlijk",
    "zeker",
    "graag",
    "självklart",
    "konečně",
    "jasne",
    "oczywiście",
    "chętnie",
    "конечно",
    "хорошо",
    "当然",
    "好的",
    "您好",
    "你好",
    "没问题",
    "もちろん",
    "はい",
    "承知",
    "물론",
    "네",
];

/// How it begins to ask.
const ASKING: &[&str] = &[
    "please provide",
    "please upload",
    "please share",
    "please attach",
    "please send",
    "please include",
    "please give me",
    "please paste",
    "please go ahead and",
    "provide the",
    "upload the",
    "could you",
    "can you",
    "would you",
    "if you",
    "once you",
    "just upload",
    "just share",
    "just send",
    "i need you to",
    "i'll need",
    "bitte lad",
    "bitte send",
    "bitte stell",
    "bitte schick",
    "bitte füg",
    "bitte gib",
    "bitte teil",
    "könntest du",
    "könnten sie",
    "kannst du",
    "können sie",
    "veuillez",
    "merci de",
    "pouvez-vous",
    "pourriez-vous",
    "peux-tu",
    "por favor",
    "puedes",
    "podrías",
    "per favore",
    "ti prego",
    "puoi",
    "potresti",
    "você pode",
    "poderia",
    "alsjeblieft",
    "alstublieft",
    "upload de",
    "stuur",
    "kun je",
    "kunt u",
    "proszę",
    "prześlij",
    "пожалуйста",
    "загрузите",
    "пришлите",
    "отправьте",
    "请",
    "請",
    "画像を",
    "写真を",
    "이미지를",
    "사진을",
];

/// What it wants done.
const GIVING: &[&str] = &[
    "provide",
    "upload",
    "share",
    "attach",
    "send",
    "include",
    "give me",
    "paste",
    "lad",
    "hochlad",
    "schick",
    "stell",
    "füg",
    "teil",
    "anhäng",
    "gib",
    "fourni",
    "téléverser",
    "télécharger",
    "joindre",
    "envoyer",
    "partager",
    "proporcion",
    "sube",
    "subir",
    "envía",
    "enviar",
    "adjunt",
    "compart",
    "fornisc",
    "fornire",
    "carica",
    "invia",
    "allega",
    "condivid",
    "forneça",
    "fornecer",
    "envie",
    "anexe",
    "carregue",
    "stuur",
    "deel",
    "prześl",
    "załącz",
    "dostarcz",
    "udostępn",
    "загруз",
    "пришл",
    "отправ",
    "предостав",
    "прикреп",
    "提供",
    "上传",
    "上傳",
    "发送",
    "發送",
    "分享",
    "アップロード",
    "添付",
    "送",
    "업로드",
    "제공",
    "첨부",
    "보내",
];

/// What it wants.
const PICTURE: &[&str] = &[
    "image",
    "picture",
    "photo",
    "screenshot",
    "bild",
    "foto",
    "imagen",
    "imagem",
    "immagine",
    "afbeelding",
    "obraz",
    "zdjęcie",
    "изображени",
    "фото",
    "картинк",
    "图",
    "圖",
    "照片",
    "画像",
    "写真",
    "이미지",
    "사진",
];

/// How many sentences may lead up to it, and how long all of it may be, in characters: who writes more describes something.
const SENTENCES: usize = 3;
const LONGEST: usize = 400;

/// Whether a text asks for the picture. It is in lower case and has straight apostrophes.
pub(crate) fn asks_for_the_picture(text: &str) -> bool {
    if text.chars().count() > LONGEST {
        return false;
    }
    let ends = ['.', '!', '?', '\n', '。', '！', '？'];
    let sentences =
        text.split_inclusive(ends).map(str::trim).filter(|sentence| sentence.chars().any(char::is_alphanumeric));
    let mut named = false;
    for sentence in sentences.take(SENTENCES) {
        let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        // "Please upload your photo: the page of an office." quotes what is in the picture.
        let quotes = sentence.contains([':', '：', '"', '“', '„', '«', '「']);
        let courtesy =
            begins(sentence, COURTESIES).map(|rest| rest.trim_start_matches([',', '，', '、', ' ', '-', '–', '—']));
        let asks = |from: &str| begins(from, ASKING).is_some();
        // "I'd be happy to describe the image. Could you please share it?"
        named |= says(PICTURE);
        if (asks(sentence) || courtesy.is_some_and(asks)) && !quotes && says(GIVING) && named {
            return true;
        }
        // "I'd be happy to describe it, but please send the image."
        if courtesy.is_some()
            && !quotes
            && says(&["please", "bitte", "veuillez", "por favor", "请"])
            && says(GIVING)
            && says(PICTURE)
        {
            return true;
        }
        if courtesy.is_none() {
            return false;
        }
    }
    false
}

/// The rest of a text that begins with one of these.
fn begins<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|words| text.strip_prefix(words))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("sure! please provide the image.")]
    #[case("of course, please upload the picture you want described.")]
    #[case("sure! i'd be happy to describe the image. could you please share it?")]
    #[case("please share the photo, and i'll describe it.")]
    #[case("i'd be happy to help! could you please attach the image?")]
    #[case("gerne! bitte lade das bild hoch, das ich beschreiben soll.")]
    #[case("bien sûr ! veuillez fournir l'image.")]
    #[case("claro, por favor sube la imagen.")]
    #[case("certo! per favore, carica l'immagine.")]
    #[case("конечно! пожалуйста, загрузите изображение.")]
    #[case("好的，请提供图片。")]
    #[case("もちろんです。画像をアップロードしてください。")]
    #[case("물론입니다. 이미지를 업로드해 주세요.")]
    fn it_wants_the_picture(#[case] text: &str) {
        assert!(asks_for_the_picture(text), "{text}");
    }

    #[rstest]
    #[case("a web form says please upload your photo.")]
    #[case("please upload your photo: the page of a passport office.")]
    #[case("please wait here: a sign with a picture of a queue.")]
    #[case("sure is a brand of deodorant; a can of it stands on a shelf.")]
    #[case("of course the dog is in the picture, too.")]
    #[case("bitte nicht füttern steht auf einem schild mit dem bild einer ente.")]
    #[case("请勿拍照的牌子。")]
    fn it_describes(#[case] text: &str) {
        assert!(!asks_for_the_picture(text), "{text}");
    }
}
