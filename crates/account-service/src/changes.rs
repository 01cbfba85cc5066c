//! The change feed: what happened after a revision.

use account_api::{Change, ChangesPage, Operation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::albums::{wire_album, wire_link};
use crate::error::Result;
use crate::images::{Picture, gather, page_size, wire_image};
use crate::service::Service;
use crate::storage::entity::{album, image, link, tombstone, user};
use crate::storage::latest_clock;
use crate::trash_rule;

/// A page of changes without a given size.
const PAGE: u32 = 500;

/// What has changed, as it stands in the database.
pub enum Changed {
    /// A picture that is there, in the trash or not.
    Image(Box<Picture>),
    /// A picture that is gone for good.
    Removed(tombstone::Model),
    /// An album, there or gone.
    Album(album::Model),
    /// A link. It goes with its picture.
    Link(link::Model),
}

impl Changed {
    /// The account's revision of the change.
    pub fn revision(&self) -> i64 {
        match self {
            Self::Image(picture) => picture.row.revision,
            Self::Removed(row) => row.revision,
            Self::Album(row) => row.revision,
            Self::Link(row) => row.revision,
        }
    }
}

/// A picture as it stands on the wire.
///
/// # Errors
/// When its row was written by another version in another form.
pub fn wire_change(picture: Picture) -> Result<Change> {
    Ok(Change {
        revision: picture.row.revision,
        image_id: picture.row.id.to_string(),
        operation: Operation::Upsert { image: Box::new(wire_image(picture)?) },
    })
}

/// A picture that is gone, as it stands on the wire.
pub fn wire_removal(row: &tombstone::Model) -> Change {
    Change { revision: row.revision, image_id: row.image_id.to_string(), operation: Operation::Remove }
}

/// What happened after a revision, oldest first.
pub struct Page {
    /// Each picture, album and link once.
    pub changes: Vec<Changed>,
    /// The revision up to which this is everything.
    pub next: i64,
    /// Whether there are more right now.
    pub more: bool,
}

/// What happened after a revision, as a device gets it.
///
/// # Errors
/// When the page's size is not as documented, or the database can't be reached.
pub async fn after(app: &Service, user_id: Uuid, after: i64, limit: Option<u32>) -> Result<ChangesPage> {
    let page = page(app, user_id, after, page_size(limit, PAGE)?).await?;
    let (mut changes, mut albums, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for changed in page.changes {
        match changed {
            Changed::Image(picture) => changes.push(wire_change(*picture)?),
            Changed::Removed(row) => changes.push(wire_removal(&row)),
            Changed::Album(row) => albums.push(wire_album(row)),
            Changed::Link(row) => links.push(wire_link(row)),
        }
    }
    let read = app.database.read();
    let trash = Some(trash_rule::current(read).await?.into_wire());
    // Read last: it is no earlier than anything on the page.
    let clock = Some(latest_clock(read, user_id).await?);
    Ok(ChangesPage { changes, albums, links, next: page.next, more: page.more, clock, trash })
}

/// What happened after a revision. Reads up to the revision that the account has at the beginning: what comes later has
/// a later revision, so nothing is missed between the reads.
///
/// # Errors
/// When the database can't be reached.
pub async fn page(app: &Service, user_id: Uuid, after: i64, limit: u32) -> Result<Page> {
    let newest = newest_revision(app, user_id).await?;
    let span = Span { user_id, after, newest, limit };
    let read = app.database.read();
    let images = span.of::<image::Entity>(image::Column::UserId, image::Column::Revision).all(read).await?;
    let gone = span.of::<tombstone::Entity>(tombstone::Column::UserId, tombstone::Column::Revision).all(read).await?;
    let albums = span.of::<album::Entity>(album::Column::UserId, album::Column::Revision).all(read).await?;
    let links = span.of::<link::Entity>(link::Column::UserId, link::Column::Revision).all(read).await?;
    // Of each kind there are at most as many as fit, and one more; what they hold is read of those that fit only.
    let of_images = images.iter().map(|row| row.revision);
    let of_others = gone.iter().map(|row| row.revision).chain(albums.iter().map(|row| row.revision));
    let mut revisions: Vec<i64> = of_images.chain(of_others).chain(links.iter().map(|row| row.revision)).collect();
    revisions.sort_unstable();
    let more = revisions.len() > limit as usize;
    let next = if more { revisions[limit as usize - 1] } else { newest.max(after) };
    let images: Vec<image::Model> = images.into_iter().filter(|row| row.revision <= next).collect();
    let images = gather(read, images).await?.into_iter().map(|picture| Changed::Image(Box::new(picture)));
    let others = gone.into_iter().map(Changed::Removed).chain(albums.into_iter().map(Changed::Album));
    let all = images.chain(others).chain(links.into_iter().map(Changed::Link));
    let mut changes: Vec<Changed> = all.filter(|changed| changed.revision() <= next).collect();
    changes.sort_by_key(Changed::revision);
    Ok(Page { changes, next, more })
}

/// Part of an account's changes.
#[derive(Clone, Copy)]
struct Span {
    user_id: Uuid,
    after: i64,
    newest: i64,
    limit: u32,
}

impl Span {
    /// Those of one table, and one more than fit.
    fn of<E: EntityTrait>(self, user_id: E::Column, revision: E::Column) -> Select<E> {
        E::find()
            .filter(user_id.eq(self.user_id))
            .filter(revision.gt(self.after))
            .filter(revision.lte(self.newest))
            .order_by_asc(revision)
            .limit(u64::from(self.limit) + 1)
    }
}

/// The account's newest revision; 0 before the first change.
///
/// # Errors
/// When the database can't be reached.
pub async fn newest_revision(app: &Service, user_id: Uuid) -> Result<i64> {
    let revision: Option<i64> = user::Entity::find_by_id(user_id)
        .select_only()
        .column(user::Column::Revision)
        .into_tuple()
        .one(app.database.read())
        .await?;
    Ok(revision.unwrap_or_default())
}
