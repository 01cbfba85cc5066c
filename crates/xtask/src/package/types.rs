//! The media types of the pictures that the app takes, as desktops call them.

#[path = "../../../pictures/src/format.rs"]
#[allow(dead_code, reason = "the names of formats are all that is needed here")]
mod format;

use format::Format;

/// Every media type that a desktop may have for a file that the app takes: those of the shared MIME database
/// (https://www.freedesktop.org/wiki/Specifications/shared-mime-info-spec/) from Debian 12 on, the app's own first.
pub fn all() -> Vec<&'static str> {
    let mut types = Vec::new();
    for format in Format::ALL {
        types.push(format.mime());
        types.extend(also(format).iter().filter(|name| **name != format.mime()));
    }
    types
}

/// What desktops call files of this format beside its own name.
const fn also(format: Format) -> &'static [&'static str] {
    match format {
        Format::Png => &["image/apng"],
        Format::Heic => &["image/heif"],
        Format::Svg => &["image/svg+xml-compressed"],
        Format::Jp2 => &["image/jpx", "image/x-jp2-codestream"],
        Format::Ico => &["image/x-win-bitmap"],
        Format::Pnm => &["image/x-portable-bitmap", "image/x-portable-graymap", "image/x-portable-pixmap"],
        Format::Dds => &["image/x-dds"],
        Format::Raw => &[
            "image/x-adobe-dng",
            "image/x-canon-cr2",
            "image/x-canon-cr3",
            "image/x-canon-crw",
            "image/x-fuji-raf",
            "image/x-minolta-mrw",
            "image/x-nikon-nef",
            "image/x-nikon-nrw",
            "image/x-olympus-orf",
            "image/x-panasonic-rw2",
            "image/x-pentax-pef",
            "image/x-sigma-x3f",
            "image/x-sony-arw",
            "image/x-sony-sr2",
            "image/x-sony-srf",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_there_once() {
        let mut types = all();
        assert!(Format::ALL.iter().all(|format| types.contains(&format.mime())));
        let count = types.len();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), count);
    }

    /// The database says `weight:type:pattern` a line.
    #[test]
    fn what_this_system_calls_files_with_the_apps_endings_is_there() {
        let Ok(database) = std::fs::read_to_string("/usr/share/mime/globs2") else { return };
        let types = all();
        for ending in Format::ENDINGS {
            let pattern = format!("*.{ending}");
            let mut called = database.lines().filter_map(|line| {
                let mut parts = line.splitn(3, ':').skip(1);
                let (name, glob) = (parts.next()?, parts.next()?);
                // Some endings mean something else as well, such as `.vst` a drawing of Visio's.
                (glob == pattern && name.starts_with("image/")).then_some(name)
            });
            assert!(called.all(|name| types.contains(&name)), "{ending}");
        }
    }
}
