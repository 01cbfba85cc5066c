//! Telling a description from a model that declines to write one, or that never saw the picture, in the languages that
//! people write their prompts in.

use crate::asking::asks_for_the_picture;

/// What a text is, besides a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declined {
    /// The model won't describe the picture.
    Refused,
    /// The model says that it sees no picture.
    Blind,
}

/// A refusal is shorter, in characters.
const MAX_REFUSAL: usize = 800;
/// A refusal that goes on to describe is one only when it is as short as this, in characters.
const MAX_WITH_TURN: usize = 200;

/// Apologies with which a refusal may begin; one of [`INABILITIES`] has to follow.
const APOLOGIES: &[&str] = &[
    "i'm sorry",
    "i am sorry",
    "i'm very sorry",
    "sorry",
    "i apologi",
    "my apologies",
    "unfortunately",
    "i'm afraid",
    "as an ai",
    "as a language model",
    "as a large language model",
    "as a text",
    "i'm an ai",
    "i'm a language model",
    "i'm a large language model",
    "i'm just a",
    "i'm only a",
    "i am an ai",
    "i am a language model",
    "i am a large language model",
    "es tut mir",
    "tut mir leid",
    "leider",
    "entschuldig",
    "als ki",
    "als eine ki",
    "als sprachmodell",
    "als textbasiert",
    "als reines sprachmodell",
    "ich bin ein sprachmodell",
    "ich bin ein textbasiert",
    "ich bin eine ki",
    "ich bin nur ein",
    "en tant qu",
    "je suis un modèle",
    "je suis une ia",
    "como modelo",
    "como ia",
    "como una ia",
    "como inteligencia",
    "soy un modelo",
    "soy una ia",
    "come modello",
    "in quanto ia",
    "sono un modello",
    "como um modelo",
    "como uma ia",
    "sou um modelo",
    "als taalmodel",
    "als ai",
    "ik ben een taalmodel",
    "jako model",
    "jestem modelem",
    "как языковая модель",
    "как ии",
    "я языковая модель",
    "я — языковая модель",
    "je suis désol",
    "désol",
    "malheureusement",
    "lo siento",
    "lamento",
    "lamentablemente",
    "mi dispiace",
    "purtroppo",
    "desculp",
    "sinto muito",
    "infelizmente",
    "het spijt me",
    "helaas",
    "jag är ledsen",
    "tyvärr",
    "beklager",
    "jeg beklager",
    "desværre",
    "przepraszam",
    "niestety",
    "omlouvám",
    "bohužel",
    "извините",
    "простите",
    "к сожалению",
    "sajnál",
    "üzgünüm",
    "maaf",
    "xin lỗi",
];

/// What somebody says who can't or won't, anywhere in the first sentences.
const INABILITIES: &[&str] = &[
    "can't",
    "cannot",
    "can not",
    "unable",
    "not able",
    "won't",
    "not allowed",
    "not permitted",
    "not comfortable",
    "decline",
    "don't have the ability",
    "against policy",
    "against the policy",
    "against our ",
    "against my ",
    "against openai",
    "violat",
    "content policy",
    "usage polic",
    "safety polic",
    "my guidelines",
    "safety guidelines",
    "verstößt gegen",
    "richtlinien",
    "enfreint",
    "contraire à",
    "nos règles",
    "contra las políticas",
    "infringe",
    "viola ",
    "contra as políticas",
    "in strijd met",
    "narusza",
    "нарушает",
    "kann ich nicht",
    "kann nicht",
    "kann ich kein",
    "kann kein",
    "nicht in der lage",
    "darf ich nicht",
    "darf nicht",
    "nicht möglich",
    "ne peux pas",
    "ne peux",
    "ne suis pas en mesure",
    "impossible",
    "no puedo",
    "no me es posible",
    "no estoy en condiciones",
    "non posso",
    "non sono in grado",
    "não posso",
    "não consigo",
    "kan ik",
    "kan niet",
    "kan geen",
    "kan inte",
    "kan ikke",
    "nie mogę",
    "nie jestem w stanie",
    "nemohu",
    "nemůžu",
    "не могу",
    "не в состоянии",
    "nem tudok",
    "nem tudom",
    "yardımcı olama",
    "yapamam",
    "tidak dapat",
    "tidak bisa",
    "không thể",
    "hjälpa",
    "hjelpe",
    "hjælpe",
    "helpen",
];

