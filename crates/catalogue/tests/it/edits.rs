//! Operations: what is shown, what waits, and what the account's answers make of it.

use account_api::{Author, EditKind, EditResult, EditStatus, Image, PERSON};
use catalogue::search::{Condition, Filter};
use catalogue::table::picture::{self, Order};
use catalogue::table::{album, operation, state, waiting};

use crate::support::{catalogue, image, make, names, put, reading, shown, tag, wait, write};

fn waits(catalogue: &catalogue::Catalogue) -> Vec<EditKind> {
    wait(catalogue.read(|conn| waiting::oldest(conn, 0, 100))).unwrap().into_iter().map(|one| one.edit.kind).collect()
}

fn name(name: &str) -> EditKind {
    EditKind::SetName { image_id: image(1).id, name: name.into() }
}

fn describe(text: &str) -> EditKind {
    EditKind::SetDescription { image_id: image(1).id, description: text.into() }
}

fn untag(tag: &str) -> EditKind {
    EditKind::RemoveTag { image_id: image(1).id, tag: tag.into(), by: Author::Person }
}

/// The account's answers to all that waits.
fn answer(catalogue: &catalogue::Catalogue, status: EditStatus, revision: i64) -> operation::Settled {
    write(catalogue, move |conn| {
        let results: Vec<EditResult> = waiting::oldest(conn, 0, 1000)?
            .into_iter()
            .map(|one| EditResult { id: one.edit.id, status, revision: Some(revision), message: Some("No.".into()) })
            .collect();
        operation::settle(conn, &results)
    })
}

#[test]
fn an_edit_of_one_thing_leaves_every_other_as_it_came_in() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![Image { tags: vec!["sea".into(), "old".into()], ..image(1) }]);
    make(&catalogue, vec![describe("Mine."), tag(1, "harbour"), untag("OLD")]);
    let before = shown(&catalogue, 1);
    assert_eq!((before.tags, before.described_by.as_deref()), (vec!["sea".into(), "harbour".into()], Some(PERSON)));
    // Meanwhile another computer wrote an alternative text and tags of its own.
    let theirs = Image {
        revision: 9,
        alt_text: Some("Theirs".into()),
        own_alt_text: Some("Theirs".into()),
        tags: vec!["old".into(), "theirs".into()],
        described_by: Some(PERSON.into()),
        ..image(1)
    };
    put(&catalogue, vec![theirs]);
    let after = shown(&catalogue, 1);
    assert_eq!((after.description.as_deref(), after.alt_text.as_deref()), (Some("Mine."), Some("Theirs")));
    assert_eq!(after.tags, ["theirs", "harbour"]);
}

#[test]
fn what_a_model_says_late_leaves_what_a_person_wrote_meanwhile_and_both_are_kept() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    let alt_text = EditKind::SetAltText { image_id: image(1).id, alt_text: "Mine".into() };
    let mut edits = vec![alt_text, tag(1, "sea"), tag(1, "bird"), untag("bird")];
    edits.extend(reading(1));
    make(&catalogue, edits);
    let said = shown(&catalogue, 1);
    assert_eq!((said.description.as_deref(), said.alt_text.as_deref()), (Some("A bird."), Some("Mine")));
    assert_eq!((said.tags, said.text_in_image.as_deref()), (vec!["sea".into()], Some("KIOSK")));
    assert_eq!(said.described_by.as_deref(), Some(PERSON));
    make(&catalogue, vec![describe("Mine, too.")]);
    make(&catalogue, reading(1));
    let said = shown(&catalogue, 1);
    assert_eq!(said.description.as_deref(), Some("Mine, too."));
    assert_eq!(
        said.reading.map(|reading| (reading.description, reading.alt_text)),
        Some(("A bird.".into(), "Bird".into()))
    );
    // Without the person's, the model's is shown again.
    make(&catalogue, vec![describe(" ")]);
    assert_eq!(shown(&catalogue, 1).description.as_deref(), Some("A bird."));
}

#[test]
fn the_last_word_about_a_tag_is_the_one_that_waits() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    make(&catalogue, vec![tag(1, "sea"), untag("Sea"), tag(1, "SEA"), tag(1, "bird")]);
    assert_eq!(waits(&catalogue), [tag(1, "SEA"), tag(1, "bird")]);
    assert_eq!(shown(&catalogue, 1).tags, ["SEA", "bird"]);
}

