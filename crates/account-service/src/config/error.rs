//! Why a configuration can't be used.

/// Why the configuration can't be used. Never shows a secret's value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A group is set in part.
    #[error("{present} is set but {missing} is not. Set {missing}, too, or remove {present}.")]
    HalfSet {
        /// A variable of the group that is set.
        present: &'static str,
        /// The variable that is missing.
        missing: &'static str,
    },
    /// A value can't be read.
    #[error("{variable} can’t be used: {problem}.")]
    Invalid {
        /// The variable.
        variable: &'static str,
        /// What is wrong with its value.
        problem: String,
    },
    /// A value is no text.
    #[error("{0} can’t be used: its value is not UTF-8.")]
    NoText(String),
    /// What is said of the bucket can't be right.
    #[error("The bucket’s settings (S3_… and AWS_…) can’t be used: {0}")]
    Bucket(String),
    /// The `.env` file can't be read, or may be somebody else's.
    #[error("The .env file {0}.")]
    DotEnv(String),
}
