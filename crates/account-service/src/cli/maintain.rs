//! `account-service migrate`, `gc` and `check`

use std::process::ExitCode;
use std::time::Duration;

use account_service::Config;
use account_service::operator::{self, CheckOptions, Finding, GcOptions, Swept, Tally};
use clap::Args;
use serde::Serialize;

use super::user::{of, size};

/// When a comparison can't be made; 1 means that there are differences.
const NOT_DONE: u8 = 2;

#[derive(Args)]
pub struct GcArguments {
    /// Only what is older goes: 90s, 30m, 12h, 7d
    #[arg(long, value_parser = age, default_value = "3d")]
    older_than: Duration,
    /// Say what would go, and remove nothing
    #[arg(long)]
    dry_run: bool,
    /// Go on even when more than a tenth of all objects would go, or some may be people's pictures
    #[arg(long)]
    many: bool,
    /// One JSON object a line, the last one a summary
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct CheckArguments {
    /// Repair what is safe to repair, and say what was left
    #[arg(long)]
    repair: bool,
    /// Bring objects that no row needs back as pictures of their owners, by journal, metadata or bytes: after a database was
    /// restored from a copy older than the bucket
    #[arg(long)]
    adopt: bool,
    /// Read the bytes of every picture and compare their SHA-256, too
    #[arg(long)]
    deep: bool,
    /// Let a repair remove what no row needs even when that is more than a tenth of all objects, or may be people's pictures
    #[arg(long, requires = "repair")]
    many: bool,
    /// What a repair removes has to be older: 90s, 30m, 12h, 7d
    #[arg(long, value_parser = age, default_value = "3d")]
    older_than: Duration,
    /// Others use this bucket, too: what is theirs is no difference
    #[arg(long)]
    shared: bool,
    /// One JSON object a line, the last one a summary
    #[arg(long)]
    json: bool,
}

pub async fn migrate(config: Config) -> ExitCode {
    match operator::migrate(&config).await {
        Ok(steps) if steps.is_empty() => println!("The schema is up to date."),
        Ok(steps) => steps.iter().for_each(|step| println!("Applied {step}.")),
        Err(error) => {
            eprintln!("{}", machine::in_words(&error.to_string()));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

pub async fn gc(config: Config, arguments: GcArguments) -> ExitCode {
    let operator = match super::open(config).await {
        Ok(operator) => operator,
        Err(status) => return status,
    };
    let GcArguments { older_than, dry_run, many, json } = arguments;
    let swept = operator.gc(&GcOptions { older_than, dry_run, many }, |finding| tell(finding, json)).await;
    operator.close().await;
    match swept {
        Ok(swept) if json => super::print_json(&Summary { kind: "summary", what: &swept }),
        Ok(swept) => {
            told(&swept, dry_run).iter().for_each(|line| println!("{line}"));
        }
        Err(error) => {
            eprintln!("{}", error.message);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

pub async fn check(config: Config, arguments: CheckArguments) -> ExitCode {
    let Ok(operator) = super::open(config).await else { return ExitCode::from(NOT_DONE) };
    let CheckArguments { repair, adopt, deep, many, older_than, shared, json } = arguments;
    let options = CheckOptions { repair, adopt, deep, many, older_than, shared };
    let tally = operator.check(&options, |finding| tell(finding, json)).await;
    operator.close().await;
    match tally {
        Ok(tally) => {
            if json {
                super::print_json(&Summary { kind: "summary", what: &tally });
            } else {
                summarise(&tally);
            }
            if tally.left() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("The comparison is not complete. {}", error.message);
            ExitCode::from(NOT_DONE)
        }
    }
}

/// What a collection did, or would do, a sentence a line.
fn told(swept: &Swept, dry_run: bool) -> Vec<String> {
    let what = format!(
        "{} ({}) removed, {} aborted; {} left.",
        of(swept.removed, "object", "objects"),
        size(swept.bytes),
        of(swept.aborted, "multipart upload", "multipart uploads"),
        swept.left
    );
    match &swept.refused {
        Some(refused) => vec![
            format!("This would remove nothing, unless it is told to with --many: {refused}"),
            format!("With --many: {what}"),
        ],
        None if dry_run => vec![format!("This is what would happen: {what}")],
        None => vec![format!("Done: {what}")],
    }
}

/// The last line with `--json`.
#[derive(Serialize)]
struct Summary<'a, T: Serialize> {
    kind: &'static str,
    #[serde(flatten)]
    what: &'a T,
}

fn tell(finding: &Finding, json: bool) {
    if json {
        return super::print_json(finding);
    }
    // A key is any text that somebody has put into the bucket.
    println!("{}: {}", finding.kind.as_str(), names::visible_name(&finding.key));
    println!("    {}", names::visible_name(&finding.message));
    if let Some(repair) = &finding.repair {
        println!("    {} {}", if repair.done { "Repaired:" } else { "Left:" }, repair.message);
    }
}

fn summarise(tally: &Tally) {
    println!(
        "Compared {} of {} with {}.",
        of(tally.pictures, "picture", "pictures"),
        of(tally.accounts, "account", "accounts"),
        of(tally.objects, "object", "objects")
    );
    if tally.adopted > 0 {
        let adopted = of(tally.adopted, "object was", "objects were");
        println!("{adopted} brought back as pictures of their owners.");
    }
    if tally.learned > 0 {
        let learned = of(tally.learned, "picture or album has", "pictures and albums have");
        println!("{learned} taken up later edits from the journal.");
    }
    if tally.removed > 0 {
        println!(
            "{} removed for good again, as their owners had done.",
            of(tally.removed, "picture was", "pictures were")
        );
    }
    if tally.not_proven > 0 {
        println!(
            "{} not proven yet; their owners' “verify” reads them back, and what is known by its bytes alone is proven by \
             uploading the file again.",
            of(tally.not_proven, "picture is", "pictures are")
        );
    }
    if tally.differences.is_empty() {
        println!("There is no difference.");
    }
    for (kind, count) in &tally.differences {
        println!("{count:>9}  {kind}");
    }
    if tally.repaired > 0 {
        println!("Repaired of them: {}. Left: {}.", tally.repaired, tally.left());
    }
}

/// `90s`, `30m`, `12h`, `7d`.
fn age(text: &str) -> Result<Duration, String> {
    let problem = || format!("“{text}” is no time: write 90s, 30m, 12h or 7d");
    let (number, unit) = text.trim().split_at_checked(text.trim().len().saturating_sub(1)).ok_or_else(problem)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        _ => return Err(problem()),
    };
    let number: u64 = number.parse().map_err(|_| problem())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use account_service::operator::SAFE_AGE;

    #[test]
    fn a_dry_run_does_not_promise_what_it_takes_back() {
        let swept = Swept { removed: 1, bytes: 2048, refused: Some("Too many.".to_owned()), ..Swept::default() };
        let lines = told(&swept, true);
        assert!(
            lines[0].starts_with("This would remove nothing, unless") && lines[0].ends_with("Too many."),
            "{lines:?}"
        );
        assert_eq!(lines[1], "With --many: 1 object (2.0 KiB) removed, 0 multipart uploads aborted; 0 left.");
        let sure = told(&Swept { refused: None, removed: 2, ..swept }, true);
        assert_eq!(
            sure,
            ["This is what would happen: 2 objects (2.0 KiB) removed, 0 multipart uploads aborted; 0 left."]
        );
    }

    #[test]
    fn times_have_a_unit() {
        assert_eq!(age("3d"), Ok(SAFE_AGE));
        assert_eq!(age("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(age("0s"), Ok(Duration::ZERO));
        for wrong in ["", "7", "d", "-1d", "1w", "99999999999999999999d", "1ß"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
