//! Keeps the catalogue and the account the same: waiting edits go out, the change feed comes in.
