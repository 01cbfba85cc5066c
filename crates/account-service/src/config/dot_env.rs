//! Variables from a file.

use std::fs::File;
use std::io;
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
        Some(file) => dotenvy::from_read(file).map_err(|error| ConfigError::DotEnv(format!("can't be read: {error}"))),
        None => Ok(()),
    }
}

/// Opens the file, if there is one.
///
/// # Errors
/// When it can't be read, or somebody else may have written it: whoever can put a file into the working folder would choose
/// the service's keys and database.
fn open(path: &Path) -> Result<Option<File>, ConfigError> {
    let unreadable = |error: io::Error| ConfigError::DotEnv(format!("can't be read: {error}"));
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
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
