//! A [`Config`] from the environment and a `.env` file.

use std::cell::Cell;
use std::ffi::OsString;
use std::path::Path;

use super::{Config, ConfigError, dot_env, read};

impl Config {
    /// Reads the environment, after a `.env` file in the working folder. What the environment sets wins. The file has to
    /// belong to whoever runs the program, and others must not be able to write it; folders above aren't looked into.
    ///
    /// # Errors
    /// When a value can't be read, or a group of variables is set in part; the error names the variable. When the file
    /// may be somebody else's.
    pub fn from_env() -> Result<Self, ConfigError> {
        dot_env::load(Path::new(dot_env::NAME))?;
        let most = most_connections(machine::open_files::raise());
        let unset = |name: &str| (name == "MAX_CONNECTIONS").then(|| most.to_string());
        Self::from_system(|name| std::env::var_os(name).or_else(|| unset(name).map(OsString::from)))
    }

    /// From variables as a system has them: one that is no text is not passed over.
    fn from_system(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let no_text = Cell::new(None);
        let config = Self::from_variables(|name| {
            variable(name)?.into_string().map_err(|_| no_text.set(Some(name.to_owned()))).ok()
        });
        match no_text.take() {
            Some(name) => Err(ConfigError::NoText(name)),
            None => config,
        }
    }

    /// The same from any source of variables. An empty value counts as none.
    ///
    /// # Errors
    /// As for [`from_env`](Self::from_env).
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        read::config(&variable)
    }
}

/// How many connections leave enough files to open for everything else: each may want another one to the store, or a file.
fn most_connections(open_files: Option<u64>) -> u64 {
    const OTHERS: u64 = 256;
    open_files.map_or(8192, |files| (files.saturating_sub(OTHERS) / 2).clamp(64, 8192))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use std::path::Path;

    use super::*;

    #[test]
    fn a_variable_that_is_no_text_is_not_passed_over() {
        let set = |value: &[u8]| {
            let value = OsString::from_vec(value.to_vec());
            Config::from_system(move |name| (name == "DATA_DIR").then(|| value.clone()))
        };
        assert_eq!(set(b"pictures").unwrap().data_dir, Path::new("pictures"));
        let error = set(b"p\xffctures").unwrap_err().to_string();
        assert_eq!(error, "DATA_DIR can’t be used: its value is not UTF-8.");
    }
}
