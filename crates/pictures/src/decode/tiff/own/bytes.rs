//! Compressions that bring back the bytes that were there.

use std::io::Read;

use flate2::read::ZlibDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

use crate::decode::tiff::numbers::compression;

/// Memory for LZMA, in KiB: its highest preset takes 65 MiB, and a file could ask for gigabytes.
const MOST_LZMA_KIB: u32 = 80 << 10;

/// Up to `length` bytes, as many as can be had.
pub(super) fn unpacked(codes: &[u8], kind: u32, length: usize) -> Vec<u8> {
    match kind {
        compression::LZW => lzw(codes, length),
        compression::DEFLATE | compression::OLD_DEFLATE => {
            let mut data = Vec::new();
            // Where it ends is told by how much there is.
            drop(ZlibDecoder::new(codes).take(length as u64).read_to_end(&mut data));
            data
        }
        compression::PACK_BITS => pack_bits(codes, length),
        compression::ZSTD => {
            let mut data = Vec::new();
            if let Ok(decoder) = StreamingDecoder::new(codes) {
                drop(decoder.take(length as u64).read_to_end(&mut data));
            }
            data
        }
        compression::LZMA => {
            let mut data = Vec::new();
            drop(XzReader::new_mem_limit(codes, false, MOST_LZMA_KIB).take(length as u64).read_to_end(&mut data));
            data
        }
        _ => codes[..codes.len().min(length)].to_vec(),
    }
}

/// Whether these are codes as LZW was first written: the lowest bit first, and a longer code only when it is needed.
pub(super) fn is_old_lzw(codes: &[u8]) -> bool {
    matches!(codes, [0, second, ..] if second & 1 == 1)
}

fn lzw(codes: &[u8], length: usize) -> Vec<u8> {
    let mut decoder = if is_old_lzw(codes) {
        Decoder::new(BitOrder::Lsb, 8)
    } else {
        Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
    };
    let mut data = vec![0; length];
    let (mut taken, mut there) = (0, 0);
    while there < length {
        let step = decoder.decode_bytes(&codes[taken..], &mut data[there..]);
        taken += step.consumed_in;
        there += step.consumed_out;
        if !matches!(step.status, Ok(LzwStatus::Ok)) {
            break;
        }
    }
    data.truncate(there);
    data
}

fn pack_bits(mut codes: &[u8], length: usize) -> Vec<u8> {
    let mut data = Vec::new();
    while data.len() < length
        && let [count, rest @ ..] = codes
    {
        codes = match *count as i8 {
            -128 => rest,
            count @ 0.. => {
                let (plain, behind) = rest.split_at(rest.len().min(count as usize + 1));
                data.extend(plain);
                behind
            }
            count => {
                let Some((&byte, behind)) = rest.split_first() else { break };
                data.resize(data.len() + 1 + usize::from(count.unsigned_abs()), byte);
                behind
            }
        };
    }
    data.truncate(length);
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_bytes() {
        // The example of TIFF 6.0, section 9.
        let packed = [0xFE, 0xAA, 0x02, 0x80, 0x00, 0x2A, 0xFD, 0xAA, 0x03, 0x80, 0x00, 0x2A, 0x22, 0xF7, 0xAA];
        let plain = [&[0xAA; 3][..], &[0x80, 0, 0x2A], &[0xAA; 4], &[0x80, 0, 0x2A, 0x22], &[0xAA; 10]].concat();
        assert_eq!(pack_bits(&packed, 100), plain);
        assert_eq!(pack_bits(&packed, 5), plain[..5]);
        assert_eq!(pack_bits(&packed[..5], 100), plain[..5]);
        assert!(pack_bits(&[0xFE], 100).is_empty());
    }

    #[test]
    fn codes_with_the_lowest_bit_first() {
        let old = weezl::encode::Encoder::new(BitOrder::Lsb, 8).encode(b"abcabcabc").unwrap();
        assert!(is_old_lzw(&old));
        assert_eq!(lzw(&old, 9), b"abcabcabc");
        let new = weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(b"abcabcabc").unwrap();
        assert!(!is_old_lzw(&new));
        assert_eq!(lzw(&new, 100), b"abcabcabc");
    }
}
