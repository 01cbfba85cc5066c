//! Radiance HDR (RGBE), as Greg Ward's Radiance reads and writes it.

/// Whether the bytes begin as such a file does.
pub(crate) fn is_radiance(bytes: &[u8]) -> bool {
    bytes.starts_with(b"#?RADIANCE") || bytes.starts_with(b"#?RGBE")
}

/// Width and height: `-Y 480 +X 640` behind an empty line.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    const LONGEST_HEADER: usize = 16 << 10;
    let head = &bytes[..bytes.len().min(LONGEST_HEADER)];
    let end = head.windows(2).position(|pair| pair == b"\n\n").filter(|_| is_radiance(bytes))?;
    let line = head[end + 2..].split(|&byte| byte == b'\n').next()?;
    let words: Vec<&str> = std::str::from_utf8(line).ok()?.split_ascii_whitespace().collect();
    let [first, rows, second, columns] = words[..] else { return None };
    let (rows, columns): (u32, u32) = (rows.parse().ok()?, columns.parse().ok()?);
    let is_axis = |word: &str, axis: &str| word.trim_start_matches(['+', '-']) == axis;
    match () {
        () if is_axis(first, "Y") && is_axis(second, "X") => Some((columns, rows)),
        // Stored by columns.
        () if is_axis(first, "X") && is_axis(second, "Y") => Some((rows, columns)),
        () => None,
    }
}
