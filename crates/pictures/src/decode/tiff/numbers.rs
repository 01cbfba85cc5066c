//! Numbers of TIFF's tags and their values (TIFF 6.0 and its supplements; libtiff's `tiff.h` for those of others).

/// Tags of how pixels are stored, beside those of [`crate::metadata::ifd::tag`].
pub(super) mod tag {
    pub(in crate::decode::tiff) const BITS_PER_SAMPLE: u16 = 0x102;
    pub(in crate::decode::tiff) const STRIP_OFFSETS: u16 = 0x111;
    pub(in crate::decode::tiff) const SAMPLES_PER_PIXEL: u16 = 0x115;
    pub(in crate::decode::tiff) const ROWS_PER_STRIP: u16 = 0x116;
    pub(in crate::decode::tiff) const STRIP_BYTE_COUNTS: u16 = 0x117;
    pub(in crate::decode::tiff) const PLANAR: u16 = 0x11C;
    pub(in crate::decode::tiff) const T4_OPTIONS: u16 = 0x124;
    pub(in crate::decode::tiff) const PREDICTOR: u16 = 0x13D;
    pub(in crate::decode::tiff) const COLOUR_MAP: u16 = 0x140;
    pub(in crate::decode::tiff) const TILE_WIDTH: u16 = 0x142;
    pub(in crate::decode::tiff) const TILE_LENGTH: u16 = 0x143;
    pub(in crate::decode::tiff) const TILE_OFFSETS: u16 = 0x144;
    pub(in crate::decode::tiff) const TILE_BYTE_COUNTS: u16 = 0x145;
    pub(in crate::decode::tiff) const EXTRA_SAMPLES: u16 = 0x152;
    pub(in crate::decode::tiff) const SAMPLE_FORMAT: u16 = 0x153;
    pub(in crate::decode::tiff) const JPEG_TABLES: u16 = 0x15B;
    pub(in crate::decode::tiff) const JPEG_STREAM: u16 = 0x201;
    pub(in crate::decode::tiff) const JPEG_Q_TABLES: u16 = 0x207;
    pub(in crate::decode::tiff) const JPEG_DC_TABLES: u16 = 0x208;
    pub(in crate::decode::tiff) const JPEG_AC_TABLES: u16 = 0x209;
    pub(in crate::decode::tiff) const YCBCR_SUBSAMPLING: u16 = 0x212;
}

/// Compressions.
pub(super) mod compression {
    pub(in crate::decode::tiff) const NONE: u32 = 1;
    pub(in crate::decode::tiff) const FAX_ROWS: u32 = 2;
    pub(in crate::decode::tiff) const FAX_3: u32 = 3;
    pub(in crate::decode::tiff) const FAX_4: u32 = 4;
    pub(in crate::decode::tiff) const LZW: u32 = 5;
    pub(in crate::decode::tiff) const OLD_JPEG: u32 = 6;
    pub(in crate::decode::tiff) const JPEG: u32 = 7;
    pub(in crate::decode::tiff) const DEFLATE: u32 = 8;
    pub(in crate::decode::tiff) const NEXT: u32 = 32_766;
    /// As `FAX_ROWS`, each row from an even byte on.
    pub(in crate::decode::tiff) const FAX_WORDS: u32 = 32_771;
    pub(in crate::decode::tiff) const PACK_BITS: u32 = 32_773;
    pub(in crate::decode::tiff) const THUNDER_SCAN: u32 = 32_809;
    /// Logarithms of 11 bits, as Pixar's renderers wrote them.
    pub(in crate::decode::tiff) const PIXAR_LOG: u32 = 32_909;
    pub(in crate::decode::tiff) const OLD_DEFLATE: u32 = 32_946;
    /// Those of Aperio and libvips, and the one of Leadtools.
    pub(in crate::decode::tiff) const JPEG_2000_YCBCR: u32 = 33_003;
    pub(in crate::decode::tiff) const JPEG_2000_LOSSY: u32 = 33_004;
    pub(in crate::decode::tiff) const JPEG_2000_RGB: u32 = 33_005;
    pub(in crate::decode::tiff) const JPEG_2000: u32 = 34_712;
    pub(in crate::decode::tiff) const SGI_LOG: u32 = 34_676;
    pub(in crate::decode::tiff) const SGI_LOG_24: u32 = 34_677;
    pub(in crate::decode::tiff) const LZMA: u32 = 34_925;
    pub(in crate::decode::tiff) const ZSTD: u32 = 50_000;
}

/// Photometric interpretations.
pub(super) mod photometric {
    pub(in crate::decode::tiff) const WHITE_IS_ZERO: u32 = 0;
    pub(in crate::decode::tiff) const BLACK_IS_ZERO: u32 = 1;
    pub(in crate::decode::tiff) const RGB: u32 = 2;
    pub(in crate::decode::tiff) const PALETTE: u32 = 3;
    pub(in crate::decode::tiff) const CMYK: u32 = 5;
    pub(in crate::decode::tiff) const YCBCR: u32 = 6;
    pub(in crate::decode::tiff) const CIE_LAB: u32 = 8;
    pub(in crate::decode::tiff) const ICC_LAB: u32 = 9;
    pub(in crate::decode::tiff) const LOG_L: u32 = 32_844;
    pub(in crate::decode::tiff) const LOG_LUV: u32 = 32_845;
}
