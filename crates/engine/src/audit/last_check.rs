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
        confirmed_by(look.checked_by.as_deref().unwrap_or_default(), by).to_owned()
    };
    let outcome = match look.outcome {
        Outcome::Confirmed => CheckOutcome::Confirmed,
        Outcome::Missing => CheckOutcome::Missing,
        Outcome::Changed => CheckOutcome::Changed,
        Outcome::Failed => CheckOutcome::Failed,
    };
    LastCheck { at: look.checked_at, outcome, message }
}

fn confirmed_by(check: &str, by: VerifiedBy) -> &'static str {
    if by == VerifiedBy::AsFound {
        return match check {
            "read_back" => "The stored bytes were read back: they are the same as when they were found in the store.",
            DOWNLOADED => {
                "The stored bytes were downloaded to this computer: they are the same as when they were found in the store."
            }
            _ => "The store still has it, as it was found there.",
        };
    }
    match check {
        // Of an earlier version, which took that for enough.
        "size" => "The store has something of the size that it confirmed. Check it again to have the bytes compared.",
        "read_back" => "The service read the stored bytes back, and their SHA-256 is that of this file.",
        DOWNLOADED => "The stored bytes were downloaded to this computer, and their SHA-256 is that of this file.",
        _ => "The store still has it: size and entity tag are those that it confirmed.",
    }
}

/// Whether a look is worth counting as found wrong.
fn is_problem(outcome: Outcome) -> bool {
    outcome != Outcome::Confirmed
}
