//! Secrets, sealed.
