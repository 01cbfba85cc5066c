//! What descriptions cost: prices of usual models, which people may correct, and how many tokens a picture will take.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::prompt::instructions;

/// US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Of what is sent: the picture and the prompt.
    pub input: f64,
    /// Of what comes back, thoughts included.
    pub output: f64,
}

/// Tokens of one or more pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Sent.
    pub input: u64,
    /// Received.
    pub output: u64,
}

impl Price {
    /// Of a model of which nothing has to be paid, such as one on this computer.
    pub const NOTHING: Price = Price { input: 0.0, output: 0.0 };

    /// The price of a model by its name, as its maker published it; nothing for a model that isn't known.
    pub fn usual(model: &str) -> Option<Price> {
        known(model).map(|known| Price { input: known.input, output: known.output })
    }

    /// What tokens cost, in US dollars.
    pub fn of(&self, tokens: Tokens) -> f64 {
        (tokens.input as f64 * self.input + tokens.output as f64 * self.output) / 1e6
    }
}

impl Tokens {
    /// What one picture of so many pixels will probably take, asked with this prompt. An estimate: makers count pictures in
    /// their own ways, and nobody knows how much a model will write.
    pub fn expected(model: &str, width: u32, height: u32, prompt: &str) -> Tokens {
        let known = known(model);
        let image = known.map_or(Count::Each(USUAL_PICTURE), |known| known.image);
        let text = (instructions().len() + SCHEMA + prompt.len()) as u64 / BYTES_OF_A_TOKEN;
        let thoughts = if known.is_some_and(|known| known.thinks) { THOUGHTS } else { 0 };
        Tokens { input: image.tokens(width, height) + text, output: ANSWER + thoughts }
    }

    /// So many times that.
    #[must_use]
    pub const fn times(self, pictures: u64) -> Tokens {
        Tokens { input: self.input * pictures, output: self.output * pictures }
    }
}

/// Tokens of a picture whose model isn't known.
const USUAL_PICTURE: u64 = 1_100;
/// Characters of the form of the answer, which is sent, too.
const SCHEMA: usize = 900;
/// English prose; other languages have fewer.
const BYTES_OF_A_TOKEN: u64 = 4;
/// Tokens of an answer: a few sentences, one for people who can't see, and tags.
const ANSWER: u64 = 260;
/// Tokens of what a model thinks before it, where it does.
const THOUGHTS: u64 = 600;

/// A model of the table.
#[derive(Debug, Deserialize)]
struct Known {
    model: String,
    input: f64,
    output: f64,
    image: Count,
    thinks: bool,
}

/// How pictures are counted.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Count {
    /// A base, and each tile of 512 pixels once the shorter side is at most 768 (OpenAI, "Images and vision").
    Tiles(u64, u64),
    /// Patches of 32 pixels, at most 1,536, times a factor (OpenAI, the same page).
    Patches(f64),
    /// So many pixels are a token.
    Pixels(u64),
    /// The same for each.
    Each(u64),
}

impl Count {
    fn tokens(self, width: u32, height: u32) -> u64 {
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        match self {
            Count::Tiles(base, each) => {
                let scale = (768.0 / width.min(height)).min(1.0);
                base + each * ((width * scale / 512.0).ceil() * (height * scale / 512.0).ceil()) as u64
            }
            Count::Patches(factor) => {
                let patches = (width / 32.0).ceil() * (height / 32.0).ceil();
                (patches.min(1_536.0) * factor).ceil() as u64
            }
            Count::Pixels(pixels) => (width * height / pixels as f64).ceil() as u64,
            Count::Each(tokens) => tokens,
        }
    }
}

#[derive(Deserialize)]
struct Table {
    models: Vec<Known>,
}

static TABLE: LazyLock<Vec<Known>> = LazyLock::new(|| {
    // A test reads it; without it no price is known, and nothing worse.
    serde_json::from_str::<Table>(include_str!("prices.json")).map(|table| table.models).unwrap_or_default()
});

/// The model of the table that a name means: without the maker that gateways put before it, and the date behind it.
fn known(model: &str) -> Option<&'static Known> {
    let name = model.trim().to_ascii_lowercase();
    let name = name.rsplit('/').next().unwrap_or_default();
    let fits = |known: &&Known| {
        let rest = name.strip_prefix(known.model.as_str());
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    TABLE.iter().filter(fits).max_by_key(|known| known.model.len())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("gpt-5-mini", Some(0.25))]
    #[case("openai/gpt-5-mini-2025-08-07", Some(0.25))]
    #[case("GPT-5", Some(1.25))]
    #[case("google/gemini-2.5-flash-lite", Some(0.1))]
    #[case("gpt-50", None)]
    #[case("llava", None)]
    fn prices_go_by_the_name(#[case] model: &str, #[case] input: Option<f64>) {
        assert_eq!(Price::usual(model).map(|price| price.input), input);
    }

    #[test]
    fn every_model_of_the_table_is_found_by_its_own_name() {
        assert!(TABLE.len() > 20);
        for known in TABLE.iter() {
            assert_eq!(super::known(&known.model).unwrap().model, known.model);
            assert!(known.input > 0.0 && known.output >= known.input, "{}", known.model);
        }
    }

    /// The examples of OpenAI's page "Images and vision".
    #[test]
    fn pictures_are_counted_as_their_makers_do() {
        assert_eq!(Count::Tiles(85, 170).tokens(1024, 1024), 85 + 4 * 170);
        assert_eq!(Count::Patches(1.62).tokens(1024, 1024), (1024.0 * 1.62_f64).ceil() as u64);
        assert_eq!(Count::Patches(1.0).tokens(1800, 2400), 1_536);
        assert_eq!(Count::Pixels(750).tokens(1000, 750), 1_000);
    }

    #[test]
    fn an_estimate_counts_picture_prompt_and_answer() {
        let short = Tokens::expected("gpt-4o", 1024, 768, "Describe.");
        let long = Tokens::expected("gpt-4o", 1024, 768, &"Describe. ".repeat(40));
        assert!(short.input > 765 && long.input > short.input + 90, "{short:?} {long:?}");
        assert!(Tokens::expected("gpt-5", 1024, 768, "").output > short.output, "thoughts are paid, too");
        let cost = Price { input: 2.5, output: 10.0 }.of(Tokens { input: 1_000_000, output: 100_000 });
        assert!((cost - 3.5).abs() < 1e-9);
    }
}
