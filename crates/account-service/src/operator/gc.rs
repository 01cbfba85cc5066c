//! `gc`: what nobody needs goes.

use std::time::Duration;

use account_api::ErrorCode;
use serde::Serialize;

use super::check::Tally;
use super::finding::{Finding, Kind};
use super::{repair, survey};
use crate::error::{Error, Result};
use crate::housekeeping;
use crate::service::App;

/// What is asked of a collection.
#[derive(Debug, Clone)]
pub struct GcOptions {
    /// Only what is older goes.
    pub older_than: Duration,
    /// Tell only.
    pub dry_run: bool,
    /// Go on although suspiciously many objects would go.
    pub many: bool,
}

/// What a collection did, or would do.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Swept {
    /// Multipart uploads that were aborted.
    pub aborted: u64,
    /// Objects that were removed.
    pub removed: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Things that are left, because they are too young or the store kept them.
    pub left: u64,
}

/// So many orphans are never suspicious.
const FEW: u64 = 100;

pub async fn gc(app: &App, options: &GcOptions, mut tell: impl FnMut(&Finding)) -> Result<Swept> {
    if !options.dry_run {
        housekeeping::once(app).await;
    }
    let mut tally = Tally::default();
    let mut unneeded = Vec::new();
    let mut after = None;
    loop {
        let people = survey::people_after(app, after).await?;
        after = people.last().copied();
        for user_id in people {
            unneeded.extend(survey::of_person(app, user_id, &mut tally).await?.into_iter().filter(is_refuse));
        }
        if after.is_none() {
            break;
        }
    }
    let orphans = unneeded.iter().filter(|found| repair::is_old(found, options.older_than)).count() as u64;
    // A database that was restored from an old copy doesn't know the pictures that came later. Those are not refuse.
    if orphans > FEW && orphans * 10 > tally.objects && !options.many && !options.dry_run {
        return Err(Error::new(
            ErrorCode::Conflict,
            format!(
                "{orphans} of {} objects are needed by no row, which is suspiciously many. Nothing was removed. If this \
                 database was restored from a copy older than the bucket, these are pictures that people have. If you \
                 are sure that they are not, say --many.",
                tally.objects
            ),
        ));
    }
    unneeded.extend(survey::multipart(app).await?.into_iter().filter(is_refuse));
    let mut swept = Swept::default();
    for mut finding in unneeded {
        let going = if options.dry_run {
            repair::is_old(&finding, options.older_than)
        } else {
            let repair = repair::repair(app, &finding, options.older_than).await;
            let done = repair.done;
            finding.repair = Some(repair);
            done
        };
        match (going, finding.kind) {
            (false, _) => swept.left += 1,
            (true, Kind::StaleMultipart) => swept.aborted += 1,
            (true, _) => {
                swept.removed += 1;
                swept.bytes += finding.found_size.unwrap_or_default();
            }
        }
        tell(&finding);
    }
    Ok(swept)
}

fn is_refuse(finding: &Finding) -> bool {
    matches!(finding.kind, Kind::Orphan | Kind::StaleMultipart)
}
