//! Settings, kept in one file.