#[test]
fn what_comes_in_does_not_undo_what_waits() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![image(1)])[0];
    let favourite = EditKind::SetFavourite { image_id: image(1).id, favourite: true };
    make(&catalogue, vec![name("mine"), favourite, describe("Words.")]);
    // Another computer renamed it and gave it a camera.
    put(&catalogue, vec![Image { name: "theirs".into(), camera: Some("X".into()), revision: 9, ..image(1) }]);
    let known = wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap();
    assert!(known.pending && known.image.favourite);
    assert_eq!((known.image.name.as_str(), known.image.camera.as_deref()), ("mine", Some("X")));
    assert_eq!(known.image.description.as_deref(), Some("Words."));
    // Once the account has answered that the others' holds, that is shown.
    assert!(answer(&catalogue, EditStatus::Superseded, 9).refused.is_empty());
    let known = wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap();
    assert_eq!((known.image.name.as_str(), known.pending), ("theirs", false));
}

#[test]
fn what_the_account_takes_stays_and_what_it_refuses_leaves_no_trace() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    make(&catalogue, vec![name("taken")]);
    assert!(!answer(&catalogue, EditStatus::Applied, 7).complete, "others have changed something, too");
    make(&catalogue, vec![describe("Never.")]);
    let settled = answer(&catalogue, EditStatus::Invalid, 7);
    assert_eq!(settled.refused.len(), 1);
    assert_eq!((settled.refused[0].name.as_deref(), settled.refused[0].message.as_str()), (Some("taken"), "No."));
    let known = shown(&catalogue, 1);
    assert_eq!((known.name.as_str(), known.description), ("taken", None));
    assert!(waits(&catalogue).is_empty());
}

#[test]
fn nothing_is_asked_for_when_nobody_else_has_changed_anything() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1), image(2)]);
    write(&catalogue, |conn| state::set_revision(conn, 2));
    make(&catalogue, vec![name("one"), tag(1, "sea"), tag(2, "sea")]);
    let settled = write(&catalogue, |conn| {
        let mut results = Vec::new();
        for (one, revision) in waiting::oldest(conn, 0, 9)?.into_iter().zip([3, 3, 4]) {
            results.push(EditResult {
                id: one.edit.id,
                status: EditStatus::Applied,
                revision: Some(revision),
                message: None,
            });
        }
        operation::settle(conn, &results)
    });
    assert!(settled.complete);
    assert_eq!(wait(catalogue.read(state::revision)).unwrap(), 4);
    assert_eq!(shown(&catalogue, 1).revision, 3);
    // The feed would say the same.
    let echo =
        Image { revision: 4, tags: vec!["sea".into()], updated_at: "2026-03-02T12:00:00.000Z".into(), ..image(2) };
    assert!(!write(&catalogue, move |conn| picture::upsert(conn, &echo)).news);
}

/// When an album was made is for the account to say, and the same everywhere.
#[test]
fn an_album_that_was_made_here_is_asked_for() {
    let (_folder, catalogue) = catalogue();
    let create = EditKind::CreateAlbum { album_id: "b1a7c1de-6a0b-4a53-9a44-2a1c5b6f7d10".into(), name: "Sea".into() };
    make(&catalogue, vec![create]);
    assert!(!answer(&catalogue, EditStatus::Applied, 1).complete);
    let mut theirs = wait(catalogue.read(album::all)).unwrap().remove(0).album;
    theirs.created_at = "2020-03-01T12:00:00.000Z".into();
    let said = theirs.clone();
    write(&catalogue, move |conn| album::upsert(conn, &said));
    assert_eq!(wait(catalogue.read(album::all)).unwrap()[0].album, theirs);
}

#[test]
fn what_is_known_already_is_no_news() {
    let (_folder, catalogue) = catalogue();
    let upsert = |image: Image| write(&catalogue, move |conn| picture::upsert(conn, &image)).news;
    assert!(upsert(image(1)));
    let generation = wait(catalogue.read(state::generation)).unwrap();
    assert!(!upsert(Image { url: Some("https://example.invalid/signed".into()), ..image(1) }));
    assert!(!upsert(Image { revision: 7, ..image(1) }));
    assert_eq!(wait(catalogue.read(state::generation)).unwrap(), generation);
    assert!(upsert(Image { revision: 8, favourite: true, ..image(1) }));
    assert!(!upsert(Image { name: "old".into(), revision: 7, ..image(1) }), "an older version changes nothing");
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["IMG_0001.jpg"]);
}

