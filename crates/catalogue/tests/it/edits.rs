use catalogue::table::pending_edit::{self, Edit, PendingEdit};
use catalogue::table::picture::{self, Facts, Order, Part};
use catalogue::table::state;

use crate::support::{catalogue, facts, names, put, wait, write};

fn waiting(catalogue: &catalogue::Catalogue) -> Vec<PendingEdit> {
    wait(catalogue.read(|conn| pending_edit::oldest(conn, 0, 100))).unwrap()
}

fn describe(text: &str) -> Edit {
    Edit::Describe {
        description: text.into(),
        alt_text: String::new(),
        tags: vec!["t".into()],
        text_in_image: String::new(),
        described_by: "person".into(),
    }
}

#[test]
fn what_comes_in_does_not_undo_what_waits() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![facts(1)])[0];
    for edit in [Edit::Rename { name: "mine".into() }, Edit::Favourite { favourite: true }, describe("Words.")] {
        assert!(write(&catalogue, move |conn| pending_edit::make(conn, id, &edit)));
    }
    // Another computer renamed it and gave it tags.
    put(&catalogue, vec![Facts { name: "theirs".into(), camera: Some("X".into()), revision: 9, ..facts(1) }]);
    let shown = wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap();
    assert!(shown.pending);
    assert_eq!(shown.facts.name, "mine");
    assert_eq!(shown.facts.camera.as_deref(), Some("X"));
    assert_eq!(shown.facts.description.as_deref(), Some("Words."));
    assert!(shown.facts.favourite);
    // Once the account has answered, its answer counts.
    for edit in waiting(&catalogue) {
        write(&catalogue, move |conn| pending_edit::forget(conn, edit.id));
    }
    put(&catalogue, vec![Facts { name: "theirs".into(), revision: 10, ..facts(1) }]);
    let shown = wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap();
    assert_eq!((shown.facts.name.as_str(), shown.pending), ("theirs", false));
}

#[test]
fn an_older_version_changes_nothing() {
    let (_folder, catalogue) = catalogue();
    let first = put(&catalogue, vec![Facts { name: "new".into(), revision: 5, ..facts(1) }]);
    let second = put(&catalogue, vec![Facts { name: "old".into(), revision: 4, ..facts(1) }]);
    assert_eq!(first, second);
    assert_eq!(names(&catalogue, Part::All, Order::Name, ""), ["new"]);
}

#[test]
fn a_newer_edit_replaces_one_of_the_same_subject() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![facts(1)])[0];
    for edit in [
        Edit::Rename { name: "one".into() },
        Edit::Delete,
        Edit::Rename { name: "two".into() },
        Edit::Restore,
        describe("a"),
        describe("b"),
    ] {
        write(&catalogue, move |conn| pending_edit::make(conn, id, &edit));
    }
    let edits: Vec<Edit> = waiting(&catalogue).into_iter().map(|pending| pending.edit).collect();
    assert_eq!(edits, [Edit::Rename { name: "two".into() }, Edit::Restore, describe("b")]);
    assert_eq!(names(&catalogue, Part::All, Order::Name, ""), ["two"]);
}

#[test]
fn forgetting_an_edit_that_was_replaced_meanwhile_keeps_the_new_one() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![facts(1)])[0];
    write(&catalogue, move |conn| pending_edit::make(conn, id, &Edit::Rename { name: "one".into() }));
    let sent = waiting(&catalogue)[0].id;
    write(&catalogue, move |conn| pending_edit::make(conn, id, &Edit::Rename { name: "two".into() }));
    write(&catalogue, move |conn| {
        pending_edit::forget(conn, sent)?;
        picture::upsert(conn, &Facts { name: "one".into(), revision: 2, ..facts(1) })
    });
    assert_eq!(names(&catalogue, Part::All, Order::Name, ""), ["two"]);
    assert_eq!(waiting(&catalogue).len(), 1);
}

#[test]
fn what_is_gone_for_good_stays_out_of_sight_until_the_account_agrees() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![Facts { deleted_at: Some("2026-01-01T00:00:00.000Z".into()), ..facts(1) }])[0];
    write(&catalogue, move |conn| pending_edit::make(conn, id, &Edit::Remove));
    assert!(names(&catalogue, Part::Trash, Order::Name, "").is_empty());
    put(&catalogue, vec![Facts { revision: 8, ..facts(1) }]);
    assert!(names(&catalogue, Part::All, Order::Name, "").is_empty());
    assert_eq!(wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap(), None);
    assert_eq!(waiting(&catalogue).len(), 1);
    write(&catalogue, |conn| picture::remove(conn, "image-00000001"));
    assert_eq!(waiting(&catalogue).len(), 0);
}

#[test]
fn an_account_whose_revisions_went_back_is_taken_as_it_is() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![Facts { revision: 50, ..facts(1) }, Facts { revision: 51, ..facts(2) }]);
    write(&catalogue, |conn| state::set_revision(conn, 51));
    write(&catalogue, picture::forget_revisions);
    assert_eq!(wait(catalogue.read(state::revision)).unwrap(), 0);
    put(&catalogue, vec![Facts { revision: 3, name: "restored".into(), ..facts(1) }]);
    assert_eq!(write(&catalogue, picture::remove_unseen), 1);
    assert_eq!(names(&catalogue, Part::All, Order::Name, ""), ["restored"]);
}

#[test]
fn the_generation_rises_with_every_change() {
    let (_folder, catalogue) = catalogue();
    let generation = || wait(catalogue.read(state::generation)).unwrap();
    let before = generation();
    put(&catalogue, vec![facts(1)]);
    let added = generation();
    write(&catalogue, |conn| pending_edit::make(conn, 1, &Edit::Delete));
    assert!(before < added && added < generation());
}
