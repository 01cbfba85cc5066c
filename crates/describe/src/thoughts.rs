//! What thinking models of local servers leave in the answer: their thoughts, before it or around it.

use crate::refusal::quotes_writing;

/// Marks around thoughts, in lower case.
const MARKS: [(&str, &str); 14] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<analysis>", "</analysis>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<seed:think>", "</seed:think>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel|>analysis", "<|channel|>final<|message|>"),
    ("<|channel|>commentary", "<|channel|>final<|message|>"),
];

/// Marks around answers, in lower case.
const ANSWERS: [(&str, &str); 4] = [
    ("<answer>", "</answer>"),
    ("<|begin_of_box|>", "<|end_of_box|>"),
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("<output>", "</output>"),
];

/// What templates leave at the end.
const ENDS: &[&str] =
    &["<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end|>", "<|return|>", "<end_of_turn>", "</s>", "<eos>"];

/// What templates write before a turn of the model.
const TURN: &str = "<|start|>assistant";

/// What stands over thoughts and over an answer, on a line of its own, in lower case.
const HEADINGS: &[&str] = &[
    "thinking",
    "thinking process",
    "thought",
    "thoughts",
    "thought process",
    "my thoughts",
    "reasoning",
    "chain of thought",
    "gedanken",
    "überlegung",
    "überlegungen",
    "gedankengang",
    "réflexion",
    "raisonnement",
    "pensamiento",
    "razonamiento",
    "ragionamento",
    "raciocínio",
    "redenering",
    "rozumowanie",
    "размышления",
    "рассуждение",
    "思考",
    "思考过程",
    "思考過程",
    "推理",
    "생각",
];
const ANSWER_HEADINGS: &[&str] = &[
    "answer",
    "final answer",
    "final output",
    "response",
    "final response",
    "description",
    "antwort",
    "beschreibung",
    "réponse",
    "respuesta",
    "risposta",
    "resposta",
    "antwoord",
    "odpowiedź",
    "ответ",
    "答案",
    "回答",
    "답변",
];

/// How a model begins that thinks aloud instead of answering, in lower case. Whole beginnings: a picture may show a person
/// who thinks.
const ALOUD: &[&str] = &[
    "okay, so i",
    "okay, let",
    "ok, let",
    "okay, i ",
    "okay, the user",
    "okay, first",
    "ok, the user",
    "okay. the user",
    "alright, let",
    "alright, i ",
    "alright, the user",
    "alright, so",
    "got it, ",
    "got it. ",
    "hmm",
    "let me think",
    "let me look",
    "let me analy",
    "let me see",
    "let me start",
    "let me describe",
    "let's see",
    "let's analy",
    "let's think",
    "let's describe",
    "let's tackle",
    "let's break",
    "first, i ",
    "first, i'll",
    "first, let",
    "i need to ",
    "i should ",
    "so, the user",
    "so the user",
    "so i need",
    "so, i need",
    "the user wants",
    "the user is asking",
    "the user asks",
    "the user asked",
    "the user has asked",
    "the user has given",
    "the user has provided",
    "the user has requested",
    "the user has sent",
    "the user has shared",
    "the user has uploaded",
    "we have an image",
    "we have a picture",
    "i'll look at the",
    "step 1:",
    "describe this picture",
    "describe this image",
    "describe the image",
    "your answer must",
    "the user needs",
    "the user would",
    "we need to",
    "we are asked",
    "we are given",
    "thinking process",
    "thinking:",
    "reasoning:",
    "thought:",
    "wait, ",
    "der nutzer m",
    "der benutzer m",
    "okay, der nutzer",
    "okay, ich ",
    "ich muss ",
    "l'utilisateur ",
    "el usuario ",
    "好的，用户",
    "用户要求",
    "用户希望",
    "首先，我",
    "首先，用户",
    "首先,用户",
    "用户想",
    "用户让我",
    "用户需要",
    "用户上传",
    "嗯，用户",
    "我需要输出",
];

