//! Speed and time left that people can believe: smooth, and honest about not knowing.

use std::time::{Duration, Instant};

/// Over which time, in seconds, the speed is averaged that is shown.
const SPEED_OVER: f64 = 5.0;

/// The same for the speed that the time left is reckoned with: what happened in the last seconds says little about the next
/// minutes.
const FUTURE_OVER: f64 = 20.0;

/// How fast the time left follows when the estimate changes, in seconds.
const FOLLOWS_IN: f64 = 4.0;

/// By which share of itself the time left changes in a second at most, beside counting down.
const MOST_A_SECOND: f64 = 0.12;

/// How long bytes must have gone out before a time is told.
const WARM_UP: Duration = Duration::from_secs(3);

/// How long nothing may move before no time is told.
const NO_TIME_AFTER: Duration = Duration::from_secs(3);

/// And before the silence is.
const SILENT_AFTER: Duration = Duration::from_secs(8);

/// An exponentially weighted average of a rate, free of the bias towards 0 at its start.
#[derive(Debug, Clone)]
struct Average {
    over: f64,
    weighted: f64,
    weight: f64,
}

impl Average {
    const fn new(over: f64) -> Self {
        Self { over, weighted: 0.0, weight: 0.0 }
    }

    fn add(&mut self, amount: f64, seconds: f64) {
        let keep = (-seconds / self.over).exp();
        self.weighted = self.weighted * keep + amount / seconds * (1.0 - keep);
        self.weight = self.weight * keep + (1.0 - keep);
    }

    fn rate(&self) -> f64 {
        if self.weight > 0.0 { self.weighted / self.weight } else { 0.0 }
    }
}

/// What is still to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::upload) struct Remaining {
    /// Bytes.
    pub(in crate::upload) bytes: u64,
    /// Files that aren't finished.
    pub(in crate::upload) files: u64,
}

/// Watches a queue and tells its speed and the time left.
#[derive(Debug)]
pub(in crate::upload) struct Estimate {
    last: Option<(Instant, u64, u64)>,
    moving_since: Option<Instant>,
    /// When bytes went out or files were finished last.
    moved_at: Option<Instant>,
    /// Bytes a second, to be shown.
    speed: Average,
    bytes: Average,
    files: Average,
    done_at: Option<Instant>,
}

impl Estimate {
    /// Knows nothing yet.
    pub(in crate::upload) const fn new() -> Self {
        Self {
            last: None,
            moving_since: None,
            moved_at: None,
            speed: Average::new(SPEED_OVER),
            bytes: Average::new(FUTURE_OVER),
            files: Average::new(FUTURE_OVER),
            done_at: None,
        }
    }

    /// Forgets everything: the queue was empty, paused or waiting.
    pub(in crate::upload) fn reset(&mut self) {
        *self = Self::new();
    }

    /// Takes in how many bytes have gone out and how many files were finished until `now`; both only rise.
    pub(in crate::upload) fn observe(&mut self, now: Instant, bytes_out: u64, files_done: u64, remaining: Remaining) {
        let Some((then, bytes, files)) = self.last.replace((now, bytes_out, files_done)) else {
            return;
        };
        let seconds = now.saturating_duration_since(then).as_secs_f64();
        if seconds <= 0.0 {
            self.last = Some((then, bytes, files));
            return;
        }
        let (bytes, files) = (bytes_out.saturating_sub(bytes) as f64, files_done.saturating_sub(files) as f64);
        if bytes > 0.0 || files > 0.0 {
            self.moved_at = Some(now);
        }
        if self.moving_since.is_none() {
            // Waiting for the first byte is no speed.
            if bytes == 0.0 && files == 0.0 {
                return;
            }
            self.moving_since = Some(then);
        }
        self.speed.add(bytes, seconds);
        self.bytes.add(bytes, seconds);
        self.files.add(files, seconds);
        self.follow(now, seconds, remaining);
    }

    fn follow(&mut self, now: Instant, seconds: f64, remaining: Remaining) {
        let Some(estimate) = self.seconds_needed(remaining) else {
            self.done_at = None;
            return;
        };
        let candidate = now + Duration::from_secs_f64(estimate.min(1e9));
        let Some(shown) = self.done_at else {
            let warm = self.moving_since.is_some_and(|since| now.saturating_duration_since(since) >= WARM_UP);
            self.done_at = warm.then_some(candidate);
            return;
        };
        // Moves a part of the way, so that one slow file doesn't make the time jump.
        let share = 1.0 - (-seconds / FOLLOWS_IN).exp();
        let left = shown.saturating_duration_since(now).as_secs_f64().max(10.0);
        let most = Duration::from_secs_f64(left * MOST_A_SECOND * seconds);
        self.done_at = Some(if candidate > shown {
            shown + (candidate - shown).mul_f64(share).min(most)
        } else {
            shown - (shown - candidate).mul_f64(share).min(most)
        });
    }

