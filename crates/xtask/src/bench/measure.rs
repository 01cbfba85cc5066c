//! What a program takes: time, processor, memory.

use std::iter::Sum;
use std::process::Command;
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::failure::{Failure, Result};
use crate::process::{describe, not_started};

/// What a program took, its children included.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// From its start to its end.
    pub wall: Duration,
    /// Of all processors, in user mode and in the system.
    pub cpu: Duration,
    /// The most memory that it, or one of its children, had in use, in bytes.
    pub peak: u64,
}

/// One after the other: times add up, of peaks the highest counts.
impl Sum for Used {
    fn sum<I: Iterator<Item = Used>>(parts: I) -> Used {
        parts.fold(Used::default(), |sum, part| Used {
            wall: sum.wall + part.wall,
            cpu: sum.cpu + part.cpu,
            peak: sum.peak.max(part.peak),
        })
    }
}

/// Runs a program to its end.
///
/// On Linux a child begins with its parent's peak of memory: keep this process small before the call.
pub fn measure(command: &mut Command) -> Result<Used> {
    let start = Instant::now();
    let child = command.spawn().map_err(|error| not_started(command, &error))?;
    let ended = child.wait4().map_err(|error| Failure::new(format!("A child can't be waited for: {error}")))?;
    let wall = start.elapsed();
    if !ended.status.success() {
        return Err(Failure::new(format!("`{}` failed ({}).", describe(command), ended.status)));
    }
    Ok(Used { wall, cpu: ended.rusage.utime + ended.rusage.stime, peak: ended.rusage.maxrss })
}

/// The middle one of each figure, so that one disturbed run doesn't count.
pub fn median(runs: &[Used]) -> Used {
    Used { wall: middle(runs, |run| run.wall), cpu: middle(runs, |run| run.cpu), peak: middle(runs, |run| run.peak) }
}

/// The middle of some figures; of an even number the smaller of the two in the middle. 0 of none.
fn middle<T: Ord + Default + Copy>(runs: &[Used], figure: impl Fn(&Used) -> T) -> T {
    let mut figures: Vec<T> = runs.iter().map(figure).collect();
    figures.sort_unstable();
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(wall: u64, cpu: u64, peak: u64) -> Used {
        Used { wall: Duration::from_secs(wall), cpu: Duration::from_secs(cpu), peak }
    }

    #[test]
    fn each_figure_has_a_middle_of_its_own() {
        assert_eq!(median(&[used(9, 1, 5), used(2, 7, 4), used(3, 6, 9)]), used(3, 6, 5));
        assert_eq!(median(&[used(4, 4, 4), used(1, 1, 1)]), used(1, 1, 1));
    }

    #[test]
    fn times_add_up_and_the_highest_peak_counts() {
        assert_eq!([used(1, 2, 3), used(10, 20, 2)].into_iter().sum::<Used>(), used(11, 22, 3));
    }
}
