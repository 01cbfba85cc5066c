//! Undoing and doing again.

use account_api::{EditKind, Image};
use catalogue::Catalogue;
use catalogue::table::history::{self, State, Turn, What};
use catalogue::table::{album, picture, waiting};

use crate::support::{catalogue, image, put, shown, tag, wait, write};

const SEA: &str = "b1a7c1de-6a0b-4a53-9a44-2a1c5b6f7d10";

fn favourite(numbers: std::ops::RangeInclusive<u32>, favourite: bool) -> Vec<EditKind> {
    numbers.map(|number| EditKind::SetFavourite { image_id: image(number).id, favourite }).collect()
}

fn edit(catalogue: &Catalogue, what: What, edits: Vec<EditKind>) {
    write(catalogue, move |conn| history::edit(conn, &what, &edits));
}

/// What was undone or done again, and how many pictures that changed.
fn turned(turn: Turn) -> Option<(What, usize)> {
    match turn {
        Turn::Done { batch, made, .. } => Some((batch.what, made.changed.len())),
        _ => None,
    }
}

fn favourites(catalogue: &Catalogue) -> u64 {
    wait(catalogue.read(picture::counts)).unwrap().favourites
}

#[test]
fn batches_are_undone_and_done_again_also_after_a_restart() {
    let (folder, catalogue) = catalogue();
    put(&catalogue, (1..=5).map(image).collect());
    let like = What::Favourite { favourite: true };
    edit(&catalogue, like.clone(), favourite(2..=2, true));
    edit(&catalogue, like.clone(), favourite(1..=5, true));
    let sea = What::AddTag { tag: "sea".into() };
    edit(&catalogue, sea.clone(), vec![tag(1, "sea"), tag(2, "sea")]);
    drop(catalogue);
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    let batches = wait(catalogue.read(history::batches)).unwrap();
    let told: Vec<_> = batches.iter().map(|one| (one.what.clone(), one.pictures)).collect();
    assert_eq!(told, [(sea.clone(), 2), (like.clone(), 4), (like.clone(), 1)]);
    assert_eq!(turned(write(&catalogue, history::undo)), Some((sea.clone(), 2)));
    assert_eq!(turned(write(&catalogue, history::undo)), Some((like.clone(), 4)));
    assert_eq!((favourites(&catalogue), shown(&catalogue, 1).tags.len()), (1, 0), "one was a favourite before");
    assert_eq!(turned(write(&catalogue, history::redo)), Some((like.clone(), 4)));
    assert_eq!(favourites(&catalogue), 5);
    // What is done now takes the place of what was undone.
    edit(&catalogue, What::Trash, vec![EditKind::Trash { image_id: image(3).id }]);
    assert_eq!(write(&catalogue, history::redo), Turn::Nothing);
    assert_eq!(turned(write(&catalogue, history::undo)), Some((What::Trash, 1)));
    assert_eq!(wait(catalogue.read(history::batches)).unwrap()[0].state, State::Undone);
}

/// Words are kept while somebody types them: all that was typed on end is one thing to undo.
#[test]
fn what_was_typed_on_end_is_undone_at_once() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, (1..=2).map(image).collect());
    let text = |number, description: &str| EditKind::SetDescription {
        image_id: image(number).id,
        description: description.into(),
    };
    let goes_on = |edits: Vec<EditKind>| write(&catalogue, move |conn| history::go_on(conn, &What::Describe, &edits));
    let undone = || (turned(write(&catalogue, history::undo)), shown(&catalogue, 1).description);
    edit(&catalogue, What::Describe, vec![text(1, "Before.")]);
    edit(&catalogue, What::Describe, vec![text(1, "A")]);
    goes_on(vec![text(1, "A pier")]);
    goes_on(vec![text(1, "A pier at night.")]);
    let batches = wait(catalogue.read(history::batches)).unwrap();
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[0].name.as_deref(), Some(&*image(1).name));
    assert_eq!(undone(), (Some((What::Describe, 1)), Some("Before.".to_owned())));
    assert_eq!(turned(write(&catalogue, history::redo)), Some((What::Describe, 1)));
    assert_eq!(shown(&catalogue, 1).description.as_deref(), Some("A pier at night."));
    // Other words, or another picture's, are another thing.
    goes_on(vec![text(2, "A boat.")]);
    assert_eq!(undone(), (Some((What::Describe, 1)), Some("A pier at night.".to_owned())));
    let alt_text = EditKind::SetAltText { image_id: image(1).id, alt_text: "Pier".into() };
    goes_on(vec![alt_text]);
    assert_eq!(undone().1.as_deref(), Some("A pier at night."));
}

