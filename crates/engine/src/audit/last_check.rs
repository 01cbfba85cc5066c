//! The last look at a picture, for people.

use account_api::VerifiedBy;
use catalogue::table::audit::{Look, Outcome};

use super::findings::DOWNLOADED;
use crate::view::{CheckOutcome, LastCheck};

/// The last look at a picture that is proven in this way, for people.
pub(crate) fn last_check(look: Look, by: VerifiedBy) -> LastCheck {
    let message = if is_problem(look.outcome) {
        look.message.unwrap_or_default()
    } else {
        confirmed_by(look.checked_by.as_deref().unwrap_or_default(), by).to_string()
    };
    let outcome = match look.outcome {
        Outcome::Confirmed => CheckOutcome::Confirmed,
        Outcome::Missing => CheckOutcome::Missing,
        Outcome::Changed => CheckOutcome::Changed,
        Outcome::Failed => CheckOutcome::Failed,
    };
    LastCheck { at: look.checked_at, outcome, message }
}

fn confirmed_by(check: &str, by: VerifiedBy) -> messages::Audit {
    if by == VerifiedBy::AsFound {
        return match check {
            "read_back" => messages::Audit::FoundReadBack,
            DOWNLOADED => messages::Audit::FoundDownloaded,
            _ => messages::Audit::FoundThere,
        };
    }
    match check {
        // Of an earlier version, which took that for enough.
        "size" => messages::Audit::SizeOnly,
        "read_back" => messages::Audit::ReadBack,
        DOWNLOADED => messages::Audit::Downloaded,
        _ => messages::Audit::There,
    }
}

/// Whether a look is worth counting as found wrong.
fn is_problem(outcome: Outcome) -> bool {
    outcome != Outcome::Confirmed
}
