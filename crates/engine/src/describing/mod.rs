//! Batches of descriptions.
