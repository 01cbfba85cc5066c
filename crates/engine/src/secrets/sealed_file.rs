//! `secrets.sealed` on disk, changed by several processes.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::private_file;
use super::seal::{Entries, Header, SealError, Sealed, SealingKey, seal};

/// Where the file is.
#[derive(Debug, Clone)]
pub(super) struct SealedFile {
    path: PathBuf,
    lock: PathBuf,
}

/// A key and the header of the file that it seals.
#[derive(Debug)]
pub(super) struct Opener {
    /// The key.
    pub(super) key: SealingKey,
    /// The header.
    pub(super) header: Header,
}

/// What a change left behind.
pub(super) struct Changed {
    /// The file's new bytes.
    pub(super) bytes: Vec<u8>,
    /// The file's new secrets.
    pub(super) entries: Entries,
}

/// Why a change was not written. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChangeError {
    /// Another process made the file meanwhile, or changed its key.
    #[error("another process changed the file's key")]
    OtherKey,
    /// It can't be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It can't be read or written.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl SealedFile {
    pub(super) fn in_folder(data_dir: &Path) -> Self {
        Self { path: data_dir.join("secrets.sealed"), lock: data_dir.join("secrets.lock") }
    }

    /// The file's bytes; `None` when there is no file.
    pub(super) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        private_file::read(&self.path)
    }

    /// For messages.
    pub(super) fn path(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// Changes secrets under the lock, on top of what the file holds by then. Secrets of `more` that it doesn't have
    /// are added. Blocks.
    pub(super) fn change(
        &self,
        opener: &Opener,
        more: Entries,
        name: Option<(&str, Option<SecretString>)>,
    ) -> Result<Changed, ChangeError> {
        let _lock = private_file::lock(&self.lock)?;
        let mut entries = match self.read()? {
            None => Entries::new(),
            Some(bytes) => match Sealed::parse(&bytes)?.open(&opener.key) {
                Err(SealError::WrongKey) => return Err(ChangeError::OtherKey),
                opened => opened?,
            },
        };
        for (name, secret) in more {
            entries.entry(name).or_insert(secret);
        }
        match name {
            Some((name, Some(secret))) => _ = entries.insert(name.to_owned(), secret),
            Some((name, None)) => _ = entries.remove(name),
            None => {}
        }
        let bytes = seal(&opener.header, &opener.key, &entries)?;
        private_file::replace(&self.path, &bytes)?;
        Ok(Changed { bytes, entries })
    }
}
