//! How long the trash is kept: what the place has said, and what that means for each picture.

use catalogue::table::picture;
use catalogue::table::state::{self, TrashRule};
use time::OffsetDateTime;

use crate::instant;
use crate::library::Library;
use crate::view::{PlaceKind, Trash, TrashPlan};
use crate::{EngineError, ErrorKind, Result};

/// The most days that can be said; the service's limit.
const MOST_DAYS: u32 = account_api::TrashRule::MOST_DAYS;

/// When a picture that was deleted at this time leaves the trash for good: so many days after the later of that and of when
/// the rule was announced. Never without days.
pub(super) fn removed_at(rule: &TrashRule, deleted_at: &str) -> Option<String> {
    moment(rule, deleted_at).map(instant::wire)
}

fn moment(rule: &TrashRule, deleted_at: &str) -> Option<OffsetDateTime> {
    let deleted = instant::read(deleted_at)?;
    let since = rule.since.as_deref().and_then(instant::read);
    Some(instant::days_after(since.map_or(deleted, |since| since.max(deleted)), rule.days?))
}

/// How long the trash is kept, and what is in it.
pub(crate) async fn trash(library: &Library) -> Result<Trash> {
    let own = library.place.kind != PlaceKind::Account;
    let read = |conn: &catalogue::Connection| Ok((state::trash(conn)?, picture::trashed(conn)?));
    let (rule, trashed) = library.catalogue.read(read).await?;
    let next_at = rule.as_ref().zip(trashed.oldest.as_deref()).and_then(|(rule, oldest)| removed_at(rule, oldest));
    let days = rule.as_ref().and_then(|rule| rule.days);
    Ok(Trash { known: rule.is_some(), days, own, pictures: trashed.pictures, bytes: trashed.bytes, next_at })
}

/// What it would mean to say so many days now.
pub(crate) async fn plan(library: &Library, days: Option<u32>) -> Result<TrashPlan> {
    checked(days)?;
    let read = |conn: &catalogue::Connection| Ok((state::trash(conn)?, picture::trashed(conn)?));
    let (known, trashed) = library.catalogue.read(read).await?;
    let known = known.unwrap_or_default();
    let Some(wanted) = days else { return Ok(TrashPlan::default()) };
    let stricter = known.days.is_none_or(|before| wanted < before);
    // As the service does: fewer days than before, or the first, count from now.
    let since = if stricter { Some(instant::wire(OffsetDateTime::now_utc())) } else { known.since };
    let rule = TrashRule { days, since };
    let at = |deleted: Option<&String>| deleted.and_then(|deleted| removed_at(&rule, deleted));
    Ok(TrashPlan {
        days,
        pictures: trashed.pictures,
        first_at: at(trashed.oldest.as_ref()),
        last_at: at(trashed.newest.as_ref()),
        stricter,
    })
}

/// Refuses what is no number of days.
pub(crate) fn checked(days: Option<u32>) -> Result<()> {
    if days.is_none_or(|days| (1..=MOST_DAYS).contains(&days)) {
        return Ok(());
    }
    let message = messages::Trash::Days { most: MOST_DAYS.to_string() };
    Err(EngineError::new(ErrorKind::InvalidInput, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_later_of_deletion_and_announcement() {
        let rule = TrashRule { days: Some(30), since: Some("2026-05-01T00:00:00.000Z".into()) };
        let at = |deleted| removed_at(&rule, deleted);
        assert_eq!(at("2020-01-01T00:00:00.000Z").as_deref(), Some("2026-05-31T00:00:00.000Z"));
        assert_eq!(at("2026-05-02T08:00:00.000Z").as_deref(), Some("2026-06-01T08:00:00.000Z"));
        assert_eq!(removed_at(&TrashRule::default(), "2020-01-01T00:00:00.000Z"), None);
    }
}
