//! Which pictures are alike: the rule, and how they are found among very many.
//!
//! Two pictures are alike when their perceptual hashes differ in at most [`NEAR`] of 64 bits, in any of the eight ways to lay one
//! of them down, and a second look at 16 × 16 pixels of grey finds no difference that a person would see. The hash alone
//! takes some photographs for each other that only share where light and dark are.

mod grey;
mod index;

pub(crate) use grey::{GREY, difference};
pub(crate) use index::Index;

/// In how many bits hashes of alike pictures differ at most.
pub(crate) const NEAR: u32 = 8;

/// Mean difference of grey, at a standard deviation of 40, up to which pictures show the same.
pub(crate) const SAME: f32 = 10.0;

/// Up to which one is a copy of the other, rather than taken right before or after it.
pub(crate) const COPY: f32 = 3.0;
