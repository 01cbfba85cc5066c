//! What descriptions cost: estimated before, counted after, and kept under what a person set.

use std::sync::atomic::{AtomicU64, Ordering};

use catalogue::table::description_use::{self, Average, Use};
use catalogue::table::picture;
use describe::{Description, Price, Tokens};
use time::OffsetDateTime;

use super::{AT_ONCE, Asked, LONGEST_SIDE};
use crate::jobs::Failure;
use crate::open_library::OpenLibrary;
use crate::view::{DescriptionEstimate, DescriptionUse};
use crate::{EngineError, ErrorKind, Result};

/// How long a description takes while none was made here, in ms.
const USUAL_TIME: u64 = 6_000;

/// A picture whose size isn't known is taken for one that is sent as large as any.
const USUAL_SIZE: (u32, u32) = (LONGEST_SIDE, LONGEST_SIDE * 3 / 4);

/// What a batch may cost, and has cost so far, in millionths of a US dollar.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u64,
    spent: AtomicU64,
}

impl Budget {
    pub(crate) fn of_dollars(most: f64) -> Self {
        Self { most: micros(most), spent: AtomicU64::new(0) }
    }

    pub(super) fn spend(&self, microdollars: u64) {
        self.spent.fetch_add(microdollars, Ordering::Relaxed);
    }
}

/// Millionths of a US dollar.
fn micros(dollars: f64) -> u64 {
    // Saturates, and takes what is no number for nothing.
    (dollars * 1e6).round() as u64
}

/// Millionths of a US dollar as people read them: the smallest sums need more places.
pub fn dollars(micros: u64) -> String {
    let dollars = micros as f64 / 1e6;
    if micros > 0 && dollars < 0.01 { format!("${dollars:.4}") } else { format!("${dollars:.2}") }
}

/// The month that costs are counted in: a calendar's, in UTC.
pub(super) fn month() -> String {
    let now = OffsetDateTime::now_utc();
    format!("{:04}-{:02}", now.year(), u8::from(now.month()))
}

/// Keeps the next picture from being asked about once that would cost more than a person allows.
///
/// # Errors
/// `AiCostCap`, which concerns every picture.
pub(super) async fn allow(
    library: &OpenLibrary,
    asked: &Asked,
    budget: Option<&Budget>,
) -> std::result::Result<(), Failure> {
    if budget.is_none() && asked.monthly_cap.is_none() {
        return Ok(());
    }
    let model = asked.endpoint.model.clone();
    let Some(price) = asked.price else {
        // What can't be counted can't be kept under anything.
        return Err(capped(messages::Describing::NoPrice { model }));
    };
    let (of_model, month) = (model.clone(), month());
    let read = library
        .catalogue
        .read(move |conn| Ok((description_use::spent(conn, &month)?, description_use::average(conn, &of_model)?)));
    let (spent, average) = read.await.map_err(EngineError::from)?;
    let next = micros(price.of(one(&model, USUAL_SIZE, "", average)));
    if let Some(cap) = asked.monthly_cap.filter(|cap| spent + next > *cap) {
        return Err(capped(messages::Describing::MonthlyCap { cap: dollars(cap), spent: dollars(spent) }));
    }
    if let Some(budget) = budget {
        let spent = budget.spent.load(Ordering::Relaxed);
        if spent + next > budget.most {
            return Err(capped(messages::Describing::BatchCap { cap: dollars(budget.most), spent: dollars(spent) }));
        }
    }
    Ok(())
}

fn capped(message: messages::Describing) -> Failure {
    Failure { error: EngineError::new(ErrorKind::AiCostCap, message), of_every_picture: true, wait: None }
}