/// Beginnings that are a refusal by themselves.
const OUTRIGHT: &[&str] = &[
    "i can't help",
    "i can't assist",
    "i can't describe",
    "i can't identify",
    "i can't provide",
    "i can't do",
    "i can't comply",
    "i can't process",
    "i can't analy",
    "i can't discuss",
    "i can't fulfil",
    "i can't generate",
    "i can't create",
    "i can't support",
    "i can't continue",
    "i can't engage",
    "i'm not able to",
    "i am not able to",
    "i'm unable",
    "i am unable",
    "i won't ",
    "i will not ",
    "i must decline",
    "i have to decline",
    "i'm not comfortable",
    "i'm not allowed",
    "i'm not permitted",
    "i am not allowed",
    "i am not permitted",
    "this request violates",
    "this request goes against",
    "your request was",
    "your request violates",
    "your request goes against",
    "this image violates",
    "this image may violate",
    "that image violates",
    "this content violates",
    "this content may violate",
    "this photo violates",
    "this picture violates",
    "dieses bild verstößt gegen",
    "diese anfrage verstößt gegen",
    "cette image enfreint",
    "esta imagen infringe",
    "my guidelines",
    "ich bin nicht in der lage",
    "je ne peux pas",
    "je ne suis pas en mesure",
    "no puedo ",
    "non posso ",
    "não posso ",
    "não consigo ",
    "ik kan dit ",
    "ik kan niet",
    "jag kan inte",
    "jeg kan ikke",
    "nie mogę",
    "я не могу",
    "nemohu ",
    "nem tudok ",
];

/// The same in scripts that write no blanks between words, or in which a few words suffice.
const OUTRIGHT_IN_OTHER_SCRIPTS: &[&str] = &[
    "申し訳",
    "すみません",
    "恐れ入りますが",
    "お手伝いできません",
    "抱歉",
    "很抱歉",
    "对不起",
    "對不起",
    "非常抱歉",
    "我无法",
    "我無法",
    "我不能",
    "죄송",
    "유감스럽",
    "عذرا",
    "عذراً",
    "آسف",
    "أعتذر",
    "لا أستطيع",
    "לא יכול",
    "מצטער",
    "סליחה",
    "क्षमा करें",
    "मुझे खेद",
    "माफ़ कीजिए",
    "ขออภัย",
    "ขอโทษ",
    "λυπάμαι",
];

/// What a model says that got no picture, or can't see.
const BLIND: &[&str] = &[
    "can't see image",
    "can't see the image",
    "can't see any image",
    "can't see picture",
    "can't see the picture",
    "can't see this",
    "can't see photo",
    "can't see the photo",
    "can't see what",
    "can't view photo",
    "can't view the photo",
    "can't view any",
    "can't view this",
    "can't see pictures",
    "can't perceive",
    "can't look at",
    "can't interpret image",
    "can't interpret visual",
    "can't process visual",
    "can't analyze visual",
    "can't analyse image",
    "can't process picture",
    "can't access picture",
    "can't access any image",
    "can't open image",
    "can't view image",
    "can't view the image",
    "can't view picture",
    "can't view the picture",
    "can't view or",
    "can't see or",
    "can't access image",
    "can't access the image",
    "can't directly view",
    "can't directly see",
    "can't process image",
    "can't analyze image",
    "unable to see",
    "unable to view",
    "unable to access image",
    "unable to access the image",
    "unable to process image",
    "unable to directly view",
    "not able to see",
    "not able to view",
    "don't see an image",
    "don't see any image",
    "don't see a picture",
    "don't see any picture",
    "ability to see",
    "ability to view",
    "text-based ai",
    "text-based model",
    "text-only",
    "text based ai",
    "language model and can't see",
    "no image was provided",
    "no image was attached",
    "no image has been",
    "no picture was provided",
    "no image provided",
    "no image attached",
    "no image is attached",
    "no picture was attached",
    "no image uploaded",
    "no image was uploaded",
    "image was not provided",
    "image is missing",
    "don't have access to the image",
    "don't have access to image",
    "don't have access to any image",
    "didn't attach",
    "didn't provide an image",
    "didn't include an image",
    "haven't attached",
    "haven't shared",
    "haven't uploaded",
    "you haven't provided",
    "i don't have eyes",
    "haven't provided an image",
    "keine bilder sehen",
    "keine bilder an",
    "kein bild sehen",
    "bild nicht sehen",
    "keine bilder ver",
    "textbasiert",
    "kein bild angeh",
    "kein bild hochge",
    "bilder nicht sehen",
    "bilder nicht an",
    "bild nicht an",
    "kein bild mitgesch",
    "kein bild erhalten",
    "kein bild bekommen",
    "kein bild vorhanden",
    "sehe kein bild",
    "voir les images",
    "voir l'image",
    "voir d'image",
    "voir des images",
    "vois pas d'image",
    "vois aucune image",
    "visualiser les images",
    "visualiser des images",
    "visualiser l'image",
    "aucune image n'",
    "ver imágenes",
    "ver la imagen",
    "ver las imágenes",
    "veo ninguna imagen",
    "veo la imagen",
    "ninguna imagen adjunt",
    "vedere le immagini",
    "vedere immagini",
    "vedere l'immagine",
    "visualizzare immagini",
    "visualizzare le immagini",
    "vedo alcuna immagine",
    "vedo nessuna immagine",
    "ver imagens",
    "ver a imagem",
    "ver as imagens",
    "visualizar imagens",
    "visualizar a imagem",
    "vejo nenhuma imagem",
    "afbeeldingen bekijken",
    "afbeeldingen zien",
    "afbeelding niet zien",
    "afbeelding bekijken",
    "zie geen afbeelding",
    "se bilder",
    "oglądać obraz",
    "zobaczyć obraz",
    "widzieć obraz",
    "nie widzę obraz",
    "nie widzę żadnego obraz",
    "видеть изображен",
    "просматривать изображен",
    "вижу изображен",
    "görselleri gör",
    "resimleri gör",
    "görseli gör",
    "没有看到图",
    "没有收到图",
    "未收到图",
    "無法查看圖",
    "无法看到图",
    "看不到您",
    "画像を見ることができ",
    "画像を確認でき",
    "画像が添付され",
    "画像が見",
    "画像を直接見",
    "이미지를 볼 수 없",
    "이미지가 첨부되지",
    "이미지를 직접 볼",
    "无法查看图",
    "看不到图",
];

