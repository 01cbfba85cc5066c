//! Undoing never takes away what somebody else did: what was not sent is withdrawn, what was changed since is left alone.

use account_api::{Album, AlbumOrder, Edit, EditKind, EditResult, EditStatus, Image, InAlbum, PERSON};
use catalogue::Catalogue;
use catalogue::table::history::{self, State, Turn, What};
use catalogue::table::operation::{self, Made};
use catalogue::table::{album, picture, waiting};

use crate::support::{catalogue, image, make, put, shown, tag, wait, write};

const SEA: &str = "b1a7c1de-6a0b-4a53-9a44-2a1c5b6f7d10";

fn rate(rating: u8) -> EditKind {
    EditKind::SetRating { image_id: image(1).id, rating }
}

fn describe(description: &str) -> EditKind {
    EditKind::SetDescription { image_id: image(1).id, description: description.into() }
}

fn create(name: &str) -> EditKind {
    EditKind::CreateAlbum { album_id: SEA.into(), name: name.into() }
}

fn rename(name: &str) -> EditKind {
    EditKind::SetAlbum { album_id: SEA.into(), name: Some(name.into()), cover: None, order: None, parent: None }
}

fn add(number: u32) -> EditKind {
    EditKind::AddToAlbum { image_id: image(number).id, album_id: SEA.into(), place: String::new() }
}

fn edit(catalogue: &Catalogue, edits: Vec<EditKind>) -> Made {
    write(catalogue, move |conn| history::edit(conn, &What::Several, &edits))
}

/// What came of turning: how it stands, how many operations were withdrawn and made, how many changes were left.
fn turned(turn: Turn) -> (State, usize, usize, usize) {
    match turn {
        Turn::Done { batch, made, left } => (batch.state, made.withdrawn, made.operations, left),
        other => panic!("{other:?}"),
    }
}

fn undo(catalogue: &Catalogue) -> (State, usize, usize, usize) {
    turned(write(catalogue, history::undo))
}

fn redo(catalogue: &Catalogue) -> (State, usize, usize, usize) {
    turned(write(catalogue, history::redo))
}

fn waits(catalogue: &Catalogue) -> Vec<Edit> {
    wait(catalogue.read(|conn| waiting::oldest(conn, 0, 100))).unwrap().into_iter().map(|one| one.edit).collect()
}

fn kinds(catalogue: &Catalogue) -> Vec<EditKind> {
    waits(catalogue).into_iter().map(|edit| edit.kind).collect()
}

/// Hands out everything that waits.
fn send(catalogue: &Catalogue) -> Vec<Edit> {
    let edits = waits(catalogue);
    let ids: Vec<String> = edits.iter().map(|edit| edit.id.clone()).collect();
    write(catalogue, move |conn| waiting::sending(conn, &ids.iter().map(String::as_str).collect::<Vec<_>>()));
    edits
}

/// The account's answer to what was sent.
fn answer(catalogue: &Catalogue, sent: &[Edit], status: EditStatus, revision: i64) {
    let results: Vec<EditResult> = sent
        .iter()
        .map(|edit| EditResult { id: edit.id.clone(), status, revision: Some(revision), message: None })
        .collect();
    write(catalogue, move |conn| {
        let settled = operation::settle(conn, &results)?;
        settled.superseded.iter().try_for_each(|id| history::supersede(conn, id))
    });
}

/// Sends everything, and the account takes it.
fn take(catalogue: &Catalogue, revision: i64) {
    let sent = send(catalogue);
    answer(catalogue, &sent, EditStatus::Applied, revision);
}

fn rating(catalogue: &Catalogue) -> u8 {
    shown(catalogue, 1).rating
}

fn theirs() -> Image {
    Image {
        revision: 9,
        rating: 5,
        own_description: Some("Theirs.".into()),
        description: Some("Theirs.".into()),
        described_by: Some(PERSON.into()),
        tags: vec!["sea".into()],
        ..image(1)
    }
}

