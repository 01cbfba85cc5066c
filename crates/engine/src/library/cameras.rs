//! The cameras of the whole library.

use catalogue::table::picture;
use names::one_line;

use crate::Result;
use crate::library::Library;
use crate::view::CameraRow;

/// All cameras, in the order of their names.
pub(crate) async fn cameras(library: &Library) -> Result<Vec<CameraRow>> {
    let cameras = library.catalogue.read(picture::cameras).await?;
    Ok(cameras.into_iter().map(|(camera, pictures)| CameraRow { camera: one_line(&camera), pictures }).collect())
}
