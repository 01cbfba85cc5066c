//! What the colours of a picture are called.

/// The description of a colour profile (ICC.1:2022, 9.2.41), which needn't make sense otherwise.
pub(crate) fn profile(icc: &[u8]) -> Option<String> {
    let number = |at: usize| Some(u32::from_be_bytes(icc.get(at..at.checked_add(4)?)?.try_into().ok()?) as usize);
    let count = number(128)?.min(100);
    let entry = (0..count).map(|at| 132 + at * 12).find(|&at| icc.get(at..at + 4) == Some(b"desc"))?;
    let description = icc.get(number(entry + 4)?..)?;
    let part = |at: usize, length: usize| description.get(at..at.checked_add(length)?);
    let size = |at: usize| Some(u32::from_be_bytes(part(at, 4)?.try_into().ok()?) as usize);
    let text = match description.get(..4)? {
        // Version 2: ASCII, its length in front.
        b"desc" => String::from_utf8_lossy(part(12, size(8)?.min(256))?).into_owned(),
        // Version 4: texts in languages, of which the first is taken, in UTF-16.
        b"mluc" => {
            let units = part(size(24)?, size(20)?.min(512))?.chunks_exact(2).map(|unit| [unit[0], unit[1]]);
            char::decode_utf16(units.map(u16::from_be_bytes)).filter_map(Result::ok).collect()
        }
        _ => return None,
    };
    let text: String = text.split('\0').next()?.chars().filter(|c| !c.is_control()).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Code points of primaries and transfer function (ITU-T H.273), as PNG and HEIF have them.
pub(super) fn code_points(primaries: u16, transfer: u16) -> Option<String> {
    let name = match (primaries, transfer) {
        (1, _) => "sRGB",
        (9, 16) => "Rec. 2100 PQ",
        (9, 18) => "Rec. 2100 HLG",
        (9, _) => "Rec. 2020",
        (11, _) => "DCI-P3",
        (12, _) => "Display P3",
        _ => return None,
    };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use moxcms::ColorProfile;

    use super::*;

    #[test]
    fn profiles_say_what_they_are() {
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        let name = profile(&p3).unwrap();
        assert!(name.contains("P3"), "{name}");
        for length in 0..p3.len() {
            profile(&p3[..length]);
        }
        let mut old = vec![0; 128];
        old.extend([0, 0, 0, 1]);
        old.extend(b"desc\0\0\0\x90\0\0\0\x20");
        old.extend(b"desc\0\0\0\0\0\0\0\x12Adobe RGB (1998)\0\0");
        assert_eq!(profile(&old).as_deref(), Some("Adobe RGB (1998)"));
    }
}
