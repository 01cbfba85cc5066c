//! How long the trash is kept.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How long pictures stay in the trash, as whoever runs the service has said. A picture leaves it for good `days` days after
/// the later of two moments: when it was deleted, and when this rule was announced (`since`). So a rule that is switched on
/// or shortened takes nothing from one day to the next that was in the trash before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrashRule {
    /// Days; absent (`null`) when the trash is kept until people empty it, which is so unless somebody says otherwise.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 36500, example = 90))]
    pub days: Option<u32>,
    /// When the rule was announced; absent (`null`) without `days`.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<String>, format = DateTime, example = "2026-03-01T12:00:00.000Z")
    )]
    pub since: Option<Timestamp>,
}

impl TrashRule {
    /// The longest that a rule can say, in days: a hundred years.
    pub const MOST_DAYS: u32 = 36_500;
}
