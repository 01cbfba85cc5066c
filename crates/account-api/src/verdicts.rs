//! What a person has said of pictures that look the same.

use serde::{Deserialize, Serialize};

/// The most verdicts that a picture keeps; the oldest go first.
pub const MAX_VERDICTS: usize = 100;

/// What a person has said of a set of pictures: each of them has this verdict. Of two pictures, the latest that both have holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Verdict {
    /// Names the saying: a UUIDv7 (RFC 9562) that the client made, greater than those of all that it knew.
    #[cfg_attr(feature = "openapi", schema(example = "0192f0c1-2b6e-7c3a-9d55-3f1f2a9b7c10"))]
    pub set: String,
    /// Whether they show the same; otherwise they don't, however alike they look.
    pub same: bool,
}

impl Verdict {
    /// What is said of two pictures with these verdicts; nothing when nobody has said anything of both.
    pub fn between(one: &[Verdict], other: &[Verdict]) -> Option<bool> {
        let both = one.iter().filter(|verdict| other.iter().any(|known| known.set == verdict.set));
        both.max_by(|one, other| one.set.cmp(&other.set)).map(|latest| latest.same)
    }

    /// Adds one to those of a picture.
    pub fn put(self, verdicts: &mut Vec<Verdict>) {
        verdicts.push(self);
        let excess = verdicts.len().saturating_sub(MAX_VERDICTS);
        verdicts.drain(..excess);
    }

    /// Whether those of a picture are as documented.
    pub(crate) fn are_sound(verdicts: &[Verdict]) -> bool {
        let is_sound = |verdict: &Verdict| {
            verdict.set.len() == 36
                && verdict.set.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        verdicts.len() <= MAX_VERDICTS && verdicts.iter().all(is_sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(at: u32, same: bool) -> Verdict {
        Verdict { set: format!("0192f0c1-2b6e-7c3a-9d55-{at:012}"), same }
    }

    #[test]
    fn the_latest_of_two_pictures_holds() {
        let apart = [verdict(1, false)];
        let both = [verdict(1, false), verdict(2, true)];
        assert_eq!(Verdict::between(&apart, &both), Some(false));
        assert_eq!(Verdict::between(&both, &both), Some(true));
        assert_eq!(Verdict::between(&apart, &[verdict(2, false)]), None);
        assert_eq!(Verdict::between(&[], &both), None);
    }

    #[test]
    fn the_oldest_go() {
        let mut verdicts = Vec::new();
        (0..150).for_each(|at| verdict(at, true).put(&mut verdicts));
        assert_eq!((verdicts.len(), &verdicts[0]), (MAX_VERDICTS, &verdict(50, true)));
        assert!(Verdict::are_sound(&verdicts));
        verdicts.push(verdict(0, true));
        assert!(!Verdict::are_sound(&verdicts));
        assert!(!Verdict::are_sound(&[Verdict { set: "x".repeat(36), same: true }]));
    }
}
