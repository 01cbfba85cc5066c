//! Pictures that are named one by one, which several commands take.

use clap::Args;

#[derive(Args)]
pub struct Several {
    /// Pictures' ids, or the beginnings of them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}
