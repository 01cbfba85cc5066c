//! The second look: little pictures, laid upon each other.

/// Side of a little picture in pixels.
const SIDE: usize = 16;

/// Pixels of a little picture.
pub(crate) const GREY: usize = SIDE * SIDE;

/// Mean difference of two little pictures in levels, in that of the eight ways to lay one of them down in which it is least.
pub(crate) fn difference(one: &[u8; GREY], other: &[u8; GREY]) -> f32 {
    let least = (0..8).map(|way| {
        let laid = (0..GREY).map(|at| {
            let (y, x) = (at / SIDE, at % SIDE);
            let (y, x) = if way & 4 == 0 { (y, x) } else { (x, y) };
            let y = if way & 2 == 0 { y } else { SIDE - 1 - y };
            let x = if way & 1 == 0 { x } else { SIDE - 1 - x };
            other[y * SIDE + x]
        });
        one.iter().zip(laid).map(|(level, other)| u32::from(level.abs_diff(other))).sum::<u32>()
    });
    least.min().unwrap_or_default() as f32 / GREY as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_picture_is_the_same_and_another_is_not() {
        let one: [u8; GREY] = std::array::from_fn(|at| (at * 7 % 251) as u8);
        let turned: [u8; GREY] = std::array::from_fn(|at| one[(SIDE - 1 - at % SIDE) * SIDE + at / SIDE]);
        let brighter = one.map(|level| level.saturating_add(3));
        assert_eq!(difference(&one, &one), 0.0);
        assert_eq!(difference(&one, &turned), 0.0);
        assert!((2.5..=3.0).contains(&difference(&turned, &brighter)));
        assert!(difference(&one, &[128; GREY]) > 30.0);
    }
}
