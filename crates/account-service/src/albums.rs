//! Albums and links as devices get them.

use account_api::{Album, AlbumChange, GivenLink, LinkChange};

use crate::clock;
use crate::storage::entity::{album, link};

/// An album's newest state.
pub fn wire_album(row: album::Model) -> AlbumChange {
    let (revision, album_id) = (row.revision, row.id.to_string());
    let album = row.removed_at.is_none().then(|| Album {
        id: row.id.to_string(),
        name: row.name,
        cover: row.cover.map(|id| id.to_string()),
        // What a later version has written is for later versions.
        order: serde_json::from_value(row.sorted.into()).unwrap_or_default(),
        parent: row.parent.map(|id| id.to_string()),
        created_at: clock::wire(row.created_at),
        updated_at: clock::wire(row.updated_at),
        revision,
    });
    AlbumChange { revision, album_id, album }
}

/// A link's newest state.
pub fn wire_link(row: link::Model) -> LinkChange {
    let link = GivenLink { image_id: row.image_id.to_string(), created_at: clock::wire(row.created_at) };
    LinkChange { revision: row.revision, token: row.token, link: Some(link) }
}
