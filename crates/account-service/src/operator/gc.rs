//! `gc`: what nobody needs goes.

use std::time::Duration;

use account_api::ErrorCode;
use serde::Serialize;

use super::doubt::Doubt;
use super::finding::{Finding, Kind};
use super::survey::Thoroughness;
use super::tally::Tally;
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
    /// Why nothing would be removed unless it were told to be, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

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
            let found = survey::of_person(app, user_id, Thoroughness::Refuse, &mut tally).await?;
            unneeded.extend(found.into_iter().filter(is_refuse));
        }
        if after.is_none() {
            break;
        }
    }
    let doubt = Doubt::about(&unneeded, options.older_than, tally.objects).filter(|_| !options.many);
    if let Some(doubt) = doubt.as_ref().filter(|_| !options.dry_run) {
        unneeded.iter().for_each(&mut tell);
        return Err(Error::new(ErrorCode::Conflict, doubt.refusal()));
    }
    unneeded.extend(survey::multipart(app).await?.into_iter().filter(is_refuse));
    let mut swept = Swept { refused: doubt.map(|doubt| doubt.refusal()), ..Swept::default() };
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
