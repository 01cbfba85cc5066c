//! All message files, as the build script lists them.

include!(concat!(env!("OUT_DIR"), "/files.rs"));
