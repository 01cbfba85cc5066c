//! What two makers of computers and scanners wrote in the 1980s: grey of two and of four bits.

/// NeXT's compression: rows of two bits a pixel, of which most are white.
pub(super) fn next(codes: &[u8], wide: usize, rows: usize) -> Vec<u8> {
    const PLAIN: u8 = 0x00;
    const MIDDLE: u8 = 0x40;
    const WHITE: u8 = 0xFF;
    let row = wide.div_ceil(4);
    let (mut data, mut rest) = (Vec::new(), codes);
    for _ in 0..rows {
        let Some((&kind, behind)) = rest.split_first() else { break };
        let mut line = vec![WHITE; row];
        let read = match kind {
            PLAIN => behind.split_at_checked(row).map(|(plain, behind)| {
                line.copy_from_slice(plain);
                behind
            }),
            MIDDLE => middle(behind, &mut line),
            grey => runs(grey, behind, &mut line, wide),
        };
        let Some(behind) = read else { break };
        rest = behind;
        data.extend(line);
    }
    data
}

/// A part of a row that isn't white: where it begins, how long it is, its bytes.
fn middle<'c>(codes: &'c [u8], line: &mut [u8]) -> Option<&'c [u8]> {
    let (&[a, b, c, d], behind) = codes.split_first_chunk()?;
    let [from, length] = [[a, b], [c, d]].map(|number| usize::from(u16::from_be_bytes(number)));
    let (plain, behind) = behind.split_at_checked(length)?;
    line.get_mut(from..from + length)?.copy_from_slice(plain);
    Some(behind)
}

/// Grey in the two upper bits, and for how many pixels in the others.
fn runs<'c>(first: u8, mut codes: &'c [u8], line: &mut [u8], wide: usize) -> Option<&'c [u8]> {
    let (mut x, mut code) = (0, first);
    loop {
        let (grey, count) = (code >> 6, usize::from(code & 0x3F));
        for at in x..(x + count).min(wide) {
            let shift = 6 - at % 4 * 2;
            line[at / 4] = line[at / 4] & !(3 << shift) | grey << shift;
        }
        x += count;
        if x >= wide {
            return Some(codes);
        }
        let (&next, behind) = codes.split_first()?;
        (code, codes) = (next, behind);
    }
}

/// ThunderScan's: rows of four bits a pixel, mostly by what is different from the one in front.
pub(super) fn thunder(codes: &[u8], wide: usize, rows: usize) -> Vec<u8> {
    const TWO_BITS: [i8; 4] = [0, 1, 0, -1];
    const THREE_BITS: [i8; 8] = [0, 1, 2, 3, 0, -3, -2, -1];
    let (mut data, mut codes) = (Vec::new(), codes.iter());
    for _ in 0..rows {
        let mut pixels: Vec<u8> = Vec::with_capacity(wide + 64);
        while pixels.len() < wide {
            let Some(&code) = codes.next() else { return data };
            let last = pixels.last().copied().unwrap_or(0);
            let step = |pixels: &mut Vec<u8>, by: i8| {
                let last = pixels.last().copied().unwrap_or(0);
                pixels.push(last.wrapping_add_signed(by) & 0xF);
            };
            match code >> 6 {
                0 => pixels.resize(pixels.len() + usize::from(code & 0x3F), last),
                1 => {
                    let deltas = [4, 2, 0].map(|shift| code >> shift & 3).into_iter().filter(|&delta| delta != 2);
                    deltas.for_each(|delta| step(&mut pixels, TWO_BITS[usize::from(delta)]));
                }
                2 => {
                    let deltas = [3, 0].map(|shift| code >> shift & 7).into_iter().filter(|&delta| delta != 4);
                    deltas.for_each(|delta| step(&mut pixels, THREE_BITS[usize::from(delta)]));
                }
                _ => pixels.push(code & 0xF),
            }
        }
        pixels.truncate(wide);
        data.extend(pixels.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)));
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_knows_three_kinds_of_rows() {
        let codes = [&[0, 1, 2][..], &[0x40, 0, 1, 0, 1, 9], &[0x43, 0x85]].concat();
        assert_eq!(next(&codes, 8, 3), [1, 2, 0xFF, 9, 0x56, 0xAA]);
        assert_eq!(next(&codes[..8], 8, 3), [1, 2]);
    }

    #[test]
    fn thunder_goes_on_from_the_last_pixel() {
        // 5; 5, 5; +1, -1, nothing; +3, nothing.
        let codes = [0xC5, 2, 0b0101_1011, 0b1001_1100];
        assert_eq!(thunder(&codes, 6, 1), [0x55, 0x56, 0x58]);
        assert!(thunder(&codes[..2], 6, 1).is_empty());
    }
}