#[test]
fn what_was_not_sent_is_withdrawn_and_what_others_did_meanwhile_stays() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![describe("Oops."), rate(2), tag(1, "sea")]);
    assert_eq!(undo(&catalogue), (State::Undone, 3, 0, 0));
    assert_eq!(waits(&catalogue), []);
    let plain = shown(&catalogue, 1);
    assert_eq!((plain.rating, plain.description, plain.tags.len()), (0, None, 0));
    // Another computer did the same things before; now they come in.
    put(&catalogue, vec![theirs()]);
    let after = shown(&catalogue, 1);
    assert_eq!((after.rating, after.description.as_deref(), after.tags), (5, Some("Theirs."), vec!["sea".to_owned()]));
    // What was changed since isn't done again.
    assert_eq!(redo(&catalogue), (State::Final, 0, 0, 3));
    assert_eq!(rating(&catalogue), 5);
}

#[test]
fn what_was_withdrawn_is_done_again_later_than_before() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![create("Sea"), add(1), rate(2)]);
    let first = waits(&catalogue);
    for _ in 0..2 {
        assert_eq!(undo(&catalogue), (State::Undone, 3, 0, 0));
        assert_eq!((waits(&catalogue), rating(&catalogue), shown(&catalogue, 1).albums.len()), (vec![], 0, 0));
        assert_eq!(wait(catalogue.read(album::all)).unwrap(), []);
        assert_eq!(redo(&catalogue), (State::Done, 0, 3, 0));
        assert_eq!((rating(&catalogue), shown(&catalogue, 1).albums.len()), (2, 1));
    }
    let last = waits(&catalogue);
    assert_eq!(last.len(), 3);
    assert!(last.iter().all(|edit| first.iter().all(|before| before.id != edit.id && before.clock < edit.clock)));
}

#[test]
fn what_waited_before_waits_again_as_it_did() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![rate(1)]);
    let first = waits(&catalogue);
    edit(&catalogue, vec![rate(2)]);
    edit(&catalogue, vec![rate(3)]);
    assert_eq!(undo(&catalogue), (State::Undone, 1, 0, 0));
    assert_eq!((kinds(&catalogue), rating(&catalogue)), (vec![rate(2)], 2));
    assert_eq!(undo(&catalogue), (State::Undone, 1, 0, 0));
    assert_eq!((waits(&catalogue), rating(&catalogue)), (first, 1));
    assert_eq!(undo(&catalogue), (State::Undone, 1, 0, 0));
    assert_eq!((waits(&catalogue), rating(&catalogue)), (vec![], 0));
    // One thing, twice in one batch.
    let untag = EditKind::RemoveTag { image_id: image(1).id, tag: "sea".into(), by: account_api::Author::Person };
    edit(&catalogue, vec![tag(1, "sea"), untag, tag(1, "Sea")]);
    assert_eq!(undo(&catalogue), (State::Undone, 3, 0, 0));
    assert_eq!((waits(&catalogue), shown(&catalogue, 1).tags.len()), (vec![], 0));
}

/// The account may have what is being sent, whatever becomes of the request.
#[test]
fn what_is_being_sent_is_undone_by_a_new_operation_and_withdrawing_that_does_it_again() {
    let (folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![rate(2)]);
    let sent = send(&catalogue);
    // It ends there, and starts again.
    drop(catalogue);
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 0));
    assert_eq!((kinds(&catalogue), rating(&catalogue)), (vec![rate(0)], 0));
    assert_eq!(redo(&catalogue), (State::Done, 1, 0, 0));
    assert_eq!((waits(&catalogue), rating(&catalogue)), (sent.clone(), 2));
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 0));
    // The account has it, and answers now.
    answer(&catalogue, &sent, EditStatus::Applied, 7);
    assert_eq!((kinds(&catalogue), rating(&catalogue)), (vec![rate(0)], 0));
    assert_eq!(redo(&catalogue), (State::Done, 1, 0, 0));
    assert_eq!((waits(&catalogue), rating(&catalogue)), (vec![], 2), "the account’s");
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 0));
    take(&catalogue, 8);
    assert_eq!((waits(&catalogue), rating(&catalogue)), (vec![], 0));
}

