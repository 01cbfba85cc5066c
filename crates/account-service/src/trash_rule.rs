//! How long pictures stay in the trash. For ever, unless the operator, or the person of an embedded service, says otherwise.
//!
//! What is said stands in the database with the moment at which it was said, so that every instance, every device and every
//! later start goes by the same. A picture is removed for good so many days after the later of its deletion and that moment:
//! nothing goes that was not announced for that long before.

use account_api::TrashRule;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, QuerySelect};

use crate::clock::{self, Millis};
use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::entity::trash_rule;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// How long pictures stay in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    days: Option<u32>,
    since: Millis,
}

impl Rule {
    /// When a picture is removed for good that was deleted at this time; never without days.
    pub fn removed_at(&self, deleted_at: Millis) -> Option<Millis> {
        Some(self.counts_from(deleted_at) + self.time()?)
    }

    /// From when on the days count of a picture that was deleted at this time.
    pub fn counts_from(&self, deleted_at: Millis) -> Millis {
        deleted_at.max(self.since)
    }

    /// What was deleted before this is to be removed now, by [`removed_at`](Self::removed_at); nothing without one.
    pub fn due_before(&self, now: Millis) -> Option<Millis> {
        let before = now - self.time()?;
        (self.since < before).then_some(before)
    }

    /// As it stands on the wire.
    pub fn into_wire(self) -> TrashRule {
        TrashRule { days: self.days, since: self.days.map(|_| clock::wire(self.since)) }
    }

    fn time(&self) -> Option<Millis> {
        self.days.map(|days| Millis::from(days) * DAY)
    }
}

/// What was deleted before this is to be removed now: by this computer's clock or the store's, whichever says that it is
/// earlier. A clock that is wrong takes nobody's picture before its day.
pub fn due_before(app: &Service, rule: &Rule, now: Millis) -> Option<Millis> {
    rule.due_before(now + app.store.ahead_ms().min(0))
}

/// The rule as it is.
///
/// # Errors
/// When the database can't be reached.
pub async fn current(read: &impl ConnectionTrait) -> Result<Rule> {
    let row = trash_rule::Entity::find().one(read).await?;
    Ok(row.map_or(Rule { days: None, since: 0 }, |row| Rule::of(&row)))
}

impl Rule {
    fn of(row: &trash_rule::Model) -> Self {
        Self { days: row.days.and_then(|days| days.try_into().ok()), since: row.since }
    }
}

/// Says from now on how many days pictures stay in the trash; none for ever. Saying the same again changes nothing. More days
/// than before hold at once; fewer, or the first, count from now.
///
/// # Errors
/// When that is no number of days from 1 to [`TrashRule::MOST_DAYS`], or the database can't be reached.
pub async fn announce(app: &Service, days: Option<u32>) -> Result<()> {
    if days.is_some_and(|days| !(1..=TrashRule::MOST_DAYS).contains(&days)) {
        return Err(Error::invalid(format!("The trash: 1 to {} days, or never emptied.", TrashRule::MOST_DAYS)));
    }
    let write = app.database.write().await?;
    // Instances that start at the same moment come one after the other.
    let row = trash_rule::Entity::find().lock_exclusive().one(&*write).await?;
    let known = row.as_ref().map(Rule::of).ok_or_else(|| Error::internal("the row of the trash’s rule is gone"))?;
    if known.days == days {
        return Ok(());
    }
    let since = match (known.days, days) {
        (Some(before), Some(now)) if now > before => known.since,
        _ => clock::now(),
    };
    let row = trash_rule::ActiveModel { only: Set(1), days: Set(days.map(|days| days as i32)), since: Set(since) };
    row.update(&*write).await?;
    write.commit().await?;
    tracing::info!(?days, "how long the trash is kept has changed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_later_of_deletion_and_announcement() {
        let rule = Rule { days: Some(30), since: 100 * DAY };
        assert_eq!(rule.removed_at(0), Some(130 * DAY));
        assert_eq!(rule.removed_at(110 * DAY), Some(140 * DAY));
        assert_eq!(rule.due_before(129 * DAY), None, "nothing yet, however long ago it was deleted");
        assert_eq!(rule.due_before(130 * DAY + 1), Some(100 * DAY + 1));
        assert_eq!(rule.due_before(141 * DAY), Some(111 * DAY));
        let never = Rule { days: None, since: 0 };
        assert_eq!((never.removed_at(0), never.due_before(i64::MAX)), (None, None));
    }
}
