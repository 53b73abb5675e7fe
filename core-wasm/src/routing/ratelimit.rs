//! Token buckets of a link: frames and bytes, kept as the time at which each would be full again (GCRA, ITU-T I.371).
//!
//! One number a bucket, no ticks: what was not used while nobody asked is counted by the difference of times.

use crate::wire::frame::MAX_FRAME;

/// Bytes may come in bursts of what flows in this time (ms, tier 3): a second, so that a slow second is made up for.
const BYTE_BURST_MS: f64 = 1_000.0;

/// What each link may send us.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    frames: Rate,
    bytes: Rate,
}

impl Rates {
    /// Frames a second and how many at once; bytes a second. A rate of 0 lets nothing pass, infinity everything.
    pub fn new(frames_per_second: f64, frame_burst: f64, bytes_per_second: f64) -> Self {
        let frames = Rate::new(frames_per_second, |per_unit| per_unit * frame_burst);
        // The largest frame must fit, or it never would.
        let bytes = Rate::new(bytes_per_second, |per_unit| {
            BYTE_BURST_MS.max(per_unit * MAX_FRAME as f64)
        });
        Self { frames, bytes }
    }
}

#[derive(Clone, Copy, Debug)]
struct Rate {
    /// ms that one unit takes.
    per_unit: f64,
    /// ms by which a bucket may run ahead.
    room: f64,
}

impl Rate {
    fn new(per_second: f64, room: impl Fn(f64) -> f64) -> Self {
        if per_second.is_nan() || per_second <= 0.0 {
            return Self {
                per_unit: 0.0,
                room: -1.0,
            };
        }
        let per_unit = 1_000.0 / per_second;
        // An infinite rate with an infinite burst would be 0 × ∞.
        let room = if per_unit == 0.0 { 0.0 } else { room(per_unit) };
        Self { per_unit, room }
    }
}

/// The two buckets of one link.
#[derive(Clone, Copy, Debug, Default)]
pub struct Buckets {
    frames_until: f64,
    bytes_until: f64,
}

impl Buckets {
    /// Full buckets.
    pub const fn new(now: f64) -> Self {
        Self {
            frames_until: now,
            bytes_until: now,
        }
    }

    /// Takes one frame of `length` bytes out of both, or out of neither: then it is refused.
    #[inline]
    pub fn take(&mut self, rates: &Rates, length: usize, now: f64) -> bool {
        let frames = later(self.frames_until, now) + rates.frames.per_unit;
        let bytes = later(self.bytes_until, now) + rates.bytes.per_unit * length as f64;
        // So written that a `now` that is not a number refuses.
        if frames - now <= rates.frames.room && bytes - now <= rates.bytes.room {
            self.frames_until = frames;
            self.bytes_until = bytes;
            return true;
        }
        false
    }
}

/// The later of two times; `now` where they cannot be compared. (`f64::max` is a call in WASM.)
#[inline]
fn later(time: f64, now: f64) -> f64 {
    if time > now { time } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: (f64, f64, f64) = (500.0, 2_000.0, 4_194_304.0);

    fn burst(buckets: &mut Buckets, rates: &Rates, length: usize, now: f64) -> usize {
        (0..100_000)
            .take_while(|_| buckets.take(rates, length, now))
            .count()
    }

    #[test]
    fn a_burst_passes_then_the_rate() {
        let rates = Rates::new(RATES.0, RATES.1, RATES.2);
        let mut buckets = Buckets::new(5.0);
        assert_eq!(burst(&mut buckets, &rates, 6, 5.0), 2_000);
        assert_eq!(burst(&mut buckets, &rates, 6, 5.0), 0);
        assert_eq!(burst(&mut buckets, &rates, 6, 1_005.0), 500);
        // Recovered in full after the time that the burst takes, and not more than full.
        assert_eq!(burst(&mut buckets, &rates, 6, 1_000_000.0), 2_000);
    }

    #[test]
    fn bytes_are_counted_too() {
        let rates = Rates::new(1e9, 1e9, 4_194_304.0);
        let mut buckets = Buckets::new(0.0);
        let frames = burst(&mut buckets, &rates, 65_536, 0.0);
        assert_eq!(frames, 64);
        assert_eq!(burst(&mut buckets, &rates, 65_536, 500.0), 32);
    }

    #[test]
    fn the_largest_frame_passes_at_any_rate_above_zero() {
        let rates = Rates::new(1.0, 1.0, 100.0);
        assert!(Buckets::new(0.0).take(&rates, MAX_FRAME, 0.0));
    }

    #[test]
    fn no_rate_passes_nothing_and_an_infinite_one_everything() {
        let none = Rates::new(0.0, 2_000.0, 1e9);
        assert!(!Buckets::new(0.0).take(&none, 1, 0.0));
        let all = Rates::new(f64::INFINITY, f64::INFINITY, f64::INFINITY);
        assert_eq!(burst(&mut Buckets::new(0.0), &all, MAX_FRAME, 0.0), 100_000);
    }

    #[test]
    fn odd_times_refuse_or_pass_but_never_break() {
        let rates = Rates::new(RATES.0, RATES.1, RATES.2);
        let mut buckets = Buckets::new(1e6);
        assert!(!buckets.take(&rates, 6, f64::NAN));
        assert!(buckets.take(&rates, 6, 1e6));
        // A clock that went back is a bucket that is not full yet.
        assert!(!buckets.take(&rates, 6, 0.0));
        assert!(buckets.take(&rates, 6, 1e6 + 1.0));
    }
}
