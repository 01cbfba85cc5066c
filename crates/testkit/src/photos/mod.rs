//! Pictures made to order, whole and broken, and the shared folder of real photographs.

mod broken;
mod exif;
mod raster;
mod recognised;

use std::path::{Path, PathBuf};

pub use broken::{corrupt_png, empty, png_claiming, text, truncated_jpeg};
pub use exif::{CORNERS, jpeg_with_exif};
pub use raster::{animated_gif, bmp, coloured_jpeg, gif, jpeg, png, png_alpha, tiff, webp};
pub use recognised::{animated_avif, dng, eps, heic, svg};

/// The folder of real photographs, when it is there: `IMAGE_MANAGER_PHOTOS`, else `../shared/photos` beside the workspace.
pub fn shared_photos() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/photos");
    let folder = std::env::var_os("IMAGE_MANAGER_PHOTOS").map_or_else(beside, PathBuf::from);
    folder.is_dir().then(|| folder.canonicalize().unwrap_or(folder))
}

/// Writes `count` different small pictures, in every format that has thumbnails, and returns their paths in order.
///
/// # Panics
/// When the folder can't be written to.
pub fn sample_folder(folder: &Path, count: usize) -> Vec<PathBuf> {
    type Make = fn(u32, u32, u64) -> Vec<u8>;
    let makers: [(&str, Make); 6] =
        [("jpg", jpeg), ("png", png), ("webp", webp), ("gif", gif), ("bmp", bmp), ("tiff", tiff)];
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let write = |number: usize| {
        let (extension, make) = makers[number % makers.len()];
        let path = folder.join(format!("picture-{:04}.{extension}", number + 1));
        // Different proportions, so that a grid of them looks like a grid of pictures.
        let (width, height) = [(160, 120), (120, 160), (128, 128), (240, 80)][number % 4];
        std::fs::write(&path, make(width, height, number as u64)).expect("the folder can be written to");
        path
    };
    (0..count).map(write).collect()
}
