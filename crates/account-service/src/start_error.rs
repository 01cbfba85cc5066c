//! Why the service can't start.

use std::net::SocketAddr;
use std::path::PathBuf;

use sea_orm::DbErr;

use crate::error::why_unusable;

/// Why the service can't start. Each sentence says what to look at.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program has the port, or the address is not one of this computer.
    #[error("The service can’t listen on {address}: {}.", machine::why(source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The data folder can't be used.
    #[error("The data folder {folder} can’t be used: {}.", machine::why(source))]
    DataFolder {
        /// The folder.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database can't be reached, or its schema can't be brought up to date.
    #[error("The database can’t be used: {}.", why_unusable(.0))]
    Database(DbErr),
    /// The folder of a store with pictures in it is gone, and the database that knows them is there.
    #[error(
        "The folder with this library’s pictures is gone: {}. Put it back, from where it was moved to or from a backup; until \
         then nothing is stored, and nothing is changed. If it is lost for good, make an empty folder in its place: its \
         pictures are then told as missing, and uploading their files mends them.",
        .0.display()
    )]
    StoreGone(PathBuf),
    /// The AI's settings can't be used.
    #[error("{0}")]
    Ai(describe::DescribeError),
    /// The bucket's settings can't be used.
    #[error("{0}")]
    Bucket(String),
    /// Anything else.
    #[error("The service can’t start: {0}.")]
    Other(String),
}
