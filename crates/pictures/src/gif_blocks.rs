//! The blocks that a GIF is made of (GIF89a specification, section 15).

/// Skips sub-blocks up to and including the empty one that ends them.
pub(crate) fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let size = usize::from(*bytes.get(at)?);
        at += 1 + size;
        if size == 0 {
            return Some(at);
        }
    }
}
