//! What the person can set.

use describe::Price;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::LinkFormat;

/// All settings. Secrets are not among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Settings {
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// The grid's row height.
    pub tile_size: TileSize,
    /// The form of copied links.
    pub link_format: LinkFormat,
    /// Descriptions.
    pub ai: AiSettings,
    /// Whether new uploads are described without being asked.
    pub describe_new: bool,
    /// Whether closing the window leaves the app in the tray.
    pub close_to_tray: bool,
    /// The most that uploads may send, in kB (1,000 bytes) a second; absent for no limit.
    pub upload_limit: Option<u32>,
    /// Whether uploads wait while the system says that the connection is metered.
    pub wait_on_metered: bool,
    /// The folder that holds everything the app keeps.
    pub data_dir: String,
}

/// Some settings to change; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct SettingsChange {
    /// Light, dark, or as the system says.
    pub theme: Option<Theme>,
    /// The grid's row height.
    pub tile_size: Option<TileSize>,
    /// The form of copied links.
    pub link_format: Option<LinkFormat>,
    /// Whether new uploads are described without being asked.
    pub describe_new: Option<bool>,
    /// Whether closing the window leaves the app in the tray.
    pub close_to_tray: Option<bool>,
    /// The most that uploads may send, in kB a second; 0 for no limit.
    pub upload_limit: Option<u32>,
    /// Whether uploads wait while the system says that the connection is metered.
    pub wait_on_metered: Option<bool>,
}

/// Descriptions: who is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AiSettings {
    /// Whether a key is kept.
    pub has_key: bool,
    /// The key's last four characters, so that people can tell which one it is.
    pub key_hint: Option<String>,
    /// The model's name.
    pub model: String,
    /// Another endpoint than OpenAI's; absent for OpenAI.
    pub base_url: Option<String>,
    /// The host that gets the pictures.
    pub host: String,
    /// What the model costs: as the person says, or as is usual; absent when nobody knows it.
    pub price: Option<ModelPrice>,
    /// The most that a month's descriptions may cost, in hundredths of a US dollar.
    pub monthly_cap_cents: Option<u32>,
}

/// What a model costs, in millionths of a US dollar for a million tokens: what a token costs in millionths of a millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ModelPrice {
    /// Of what is sent.
    #[ts(type = "number")]
    pub input: u64,
    /// Of what comes back.
    #[ts(type = "number")]
    pub output: u64,
}

impl From<Price> for ModelPrice {
    fn from(price: Price) -> Self {
        let micros = |dollars: f64| (dollars * 1e6).round() as u64;
        Self { input: micros(price.input), output: micros(price.output) }
    }
}

impl From<ModelPrice> for Price {
    fn from(price: ModelPrice) -> Self {
        let dollars = |micros: u64| micros as f64 / 1e6;
        Self { input: dollars(price.input), output: dollars(price.output) }
    }
}

/// Another price of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[ts(export)]
pub struct PriceChange {
    /// The model's name, as it is asked for.
    pub model: String,
    /// Absent for the usual one.
    pub price: Option<ModelPrice>,
}

/// Changes who is asked; what is absent stays.
#[derive(Clone, Default, Deserialize, TS)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct AiSettingsChange {
    /// A new key; empty removes it.
    pub key: Option<String>,
    /// The model's name; empty for the default.
    pub model: Option<String>,
    /// Another endpoint than OpenAI's; empty for OpenAI.
    pub base_url: Option<String>,
    /// Another price of a model.
    pub price: Option<PriceChange>,
    /// The most that a month's descriptions may cost, in hundredths of a US dollar; 0 for no limit.
    pub monthly_cap_cents: Option<u32>,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The grid's row height.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TileSize {
    /// About 120 px.
    Small,
    /// About 190 px.
    #[default]
    Medium,
    /// About 280 px.
    Large,
}