#[test]
fn what_nobody_got_can_still_be_withdrawn() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![rate(1)]);
    edit(&catalogue, vec![rate(2)]);
    let sending = |catalogue: &Catalogue| {
        let ids: Vec<String> = waits(catalogue).into_iter().map(|edit| edit.id).collect();
        write(catalogue, move |conn| waiting::sending(conn, &ids.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let handed_out = sending(&catalogue);
    assert_eq!((handed_out.len(), sending(&catalogue)), (1, vec![]), "somebody else may have sent it");
    write(&catalogue, move |conn| history::not_sent(conn, &handed_out));
    assert_eq!(undo(&catalogue), (State::Undone, 1, 0, 0));
    assert_eq!(undo(&catalogue), (State::Undone, 1, 0, 0));
    assert_eq!((waits(&catalogue), rating(&catalogue)), (vec![], 0));
}

/// It was undone while a request was on its way.
#[test]
fn undoing_what_turns_out_not_to_stand_is_withdrawn() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![rate(2), tag(1, "sea")]);
    let ids = send(&catalogue).into_iter().map(|edit| edit.id).collect::<Vec<_>>();
    assert_eq!(undo(&catalogue), (State::Undone, 0, 2, 0));
    // Nobody got it.
    write(&catalogue, move |conn| history::not_sent(conn, &ids));
    assert_eq!((waits(&catalogue), rating(&catalogue)), (vec![], 0));
    assert_eq!(redo(&catalogue), (State::Done, 0, 2, 0));
    // It was undone and done again meanwhile.
    let ids = send(&catalogue).into_iter().map(|edit| edit.id).collect::<Vec<_>>();
    undo(&catalogue);
    redo(&catalogue);
    write(&catalogue, move |conn| history::not_sent(conn, &ids));
    assert_eq!((waits(&catalogue).len(), rating(&catalogue)), (2, 2));
    assert_eq!(undo(&catalogue), (State::Undone, 2, 0, 0));
    // Another computer's holds in its place.
    redo(&catalogue);
    let sent = send(&catalogue);
    assert_eq!(undo(&catalogue), (State::Undone, 0, 2, 0));
    answer(&catalogue, &sent, EditStatus::Superseded, 9);
    put(&catalogue, vec![theirs()]);
    assert_eq!((waits(&catalogue), rating(&catalogue)), (vec![], 5));
    assert_eq!(shown(&catalogue, 1).tags, ["sea"]);
}

#[test]
fn what_the_account_has_is_undone_only_while_it_is_so() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![rate(2), describe("Mine."), tag(1, "sea")]);
    let sent = send(&catalogue);
    // Another computer gave the same tag later, so that it is theirs.
    answer(&catalogue, &sent[..2], EditStatus::Applied, 7);
    answer(&catalogue, &sent[2..], EditStatus::Superseded, 7);
    put(
        &catalogue,
        vec![Image { own_description: Some("Mine.".into()), description: Some("Mine.".into()), ..theirs() }],
    );
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 2));
    assert_eq!(kinds(&catalogue), [describe("")]);
    take(&catalogue, 10);
    assert_eq!((rating(&catalogue), shown(&catalogue, 1).tags), (5, vec!["sea".to_owned()]));
    // Only what was undone is done again.
    assert_eq!(redo(&catalogue), (State::Done, 0, 1, 2));
    assert_eq!(undo(&catalogue), (State::Undone, 1, 0, 0));
}

#[test]
fn an_album_that_somebody_else_renamed_is_left_alone() {
    let (_folder, catalogue) = catalogue();
    edit(&catalogue, vec![create("R")]);
    edit(&catalogue, vec![rename("RC")]);
    take(&catalogue, 2);
    let theirs = Album { name: "RD".into(), ..accounts(3) };
    write(&catalogue, move |conn| album::upsert(conn, &theirs));
    assert_eq!(undo(&catalogue), (State::Final, 0, 0, 1), "renaming");
    assert_eq!(undo(&catalogue), (State::Final, 0, 0, 1), "making");
    let albums = wait(catalogue.read(album::all)).unwrap();
    assert_eq!(albums.iter().map(|one| one.album.name.as_str()).collect::<Vec<_>>(), ["RD"]);
    assert_eq!((waits(&catalogue), write(&catalogue, history::undo)), (vec![], Turn::Nothing));
    // What nobody else has changed is undone.
    edit(&catalogue, vec![rename("RC")]);
    take(&catalogue, 4);
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 0));
    assert_eq!(kinds(&catalogue), [rename("RD")]);
}