#[test]
fn a_newer_edit_replaces_one_of_the_same_subject() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    let (trash, restore) = (EditKind::Trash { image_id: image(1).id }, EditKind::Restore { image_id: image(1).id });
    let edits = [name("one"), trash, name("two"), restore.clone(), describe("a"), describe("b")];
    make(&catalogue, edits.to_vec());
    assert_eq!(waits(&catalogue), [name("two"), restore, describe("b")]);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["two"]);
}

#[test]
fn an_answer_to_an_edit_that_was_replaced_meanwhile_keeps_the_new_one() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    make(&catalogue, vec![name("one")]);
    let sent = wait(catalogue.read(|conn| waiting::oldest(conn, 0, 9))).unwrap().remove(0).edit.id;
    make(&catalogue, vec![name("two")]);
    write(&catalogue, move |conn| {
        let result = EditResult { id: sent, status: EditStatus::Applied, revision: Some(2), message: None };
        operation::settle(conn, &[result])?;
        picture::upsert(conn, &Image { name: "one".into(), revision: 2, ..image(1) })
    });
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["two"]);
    assert_eq!(waits(&catalogue), [name("two")]);
}

#[test]
fn what_is_gone_for_good_stays_out_of_sight_until_the_account_agrees() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![Image { deleted_at: Some("2026-01-01T00:00:00.000Z".into()), ..image(1) }])[0];
    make(&catalogue, vec![EditKind::Remove { image_id: image(1).id }]);
    assert!(names(&catalogue, Condition::Trashed, Order::Name, "").is_empty());
    put(&catalogue, vec![Image { revision: 8, ..image(1) }]);
    assert!(names(&catalogue, Filter::default(), Order::Name, "").is_empty());
    assert_eq!(wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap(), None);
    assert_eq!(waits(&catalogue).len(), 1);
    assert_eq!(answer(&catalogue, EditStatus::Gone, 9).removed, [image(1).sha256]);
    assert_eq!(wait(catalogue.read(move |conn| picture::record(conn, id))).unwrap(), None);
    assert!(waits(&catalogue).is_empty());
}

#[test]
fn an_account_whose_revisions_went_back_is_taken_as_it_is() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![Image { revision: 50, ..image(1) }, Image { revision: 51, ..image(2) }]);
    make(&catalogue, vec![tag(1, "sea")]);
    write(&catalogue, |conn| state::set_revision(conn, 51));
    write(&catalogue, picture::forget_revisions);
    assert_eq!(wait(catalogue.read(state::revision)).unwrap(), 0);
    put(&catalogue, vec![Image { revision: 3, name: "restored".into(), ..image(1) }]);
    assert_eq!(write(&catalogue, picture::remove_unseen), 1);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["restored"]);
    assert_eq!(shown(&catalogue, 1).tags, ["sea"]);
}

#[test]
fn the_generation_rises_with_every_change() {
    let (_folder, catalogue) = catalogue();
    let generation = || wait(catalogue.read(state::generation)).unwrap();
    let before = generation();
    put(&catalogue, vec![image(1)]);
    let added = generation();
    make(&catalogue, vec![EditKind::Trash { image_id: image(1).id }]);
    assert!(before < added && added < generation());
}

#[test]
fn clocks_go_on_from_what_was_seen_and_over_restarts() {
    let (folder, catalogue) = catalogue();
    put(&catalogue, vec![image(1)]);
    let ahead = account_api::Clock::at(4_000_000_000_000);
    write(&catalogue, move |conn| catalogue::table::clock::seen(conn, ahead));
    make(&catalogue, vec![tag(1, "one")]);
    drop(catalogue);
    let catalogue = catalogue::Catalogue::open(folder.path()).unwrap().catalogue;
    make(&catalogue, vec![tag(1, "two")]);
    let edits = wait(catalogue.read(|conn| waiting::oldest(conn, 0, 9))).unwrap();
    assert!(ahead < edits[0].edit.clock && edits[0].edit.clock < edits[1].edit.clock);
    assert_eq!(edits[0].edit.device, edits[1].edit.device);
    assert_eq!(edits[0].edit.device.len(), 36);
}
