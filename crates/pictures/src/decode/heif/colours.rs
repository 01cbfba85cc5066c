//! What the colours of an item are: a profile, or code points (ITU-T H.273) that stand for one.

use heifer::heifer_isobmff::boxes::{ColorInfo, Property};

use crate::colour;

/// The profile that comes along, else one made from the code points; `None` for sRGB.
pub(super) fn profile<'p>(properties: impl Iterator<Item = &'p Property>) -> Option<Vec<u8>> {
    let mut made = None;
    for property in properties {
        match property {
            Property::Color(ColorInfo::Icc(profile)) => return Some(profile.clone()),
            Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => {
                made = colour::of_code_points(*primaries, *transfer);
            }
            _ => {}
        }
    }
    made
}
