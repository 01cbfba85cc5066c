//! Thumbnails beside those of libvips, over files that are made here in every variant of the common formats: so that noise,
//! and colours that are a little wrong, don't pass as pictures.
//!
//! Needs `vips`, `vipsthumbnail`, ImageMagick's `convert` and `avifenc`, which `cargo xtask test` installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use image::imageops::FilterType;
use image::{Rgb, RgbImage, RgbaImage};

use crate::files::{look, photographs};

/// Most that the mean of all channels of 64 × 64 pixels may differ, of 255.
const TOLERANCE: f64 = 3.0;

/// What is made of the source: name of the file, program, and its arguments; `IN` is the source, `OUT` the file.
const MADE: &[(&str, &str)] = &[
    // JPEG: sampling, scans, colours.
    ("q90.jpg", "vips jpegsave IN OUT --Q 90"),
    ("444.jpg", "vips jpegsave IN OUT --Q 95 --subsample-mode off"),
    ("progressive.jpg", "vips jpegsave IN OUT --interlace"),
    ("grey.jpg", "convert IN -colorspace Gray OUT"),
    ("cmyk.icc.jpg", "vips icc_export IN OUT[profile=cmyk] --output-profile cmyk"),
    ("p3.icc.jpg", "vips icc_transform IN OUT[profile=p3] p3"),
    ("turned.jpg", "convert IN -orient RightTop OUT"),
    ("mirrored.jpg", "convert IN -orient LeftBottom OUT"),
    // PNG: depths, palettes, transparency.
    ("8.png", "convert IN png24:OUT"),
    ("16.png", "convert IN png48:OUT"),
    ("interlaced.png", "convert IN -interlace PNG png24:OUT"),
    ("grey1.png", "convert IN -colorspace Gray -dither FloydSteinberg -monochrome png:OUT"),
    ("grey2.png", "convert IN -colorspace Gray -depth 2 -define png:color-type=0 -define png:bit-depth=2 OUT"),
    ("grey4.png", "convert IN -colorspace Gray -define png:color-type=0 -define png:bit-depth=4 OUT"),
    ("grey16.png", "convert IN -colorspace Gray -depth 16 -define png:color-type=0 OUT"),
    ("palette.png", "convert IN -colors 200 png8:OUT"),
    ("palette2.png", "convert IN -colors 4 -define png:bit-depth=2 png8:OUT"),
    ("palette-trns.png", "convert ALPHA -channel A -threshold 50% +channel -colors 100 png8:OUT"),
    ("alpha.png", "convert ALPHA png32:OUT"),
    ("alpha16.png", "convert ALPHA png64:OUT"),
    ("grey-alpha.png", "convert ALPHA -colorspace Gray -define png:color-type=4 OUT"),
    ("gif.gif", "convert IN OUT"),
    ("lossy.webp", "vips webpsave IN OUT"),
    ("alpha.webp", "vips webpsave ALPHA OUT --lossless"),
    // TIFF: compressions, predictors, layouts, depths.
    ("none.tif", "vips tiffsave IN OUT"),
    ("lzw-2.tif", "vips tiffsave IN OUT --compression lzw --predictor horizontal"),
    ("zip-2.tif", "vips tiffsave IN OUT --compression deflate --predictor horizontal"),
    ("packbits.tif", "vips tiffsave IN OUT --compression packbits"),
    ("jpeg.tif", "vips tiffsave IN OUT --compression jpeg --Q 90"),
    ("jpeg-tiled.tif", "vips tiffsave IN OUT --compression jpeg --Q 90 --tile"),
    ("webp.tif", "vips tiffsave IN OUT --compression webp --Q 90"),
    ("zstd.tif", "vips tiffsave IN OUT --compression zstd"),
    ("16-zstd-2.tif", "vips tiffsave DEEP OUT --compression zstd --predictor horizontal"),
    ("jp2k.tif", "vips tiffsave IN OUT --compression jp2k --Q 90 --tile"),
    (
        "tiled.tif",
        "vips tiffsave IN OUT --tile --tile-width 128 --tile-height 64 --compression lzw --predictor horizontal",
    ),
    ("big.tif", "vips tiffsave IN OUT --bigtiff"),
    ("16.tif", "vips tiffsave DEEP OUT --compression lzw --predictor horizontal"),
    ("16-zip.tif", "vips tiffsave DEEP OUT --compression deflate"),
    ("float-3.tif", "vips tiffsave FLOAT OUT --compression deflate --predictor float"),
    ("float.tif", "vips tiffsave FLOAT OUT"),
    ("planar.tif", "convert IN -interlace plane -compress lzw OUT"),
    ("planar16.tif", "convert IN -depth 16 -interlace plane -compress zip OUT"),
    ("msb.tif", "convert IN -endian MSB -compress none OUT"),
    ("grey.tif", "convert IN -colorspace Gray -compress lzw OUT"),
    ("grey16.tif", "convert IN -colorspace Gray -depth 16 -compress lzw OUT"),
    ("bits.tif", "vips tiffsave GREY OUT --bitdepth 1 --compression ccittfax4"),
    ("group3.tif", "convert IN -colorspace Gray -monochrome -compress Fax OUT"),
    ("grey4.tif", "vips tiffsave GREY OUT --bitdepth 4"),
    ("palette.tif", "convert IN -colors 200 -type palette -compress lzw OUT"),
    ("alpha.tif", "vips tiffsave ALPHA OUT --compression lzw --predictor horizontal"),
    ("cmyk.icc.tif", "vips icc_export IN OUT[profile=cmyk,compression=lzw] --output-profile cmyk"),
    ("lab.tif", "vips tiffsave LAB OUT --compression lzw"),
    ("lab16.tif", "vips tiffsave LABS OUT"),
    ("lab-float.tif", "vips tiffsave LABF OUT"),
    ("lab16-planar.tif", "convert IN -colorspace Lab -depth 16 -interlace plane -compress zip OUT"),
    ("lab16-unsigned.tif", "convert IN -colorspace Lab -depth 16 -compress zip OUT"),
    ("turned.tif", "convert IN -orient LeftBottom -compress lzw OUT"),
    ("p3.icc.tif", "vips icc_transform IN OUT[profile=p3,compression=lzw] p3"),
    ("24.bmp", "convert IN bmp3:OUT"),
    ("palette.bmp", "convert IN -colors 200 -type palette bmp3:OUT"),
    ("rle.bmp", "convert IN -colors 200 -type palette -compress RLE bmp3:OUT"),
    ("16.bmp", "convert IN -define bmp:subtype=RGB565 bmp:OUT"),
    // The rarer ones.
    ("text.ppm", "convert IN -compress none ppm:OUT"),
    ("16.ppm", "convert IN -depth 16 ppm:OUT"),
    ("8.pcx", "convert IN -colors 200 -type palette pcx:OUT"),
    ("24.pcx", "convert IN -type truecolor pcx:OUT"),
    ("rle.psd", "convert IN -compress rle psd:OUT"),
    ("16.psd", "convert IN -depth 16 psd:OUT"),
    ("light.hdr", "vips radsave FLOAT OUT"),
    ("lossless.jp2", "vips jp2ksave IN OUT --lossless"),
    ("lossy.jp2", "vips jp2ksave IN OUT --Q 70"),
    ("420.heic", "vips heifsave IN OUT --Q 80 --compression hevc"),
    ("444.heic", "vips heifsave IN OUT --Q 80 --compression hevc --subsample-mode off"),
    ("10.heic", "vips heifsave DEEP OUT --Q 80 --compression hevc --bitdepth 10"),
    ("alpha.heic", "vips heifsave ALPHA OUT --Q 80 --compression hevc"),
    ("420.avif", "avifenc -s 8 --min 10 --max 20 -y 420 IN OUT"),
    ("limited.avif", "avifenc -s 8 --min 10 --max 20 -y 420 -r limited --nclx 1/13/1 IN OUT"),
    ("422-10.avif", "avifenc -s 8 --min 10 --max 20 -y 422 -d 10 IN OUT"),
    ("444-12.avif", "avifenc -s 8 --min 10 --max 20 -y 444 -d 12 IN OUT"),
    ("identity.avif", "avifenc -s 8 -l IN OUT"),
    // Of grey ones libvips takes the limited range for the full one.
    ("grey.avif", "avifenc -s 8 --min 10 --max 20 -y 400 -r full IN OUT"),
    ("alpha.avif", "avifenc -s 8 --min 10 --max 20 -y 420 ALPHA OUT"),
    ("grid.avif", "avifenc -s 8 --min 10 --max 20 -y 420 -g 2x2 IN OUT"),
    ("alpha-grid.avif", "avifenc -s 8 --min 10 --max 20 -y 444 -g 5x1 ALPHA OUT"),
    ("turned.avif", "avifenc -s 8 --min 10 --max 20 -y 420 --irot 3 --imir 0 IN OUT"),
    ("cropped.avif", "avifenc -s 8 --min 10 --max 20 -y 420 --crop 60,20,600,460 IN OUT"),
    ("p3.icc.avif", "avifenc -s 8 --min 10 --max 20 -y 420 P3 OUT"),
    ("lossless.jxl", "vips jxlsave IN OUT --lossless"),
    ("lossy.jxl", "vips jxlsave IN OUT --Q 80"),
    ("alpha.jxl", "vips jxlsave ALPHA OUT --lossless"),
];

