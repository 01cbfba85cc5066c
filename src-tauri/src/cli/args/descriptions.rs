//! What can be typed to have pictures described, and about the queue of descriptions.

use clap::{Args, Subcommand};

#[derive(Args)]
pub struct Describe {
    /// What to ask in place of the usual question
    #[arg(long)]
    pub prompt: Option<String>,
    /// Pictures' ids, or the beginnings of them
    #[arg(required_unless_present_any = ["undescribed", "query"], value_name = "ID")]
    pub ids: Vec<String>,
    /// All pictures that have no description
    #[arg(long, conflicts_with_all = ["ids", "query"])]
    pub undescribed: bool,
    /// All pictures that a search finds
    #[arg(long, value_name = "Q", conflicts_with = "ids")]
    pub query: Option<String>,
    /// Say what it will probably take, and send nothing
    #[arg(long, conflicts_with = "max_cost")]
    pub estimate: bool,
    /// Stop before all of it costs more than so many US dollars
    #[arg(long, value_name = "USD", value_parser = dollars)]
    pub max_cost: Option<f64>,
}

/// An amount of US dollars, such as `0.50` or `$2`.
pub fn dollars(text: &str) -> Result<f64, String> {
    let amount = text.trim().trim_start_matches('$').parse::<f64>().ok();
    amount
        .filter(|amount| (0.0..=1e6).contains(amount))
        .ok_or_else(|| "an amount of US dollars, such as 0.50".to_owned())
}

#[derive(Args)]
pub struct Descriptions {
    #[command(subcommand)]
    pub action: Option<DescriptionsAction>,
}

#[derive(Subcommand)]
pub enum DescriptionsAction {
    /// List the queue: what waits, what failed, what was cancelled (what is done without a command)
    List,
    /// Pause descriptions; what is being asked is answered
    Pause,
    /// Go on, also after something had stopped them
    Resume,
    /// Cancel descriptions: all that wait, or those of some pictures
    Cancel(CancelDescriptions),
    /// Try descriptions again: what failed and what was not tried, what was cancelled, or those of some pictures
    Retry(RetryDescriptions),
    /// Take finished descriptions off the list
    Clear,
    /// Work on the queue, when no window does, until nothing waits
    Finish,
    /// What descriptions took: pictures, tokens and dollars, by month and model
    Usage,
}

#[derive(Args)]
pub struct CancelDescriptions {
    /// Pictures' ids, or the beginnings of them; without any, all
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
}

#[derive(Args)]
pub struct RetryDescriptions {
    /// Those that were cancelled
    #[arg(long, conflicts_with = "ids")]
    pub cancelled: bool,
    /// Those that failed for this reason, or with this code (as the list has it)
    #[arg(long, value_name = "REASON", conflicts_with_all = ["cancelled", "ids"])]
    pub reason: Option<String>,
    /// Pictures' ids, or the beginnings of them; without any, all that failed
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
}
