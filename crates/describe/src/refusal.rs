//! Telling a description from a model that declines to write one, or that never saw the picture, in the languages that
//! people write their prompts in.

mod act;
mod apologies;
mod declined;
mod failed;
mod things;
mod words;

use crate::asking::asks_for_the_picture;
use act::speaks_of_itself;
use apologies::{APOLOGIES, INABILITIES};
pub(crate) use declined::Declined;
use failed::{Failed, failed};
use things::begins_with_a_carrier;
pub(crate) use things::quotes_writing;
use words::{BLIND, OUTRIGHT, OUTRIGHT_IN_OTHER_SCRIPTS, TURNS};

/// A refusal is shorter, in characters.
const MAX_REFUSAL: usize = 800;
/// A refusal that goes on to describe is one only when it is as short as this, in characters.
const MAX_WITH_TURN: usize = 200;

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
    let apology = APOLOGIES.iter().find_map(|words| start.strip_prefix(words));
    let apologises = apology.is_some_and(|rest| !begins_with_a_carrier(rest) && !rest.starts_with(" for the "));
    let unable = says(INABILITIES) || (says(&["kann ich", "ich kann", "darf ich"]) && says(&[" nicht", " kein"]));
    let outright = begins(OUTRIGHT) && !quotes_writing(&start);
    let refuses = outright
        || refuses_in_german(&start)
        || (begins(OUTRIGHT_IN_OTHER_SCRIPTS) && !quotes_writing(&start))
        || (apologises && unable && !quotes_writing(&start));
    let of_itself = says(&[" i don't", " i can't", " i'm ", " i haven't", " i have no", " i only"]);
    let blind = says(BLIND)
        && !quotes_writing(&start)
        && (refuses
            // "As a text-only page, …" says what something is, too.
            || (apologises && (unable || of_itself || !start.starts_with("as ")))
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
    let blind = blind || (asks_for_the_picture(lower) && !quotes_writing(&start));
    if !refuses && !blind {
        let failed = failed(lower).map(|failed| match failed {
            Failed::HeldBack => Declined::Refused,
            Failed::Broken => Declined::Failed,
        });
        return failed.or_else(|| speaks_of_itself(lower));
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
    #[case("Het spijt me, maar ik kan deze afbeelding niet beschrijven.")]
    #[case("Valitettavasti en voi auttaa tämän kuvan kanssa.")]
    #[case("Вибачте, але я не можу описати це зображення.")]
    #[case("Îmi pare rău, dar nu pot descrie această imagine.")]
    #[case("عذرًا، لا يمكنني المساعدة في وصف هذه الصورة.")]
    #[case("Tyvärr kan jag inte hjälpa till med det.")]
    #[case("Przepraszam, nie mogę w tym pomóc.")]
    #[case("Przykro mi, ale nie mogę pomóc w tej sprawie.")]
    #[case("Je mi líto, ale s tím nemohu pomoci.")]
    #[case("Elnézést, de nem tudok segíteni.")]
    #[case("Förlåt, men jag kan inte hjälpa till.")]
    #[case("Maalesef bu konuda yardımcı olamam.")]
    #[case("Mohon maaf, saya tidak dapat membantu.")]
    #[case("Λυπάμαι, αλλά δεν μπορώ να βοηθήσω.")]
    #[case("Perdón, no puedo describir esta imagen.")]
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
    #[case("The image cannot be processed due to content policy.")]
    #[case("This image may contain sensitive content and cannot be described.")]
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
    #[case("As a text-based AI model, I don't see any image attached. Please upload the image.")]
    #[case("As a text-only assistant, I have no way to look at this picture.")]
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
    #[case("I'm sorry sign: a hand-painted board that reads “I can't come”.")]
    #[case("Sorry, we can't serve you: a note on the door of a café.")]
    #[case("I can't help falling in love: a neon sign over a bar.")]
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

    #[rstest]
    #[case("Error: failed to load image")]
    #[case("The picture could not be loaded.")]
    #[case("Sorry, something went wrong. Please try again later.")]
    fn failures(#[case] text: &str) {
        assert_eq!(declined(text), Some(Declined::Failed), "{text}");
    }

    #[test]
    fn who_turns_to_describing_describes() {
        let text = "I'm sorry, but I can't help with identifying people. However, I can describe the picture: a man in a red \
                    coat stands in front of a blue door, holding an umbrella with both hands, while it rains. Behind him a \
                    dog looks out of a window, and somebody has left a bicycle at the wall.";
        assert_eq!(declined(text), None);
    }
}
