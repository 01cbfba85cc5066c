//! Secrets that the service makes for itself and keeps in its data folder, readable by its owner only.

use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::SecretString;

/// Reads the secret in `folder/name`, or makes one of 256 bits there.
///
/// The file appears complete or not at all, and of two processes that come here at the same time one makes it and the
/// other one reads it.
///
/// # Errors
/// When the folder can't be written or the file can't be read.
pub fn read_or_make(folder: &Path, name: &str) -> io::Result<SecretString> {
    let path = folder.join(name);
    let is_spoilt = match read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        // What was in it is lost: a new one is made, as for a folder that has none.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            tracing::warn!(%error, "a key file is made anew");
            true
        }
        other => return other,
    };
    machine::files::folder(folder)?;
    // `tempfile` creates with mode 0600 on Unix; on Windows the profile's folder is private to the person.
    let mut file = tempfile::Builder::new().prefix(".new-key-").tempfile_in(folder)?;
    file.write_all(random_token::<32>().as_bytes())?;
    file.as_file().sync_all()?;
    let placed = if is_spoilt { file.persist(&path) } else { file.persist_noclobber(&path) };
    match placed {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    read(&path)
}

fn read(path: &Path) -> io::Result<SecretString> {
    let text = std::fs::read_to_string(path)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("the key file {} is empty", path.display())));
    }
    Ok(SecretString::from(text))
}

/// `BYTES` random bytes from the operating system's generator, in base64url without padding.
pub fn random_token<const BYTES: usize>() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; BYTES]>())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::read_or_make;

    #[test]
    fn a_key_is_made_once_even_by_many_at_the_same_time() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| read_or_make(folder.path(), "a.key").unwrap().expose_secret().to_owned()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0] && key.len() == 43), "{keys:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_spoilt_key_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        for spoilt in [&b""[..], b"\n", &[0xff, 0xfe]] {
            std::fs::write(folder.path().join("a.key"), spoilt).unwrap();
            assert_eq!(read_or_make(folder.path(), "a.key").unwrap().expose_secret().len(), 43);
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        read_or_make(folder.path(), "a.key").unwrap();
        let mode = std::fs::metadata(folder.path().join("a.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
