//! What was said once and a database lacks, because it was restored from an older copy: taken up from the journal, as operations
//! that arrive late are.

use super::batch::{Batch, Subject};
use crate::error::Result;
use crate::images::Picture;
use crate::service::Service;
use crate::stamps::Stamps;
use crate::storage::entity::album;

/// Takes up what these records of pictures and albums say later than the database, and gives how many pictures and albums that
/// was of. Those that are not there are passed over.
///
/// # Errors
/// When the database can't be reached; then nothing was changed.
pub async fn learn(app: &Service, user_id: uuid::Uuid, pictures: &[Picture], albums: &[album::Model]) -> Result<u64> {
    if pictures.is_empty() && albums.is_empty() {
        return Ok(0);
    }
    let mut batch = Batch::open(app, user_id).await?;
    batch.read_in_full(pictures.iter().map(|said| said.row.id).collect()).await?;
    batch.read_albums(albums.iter().map(|said| said.id).collect()).await?;
    let mut learned = 0;
    for said in pictures {
        let Some(picture) = batch.pictures.get_mut(&said.row.id) else { continue };
        if picture.learn(said)? {
            batch.heard(Subject::Picture(said.row.id), Stamps::read(&said.row.stamps)?.latest());
            learned += 1;
        }
    }
    for said in albums {
        let Some(album) = batch.albums.get_mut(&said.id) else { continue };
        if album.learn(said)? {
            batch.heard(Subject::Album(said.id), Stamps::read(&said.stamps)?.latest());
            learned += 1;
        }
    }
    if learned > 0 {
        batch.finish(&[]).await?;
    }
    Ok(learned)
}