/// How somebody begins to think who was asked something, in lower case.
const INTERJECTIONS: &[&str] =
    &["okay", "ok", "alright", "all right", "hmm", "hm", "so", "well", "now", "right", "gut", "also"];

/// What isn't said of a picture, but of the task, behind such a word: in lower case.
const OF_THE_TASK: &[&str] = &[
    "the user ",
    "wants me to",
    "asked me to",
    "asking me to",
    "i need to",
    "i should",
    "should i",
    "i have to",
    "i must",
    "my task",
    "i'm asked",
    "i've been asked",
    "der nutzer",
    "der benutzer",
    "ich soll",
    "ich muss",
    "l'utilisateur",
    "el usuario",
    "用户",
];

/// The answer without the thoughts; empty when there is nothing else.
pub(crate) fn without_thoughts(text: &str) -> &str {
    // The same bytes at the same places.
    let lower = text.to_ascii_lowercase();
    let begins = text.len() - text.trim_start().len();
    let begins = if lower[begins..].starts_with(TURN) { begins + TURN.len() } else { begins };
    let mut answer = (begins, text.len());
    for (open, close) in MARKS {
        let (start, end) = answer;
        let opened = lower[start..end].find(open).map(|at| start + at);
        let closed = lower[start..end].rfind(close).map(|at| start + at);
        answer = match (opened, closed) {
            (None, None) => continue,
            // Some templates begin with the opening mark, so that only the closing one is in the answer.
            (opened, Some(closed)) => {
                let behind = (closed + close.len(), end);
                let before = opened.filter(|opened| *opened < closed).map(|opened| (start, opened));
                match before {
                    Some(before) if is_blank(&text[behind.0..behind.1]) && !is_blank(&text[before.0..before.1]) => {
                        before
                    }
                    _ => behind,
                }
            }
            // Without an end there are only thoughts.
            (Some(opened), None) => (start, opened),
        };
    }
    let (start, end) = answer;
    let (mut start, mut end) = (start, end);
    for (open, close) in ANSWERS {
        if let Some(at) = lower[start..end].find(open) {
            start += at + open.len();
            end = lower[start..end].find(close).map_or(end, |at| start + at);
        }
    }
    let mut rest = text[start..end].trim();
    if rest.starts_with("analysis")
        && let Some((_, last)) = rest.rsplit_once("assistantfinal")
    {
        rest = last.trim_start();
    }
    while let Some(shorter) = ENDS.iter().find_map(|mark| rest.strip_suffix(mark)) {
        rest = shorter.trim_end();
    }
    under_a_heading(rest)
}

/// What a model says in a field, without the thoughts with which it begins. A picture may show a screen with such marks: further
/// on they are the picture's.
pub(crate) fn begins_without_thoughts(text: &str) -> &str {
    let lower = text.trim_start().to_ascii_lowercase();
    let marked = lower.starts_with(TURN)
        || MARKS.iter().any(|(open, close)| lower.starts_with(open) || lower.starts_with(close));
    if marked { without_thoughts(text) } else { under_a_heading(text) }
}

/// What stands under the heading of an answer, where thoughts under a heading stand before it.
fn under_a_heading(text: &str) -> &str {
    if !has_heading(text, HEADINGS) {
        return text;
    }
    let starts = text.match_indices('\n').map(|(at, _)| at + 1);
    let answer = starts.rev().find(|at| has_heading(&text[*at..], ANSWER_HEADINGS));
    answer.and_then(|at| text[at..].split_once('\n')).map_or(text, |(_, answer)| answer.trim())
}

/// Whether the first line is nothing but one of these, marked as a heading, and more follows.
fn has_heading(text: &str, headings: &[&str]) -> bool {
    let Some((line, more)) = text.trim_start().split_once('\n') else { return false };
    let line = line.trim();
    let words = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let marked =
        line.starts_with(['*', '#', '_', '[', '=']) || line.ends_with([':', '：', '…']) || line.ends_with("...");
    marked && !more.trim().is_empty() && headings.contains(&&*words)
}

fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || ENDS.contains(&text)
}

