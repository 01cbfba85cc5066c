use account_api::Image;
use catalogue::search::{Condition, Filter};
use catalogue::table::pending_edit::{self, Edit, PendingEdit};
use catalogue::table::picture::{self, Order};
use catalogue::table::state;

use crate::support::{catalogue, image, names, put, wait, write};

fn waiting(catalogue: &catalogue::Catalogue) -> Vec<PendingEdit> {
    wait(catalogue.read(|conn| pending_edit::oldest(conn, 0, 100))).unwrap()
}

fn describe(text: &str) -> Edit {
    Edit::SetDescription { text: text.into() }
}

fn tag(tag: &str) -> Edit {
    Edit::AddTag { tag: tag.into() }
}

fn make(catalogue: &catalogue::Catalogue, id: u32, edit: Edit) {
    assert!(write(catalogue, move |conn| pending_edit::make(conn, id, &edit)));
}

fn shown(catalogue: &catalogue::Catalogue, id: u32) -> Image {
    wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap().image
}

fn reading() -> Edit {
    Edit::Reading {
        description: "A bird.".into(),
        alt_text: "Bird".into(),
        tags: vec!["bird".into(), "Sea".into()],
        text_in_image: "KIOSK".into(),
        model: "gpt".into(),
    }
}

#[test]
fn an_edit_of_one_thing_leaves_every_other_as_it_came_in() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![Image { tags: vec!["sea".into(), "old".into()], ..image(1) }])[0];
    for edit in [describe("Mine."), tag("harbour"), Edit::RemoveTag { tag: "OLD".into() }] {
        make(&catalogue, id, edit);
    }
    let before = shown(&catalogue, id);
    assert_eq!((before.tags, before.described_by.as_deref()), (vec!["sea".into(), "harbour".into()], Some("person")));
    // Meanwhile another computer wrote an alternative text and tags of its own.
    let theirs = Image {
        revision: 9,
        alt_text: Some("Theirs".into()),
        tags: vec!["old".into(), "theirs".into()],
        described_by: Some("person".into()),
        ..image(1)
    };
    put(&catalogue, vec![theirs]);
    let after = shown(&catalogue, id);
    assert_eq!((after.description.as_deref(), after.alt_text.as_deref()), (Some("Mine."), Some("Theirs")));
    assert_eq!(after.tags, ["theirs", "harbour"]);
}

#[test]
fn what_a_model_says_late_leaves_what_a_person_wrote_meanwhile() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![image(1)])[0];
    for edit in [Edit::SetAltText { text: "Mine".into() }, tag("sea"), reading()] {
        make(&catalogue, id, edit);
    }
    let said = shown(&catalogue, id);
    assert_eq!((said.description.as_deref(), said.alt_text.as_deref()), (Some("A bird."), Some("Mine")));
    assert_eq!((said.tags, said.text_in_image.as_deref()), (vec!["sea".into(), "bird".into()], Some("KIOSK")));
    assert_eq!(said.described_by.as_deref(), Some("person"));
    make(&catalogue, id, describe("Mine, too."));
    make(&catalogue, id, reading());
    assert_eq!(shown(&catalogue, id).description.as_deref(), Some("Mine, too."));
}

#[test]
fn the_last_word_about_a_tag_is_the_one_that_waits() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![image(1)])[0];
    for edit in [tag("sea"), Edit::RemoveTag { tag: "Sea".into() }, tag("SEA"), tag("bird")] {
        make(&catalogue, id, edit);
    }
    let edits: Vec<Edit> = waiting(&catalogue).into_iter().map(|pending| pending.edit).collect();
    assert_eq!(edits, [tag("SEA"), tag("bird")]);
    assert_eq!(shown(&catalogue, id).tags, ["SEA", "bird"]);
}

#[test]
fn what_waits_in_a_catalogue_of_an_earlier_version_is_not_lost() {
    let (_folder, catalogue) = catalogue();
    let ids = put(&catalogue, vec![image(1), image(2)]);
    write(&catalogue, move |conn| {
        for (id, who) in [(ids[0], "person"), (ids[1], "gpt")] {
            let edit = format!(
                r#"{{"kind":"describe","description":"D","alt_text":"A","tags":["sea","Möwe"],"text_in_image":"T","described_by":"{who}"}}"#
            );
            conn.execute(
                "INSERT INTO pending_edit (picture, subject, edit, made_at) VALUES (?1, 'description', ?2, 'then')",
                rusqlite::params![id, edit],
            )?;
        }
        conn.execute_batch(pending_edit::ONE_THING_EACH)
    });
    let of = |picture: u32| {
        let mut edits: Vec<Edit> =
            waiting(&catalogue).into_iter().filter(|edit| edit.picture == picture).map(|edit| edit.edit).collect();
        edits.sort_by_key(|edit| format!("{edit:?}"));
        edits
    };
    assert_eq!(
        of(1),
        [tag("Möwe"), tag("sea"), Edit::SetAltText { text: "A".into() }, Edit::SetDescription { text: "D".into() }]
    );
    assert_eq!(
        of(2),
        [Edit::Reading {
            description: "D".into(),
            alt_text: "A".into(),
            tags: vec!["sea".into(), "Möwe".into()],
            text_in_image: "T".into(),
            model: "gpt".into(),
        }]
    );
}