    /// Bytes take as long as bytes take, and many small files as long as files take: the slower of both.
    fn seconds_needed(&self, remaining: Remaining) -> Option<f64> {
        let need = |left: u64, rate: f64| match (left, rate) {
            (0, _) => Some(0.0),
            (left, rate) if rate > 0.001 => Some(left as f64 / rate),
            _ => None,
        };
        match (need(remaining.bytes, self.bytes.rate()), need(remaining.files, self.files.rate())) {
            (Some(bytes), Some(files)) if remaining.files > 50 => Some(bytes.max(files)),
            (bytes, _) => bytes,
        }
    }

    /// Bytes a second.
    pub(in crate::upload) fn speed(&self) -> u64 {
        self.speed.rate().round() as u64
    }

    /// Whether something went out, and nothing has moved since for so long that somebody should know.
    pub(in crate::upload) fn is_silent(&self, now: Instant) -> bool {
        self.has_stood_for(now, SILENT_AFTER)
    }

    fn has_stood_for(&self, now: Instant, time: Duration) -> bool {
        self.moved_at.is_some_and(|at| now.saturating_duration_since(at) >= time)
    }

    /// Seconds left, in steps that suit their size; `None` while it can't be told.
    pub(in crate::upload) fn seconds_left(&self, now: Instant) -> Option<u32> {
        if self.has_stood_for(now, NO_TIME_AFTER) {
            return None;
        }
        let left = self.done_at?.saturating_duration_since(now).as_secs_f64();
        let step = step(left);
        Some(((left / step).ceil() * step).clamp(1.0, f64::from(u32::MAX)) as u32)
    }
}

