//! How long a keychain is waited for.

use std::time::Duration;

/// How long starting waits for a keychain. What comes later is taken up when it comes.
pub(super) const LIMIT: Duration = Duration::from_secs(3);

/// How long an action of the person waits for a keychain, whose prompt they may have to answer.
pub(super) const LIMIT_FOR_PEOPLE: Duration = Duration::from_secs(60);
