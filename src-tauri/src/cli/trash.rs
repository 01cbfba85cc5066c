//! `settings trash`, and what is said of the trash elsewhere.

use engine::instant;
use engine::view::{Trash, TrashPlan};

use super::args::TrashSettings;
use super::failure::Failure;
use super::output::{Output, complain};
use super::secret::{agreed, can_ask};
use super::session::Session;

/// What is known of the trash of the chosen place, which is asked when it has never said; none without one.
pub async fn known(session: &Session) -> Option<Trash> {
    session.engine().state().place.as_ref()?;
    let known = session.engine().trash().await.ok()?;
    if known.known {
        return Some(known);
    }
    session.fresh_library().await.ok()?.trash().await.ok()
}

/// How long it is kept, for "The trash is kept …".
pub fn kept(trash: &Trash) -> String {
    use messages::Trash as Said;
    let days = |count: u32| messages::Count::Days { count: count.into() }.to_string();
    match (trash.known, trash.days, trash.own) {
        (false, ..) => messages::Cli::NotKnown.to_string(),
        (true, None, true) => Said::UntilDeleted.to_string(),
        (true, None, false) => Said::UntilDeletedByOperator.to_string(),
        (true, Some(count), true) => Said::ForDays { days: days(count) }.to_string(),
        (true, Some(count), false) => Said::ForDaysByOperator { days: days(count) }.to_string(),
    }
}

/// One picture's end, for a line of its own.
pub fn end(removed_at: &str) -> String {
    messages::Trash::End { on: instant::day(removed_at) }.to_string()
}

/// Says how long the trash is kept from now on; asks first when that would delete what is in it.
pub async fn change(session: &Session, out: &Output, args: TrashSettings) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let plan = engine.trash_plan(args.days.0).await?;
    if let Some(question) = question(&plan)
        && engine.trash().await?.own
        && !args.yes
    {
        if !can_ask() {
            return Err(Failure::Usage(messages::Cli::TrashPassYes { question: question.to_string() }.into()));
        }
        if !agreed(messages::Ask::Trash { question: question.to_string() })? {
            complain(messages::Cli::NothingChanged);
            return Ok(());
        }
    }
    let trash = engine.keep_trash(args.days.0).await?;
    if out.json() {
        out.object(&trash);
    }
    complain(messages::Cli::TrashKept { how: kept(&trash) });
    Ok(())
}

/// What would be deleted, when that is more or sooner than until now.
fn question(plan: &TrashPlan) -> Option<String> {
    let first = plan.first_at.as_deref().filter(|_| plan.stricter && plan.pictures > 0)?;
    let on = instant::day(first);
    Some(messages::Trash::WouldDelete { count: plan.pictures, on }.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_deleted_is_said_with_its_day() {
        let first_at = Some("2026-12-30T10:00:00.000Z".to_owned());
        let plan = TrashPlan { days: Some(30), pictures: 12, first_at, last_at: None, stricter: true };
        let said = question(&plan).unwrap();
        assert_eq!(said, "The 12 pictures that are in the trash now would be deleted for good on 30 December 2026.");
        assert_eq!(question(&TrashPlan { stricter: false, ..plan.clone() }), None);
        assert_eq!(question(&TrashPlan { pictures: 0, first_at: None, ..plan }), None);
    }

    #[test]
    fn how_long_is_said_with_who_says_so() {
        let trash = Trash { known: true, own: true, ..Trash::default() };
        assert_eq!(kept(&trash), "until you delete what is in it");
        assert_eq!(kept(&Trash { days: Some(30), ..trash.clone() }), "for 30 days");
        assert_eq!(kept(&Trash { days: Some(1), own: false, ..trash }), "for 1 day, as the service’s operator says");
        assert_eq!(kept(&Trash::default()), "not known");
    }
}