/// What a time is rounded up to, in seconds.
fn step(left: f64) -> f64 {
    match left {
        left if left < 20.0 => 1.0,
        left if left < 120.0 => 5.0,
        left if left < 3600.0 => 30.0,
        _ => 300.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(100);

    /// Feeds a rate for some ticks and gives every time left that was shown.
    fn run(estimate: &mut Estimate, now: &mut Instant, out: &mut u64, total: u64, rate: u64, ticks: u32) -> Vec<u32> {
        let mut shown = Vec::new();
        for _ in 0..ticks {
            *now += TICK;
            *out = (*out + rate / 10).min(total);
            estimate.observe(*now, *out, 0, Remaining { bytes: total - *out, files: 1 });
            shown.extend(estimate.seconds_left(*now));
        }
        shown
    }

    #[test]
    fn a_steady_speed_is_told_exactly_and_from_the_start() {
        let (mut estimate, mut now, mut out) = (Estimate::new(), Instant::now(), 0);
        estimate.observe(now, 0, 0, Remaining { bytes: 100_000_000, files: 1 });
        run(&mut estimate, &mut now, &mut out, 100_000_000, 1_000_000, 5);
        assert_eq!(estimate.speed(), 1_000_000);
        assert_eq!(estimate.seconds_left(now), None, "too early to tell");
        let shown = run(&mut estimate, &mut now, &mut out, 100_000_000, 1_000_000, 300);
        assert!(shown.windows(2).all(|pair| pair[1] <= pair[0]), "counts down: {shown:?}");
        assert!((65..=75).contains(shown.last().unwrap()), "{shown:?}");
    }

    #[test]
    fn a_hiccup_does_not_make_the_time_jump() {
        let (mut estimate, mut now, mut out) = (Estimate::new(), Instant::now(), 0);
        estimate.observe(now, 0, 0, Remaining { bytes: 100_000_000, files: 1 });
        let before = *run(&mut estimate, &mut now, &mut out, 100_000_000, 1_000_000, 200).last().unwrap();
        let during = run(&mut estimate, &mut now, &mut out, 100_000_000, 0, 10);
        assert!(during.iter().all(|left| *left < before * 3 / 2), "{before} then {during:?}");
    }

    /// Random numbers that are the same every time.
    struct Dice(u64);

    impl Dice {
        /// From 0 to below 1.
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as f64 / f64::from(1u32 << 31)
        }
    }

    /// The time left once a second, of a queue of so many bytes that go out as `rate` says for each tick.
    fn trace(total: u64, seconds: u32, mut rate: impl FnMut(u32) -> f64) -> Vec<u32> {
        let (mut estimate, mut now, mut out, mut shown) = (Estimate::new(), Instant::now(), 0, Vec::new());
        estimate.observe(now, 0, 0, Remaining { bytes: total, files: 1 });
        for tick in 0..seconds * 10 {
            now += TICK;
            out = (out + (rate(tick) / 10.0) as u64).min(total);
            if out == total {
                break;
            }
            estimate.observe(now, out, 0, Remaining { bytes: total - out, files: 1 });
            if tick % 10 == 9 {
                shown.extend(estimate.seconds_left(now));
            }
        }
        shown
    }

    /// By how much the time left departs from counting down, at most, as a share of what is shown. One step of rounding
    /// doesn't count.
    fn largest_jump(shown: &[u32]) -> f64 {
        let jump = |pair: &[u32]| {
            let (expected, now) = (f64::from(pair[0]) - 1.0, f64::from(pair[1]));
            let step = step(expected.max(now));
            ((now - expected).abs() - step).max(0.0) / expected.max(10.0)
        };
        shown.windows(2).map(jump).fold(0.0, f64::max)
    }

    #[rstest::rstest]
    #[case::steady(0.001, |_: u32, _: f64| 1e6)]
    #[case::noisy(0.05, |_: u32, dice: f64| 2e6 * dice)]
    #[case::very_noisy(0.08, |_: u32, dice: f64| if dice < 0.2 { 5e6 } else { 0.0 })]
    #[case::in_bursts_every_two_seconds(0.08, |tick: u32, _: f64| if tick % 20 < 4 { 5e6 } else { 0.0 })]
    #[case::slow_for_three_seconds_now_and_then(0.125, |tick: u32, _: f64| if tick % 200 < 30 { 1e5 } else { 1.1e6 })]
    #[case::half_as_fast_after_a_minute(0.125, |tick: u32, _: f64| if tick < 600 { 1e6 } else { 5e5 })]
    #[case::twice_as_fast_after_a_minute(0.125, |tick: u32, _: f64| if tick < 600 { 1e6 } else { 2e6 })]
    fn the_time_left_does_not_jump(#[case] allowed: f64, #[case] rate: fn(u32, f64) -> f64) {
        let mut dice = Dice(7);
        let shown = trace(200_000_000, 600, |tick| rate(tick, dice.next()));
        assert!(shown.len() > 60, "{shown:?}");
        let jump = largest_jump(&shown);
        assert!(jump <= allowed, "{jump} in {shown:?}");
    }

    #[test]
    fn the_time_left_comes_true() {
        let mut dice = Dice(3);
        let shown = trace(200_000_000, 600, |_| 2e6 * dice.next());
        // Halfway, and near the end.
        let half = shown[shown.len() / 2];
        assert!((85..=120).contains(&half), "{half} of about 100 s");
        assert!(*shown.last().unwrap() <= 5, "{shown:?}");
    }

    #[test]
    fn waiting_for_the_first_byte_is_no_speed() {
        let (mut estimate, mut now, mut out) = (Estimate::new(), Instant::now(), 0);
        run(&mut estimate, &mut now, &mut out, 10_000_000, 0, 100);
        run(&mut estimate, &mut now, &mut out, 10_000_000, 1_000_000, 10);
        assert_eq!(estimate.speed(), 1_000_000);
    }

    #[test]
    fn no_time_is_told_once_nothing_moves_any_more() {
        let (mut estimate, mut now, mut out) = (Estimate::new(), Instant::now(), 0);
        estimate.observe(now, 0, 0, Remaining { bytes: 10_000_000, files: 1 });
        run(&mut estimate, &mut now, &mut out, 10_000_000, 1_000_000, 100);
        // All of it is handed over, and nobody confirms it.
        run(&mut estimate, &mut now, &mut out, 10_000_000, 1_000_000, 20);
        assert!(estimate.seconds_left(now).is_some());
        run(&mut estimate, &mut now, &mut out, 10_000_000, 1_000_000, 20);
        assert_eq!((estimate.seconds_left(now), estimate.is_silent(now)), (None, false));
        run(&mut estimate, &mut now, &mut out, 10_000_000, 1_000_000, 50);
        assert!(estimate.is_silent(now));
    }

    #[test]
    fn many_small_files_are_told_by_their_number() {
        let (mut estimate, mut now) = (Estimate::new(), Instant::now());
        for done in 0..100u64 {
            now += TICK;
            // One file of 1,000 bytes a tick; 900 left, of which the bytes alone look like 90 s, too, then none at all.
            estimate.observe(now, done * 1_000_000, done, Remaining { bytes: 1_000, files: 900 });
        }
        assert!((80..=100).contains(&estimate.seconds_left(now).unwrap()));
    }
}