/// Something like a photograph: light that fades, edges, texture, saturated colours.
fn source() -> RgbImage {
    let noise = |x: u32, y: u32| ((x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 7) % 24;
    RgbImage::from_fn(700, 500, |x, y| {
        let far = (f64::from(x) - 350.0).hypot(f64::from(y) - 250.0);
        let ring = ((far / 14.0).sin() * 50.0 + 100.0) as u32 + noise(x, y);
        match (x / 175 + y / 125) % 4 {
            0 => Rgb([ring as u8, (x / 3) as u8, (y / 2) as u8]),
            1 => Rgb([(x / 3) as u8, ring as u8, 200]),
            2 => Rgb([220, (y / 2) as u8, ring as u8]),
            _ => Rgb([ring as u8; 3]),
        }
    })
}

fn run(line: &str, folder: &Path) -> Result<(), String> {
    let mut words = line.split(' ');
    let program = words.next().unwrap();
    let output = Command::new(program).args(words).current_dir(folder).env_remove("G_MESSAGES_DEBUG").output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{line}: {}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("{line}: {error}; `cargo xtask test` installs what is missing")),
    }
}

fn small(image: &RgbaImage) -> Vec<f64> {
    let small = image::imageops::resize(image, 64, 64, FilterType::Triangle);
    // On grey, so that what is transparent counts.
    let on_grey = |pixel: &image::Rgba<u8>| {
        let alpha = f64::from(pixel[3]) / 255.0;
        [0, 1, 2].map(|channel| f64::from(pixel[channel]) * alpha + 128.0 * (1.0 - alpha))
    };
    small.pixels().flat_map(on_grey).collect()
}

