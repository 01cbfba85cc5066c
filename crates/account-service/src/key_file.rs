//! Secrets that the service makes for itself and keeps in its data folder, readable by its owner only.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::SecretString;

/// Random bytes of a key.
const BYTES: usize = 32;

/// A key file.
#[derive(Debug, Clone, Copy)]
pub struct KeyFile {
    /// Its name in the data folder.
    pub name: &'static str,
    /// What there is no longer without it, a sentence.
    pub without_it: &'static str,
}

/// What becomes of a key file that is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damaged {
    /// It is an error that says what to do.
    Refuse,
    /// It is moved aside and a new one is made, which the log tells: where nobody loses anything by that.
    MakeAnew,
}

/// Reads the secret in `folder`, or makes one of 256 bits there.
///
/// The file appears complete or not at all, and of two processes that come here at the same time one makes it and the
/// other one reads it. What isn't as it is written here is no key: whoever guesses it could sign.
///
/// # Errors
/// When the folder can't be written or the file can't be read, or is damaged and to be refused. It is never written over.
pub fn read_or_make(folder: &Path, file: KeyFile, damaged: Damaged) -> io::Result<SecretString> {
    let path = folder.join(file.name);
    match read(&path, file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData && damaged == Damaged::MakeAnew => {
            let aside = free_name(&path);
            std::fs::rename(&path, &aside)?;
            tracing::warn!(
                "The key file {} was damaged. A new one is made; the damaged one is kept as {}. {}",
                path.display(),
                aside.display(),
                file.without_it
            );
        }
        other => return other,
    }
    machine::files::folder(folder)?;
    // `tempfile` creates with mode 0600 on Unix; on Windows the profile's folder is private to the person.
    let mut new = tempfile::Builder::new().prefix(".new-key-").tempfile_in(folder)?;
    new.write_all(random_token::<BYTES>().as_bytes())?;
    new.as_file().sync_all()?;
    match new.persist_noclobber(&path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    read(&path, file)
}

fn free_name(path: &Path) -> PathBuf {
    let name = |n: u32| path.with_extension(if n == 0 { "damaged".to_owned() } else { format!("damaged-{n}") });
    (0..).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(0))
}

fn read(path: &Path, file: KeyFile) -> io::Result<SecretString> {
    let bytes = std::fs::read(path)?;
    // Editors and copying by hand leave a line break at the end.
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    let is_whole = BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|key| key.len() == BYTES);
    if !is_whole {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "the key file {} is damaged, and nothing was changed. Bring it back from a copy, or remove it and start \
                 again: then a new one is made. {}",
                path.display(),
                file.without_it.trim_end_matches('.')
            ),
        ));
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

    use super::{Damaged, KeyFile, io, random_token, read_or_make};

    const KEY: KeyFile = KeyFile { name: "a.key", without_it: "Nobody misses it." };

    #[test]
    fn a_key_is_made_once_even_by_many_at_the_same_time() {
        let folder = tempfile::tempdir().unwrap();
        let make = || read_or_make(folder.path(), KEY, Damaged::Refuse).unwrap().expose_secret().to_owned();
        let keys: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0] && key.len() == 43), "{keys:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[test]
    fn a_damaged_key_is_never_a_key_and_never_written_over() {
        let whole = random_token::<32>();
        let longer = format!("{whole}AAAA");
        for damaged in [&b""[..], b"\n", b"x", &[0xff, 0xfe], &whole.as_bytes()[..42], longer.as_bytes(), &[0; 43]] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.key");
            std::fs::write(&path, damaged).unwrap();
            let error = read_or_make(folder.path(), KEY, Damaged::Refuse).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            let told = error.to_string();
            assert!(
                told.contains("a.key") && told.contains("remove it") && told.contains("Nobody misses it"),
                "{told}"
            );
            assert_eq!(std::fs::read(&path).unwrap(), damaged);

            let new = read_or_make(folder.path(), KEY, Damaged::MakeAnew).unwrap();
            assert_eq!(new.expose_secret().len(), 43);
            assert_eq!(std::fs::read(folder.path().join("a.damaged")).unwrap(), damaged, "it is kept aside");
        }
    }

    #[test]
    fn a_line_break_at_the_end_is_no_damage() {
        let folder = tempfile::tempdir().unwrap();
        let whole = random_token::<32>();
        std::fs::write(folder.path().join("a.key"), format!("{whole}\r\n")).unwrap();
        assert_eq!(read_or_make(folder.path(), KEY, Damaged::Refuse).unwrap().expose_secret(), whole);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        read_or_make(folder.path(), KEY, Damaged::Refuse).unwrap();
        let mode = std::fs::metadata(folder.path().join("a.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
