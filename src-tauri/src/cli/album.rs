//! `album`.

use engine::view::AlbumRow;
use serde::Serialize;

use super::args::{Album, AlbumAction};
use super::failure::Failure;
use super::library::print_pictures;
use super::output::{Output, complain};
use super::session::Session;
use super::several::{Doing, several};

/// An album as programs outside of the app see it: its cover is named by the service's identifier.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    pictures: u64,
    cover: Option<&'a str>,
    created_at: &'a str,
    pending: bool,
}

impl<'a> Row<'a> {
    fn of(album: &'a AlbumRow) -> Self {
        let AlbumRow { id, name, pictures, cover: _, cover_id, created_at, pending } = album;
        Self { id, name, pictures: *pictures, cover: cover_id.as_deref(), created_at, pending: *pending }
    }
}

/// Lists, shows or changes albums.
pub async fn album(session: &Session, out: &Output, args: Album) -> Result<(), Failure> {
    let engine = session.fresh_library().await?;
    let (album, said) = match args.action {
        AlbumAction::List => {
            let albums = engine.albums().await?;
            if albums.is_empty() {
                complain(messages::Cli::NoAlbums);
            }
            albums.iter().for_each(|album| print(out, album));
            return Ok(());
        }
        AlbumAction::Show { album } => {
            let pictures = engine.album_pictures(&album).await?;
            if pictures.is_empty() {
                complain(messages::Cli::EmptyAlbum);
            }
            return print_pictures(engine, out, &pictures, "").await;
        }
        AlbumAction::Add(args) => {
            let album = engine.album(&args.album).await?.id;
            let act = async |engine: &engine::Engine, ids| engine.add_to_album(&album, ids).await.map(drop);
            return several(session, out, &args.ids, Doing::always("added", messages::Cli::AlbumAdded), act).await;
        }
        AlbumAction::Remove(args) => {
            let album = engine.album(&args.album).await?.id;
            let act = async |engine: &engine::Engine, ids| engine.remove_from_album(&album, ids).await.map(drop);
            return several(session, out, &args.ids, Doing::always("removed", messages::Cli::AlbumRemoved), act).await;
        }
        AlbumAction::Create { name } => (engine.create_album(&name).await?, messages::Cli::AlbumMade),
        AlbumAction::Rename { album, name } => (engine.rename_album(&album, &name).await?, messages::Cli::AlbumRenamed),
        AlbumAction::Delete { album } => (engine.remove_album(&album).await?, messages::Cli::AlbumDeleted),
    };
    session.send_edits().await;
    if out.json() {
        out.object(&Row::of(&album));
    } else {
        complain(format!("{}: {said}", album.name));
    }
    Ok(())
}

fn print(out: &Output, album: &AlbumRow) {
    if out.json() {
        out.object(&Row::of(album));
    } else {
        out.line(format!("{}  {:>7}  {}", album.id, album.pictures, album.name));
    }
}
