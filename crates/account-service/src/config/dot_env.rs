//! Variables from a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::ConfigError;

/// The file's name, in the working folder.
pub(super) const NAME: &str = ".env";

/// Sets the variables of a file that aren't set yet. No file is fine.
///
/// # Errors
/// As for [`open`], and when a line can't be understood.
pub(super) fn load(path: &Path) -> Result<(), ConfigError> {
    match open(path)? {
        Some(mut file) => {
            let mut text = String::new();
            let unreadable = |error: io::Error| ConfigError::DotEnv(format!("can’t be read: {}", machine::why(&error)));
            file.read_to_string(&mut text).map_err(unreadable)?;
            dotenvy::from_read(text.as_bytes()).map_err(|error| ConfigError::DotEnv(misunderstood(&text, &error)))
        }
        None => Ok(()),
    }
}

/// What can't be understood, by its place alone: a line may hold a secret.
fn misunderstood(text: &str, error: &dotenvy::Error) -> String {
    let dotenvy::Error::LineParse(wrong, _) = error else { return "can’t be read".to_owned() };
    // The whole line or its value alone; one in quotes may go on in further lines, and it is the first that is named.
    let first = wrong.lines().next().unwrap_or_default().trim();
    let is_it = |line: &str| !line.trim_start().starts_with('#') && line.trim().ends_with(first);
    let place = match text.lines().position(is_it) {
        Some(before) => format!("line {}", before + 1),
        None => "one of its lines".to_owned(),
    };
    format!(
        "can’t be understood in {place}: write NAME=value there, in single quotes where the value has blanks, # or $"
    )
}

/// Opens the file, if there is one.
///
/// # Errors
/// When it can't be read, or somebody else may have written it: whoever can put a file into the working folder would choose
/// the service's keys and database.
fn open(path: &Path) -> Result<Option<File>, ConfigError> {
    let unreadable = |error: io::Error| ConfigError::DotEnv(format!("can’t be read: {}", machine::why(&error)));
    // Looked at before it is opened: to open a pipe is to wait for somebody who writes into it.
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => {
            return Err(ConfigError::DotEnv(
                "in the working folder is no regular file. Remove it, or make it one".into(),
            ));
        }
        // Not to be there is to have no entry in the folder: a link that leads nowhere was meant to lead to something.
        Err(error) if error.kind() == io::ErrorKind::NotFound => match path.symlink_metadata() {
            Ok(_) => {
                return Err(ConfigError::DotEnv(
                    "in the working folder is a link to a file that isn’t there. Make it lead to one, or remove it"
                        .into(),
                ));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        },
        Err(error) => return Err(unreadable(error)),
    }
    let file = File::open(path).map_err(unreadable)?;
    let Some(why) = machine::files::somebody_elses(&file).map_err(unreadable)? else { return Ok(Some(file)) };
    let what_to_do = "Give it to the user that runs the service and take others' right to write it, or remove it";
    Err(ConfigError::DotEnv(format!("in the working folder is not used, because {why}. {what_to_do}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_need_not_be_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        assert!(open(&path).unwrap().is_none());
        std::fs::write(&path, "").unwrap();
        assert!(open(&path).unwrap().is_some());
    }

    #[test]
    fn a_line_that_is_wrong_is_named_by_its_number_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        for (text, line) in [
            ("# keys\nGOOD_ONE_OF_A_TEST=1\nAWS_SECRET_KEY=hush hush-hush\n", 3),
            ("\n  JWT_SECRET_KEY: hush-hush\n", 2),
            ("SECRET_KEY='hush-hush\nand no end\n", 1),
        ] {
            std::fs::write(&path, text).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            let error = load(&path).unwrap_err().to_string();
            assert!(error.contains(&format!(".env file can’t be understood in line {line}")), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        std::os::unix::fs::symlink("not-mounted-yet/service.env", &path).unwrap();
        let error = load(&path).unwrap_err().to_string();
        assert!(error.contains(".env file in the working folder is a link to a file that isn’t there"), "{error}");
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(NAME, &path).unwrap();
        let error = load(&path).unwrap_err().to_string();
        assert!(error.contains("can’t be read") && !error.contains("os error"), "a circle: {error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let error = open(&path).unwrap_err().to_string();
        assert!(error.contains("no regular file"), "{error}");
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(open(&path).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        std::fs::write(&path, "S3_BUCKET=theirs\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        let error = open(&path).unwrap_err().to_string();
        assert!(error.contains("others may write it") && !error.contains("theirs"), "{error}");
    }
}