/// Whether a text is a model that thinks aloud, not a description.
pub(crate) fn is_train_of_thought(text: &str) -> bool {
    // Marks that a server has taken out of "<|channel|>analysis<|message|>".
    let bare = text.trim_start().strip_prefix("analysis").is_some_and(|more| more.starts_with(char::is_uppercase));
    if bare || has_heading(text, HEADINGS) {
        return true;
    }
    if quotes_writing(&text.to_lowercase()) {
        return false;
    }
    let start: String = text.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().take(160).collect();
    let start = start.to_lowercase().replace('’', "'");
    let behind =
        INTERJECTIONS.iter().find_map(|word| start.strip_prefix(word)?.strip_prefix([',', '.', ' ', '…', '!']));
    ALOUD.iter().any(|words| start.starts_with(words))
        || behind.is_some_and(|behind| OF_THE_TASK.iter().any(|words| behind.contains(words)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("<think>hm</think>A house.")]
    #[case("<THINK>hm</THINK>\n\nA house.")]
    #[case("hm, a house?\n</think>\n\nA house.")]
    #[case("</think>A house.")]
    #[case("<think>a</think><think>b</think>A house.")]
    #[case("<think>a</think>b</think>A house.")]
    #[case("◁think▷hm◁/think▷A house.")]
    #[case("[THINK]hm[/THINK]A house.")]
    #[case("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>A house.<|return|>")]
    #[case("<think>hm</think><answer>A house.</answer>")]
    #[case("<think>hm</think><|begin_of_box|>A house.<|end_of_box|>")]
    #[case("A house.<think>was it one?</think>")]
    #[case("A house.<|im_end|>")]
    #[case("<|start|>assistant<|channel|>final<|message|>A house.<|return|>")]
    #[case("analysisThe user wants one sentence.assistantfinalA house.")]
    #[case("**Thinking**\nA house?\n\n**Answer**\nA house.")]
    #[case("A house.")]
    fn the_answer_stays(#[case] text: &str) {
        assert_eq!(without_thoughts(text), "A house.");
    }

    #[rstest]
    #[case("<think>I wonder")]
    #[case("<think>I wonder</think>")]
    #[case("I wonder</think> ")]
    #[case("I wonder</think><|im_end|>")]
    #[case("<|channel|>analysis I wonder")]
    #[case("<|start|>assistant<|channel|>analysis<|message|>I wonder<|end|>")]
    fn only_thoughts(#[case] text: &str) {
        assert_eq!(without_thoughts(text), "");
    }

    #[rstest]
    #[case("<thinking>hm</thinking>A house.", "A house.")]
    #[case("◁think▷hm", "")]
    #[case("<|channel|>analysis<|message|>hm", "")]
    #[case("A terminal that prints <think> and </think>.", "A terminal that prints <think> and </think>.")]
    fn thoughts_at_the_beginning_of_a_field(#[case] text: &str, #[case] kept: &str) {
        assert_eq!(begins_without_thoughts(text), kept);
    }

    #[rstest]
    #[case("Okay, let me look at this picture. The user wants two to five sentences.", true)]
    #[case("The user wants a description of the image.", true)]
    #[case("**Thinking Process:** First …", true)]
    #[case("**Thinking**\nThe picture has to be described in JSON.", true)]
    #[case("### Gedanken:\nEin Haus ist zu sehen.", true)]
    #[case("analysisWe see a house.", true)]
    #[case("Okay, so the user wants me to describe this image in JSON. Let me start by", true)]
    #[case("Alright. A picture of a barn, and I need to write two sentences.", true)]
    #[case("So many people: the users of a library, at their desks.", false)]
    #[case("Thinking\nA bronze statue by Rodin.", false)]
    #[case("**Thinking man**\nA bronze statue by Rodin.", false)]
    #[case("Analysis of blood on a sheet of paper.", false)]
    #[case("A person thinks: “Okay, let me see.”", false)]
    #[case("Let me introduce: a sign at a café.", false)]
    #[case("The user interface of a program.", false)]
    fn thinking_aloud(#[case] text: &str, #[case] aloud: bool) {
        assert_eq!(is_train_of_thought(text), aloud);
    }
}
