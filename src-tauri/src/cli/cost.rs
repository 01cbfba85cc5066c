//! What descriptions cost, for people and for programs.

use engine::dollars;
use engine::view::{DescriptionEstimate, DescriptionUse};
use serde::Serialize;

use super::output::{Output, complain};
use super::shell;

/// What `describe --estimate --json` says.
#[derive(Serialize)]
struct Estimate<'a> {
    pictures: u32,
    host: &'a str,
    model: &'a str,
    input_tokens: u64,
    output_tokens: u64,
    cost_usd: Option<f64>,
    seconds: u64,
    /// Whether earlier descriptions were measured; else it is what is usual.
    measured: bool,
    month_spent_usd: f64,
    monthly_cap_usd: Option<f64>,
}

/// A line of `descriptions usage --json`.
#[derive(Serialize)]
struct Use<'a> {
    month: &'a str,
    model: &'a str,
    pictures: u32,
    input_tokens: u64,
    output_tokens: u64,
    cost_usd: f64,
    /// How many pictures had no known price.
    unpriced: u32,
}

fn usd(micros: u64) -> f64 {
    micros as f64 / 1e6
}

/// Says what a batch will probably take.
pub fn estimate(out: &Output, estimate: &DescriptionEstimate) {
    if out.json() {
        return out.object(&Estimate {
            pictures: estimate.pictures,
            host: &estimate.host,
            model: &estimate.model,
            input_tokens: estimate.input_tokens,
            output_tokens: estimate.output_tokens,
            cost_usd: estimate.microdollars.map(usd),
            seconds: estimate.seconds,
            measured: estimate.measured,
            month_spent_usd: usd(estimate.spent_microdollars),
            monthly_cap_usd: estimate.monthly_cap_microdollars.map(usd),
        });
    }
    let count = estimate.pictures.into();
    out.line(messages::Cli::EstimateWhom { count, model: estimate.model.clone(), host: estimate.host.clone() });
    let (input, output) = (estimate.input_tokens.to_string(), estimate.output_tokens.to_string());
    let minutes = estimate.seconds.div_ceil(60).to_string();
    out.line(messages::Cli::EstimateTokens { input, output, minutes });
    out.line(match estimate.microdollars {
        Some(cost) if estimate.measured => messages::Cli::EstimateMeasured { cost: dollars(cost) },
        Some(cost) => messages::Cli::EstimateUsual { cost: dollars(cost) },
        None => messages::Cli::EstimateUnpriced { model: shell::word(&estimate.model).unwrap_or("MODEL".to_owned()) },
    });
    let spent = dollars(estimate.spent_microdollars);
    out.line(match estimate.monthly_cap_microdollars {
        Some(cap) => messages::Cli::EstimateMonthOf { spent, cap: dollars(cap) },
        None => messages::Cli::EstimateMonth { spent },
    });
}

/// Lists what was used.
pub fn usage(out: &Output, used: &[DescriptionUse]) {
    if used.is_empty() && !out.json() {
        complain(messages::Cli::NothingDescribedYet);
    }
    for row in used {
        if out.json() {
            out.object(&Use {
                month: &row.month,
                model: &row.model,
                pictures: row.pictures,
                input_tokens: row.input_tokens,
                output_tokens: row.output_tokens,
                cost_usd: usd(row.microdollars),
                unpriced: row.unpriced,
            });
            continue;
        }
        let (month, model, cost) = (row.month.clone(), row.model.clone(), dollars(row.microdollars));
        let (input, output) = (row.input_tokens.to_string(), row.output_tokens.to_string());
        let described = messages::Cli::UsedInMonth { month, model, pictures: row.pictures.to_string(), cost };
        out.line(format!("{described}{}", messages::Cli::UsedTokens { input, output }));
        if row.unpriced > 0 {
            out.line(messages::Cli::UsedUnpriced { count: row.unpriced.into() });
        }
    }
}
