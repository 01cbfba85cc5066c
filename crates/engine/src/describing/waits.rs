//! Waits that the AI has asked for: people see what the queue waits for, and how long.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::view::DescriptionWait;
use crate::{ErrorKind, instant};

/// What is over sooner than this is not worth a word.
const UNNOTICED: Duration = Duration::from_secs(2);

/// Why and until when wishes wait, by job.
#[derive(Default)]
pub(super) struct Waits {
    all: Mutex<HashMap<i64, (ErrorKind, OffsetDateTime)>>,
}

impl Waits {
    fn all(&self) -> MutexGuard<'_, HashMap<i64, (ErrorKind, OffsetDateTime)>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A wish waits. Whether that is worth a word.
    pub(super) fn begin(&self, job: i64, code: ErrorKind, wait: Duration) -> bool {
        if wait < UNNOTICED {
            return false;
        }
        self.all().insert(job, (code, OffsetDateTime::now_utc() + wait));
        true
    }

    /// The wish is at its end, one way or the other.
    pub(super) fn end(&self, job: i64) {
        self.all().remove(&job);
    }

    /// The wait that is over first.
    pub(super) fn next(&self) -> Option<DescriptionWait> {
        let now = OffsetDateTime::now_utc();
        let all = self.all();
        let (code, until) = all.values().filter(|(_, until)| *until > now).min_by_key(|(_, until)| *until)?;
        Some(DescriptionWait { code: code.as_str().to_owned(), until: instant::wire(*until) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_that_is_over_first_is_told_and_none_that_nobody_notices() {
        let waits = Waits::default();
        assert_eq!(waits.next(), None);
        assert!(waits.begin(1, ErrorKind::AiFailed, Duration::from_secs(60)));
        assert!(waits.begin(2, ErrorKind::AiQuota, Duration::from_secs(30)));
        assert!(!waits.begin(3, ErrorKind::AiQuota, Duration::from_secs(1)));
        assert_eq!(waits.next().unwrap().code, "ai_quota");
        waits.end(2);
        assert_eq!(waits.next().unwrap().code, "ai_failed");
        waits.end(1);
        assert_eq!(waits.next(), None);
    }
}
