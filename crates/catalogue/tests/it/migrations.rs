//! Catalogues of earlier versions.

use account_api::{Author, Crop, EditKind, EditResult, EditStatus, PERSON};
use catalogue::Catalogue;
use catalogue::table::operation::settle;
use catalogue::table::waiting::{self, Waiting};

use crate::support::{image, shown, wait, write};

const EARLIER: &[u8] = include_bytes!("fixtures/catalogue-20.db");

/// One from when each mark had a column: what the account had set and what waited.
const BEFORE_MARKS: &[u8] = include_bytes!("fixtures/catalogue-30.db");

/// One from before operations: a picture that a model described, one that a person did, and edits that waited.
#[test]
fn what_waits_in_an_earlier_catalogue_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(catalogue::FILE_NAME), EARLIER).unwrap();
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;

    let by_model = shown(&catalogue, 1);
    assert_eq!((by_model.description.as_deref(), by_model.own_description), (Some("A gull."), None));
    let reading = by_model.reading.unwrap();
    assert_eq!((&*reading.alt_text, &*reading.text_in_image, &*reading.model), ("Gull", "KIOSK", "gpt-5-mini"));
    assert_eq!(by_model.tags, ["Möwe"]);
    let mine = shown(&catalogue, 2);
    assert_eq!((mine.own_description.as_deref(), mine.described_by.as_deref()), (Some("Mine."), Some(PERSON)));
    assert_eq!(mine.tags, ["sea", "bird"]);

    let waiting = wait(catalogue.read(|conn| waiting::oldest(conn, 0, 100))).unwrap();
    assert!(waiting.is_sorted_by_key(|one| one.edit.clock));
    let id = |number: u32| format!("0f8fad5b-d9cb-469f-a165-{number:012}");
    let of = |number: u32| {
        let image_id = id(number);
        let of_one = |one: &&Waiting| one.edit.kind.image_id() == Some(&image_id);
        waiting.iter().filter(of_one).map(|one| one.edit.kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        of(3),
        [
            EditKind::SetName { image_id: id(3), name: "Mine.jpg".into() },
            EditKind::SetFavourite { image_id: id(3), favourite: true },
            EditKind::SetDescription { image_id: id(3), description: "Words.".into() },
            EditKind::SetAltText { image_id: id(3), alt_text: "Alt".into() },
            EditKind::AddTag { image_id: id(3), tag: "Harbour".into(), by: Author::Person },
        ]
    );
    assert_eq!(of(1), [EditKind::RemoveTag { image_id: id(1), tag: "gull".into(), by: Author::Person }]);
    assert_eq!(of(4), [EditKind::Trash { image_id: id(4) }]);
    let said = of(2);
    assert!(matches!(&said[0], EditKind::SetReading { reading, .. } if reading.model == "gpt"));
    let tag = |tag: &str| EditKind::AddTag { image_id: id(2), tag: tag.into(), by: Author::Model };
    assert_eq!(said[1..], [tag("bird"), tag("Sea")]);
    for one in &waiting {
        let uuid: uuid::Uuid = one.edit.id.parse().unwrap();
        assert_eq!(uuid.get_version_num(), 7);
        assert_eq!(one.edit.device.parse::<uuid::Uuid>().unwrap().get_version_num(), 4);
    }
    assert!(folder.path().join("catalogue.backup-20.db").exists());
}

#[test]
fn marks_of_an_earlier_catalogue_are_kept_and_so_are_those_that_wait() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(catalogue::FILE_NAME), BEFORE_MARKS).unwrap();
    let catalogue = Catalogue::open(folder.path()).unwrap().catalogue;
    let marks = |id| {
        let image = shown(&catalogue, id);
        (image.favourite, image.rotation, image.crop)
    };
    assert_eq!((marks(1), marks(2), marks(4)), ((false, 90, None), (true, 270, None), (false, 0, None)));
    let mine = shown(&catalogue, 2);
    assert_eq!((&*mine.name, mine.taken_at.as_deref()), ("Mine.jpg", Some("2024-05-06T07:08:09")));
    assert_eq!((mine.tags.len(), mine.albums.len(), shown(&catalogue, 3).deleted_at.is_some()), (2, 1, true));

    // What the account doesn't take leaves what the account has.
    let waiting = wait(catalogue.read(|conn| waiting::oldest(conn, 0, 100))).unwrap();
    assert_eq!(waiting.len(), 10);
    let of_first = waiting.iter().filter(|one| one.edit.kind.image_id() == Some(&image(1).id));
    let refused: Vec<EditResult> = of_first
        .map(|one| EditResult {
            id: one.edit.id.clone(),
            status: EditStatus::Superseded,
            revision: Some(9),
            message: None,
        })
        .collect();
    assert_eq!(refused.len(), 2);
    write(&catalogue, move |conn| settle(conn, &refused).map(drop));
    let crop = Crop { left: 0.25, top: 0.0, width: 0.5, height: 1.0, angle: -2.5 };
    assert_eq!(marks(1), (true, 90, Some(crop)));
}