fn accounts(revision: i64) -> Album {
    Album {
        id: SEA.into(),
        name: "Sea".into(),
        cover: None,
        order: AlbumOrder::ByHand,
        parent: None,
        created_at: "2026-03-01T12:00:00.000Z".into(),
        updated_at: "2026-03-01T12:00:00.000Z".into(),
        revision,
    }
}

#[test]
fn an_album_with_somebody_elses_pictures_is_left_alone() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1), image(2)]);
    edit(&catalogue, vec![create("Sea"), add(1)]);
    take(&catalogue, 5);
    let within = InAlbum { album_id: SEA.into(), place: "a".into() };
    put(&catalogue, vec![Image { revision: 9, albums: vec![within], ..image(2) }]);
    // The own picture goes out of it.
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 1));
    let albums = wait(catalogue.read(album::all)).unwrap();
    assert_eq!(albums.iter().map(|one| one.pictures).collect::<Vec<_>>(), [1]);
    // Nor does one go that was not sent, and that uploads have got into meanwhile.
    let (_folder, catalogue) = self::catalogue();
    put(&catalogue, vec![image(1)]);
    edit(&catalogue, vec![create("Sea")]);
    make(&catalogue, vec![add(1)]);
    assert_eq!(undo(&catalogue), (State::Final, 0, 0, 1));
    assert_eq!(wait(catalogue.read(album::all)).unwrap()[0].pictures, 1);
    // And removing is not done again over what was put in since.
    edit(&catalogue, vec![EditKind::RemoveAlbum { album_id: SEA.into() }]);
    take(&catalogue, 9);
    undo(&catalogue);
    take(&catalogue, 10);
    let within = InAlbum { album_id: SEA.into(), place: "z".into() };
    put(&catalogue, vec![Image { revision: 11, albums: vec![within], ..image(2) }]);
    assert_eq!(redo(&catalogue), (State::Final, 0, 0, 1));
    assert_eq!(wait(catalogue.read(album::all)).unwrap()[0].pictures, 2);
}

#[test]
fn what_is_gone_for_good_can_not_be_undone_and_the_one_before_it_is() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1), image(2)]);
    edit(&catalogue, vec![rate(3)]);
    edit(&catalogue, vec![EditKind::Trash { image_id: image(2).id }]);
    take(&catalogue, 8);
    write(&catalogue, |conn| picture::remove(conn, &image(2).id));
    let listed = wait(catalogue.read(history::batches)).unwrap();
    assert_eq!(listed.iter().map(|one| one.spent).collect::<Vec<_>>(), [true, false]);
    let next = wait(catalogue.read(history::undoable)).unwrap().unwrap();
    assert_eq!(next.id, listed[1].id);
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 0));
    assert_eq!(rating(&catalogue), 0);
    write(&catalogue, |conn| picture::remove(conn, &image(1).id));
    assert_eq!(wait(catalogue.read(history::redoable)).unwrap(), None);
    assert_eq!(write(&catalogue, history::redo), Turn::Nothing);
}

#[test]
fn words_that_are_typed_on_are_withdrawn_at_once_and_undone_when_some_were_sent() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    let goes_on = |text: &str| {
        let edits = vec![describe(text)];
        write(&catalogue, move |conn| history::go_on(conn, &What::Describe, &edits));
    };
    let said = || shown(&catalogue, 1).description;
    goes_on("A");
    goes_on("A pier");
    goes_on("A pier.");
    assert_eq!(undo(&catalogue), (State::Undone, 1, 0, 0));
    assert_eq!((waits(&catalogue), said()), (vec![], None));
    redo(&catalogue);
    assert_eq!(said().as_deref(), Some("A pier."));
    let sent = send(&catalogue);
    goes_on("A pier at night.");
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 0));
    assert_eq!((kinds(&catalogue), said()), (vec![describe("")], None));
    answer(&catalogue, &sent, EditStatus::Applied, 7);
    assert_eq!(redo(&catalogue), (State::Done, 1, 0, 0));
    assert_eq!(said().as_deref(), Some("A pier at night."));
    take(&catalogue, 8);
    goes_on("A pier at noon.");
    assert_eq!(undo(&catalogue), (State::Undone, 0, 1, 0));
    assert_eq!((kinds(&catalogue), said()), (vec![describe("")], None));
}
