//! Real photographs and copies of them: all copies are found, and nothing else.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use account_api::Image;
use catalogue::Catalogue;
use catalogue::table::likeness::{self, Likeness};
use catalogue::table::picture;
use image::DynamicImage;
use image::imageops::FilterType;

/// A folder of real photographs, when they are on this machine.
fn photographs() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/photos");
    let root = std::env::var_os("IMAGE_MANAGER_PHOTOS").map_or(beside, PathBuf::from);
    Some(root.join("camera")).filter(|folder| folder.is_dir())
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
    encoder.encode_image(&picture.to_rgb8()).unwrap();
    bytes
}

/// The whole picture, and of a large one twelve parts that show different things.
fn parts(picture: &DynamicImage) -> Vec<DynamicImage> {
    let (width, height) = (picture.width(), picture.height());
    let mut parts = vec![picture.clone()];
    if width.min(height) >= 300 {
        let (columns, rows) = if width > height { (4, 3) } else { (3, 4) };
        let (wide, high) = (width / columns, height / rows);
        let corner = |part: u32| (part % columns * wide, part / columns * high);
        parts.extend((0..12).map(corner).map(|(x, y)| picture.crop_imm(x, y, wide, high)));
    }
    parts
}

fn copies(picture: &DynamicImage) -> Vec<Vec<u8>> {
    let smaller =
        picture.resize_exact((picture.width() / 2).max(32), (picture.height() / 2).max(32), FilterType::Triangle);
    vec![
        jpeg(picture, 60),
        jpeg(&smaller, 85),
        jpeg(&DynamicImage::from(picture.to_luma8()), 85),
        jpeg(&picture.brighten(20), 85),
    ]
}

fn likeness_of(bytes: &[u8]) -> Option<Likeness> {
    let made = decoding::likeness(bytes).unwrap()?;
    Some(Likeness { hashes: made.hashes, grey: made.grey })
}

/// Puts pictures into a new catalogue and compares them; gives which scenes were put together.
async fn grouped(pictures: Vec<(usize, Likeness)>) -> Vec<Vec<usize>> {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    let written = catalogue.write(move |conn| {
        let mut scenes = HashMap::new();
        for (number, (scene, likeness)) in pictures.into_iter().enumerate() {
            let id = format!("image-{number:08}");
            let image = Image { sha256: format!("{number:064x}"), name: id.clone(), id, ..Image::default() };
            let picture = picture::upsert(conn, &image)?.id;
            likeness::put(conn, picture, Some(&likeness))?;
            scenes.insert(picture, scene);
        }
        let placed = likeness::compare(conn, usize::MAX >> 1)?;
        likeness::settle(conn, &placed)?;
        let scenes = |group: likeness::Group| group.members.iter().map(|member| scenes[member]).collect::<Vec<_>>();
        Ok(likeness::groups(conn, 10_000)?.into_iter().map(scenes).collect())
    });
    written.await.unwrap()
}

#[tokio::test]
async fn all_copies_are_found_and_nothing_else() {
    let Some(folder) = photographs() else { return };
    let (mut names, mut pictures, mut lonely) = (Vec::new(), Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let examined = decoding::examine(&std::fs::read(&path).unwrap()).unwrap();
        let Some(thumbnail) = examined.thumbnail else { continue };
        let shown = image::load_from_memory(&thumbnail.bytes).unwrap();
        for (part, picture) in parts(&shown).iter().enumerate() {
            let Some(original) = likeness_of(&jpeg(picture, 90)) else { continue };
            let scene = names.len();
            names.push(format!("{} {part}", path.file_name().unwrap().to_string_lossy()));
            lonely.push((scene, original));
            pictures.push((scene, original));
            pictures.extend(copies(picture).iter().flat_map(|copy| likeness_of(copy)).map(|copy| (scene, copy)));
        }
    }
    assert!(names.len() > 200, "{}", names.len());
    let false_pairs: Vec<Vec<&String>> =
        grouped(lonely).await.into_iter().map(|group| group.into_iter().map(|scene| &names[scene]).collect()).collect();
    assert!(false_pairs.is_empty(), "{false_pairs:#?}");
    let (mut wrong, mut found) = (Vec::new(), HashMap::<usize, usize>::new());
    for group in grouped(pictures).await {
        if group.iter().any(|scene| *scene != group[0]) {
            wrong.push(group.iter().map(|scene| &names[*scene]).collect::<Vec<_>>());
        }
        *found.entry(group[0]).or_default() += group.len();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let missed: Vec<&String> =
        names.iter().enumerate().filter(|(scene, _)| found.get(scene) != Some(&5)).map(|(_, name)| name).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}
