//! `doctor`.

use engine::EngineError;
use engine::view::{BucketForm, DoctorStep, StepStatus};
use serde::Serialize;

use super::args::Doctor;
use super::failure::Failure;
use super::output::{Output, complain};
use super::secret;
use super::session::Session;

const SECRET_STDIN: &str = "--secret-stdin";

/// Tries the chosen place, or the bucket that was given, and prints each step as it ends.
pub async fn doctor(session: &Session, out: &Output, args: Doctor) -> Result<(), Failure> {
    let tell = |step: &DoctorStep| {
        if out.json() {
            out.object(step);
        } else {
            out.line(line(step));
        }
    };
    let report = match args.bucket {
        Some(bucket) => {
            let secret = secret::read(messages::Ask::SecretKey, args.secret_stdin, SECRET_STDIN)?;
            let form = BucketForm {
                endpoint: args.endpoint.unwrap_or_default(),
                region: args.region.unwrap_or_default(),
                bucket,
                key_id: args.key_id.unwrap_or_default(),
                secret,
                path_style: args.path_style,
                without_parts: args.without_parts,
            };
            session.engine().test_bucket(form, tell).await?
        }
        None => session.engine().doctor(tell).await,
    };
    if report.ok {
        complain(messages::Cli::DoctorWell);
        return Ok(());
    }
    complain(ending(&report.steps));
    Err(Failure::Some)
}

/// What to do about steps that failed.
fn ending(steps: &[DoctorStep]) -> messages::Cli {
    let failed: Vec<&DoctorStep> = steps.iter().filter(|step| step.status == StepStatus::Failed).collect();
    match &failed[..] {
        [first, more @ ..] if more.iter().any(|step| step.message != first.message) => {
            messages::Cli::DoctorSeveral { steps: failed.len().to_string(), title: first.title.clone() }
        }
        _ => messages::Cli::DoctorOne,
    }
}

/// A step on one line.
pub fn line(step: &DoctorStep) -> String {
    let sign = match step.status {
        StepStatus::Ok => "ok     ",
        StepStatus::Lacking => "lacking",
        StepStatus::Failed => "failed ",
        StepStatus::Skipped => "skipped",
    };
    format!("{sign}  {}: {}", step.title, super::output::one_line(&step.message))
}

/// The line of a folder that can't even be opened.
#[derive(Serialize)]
struct NoFolder<'a> {
    check: &'static str,
    title: String,
    status: StepStatus,
    message: &'a str,
    code: String,
}

/// The app's folder can't be opened: that is what has to be mended first.
pub fn no_folder(out: &Output, error: EngineError) -> Result<(), Failure> {
    if !out.json() {
        out.line(format!("failed   {}: {}", messages::Doctor::OpenFolder, super::output::one_line(&error.message)));
        return Err(Failure::Some);
    }
    out.object(&NoFolder {
        check: "folder",
        title: messages::Doctor::OpenFolder.to_string(),
        status: StepStatus::Failed,
        message: &error.message,
        code: error.code.as_str(),
    });
    Err(Failure::Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(title: &str, message: &str) -> DoctorStep {
        DoctorStep {
            check: String::new(),
            title: title.to_owned(),
            status: StepStatus::Failed,
            message: message.to_owned(),
            code: None,
        }
    }

    #[test]
    fn one_cause_is_not_counted_as_many() {
        let disk = || failed("Write to the app's folder", "The disk is full.");
        assert_eq!(ending(&[disk(), disk()]).to_string(), "One thing needs mending; what failed says how.");
        let told = ending(&[disk(), failed("Reach the store", "It can't.")]).to_string();
        assert!(told.contains("2 steps failed") && told.contains("mend “Write to the app's folder” first"), "{told}");
    }
}
