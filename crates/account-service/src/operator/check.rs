//! `check`: every difference between database and bucket, and what can be done about it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::finding::{Finding, Kind};
use super::{repair, survey};
use crate::error::Result;
use crate::service::App;

/// What is asked of a check.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// Repair what is safe to repair.
    pub repair: bool,
    /// Things younger than this are told and not removed.
    pub older_than: Duration,
    /// The bucket is shared: what belongs to others is no difference.
    pub shared: bool,
}

/// What a check went through.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tally {
    /// Accounts.
    pub accounts: u64,
    /// Pictures in the database.
    pub pictures: u64,
    /// Objects in the bucket, in the folders of these accounts.
    pub objects: u64,
    /// Objects that the database has noted for removal, which the service does by itself.
    pub to_be_removed: u64,
    /// How many differences of each kind.
    pub differences: BTreeMap<&'static str, u64>,
    /// How many of them were repaired.
    pub repaired: u64,
}

impl Tally {
    /// How many differences remain.
    pub fn left(&self) -> u64 {
        self.differences.values().sum::<u64>() - self.repaired
    }
}

pub async fn check(app: &App, options: &CheckOptions, mut tell: impl FnMut(&Finding)) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut after = None;
    loop {
        let people = survey::people_after(app, after).await?;
        after = people.last().copied();
        for user_id in &people {
            tally.accounts += 1;
            let found = survey::of_person(app, *user_id, &mut tally).await?;
            settle(app, options, found, &mut tally, &mut tell).await;
        }
        if after.is_none() {
            break;
        }
    }
    let found = survey::multipart(app).await?;
    settle(app, options, found, &mut tally, &mut tell).await;
    if !options.shared {
        let found = survey::strangers(app).await?;
        settle(app, options, found, &mut tally, &mut tell).await;
    }
    if options.repair && tally.to_be_removed > 0 {
        crate::housekeeping::remove_doomed(app).await;
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
        *tally.differences.entry(finding.kind.as_str()).or_default() += 1;
        tell(&finding);
    }
}
