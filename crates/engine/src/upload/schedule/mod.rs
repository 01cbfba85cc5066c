//! What runs when: which rows a worker claims ([`claims`]), in which order work gets its permits ([`priority_semaphore`]), how
//! many transfers run at a time ([`concurrency_limit`]), when all wait for a server ([`circuit_breaker`]), and how often one
//! transfer is tried again ([`retry_budget`]).

pub(super) mod circuit_breaker;
pub(super) mod claims;
pub(super) mod concurrency_limit;
pub(super) mod priority_semaphore;
pub(super) mod retry_budget;
