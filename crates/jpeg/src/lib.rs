//! JPEG: every bit of the compressed data is read, so that damage is noticed and told, and only as much of it is turned
//! into pixels as the wanted size needs. Bytes in, pixels out: no files, no threads, no other crates.
//!
//! Libraries either stop at the first fault or fill the rest with grey without a word, and the ones that scale while
//! decoding hold a progressive picture's coefficients whole. Here a picture is decoded at 1/8, 1/4, 1/2 or full size
//! from its lowest frequencies (as libjpeg does), and all that is kept of the others of a progressive picture is
//! whether they are zero. Damage costs what it hits and no more (`intervals`). References are to ITU-T T.81.

mod bits;
mod coder;
mod colour;
mod components;
mod decode;
mod fault;
mod frame;
mod huffman;
mod intervals;
mod inverse_dct;
mod lossless;
mod pixels;
mod planes;
mod progressive;
mod samples;
mod scan;
mod segments;
mod sequential;
mod skipping;
mod standard;
mod values;
mod zigzag;

pub use colour::rgb as ycbcr_to_rgb;
pub use components::{Decoded, Plane, YCbCr};
pub use decode::{decode, decode_as_stored};
pub use fault::Fault;
pub use pixels::{Bounds, Colours, Damage, Pixels};
pub use segments::{dimensions, exif, frame_header, icc, is_for_showing, photoshop, scan_header, segment, tables, xmp};