#[test]
fn what_was_changed_since_is_left_alone() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1), image(2)]);
    let rename = |number, name: &str| EditKind::SetName { image_id: image(number).id, name: name.into() };
    edit(&catalogue, What::Several, vec![rename(1, "mine"), rename(2, "mine")]);
    // The account has taken both; then another computer renamed the first.
    write(&catalogue, |conn| conn.execute_batch("DELETE FROM operation; UPDATE picture SET account = NULL"));
    put(&catalogue, vec![Image { revision: 9, name: "theirs".into(), ..image(1) }]);
    let Turn::Done { left, .. } = write(&catalogue, history::undo) else { panic!() };
    assert_eq!(left, 1);
    assert_eq!([shown(&catalogue, 1).name, shown(&catalogue, 2).name], ["theirs".to_owned(), image(2).name]);
}

#[test]
fn removing_for_good_is_not_undone_and_says_so_once() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1), image(2)]);
    edit(&catalogue, What::Favourite { favourite: true }, favourite(1..=1, true));
    edit(&catalogue, What::Remove, vec![EditKind::Remove { image_id: image(2).id }]);
    assert!(matches!(write(&catalogue, history::undo), Turn::Final(batch) if batch.what == What::Remove));
    assert_eq!(turned(write(&catalogue, history::undo)), Some((What::Favourite { favourite: true }, 1)));
    assert_eq!(write(&catalogue, history::undo), Turn::Nothing);
}

#[test]
fn an_album_that_was_removed_comes_back_with_its_pictures() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2)]);
    let add = |number| EditKind::AddToAlbum { image_id: image(number).id, album_id: SEA.into(), place: String::new() };
    let create = EditKind::CreateAlbum { album_id: SEA.into(), name: "Sea".into() };
    edit(&catalogue, What::CreateAlbum { name: "Sea".into() }, vec![create, add(2), add(1)]);
    edit(&catalogue, What::RemoveAlbum { name: "Sea".into() }, vec![EditKind::RemoveAlbum { album_id: SEA.into() }]);
    assert_eq!(wait(catalogue.read(album::all)).unwrap(), []);
    write(&catalogue, history::undo);
    let known = wait(catalogue.read(|conn| album::get(conn, SEA))).unwrap().unwrap();
    assert_eq!(known.album.name, "Sea");
    assert_eq!(wait(catalogue.read(move |conn| album::members(conn, &known.album))).unwrap(), [ids[1], ids[0]]);
    write(&catalogue, history::undo);
    assert_eq!(wait(catalogue.read(album::all)).unwrap(), []);
    assert_eq!(shown(&catalogue, 1).albums, []);
    write(&catalogue, history::redo);
    assert_eq!(shown(&catalogue, 1).albums.len(), 1);
}

#[test]
fn two_hundred_batches_are_kept() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    for number in 0..210 {
        let like = number % 2 == 0;
        edit(&catalogue, What::Favourite { favourite: like }, favourite(1..=1, like));
    }
    let rows = wait(catalogue.read(|conn| {
        conn.query_row("SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM batch_edit)", [], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?))
        })
    }))
    .unwrap();
    assert_eq!(rows, (200, 200));
    assert_eq!(wait(catalogue.read(waiting::count)).unwrap(), 1, "only the last word waits");
}