/// The mean difference of a thumbnail from libvips', or why there is none.
fn difference(file: &Path, profile: bool, folder: &Path) -> Result<f64, String> {
    // A name alone would be one beside the picture.
    let theirs = folder.join(format!("{}.theirs.png", file.file_name().unwrap().to_str().unwrap()));
    // Pictures without a profile would be moved to another white by that.
    let srgb = if profile { "--export-profile srgb" } else { "--size 512x512" };
    run(&format!("vipsthumbnail {} --size 512x512 {srgb} -o {}", file.display(), theirs.display()), folder)?;
    let theirs = image::open(&theirs).map_err(|error| error.to_string())?.to_rgba8();
    let picture = look(&std::fs::read(file).unwrap()).map_err(|error| error.to_string())?;
    let thumbnail = picture.thumbnail.ok_or_else(|| format!("no thumbnail: {:?}", picture.remark))?;
    let ours = image::load_from_memory(&thumbnail.bytes).unwrap().to_rgba8();
    if (ours.width().abs_diff(theirs.width()), ours.height().abs_diff(theirs.height())) > (1, 1) {
        return Err(format!("{:?} instead of {:?}", ours.dimensions(), theirs.dimensions()));
    }
    let (ours, theirs) = (small(&ours), small(&theirs));
    Ok(ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).sum::<f64>() / ours.len() as f64)
}

/// The files that variants are made of.
fn sources(folder: &Path) {
    let picture = source();
    picture.save(folder.join("in.png")).unwrap();
    let faded = RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
        let Rgb([r, g, b]) = *picture.get_pixel(x, y);
        image::Rgba([r, g, b, if x > 500 { 0 } else { (255 - x / 3) as u8 }])
    });
    faded.save(folder.join("alpha.png")).unwrap();
    for line in [
        "vips colourspace in.png deep.v rgb16",
        "vips colourspace in.png float.v scrgb",
        "vips colourspace in.png lab.v labq",
        "vips colourspace in.png labs.v labs",
        "vips colourspace in.png labf.v lab",
        "vips colourspace in.png grey.v b-w",
        "vips icc_transform in.png p3.png[profile=p3] p3",
    ] {
        run(line, folder).unwrap();
    }
}

#[test]
fn thumbnails_are_those_of_libvips() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    sources(folder);
    let mut wrong = Vec::new();
    for (name, line) in MADE {
        let sources = [
            ("IN", "in.png"),
            ("ALPHA", "alpha.png"),
            ("DEEP", "deep.v"),
            ("FLOAT", "float.v"),
            ("LAB", "lab.v"),
            ("LABS", "labs.v"),
            ("LABF", "labf.v"),
            ("GREY", "grey.v"),
            ("P3", "p3.png"),
        ];
        let line = line.replace("OUT", name);
        let words =
            line.split(' ').map(|word| sources.iter().find(|(key, _)| *key == word).map_or(word, |(_, file)| file));
        let line = words.collect::<Vec<_>>().join(" ");
        let found = run(&line, folder).and_then(|()| difference(&folder.join(name), name.contains(".icc."), folder));
        match found {
            Ok(difference) if difference <= TOLERANCE => {}
            Ok(difference) => wrong.push(format!("{name}: mean difference {difference:.1}")),
            Err(error) => wrong.push(format!("{name}: {}", error.trim())),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn real_photographs_are_those_of_libvips() {
    let Some(folder) = photographs("camera") else { return };
    let made = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let (mut wrong, mut compared, all) = (Vec::new(), 0, files.len());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        // What stands in the header of each ICC profile (ICC.1:2022, table 16).
        let has_profile = memchr::memmem::find(&bytes, b"acsp").is_some();
        // What libvips refuses, or this version of it can't read, is none to compare with.
        let Ok(difference) = difference(&file, has_profile, made.path()) else { continue };
        compared += 1;
        if difference > TOLERANCE {
            wrong.push(format!("{}: mean difference {difference:.1}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared * 4 > all * 3, "{compared} of {all}");
}