#[test]
fn what_comes_in_does_not_undo_what_waits() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![image(1)])[0];
    for edit in [Edit::Rename { name: "mine".into() }, Edit::Favourite { favourite: true }, describe("Words.")] {
        assert!(write(&catalogue, move |conn| pending_edit::make(conn, id, &edit)));
    }
    // Another computer renamed it and gave it tags.
    put(&catalogue, vec![Image { name: "theirs".into(), camera: Some("X".into()), revision: 9, ..image(1) }]);
    let shown = wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap();
    assert!(shown.pending);
    assert_eq!(shown.image.name, "mine");
    assert_eq!(shown.image.camera.as_deref(), Some("X"));
    assert_eq!(shown.image.description.as_deref(), Some("Words."));
    assert!(shown.image.favourite);
    // Once the account has answered, its answer counts.
    for edit in waiting(&catalogue) {
        write(&catalogue, move |conn| pending_edit::forget(conn, edit.id));
    }
    put(&catalogue, vec![Image { name: "theirs".into(), revision: 10, ..image(1) }]);
    let shown = wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap().unwrap();
    assert_eq!((shown.image.name.as_str(), shown.pending), ("theirs", false));
}

#[test]
fn an_older_version_changes_nothing() {
    let (_folder, catalogue) = catalogue();
    let first = put(&catalogue, vec![Image { name: "new".into(), revision: 5, ..image(1) }]);
    let second = put(&catalogue, vec![Image { name: "old".into(), revision: 4, ..image(1) }]);
    assert_eq!(first, second);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["new"]);
}

#[test]
fn a_newer_edit_replaces_one_of_the_same_subject() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![image(1)])[0];
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
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["two"]);
}

#[test]
fn forgetting_an_edit_that_was_replaced_meanwhile_keeps_the_new_one() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![image(1)])[0];
    write(&catalogue, move |conn| pending_edit::make(conn, id, &Edit::Rename { name: "one".into() }));
    let sent = waiting(&catalogue)[0].id;
    write(&catalogue, move |conn| pending_edit::make(conn, id, &Edit::Rename { name: "two".into() }));
    write(&catalogue, move |conn| {
        pending_edit::forget(conn, sent)?;
        picture::upsert(conn, &Image { name: "one".into(), revision: 2, ..image(1) })
    });
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["two"]);
    assert_eq!(waiting(&catalogue).len(), 1);
}

#[test]
fn what_is_gone_for_good_stays_out_of_sight_until_the_account_agrees() {
    let (_folder, catalogue) = catalogue();
    let id = put(&catalogue, vec![Image { deleted_at: Some("2026-01-01T00:00:00.000Z".into()), ..image(1) }])[0];
    write(&catalogue, move |conn| pending_edit::make(conn, id, &Edit::Remove));
    assert!(names(&catalogue, Condition::Trashed, Order::Name, "").is_empty());
    put(&catalogue, vec![Image { revision: 8, ..image(1) }]);
    assert!(names(&catalogue, Filter::default(), Order::Name, "").is_empty());
    assert_eq!(wait(catalogue.read(move |conn| picture::get(conn, id))).unwrap(), None);
    assert_eq!(waiting(&catalogue).len(), 1);
    write(&catalogue, |conn| picture::remove(conn, "image-00000001"));
    assert_eq!(waiting(&catalogue).len(), 0);
}

#[test]
fn an_account_whose_revisions_went_back_is_taken_as_it_is() {
    let (_folder, catalogue) = catalogue();
    put(&catalogue, vec![Image { revision: 50, ..image(1) }, Image { revision: 51, ..image(2) }]);
    write(&catalogue, |conn| state::set_revision(conn, 51));
    write(&catalogue, picture::forget_revisions);
    assert_eq!(wait(catalogue.read(state::revision)).unwrap(), 0);
    put(&catalogue, vec![Image { revision: 3, name: "restored".into(), ..image(1) }]);
    assert_eq!(write(&catalogue, picture::remove_unseen), 1);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, ""), ["restored"]);
}

#[test]
fn the_generation_rises_with_every_change() {
    let (_folder, catalogue) = catalogue();
    let generation = || wait(catalogue.read(state::generation)).unwrap();
    let before = generation();
    put(&catalogue, vec![image(1)]);
    let added = generation();
    write(&catalogue, |conn| pending_edit::make(conn, 1, &Edit::Delete));
    assert!(before < added && added < generation());
}
