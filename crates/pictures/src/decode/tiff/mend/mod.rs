//! A TIFF page's directory as the tiff crate can take it, where it can't take what the file has. The file itself is not
//! copied: a new directory stands behind it, and the header points there.

mod completing;
mod file;
mod places;

use std::ops::Range;

pub(super) use self::file::Mended;
use super::chunks;
use super::numbers::{compression, photometric, tag};
use crate::metadata::ifd::{self, Ifd};

/// Compressions whose codes come with their bits in the other order where the file says so (libtiff does alike).
const BYTEWISE: [u32; 5] =
    [compression::NONE, compression::LZW, compression::DEFLATE, compression::PACK_BITS, compression::OLD_DEFLATE];

/// What the tiff crate is told in place of what the file says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Mending {
    /// Tag and values, which become 32-bit numbers; without values an entry is left out.
    entries: Vec<(u16, Vec<u32>)>,
    /// The file's own photometric interpretation, where another one is told.
    pub(super) photometric: Option<u32>,
    /// Parts of the file whose bytes begin with their lowest bit, as many fax machines write them.
    reversed: Vec<Range<u64>>,
    /// Places of strips or tiles were behind the end of the file.
    pub(super) cut: bool,
    /// Zeros that are read behind the end of the file.
    zeros: usize,
    /// Strips or tiles made anew, which stand behind the zeros.
    anew: Vec<u8>,
}

impl Mending {
    /// What a page's directory needs.
    pub(super) fn of(page: &Ifd, length: usize) -> Mending {
        let mut mending = Mending::default();
        mending.tiles(page);
        mending.samples(page);
        mending.places(page, length);
        if page.number(ifd::tag::FILL_ORDER) == Some(2)
            && page.number(ifd::tag::COMPRESSION).is_none_or(|kind| BYTEWISE.contains(&kind))
        {
            let (offsets, counts) = mending.offsets_and_counts(page);
            mending.reversed = chunks::ranges(&offsets, &counts);
            mending.reversed.sort_unstable_by_key(|range| range.start);
        }
        mending
    }

    /// Palettes and L*a*b* are refused by the crate (and so is one whose a* and b* alone have a sign), and samples that are no colour are taken out before a horizontal predictor is
    /// undone, which makes noise of the picture.
    fn samples(&mut self, page: &Ifd) {
        const LAB: [u32; 2] = [photometric::CIE_LAB, photometric::ICC_LAB];
        const ALPHA: [u32; 2] = [1, 2];
        const UNSIGNED: u32 = 1;
        const SIGNED: u32 = 2;
        let Some(kind) = page.number(ifd::tag::PHOTOMETRIC) else { return };
        let extra = page.numbers(tag::EXTRA_SAMPLES, 64);
        let predicted = page.number(tag::PREDICTOR) == Some(2) && page.number(tag::PLANAR) != Some(2);
        let only_alpha = matches!(extra.as_slice(), [one] if ALPHA.contains(one));
        let mixed = predicted && kind >= 2 && !extra.is_empty() && !only_alpha;
        // The crate takes a fourth sample for alpha, whether the file says so or not.
        let unnamed = kind == photometric::RGB && extra.is_empty() && page.number(tag::SAMPLES_PER_PIXEL) > Some(3);
        let mixed = mixed || unnamed;
        if kind == photometric::PALETTE || LAB.contains(&kind) || mixed {
            self.entries.push((ifd::tag::PHOTOMETRIC, vec![photometric::BLACK_IS_ZERO]));
            self.photometric = Some(kind);
        }
        let whole_numbers =
            page.numbers(tag::SAMPLE_FORMAT, 64).iter().all(|format| [UNSIGNED, SIGNED].contains(format));
        if LAB.contains(&kind) && whole_numbers && page.has(tag::SAMPLE_FORMAT) {
            // What has a sign follows from the photometric interpretation, and L* is said to have one only by the way.
            self.entries.push((tag::SAMPLE_FORMAT, vec![UNSIGNED]));
        }
    }

    /// Whether the crate can have the file as it is.
    fn is_needless(&self) -> bool {
        self.entries.is_empty() && self.reversed.is_empty() && self.zeros == 0 && self.anew.is_empty()
    }
}
