//! What the colours of an item are: a profile, or code points (ITU-T H.273) that stand for one.

use heifer::heifer_isobmff::boxes::{ColorInfo, Property};

use crate::colour;

/// The profile that comes along, else one made from the code points of primaries and transfer function: the file's, else
/// `coded`, those of the coded picture. `None` for sRGB.
pub(super) fn profile<'p>(
    properties: impl Iterator<Item = &'p Property>,
    coded: Option<(u16, u16)>,
) -> Option<Vec<u8>> {
    let mut code_points = coded;
    for property in properties {
        match property {
            Property::Color(ColorInfo::Icc(profile)) => return Some(profile.clone()),
            Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => {
                code_points = Some((*primaries, *transfer));
            }
            _ => {}
        }
    }
    code_points.and_then(|(primaries, transfer)| colour::of_code_points(primaries, transfer))
}