/// Words with which a text turns to what it does show, after saying what it won't.
const TURNS: &[&str] = &[
    "however",
    "but i can",
    "i can see",
    "i can describe",
    "i can tell you",
    "the image shows",
    "the picture shows",
    "jedoch",
    "allerdings",
    "aber ich kann",
    "das bild zeigt",
    "cependant",
    "sin embargo",
    "tuttavia",
];

/// What a text is that should have been a description; `None` when it may be one.
pub(crate) fn declined(text: &str) -> Option<Declined> {
    let length = text.chars().count();
    if length > MAX_REFUSAL {
        return None;
    }
    let lower = text.to_lowercase().replace(['’', '‘'], "'").replace("can not", "can't").replace("cannot", "can't");
    let lower = lower.replace("do not ", "don't ").replace("did not ", "didn't ").replace("have not ", "haven't ");
    let lower = lower.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '#' | '>' | '-'));
    let start: String = lower.chars().take(250).collect();
    let begins = |words: &[&str]| words.iter().any(|words| start.starts_with(words));
    let says = |words: &[&str]| words.iter().any(|words| start.contains(words));
    let apologises = begins(APOLOGIES);
    let unable = says(INABILITIES) || (says(&["kann ich", "ich kann", "darf ich"]) && says(&[" nicht", " kein"]));
    let refuses =
        begins(OUTRIGHT) || refuses_in_german(&start) || begins(OUTRIGHT_IN_OTHER_SCRIPTS) || (apologises && unable);
    let blind = says(BLIND)
        && (refuses
            // "As a text-only page, …" says what something is, too.
            || (apologises && (unable || !start.starts_with("as ")))
            || begins(&[
                "i ",
                "i'm ",
                "you ",
                "unable to",
                "the image is missing",
                "it seems",
                "it looks like",
                "please",
                "no ",
                "ich ",
                "es scheint",
                "bitte",
                "je ",
                "aucune image",
                "il semble",
                "no ",
                "parece que",
                "ninguna imagen",
                "non ",
                "sembra che",
                "não ",
                "ik ",
                "het lijkt",
                "jag ",
                "jeg ",
                "nie ",
                "я не",
                "我",
                "没有",
                "未收到",
                "无法",
                "無法",
                "看不到",
                "画像",
                "이미지",
            ]));
    let blind = blind || asks_for_the_picture(lower);
    if !refuses && !blind {
        return None;
    }
    if length > MAX_WITH_TURN && TURNS.iter().any(|turn| lower.contains(turn)) && !blind {
        return None;
    }
    Some(if blind { Declined::Blind } else { Declined::Refused })
}

