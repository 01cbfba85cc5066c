//! How often a transfer is tried again, and when it is the file rather than the network that has a problem.

use std::time::Duration;

/// The first pause before a broken transfer is tried again.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// How often in a row a transfer may break before it is asked whether others fare better.
const SUSPICIOUS: u32 = 4;

/// How often a transfer may be put off while others get through.
const PUT_OFF: u32 = 12;

/// The fate of one transfer so far.
#[derive(Debug, Default)]
pub(in crate::upload) struct RetryBudget {
    broken: u32,
    put_off: u32,
    fared_worse: u32,
    others_before: Option<u64>,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::upload) enum Next {
    /// Try again after a pause (to be jittered).
    Again(Duration),
    /// Nobody gets through: wait with all the others.
    WaitWithAll,
    /// The others get through and this one doesn't: it has failed.
    GiveUp,
}

impl RetryBudget {
    /// The connection broke or the store stumbled. `others` is how often anybody has got through so far.
    pub(in crate::upload) fn broken(&mut self, others: u64) -> Next {
        let before = *self.others_before.get_or_insert(others);
        self.broken += 1;
        if self.broken < SUSPICIOUS {
            return Next::Again(FIRST_PAUSE * (1 << (self.broken - 1)));
        }
        self.broken = 0;
        if others > before {
            self.fared_worse += 1;
            if self.fared_worse > 1 {
                return Next::GiveUp;
            }
        }
        self.others_before = Some(others);
        Next::WaitWithAll
    }

    /// The store was away or busy. Others failing in the same way costs nothing.
    pub(in crate::upload) fn put_off(&mut self, others: u64) -> Next {
        let before = self.others_before.replace(others).unwrap_or(others);
        if others > before {
            self.put_off += 1;
        }
        if self.put_off > PUT_OFF { Next::GiveUp } else { Next::WaitWithAll }
    }

    /// Something else with the same bytes has to end first.
    pub(in crate::upload) fn asked_again(&mut self) -> Next {
        self.put_off += 1;
        if self.put_off > PUT_OFF { Next::GiveUp } else { Next::WaitWithAll }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_nobody_gets_through_it_waits_for_ever() {
        let mut budget = RetryBudget::default();
        for _ in 0..1000 {
            assert_ne!(budget.broken(7), Next::GiveUp);
            assert_eq!(budget.put_off(7), Next::WaitWithAll);
        }
    }

    #[test]
    fn a_file_that_always_breaks_while_others_go_through_is_given_up() {
        let mut budget = RetryBudget::default();
        let mut others = 0;
        let tries = std::iter::from_fn(|| {
            others += 1;
            (budget.broken(others) != Next::GiveUp).then_some(())
        });
        assert_eq!(tries.take(100).count(), 7);
    }
}
