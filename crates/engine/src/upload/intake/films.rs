//! Films that were taken with a picture, and lie beside it under the same name, as an iPhone's Live Photos do.

use std::path::Path;

/// Endings of such films, and of their pictures.
const FILMS: [&str; 2] = ["mov", "mp4"];
const PICTURES: [&str; 5] = ["heic", "heif", "jpg", "jpeg", "dng"];

/// The name of the picture that a film belongs to, if it is one.
pub(in crate::upload) fn picture_of_film(path: &Path) -> Option<String> {
    let ending = |path: &Path| Some(path.extension()?.to_str()?.to_ascii_lowercase());
    let stem = path.file_stem().filter(|_| ending(path).is_some_and(|ending| FILMS.contains(&&*ending)))?;
    let upper = |ending: &str| [ending.to_owned(), ending.to_ascii_uppercase()];
    let mut candidates = PICTURES.into_iter().flat_map(upper).map(|ending| {
        let mut name = stem.to_owned();
        name.push(".");
        name.push(ending);
        path.with_file_name(name)
    });
    let picture = candidates.find(|picture| picture.is_file())?;
    Some(picture.file_name()?.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_belongs_to_the_picture_of_the_same_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, name).unwrap();
            path
        };
        let film = file("IMG_0001.MOV");
        assert_eq!(picture_of_film(&film), None);
        let picture = file("IMG_0001.HEIC");
        assert_eq!(picture_of_film(&film).as_deref(), Some("IMG_0001.HEIC"));
        assert_eq!(picture_of_film(&picture), None);
        assert_eq!(picture_of_film(&file("holiday.mov")), None);
    }
}