/// German puts the "not" at the end of the clause.
fn refuses_in_german(start: &str) -> bool {
    let clause = start.split(['.', ',', ';', ':']).next().unwrap_or_default();
    let able = ["ich kann ", "ich darf ", "dabei kann ich", "das kann ich", "dazu kann ich", "hierzu kann ich"];
    able.iter().any(|words| clause.starts_with(words)) && [" nicht", " kein"].iter().any(|no| clause.contains(no))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("I’m sorry, but I can’t help with that.")]
    #[case("I'm sorry, I can't assist with that request.")]
    #[case("I cannot identify people in pictures.")]
    #[case("Unfortunately, I am not able to describe this.")]
    #[case("Es tut mir leid, aber ich kann dieses Bild nicht beschreiben.")]
    #[case("Tut mir leid, dabei kann ich nicht helfen.")]
    #[case("Leider kann ich dir dabei nicht helfen.")]
    #[case("Ich kann Ihnen bei dieser Anfrage nicht helfen.")]
    #[case("Entschuldigung, aber ich kann diese Anfrage nicht bearbeiten.")]
    #[case("Je suis désolé, mais je ne peux pas vous aider.")]
    #[case("Lo siento, no puedo ayudar con eso.")]
    #[case("Mi dispiace, ma non posso aiutarti.")]
    #[case("Desculpe, não posso ajudar com isso.")]
    #[case("Het spijt me, maar ik kan hier niet bij helpen.")]
    #[case("Tyvärr kan jag inte hjälpa till med det.")]
    #[case("Przepraszam, nie mogę w tym pomóc.")]
    #[case("Извините, я не могу помочь с этим.")]
    #[case("К сожалению, я не могу описать это изображение.")]
    #[case("Üzgünüm, bu konuda yardımcı olamam.")]
    #[case("申し訳ありませんが、お手伝いできません。")]
    #[case("抱歉，我无法协助处理。")]
    #[case("죄송하지만 도와드릴 수 없습니다.")]
    #[case("عذراً، لا أستطيع المساعدة في ذلك.")]
    #[case("Sorry, that photo is against policy.")]
    #[case("I’m sorry, this image violates our usage policies.")]
    #[case("Leider verstößt dieses Bild gegen unsere Richtlinien.")]
    #[case("Désolé, cette image enfreint nos règles.")]
    #[case("As an AI, I'm not allowed to describe this.")]
    fn refusals(#[case] text: &str) {
        assert_eq!(declined(text), Some(Declined::Refused), "{text}");
    }

    #[rstest]
    #[case("I'm sorry, but as a text-based AI I can't see images.")]
    #[case("I am unable to view images directly. Please describe it to me.")]
    #[case("I don't see any image attached to your message.")]
    #[case("It seems that no image was provided.")]
    #[case("Es tut mir leid, aber ich kann keine Bilder sehen.")]
    #[case("Ich kann das Bild nicht sehen. Bitte lade es noch einmal hoch.")]
    #[case("抱歉，我无法查看图片。")]
    #[case("As a text-based AI model I cannot view images.")]
    #[case("I'm a language model and can't see pictures.")]
    #[case("Sure! Please provide the image.")]
    #[case("I do not see any image. Please upload it.")]
    #[case("Als Sprachmodell kann ich keine Bilder sehen.")]
    #[case("En tant que modèle de langage, je ne peux pas voir les images.")]
    #[case("Como modelo de lenguaje, no puedo ver imágenes.")]
    #[case("Come modello linguistico non posso vedere le immagini.")]
    #[case("Não consigo ver imagens.")]
    #[case("Als taalmodel kan ik geen afbeeldingen bekijken.")]
    #[case("Как языковая модель, я не могу просматривать изображения.")]
    #[case("我没有看到图片，请上传。")]
    #[case("申し訳ありませんが、画像を見ることができません。")]
    #[case("죄송하지만 이미지를 볼 수 없습니다.")]
    fn no_eyes(#[case] text: &str) {
        assert_eq!(declined(text), Some(Declined::Blind), "{text}");
    }

    #[rstest]
    #[case("Sorry, we are closed: a sign on a door.")]
    #[case("I can't believe it's not butter: a tub on a table.")]
    #[case("A man who can't see, with a white cane.")]
    #[case("Ein Schild: „Es tut mir leid, das kann ich nicht“.")]
    #[case("Unfortunately the photo is blurred; it shows a red house by a lake.")]
    #[case("Leider ist das Foto unscharf; es zeigt ein rotes Haus.")]
    #[case("A text-only page of a newspaper.")]
    #[case("As a text-only page, the newspaper looks old.")]
    #[case("Sorry, no refunds: a shop's return policy on a sign.")]
    #[case("A web form that asks: “Please provide the image.”")]
    #[case("I'm a language model: white letters on a black T-shirt.")]
    #[case("A slide about a text-based AI model that can't view images.")]
    #[case("No pictures hang on the wall; the image is of an empty room.")]
    #[case("A sign that says “Photography is against our policy”.")]
    #[case("Non fumatori: un cartello accanto a una porta.")]
    #[case("Ich kann einen Hund sehen, der nicht angeleint ist.")]
    fn descriptions(#[case] text: &str) {
        assert_eq!(declined(text), None, "{text}");
    }

    #[test]
    fn who_turns_to_describing_describes() {
        let text = "I'm sorry, but I can't help with identifying people. However, I can describe the picture: a man in a red \
                    coat stands in front of a blue door, holding an umbrella with both hands, while it rains. Behind him a \
                    dog looks out of a window, and somebody has left a bicycle at the wall.";
        assert_eq!(declined(text), None);
    }
}