/// What a description took, as the host counted it.
pub(super) fn used(said: &Description, price: Option<Price>, milliseconds: u128) -> Use {
    let (input_tokens, output_tokens) = (said.input_tokens.unwrap_or(0), said.output_tokens.unwrap_or(0));
    let tokens = Tokens { input: input_tokens.into(), output: output_tokens.into() };
    // Who doesn't count can't be paid by count, unless it is for nothing.
    let counted = said.input_tokens.is_some() || price == Some(Price::NOTHING);
    Use {
        input_tokens,
        output_tokens,
        milliseconds: u32::try_from(milliseconds).unwrap_or(u32::MAX),
        microdollars: price.filter(|_| counted).map(|price| micros(price.of(tokens))),
    }
}

/// What describing these pictures will probably take.
pub(crate) async fn estimate(
    library: &OpenLibrary,
    ids: Vec<u32>,
    prompt: Option<String>,
) -> Result<DescriptionEstimate> {
    let asked = (library.describing.whom)().await?;
    let model = asked.endpoint.model.clone();
    let (of_model, month) = (model.clone(), month());
    let (sizes, average, spent) = library
        .catalogue
        .read(move |conn| {
            let sizes = picture::sizes(conn, &ids)?;
            Ok((sizes, description_use::average(conn, &of_model)?, description_use::spent(conn, &month)?))
        })
        .await?;
    let prompt = prompt.as_deref().filter(|prompt| !prompt.trim().is_empty()).unwrap_or(describe::default_prompt());
    let tokens = sizes
        .iter()
        .map(|size| one(&model, sent(*size), prompt, average))
        .fold(Tokens::default(), |all, one| Tokens { input: all.input + one.input, output: all.output + one.output });
    let pictures = sizes.len() as u64;
    let each = average.map_or(USUAL_TIME, |average| average.milliseconds);
    Ok(DescriptionEstimate {
        pictures: u32::try_from(pictures).unwrap_or(u32::MAX),
        host: asked.endpoint.host(),
        model,
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        microdollars: asked.price.map(|price| micros(price.of(tokens))),
        seconds: (each * pictures).div_ceil(1000 * AT_ONCE as u64),
        measured: average.is_some(),
        spent_microdollars: spent,
        monthly_cap_microdollars: asked.monthly_cap,
    })
}

/// What was used, by month and model.
pub(crate) async fn usage(library: &OpenLibrary) -> Result<Vec<DescriptionUse>> {
    let used = library.catalogue.read(description_use::all).await?;
    let row = |used: description_use::Used| DescriptionUse {
        month: used.month,
        model: used.model,
        pictures: used.pictures,
        input_tokens: used.input_tokens,
        output_tokens: used.output_tokens,
        microdollars: used.microdollars,
        unpriced: used.unpriced,
    };
    Ok(used.into_iter().map(row).collect())
}

/// What one picture takes: what others took before it, else what the maker of the model says.
fn one(model: &str, (width, height): (u32, u32), prompt: &str, average: Option<Average>) -> Tokens {
    match average {
        Some(average) => Tokens { input: average.input_tokens, output: average.output_tokens },
        None => Tokens::expected(model, width, height, prompt),
    }
}

/// The size in which a picture is sent, in pixels.
fn sent(size: Option<(u32, u32)>) -> (u32, u32) {
    let Some((width, height)) = size.filter(|(width, height)| *width > 0 && *height > 0) else { return USUAL_SIZE };
    let longest = width.max(height);
    if longest <= LONGEST_SIDE {
        return (width, height);
    }
    let scaled = |side: u32| (u64::from(side) * u64::from(LONGEST_SIDE) / u64::from(longest)).max(1) as u32;
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_sent_small() {
        assert_eq!(sent(Some((6000, 4000))), (1024, 682));
        assert_eq!(sent(Some((640, 480))), (640, 480));
        assert_eq!(sent(Some((100_000, 1))), (1024, 1));
        assert_eq!((sent(None), sent(Some((0, 5)))), ((1024, 768), (1024, 768)));
    }

    #[test]
    fn money_is_read_by_people() {
        assert_eq!([0, 400, 12_300, 5_000_000].map(dollars), ["$0.00", "$0.0004", "$0.01", "$5.00"]);
        assert_eq!((micros(0.25), micros(-1.0), micros(f64::NAN)), (250_000, 0, 0));
    }
}
