//! `check`: every difference between database and bucket, and what can be done about it.

use std::time::Duration;

use super::doubt::Doubt;
use super::finding::{Finding, Kind, Repair};
use super::survey::Thoroughness;
use super::tally::Tally;
use super::{repair, survey};
use crate::error::Result;
use crate::rebuild;
use crate::service::App;

/// What is asked of a check.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// Repair what is safe to repair.
    pub repair: bool,
    /// Bring back objects that no row needs as pictures of their owners, and edits that only the journal has, before anything
    /// else.
    pub adopt: bool,
    /// Read the bytes of every picture.
    pub deep: bool,
    /// Remove what no row needs although suspiciously much would go.
    pub many: bool,
    /// Things younger than this are told and not removed.
    pub older_than: Duration,
    /// The bucket is shared: what belongs to others is no difference.
    pub shared: bool,
}

pub async fn check(app: &App, options: &CheckOptions, mut tell: impl FnMut(&Finding)) -> Result<Tally> {
    let mut tally = Tally::default();
    let how = if options.deep { Thoroughness::Bytes } else { Thoroughness::Facts };
    let mut orphans = Vec::new();
    let mut after = None;
    loop {
        let people = survey::people_after(app, after).await?;
        after = people.last().copied();
        for user_id in &people {
            tally.accounts += 1;
            if options.adopt {
                let adopted = rebuild::adopt(app, *user_id).await?;
                tally.adopted += adopted.from_journal + adopted.from_objects;
                tally.learned += adopted.learned;
                tally.removed += adopted.removed;
            }
            let found = survey::of_person(app, *user_id, how, &mut tally).await?;
            let (unneeded, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.kind == Kind::Orphan);
            orphans.extend(unneeded);
            settle(app, options, found, &mut tally, &mut tell).await;
        }
        if after.is_none() {
            break;
        }
    }
    // Only together do they tell whether they are refuse.
    match Doubt::about(&orphans, options.older_than, tally.objects).filter(|_| options.repair && !options.many) {
        Some(doubt) => {
            let left = Repair { done: false, message: doubt.refusal() };
            for mut orphan in orphans {
                orphan.repair = Some(left.clone());
                told(&orphan, &mut tally, &mut tell);
            }
        }
        None => settle(app, options, orphans, &mut tally, &mut tell).await,
    }
    let found = survey::multipart(app).await?;
    settle(app, options, found, &mut tally, &mut tell).await;
    if !options.shared {
        let found = survey::strangers(app).await?;
        settle(app, options, found, &mut tally, &mut tell).await;
    }
    if options.repair && tally.to_be_removed > 0 {
        crate::deletion_queue::work_off(app).await;
    }
    Ok(tally)
}

async fn settle(
    app: &App,
    options: &CheckOptions,
    found: Vec<Finding>,
    tally: &mut Tally,
    tell: &mut impl FnMut(&Finding),
) {
    for mut finding in found {
        if options.shared && finding.kind == Kind::Foreign {
            continue;
        }
        if options.repair {
            let repair = repair::repair(app, &finding, options.older_than).await;
            tally.repaired += u64::from(repair.done);
            finding.repair = Some(repair);
        }
        told(&finding, tally, tell);
    }
}

fn told(finding: &Finding, tally: &mut Tally, tell: &mut impl FnMut(&Finding)) {
    *tally.differences.entry(finding.kind.as_str()).or_default() += 1;
    tell(finding);
}
