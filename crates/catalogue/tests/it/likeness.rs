//! Pictures that show the same.

use account_api::{EditKind, Image, Verdict};
use catalogue::Catalogue;
use catalogue::search::{Filter, Query, layout};
use catalogue::table::likeness::{self, Group, Likeness};
use catalogue::table::{operation, picture};

use crate::support::{catalogue, image, make, put, wait, write};

/// Numbers without any order (splitmix64, S. Vigna).
fn number(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What a picture of some scene is compared by.
fn scene(seed: u64) -> Likeness {
    let grey = std::array::from_fn(|at| 64 + (number(seed << 32 | at as u64) % 128) as u8);
    Likeness { hashes: std::array::from_fn(|way| number(seed << 8 | way as u64)), grey }
}

/// The same scene with `bits` other bits in its hashes from the bit `first` on, a little brighter here and there.
fn like(scene: Likeness, first: u32, bits: u32) -> Likeness {
    let other = ((1u64 << bits) - 1) << first;
    Likeness { hashes: scene.hashes.map(|hash| hash ^ other), grey: scene.grey.map(|level| level.saturating_add(1)) }
}

/// Puts a picture in with what it is compared by; gives its number.
fn with(catalogue: &Catalogue, image: Image, likeness: Option<Likeness>) -> u32 {
    let id = put(catalogue, vec![image])[0];
    write(catalogue, move |conn| likeness::put(conn, id, likeness.as_ref()));
    id
}

/// Compares everything; gives the groups, that which came last at the beginning.
fn groups(catalogue: &Catalogue) -> Vec<Vec<u32>> {
    write(catalogue, |conn| {
        while likeness::waits(conn)? {
            let placed = likeness::compare(conn, 3)?;
            assert!(!placed.is_empty());
            likeness::settle(conn, &placed)?;
        }
        let groups = likeness::groups(conn, 100)?;
        assert_eq!(likeness::count(conn)?, groups.len() as u64);
        assert!(groups.iter().all(|group| group.members.contains(&group.first)));
        Ok(groups.into_iter().map(|group| group.members).collect())
    })
}

fn bursts(catalogue: &Catalogue) -> Vec<Group> {
    wait(catalogue.read(|conn| likeness::bursts(conn, 100))).unwrap()
}

/// A picture that a camera took at a second of a minute.
fn shot(number: u32, camera: &str, second: u32) -> Image {
    let taken_at = Some(format!("2024-05-06T07:08:{second:02}"));
    Image { camera: Some(camera.to_owned()), taken_at, ..image(number) }
}

#[test]
fn every_member_is_alike_to_the_first_and_nothing_leads_on_from_it() {
    let (_folder, catalogue) = catalogue();
    let first = with(&catalogue, image(1), Some(scene(1)));
    let other = with(&catalogue, image(2), Some(scene(2)));
    let near = with(&catalogue, image(3), Some(like(scene(1), 0, 8)));
    // As near to the one before, and too far from the first.
    let chained = with(&catalogue, image(4), Some(like(like(scene(1), 0, 8), 20, 1)));
    let flat = [5, 6].map(|number| with(&catalogue, image(number), None));
    assert_eq!(groups(&catalogue), [[first, near]]);
    // Its own group begins with what wasn't alike to the first.
    let nearer = with(&catalogue, image(7), Some(like(like(like(scene(1), 0, 8), 20, 1), 30, 3)));
    assert_eq!(groups(&catalogue), [[chained, nearer], [first, near]]);
    let lonely = wait(catalogue.read(move |conn| likeness::group_of(conn, other))).unwrap();
    assert_eq!(lonely, None);
    assert!(flat.iter().all(|flat| !groups(&catalogue).concat().contains(flat)));
}

#[test]
fn turned_pictures_are_alike_and_what_only_has_the_same_hash_is_not() {
    let (_folder, catalogue) = catalogue();
    let first = with(&catalogue, image(1), Some(scene(1)));
    let mut turned = scene(1);
    turned.hashes.rotate_left(3);
    turned.grey.reverse();
    let turned = with(&catalogue, image(2), Some(turned));
    let false_friend = Likeness { grey: scene(9).grey, ..scene(1) };
    let alone = with(&catalogue, image(3), Some(false_friend));
    assert_eq!(groups(&catalogue), [[first, turned]]);
    // It is a first of its own, and so found by what it is alike to.
    let copy = with(&catalogue, image(4), Some(like(false_friend, 3, 2)));
    assert_eq!(groups(&catalogue), [[alone, copy], [first, turned]]);
}

#[test]
fn bursts_are_no_duplicates_but_copies_of_their_pictures_are() {
    let (_folder, catalogue) = catalogue();
    // A hand that moves a little.
    let moved = |by: u8| Likeness {
        grey: scene(1).grey.map(|level| if level % 2 == 0 { level + by } else { level }),
        ..scene(1)
    };
    let ids: Vec<u32> = [(1, 0, 0), (2, 2, 0), (3, 4, 0), (4, 4, 14), (5, 7, 0)]
        .map(|(number, second, by)| with(&catalogue, shot(number, "X100", second), Some(moved(by))))
        .into();
    let elsewhere = with(&catalogue, shot(6, "D90", 2), Some(moved(1)));
    // An export that says nothing of the camera, and a copy that says what the original does.
    let export = with(&catalogue, image(7), Some(moved(14)));
    let copy = with(&catalogue, shot(8, "X100", 4), Some(moved(1)));
    // What was taken after a pause shows the same, and so does another camera's.
    let groups = groups(&catalogue);
    assert_eq!(groups, [vec![ids[3], export], vec![ids[2], copy], vec![ids[0], ids[4], elsewhere]]);
    let bursts = bursts(&catalogue);
    assert_eq!(bursts, [Group { first: ids[0], members: ids[..4].to_vec() }]);
}

#[test]
fn what_goes_and_comes_back_is_compared_again() {
    let (_folder, catalogue) = catalogue();
    let ids: Vec<u32> =
        (1..=3).map(|number| with(&catalogue, image(number), Some(like(scene(1), number, 2)))).collect();
    assert_eq!(groups(&catalogue), std::slice::from_ref(&ids));
    make(&catalogue, vec![EditKind::Trash { image_id: image(1).id }]);
    assert_eq!(groups(&catalogue), [ids[1..].to_vec()], "the next one is the first");
    make(&catalogue, vec![EditKind::Trash { image_id: image(2).id }]);
    assert!(groups(&catalogue).is_empty());
    make(&catalogue, vec![EditKind::Restore { image_id: image(1).id }]);
    assert_eq!(groups(&catalogue), [[ids[0], ids[2]]]);
    write(&catalogue, |conn| picture::remove(conn, &image(3).id).map(drop));
    assert!(groups(&catalogue).is_empty());
    let fourth = with(&catalogue, image(4), Some(scene(1)));
    assert_eq!(groups(&catalogue), [[ids[0], fourth]]);
}

#[test]
fn what_a_person_says_holds_before_what_pictures_look_like() {
    let (_folder, catalogue) = catalogue();
    let ids: Vec<u32> = (1..=3).map(|number| with(&catalogue, image(number), Some(scene(1)))).collect();
    let other = with(&catalogue, image(4), Some(scene(4)));
    let flat = with(&catalogue, image(5), None);
    assert_eq!(groups(&catalogue), std::slice::from_ref(&ids));
    let verdict = |at: u32, same| Verdict { set: format!("0192f0c1-2b6e-7c3a-9d55-{at:012}"), same };
    let say = |numbers: &[u32], verdicts: &[Verdict]| {
        let edit = |number: &u32| EditKind::SetVerdicts { image_id: image(*number).id, verdicts: verdicts.to_vec() };
        make(&catalogue, numbers.iter().map(edit).collect());
    };
    say(&[1, 2], &[verdict(1, false)]);
    // The third is alike to both, and belongs to one of them.
    assert_eq!(groups(&catalogue), [[ids[0], ids[2]]]);
    say(&[4, 5], &[verdict(2, true)]);
    assert_eq!(groups(&catalogue), [vec![other, flat], vec![ids[0], ids[2]]]);
    // Said otherwise later.
    say(&[1, 2], &[verdict(1, false), verdict(3, true)]);
    say(&[4, 5], &[verdict(2, true), verdict(4, false)]);
    assert_eq!(groups(&catalogue), std::slice::from_ref(&ids));

    // Another computer's word comes with the feed.
    let said = [1, 2, 3].map(|number| Image { revision: 100, verdicts: vec![verdict(9, false)], ..image(number) });
    let (_folder, elsewhere) = crate::support::catalogue();
    for (number, said) in said.into_iter().enumerate() {
        with(&elsewhere, said, Some(like(scene(1), number as u32, 1)));
    }
    assert!(groups(&elsewhere).is_empty());
}

#[test]
fn what_is_known_stays_and_what_changed_meanwhile_waits_on() {
    let (_folder, catalogue) = catalogue();
    let id = with(&catalogue, image(1), Some(scene(1)));
    write(&catalogue, move |conn| likeness::put(conn, id, Some(&scene(2))));
    let copy = with(&catalogue, image(2), Some(scene(1)));
    let unknown = put(&catalogue, vec![image(3)])[0];
    let asked = wait(catalogue.read(|conn| likeness::unknown(conn, 0, 10))).unwrap();
    assert_eq!(asked, [(unknown, image(3).sha256)]);
    let by_bytes =
        |number: u32| wait(catalogue.read(move |conn| likeness::unknown_with_bytes(conn, &image(number).sha256)));
    assert_eq!((by_bytes(3).unwrap(), by_bytes(1).unwrap()), (Some(unknown), None));

    let placed = wait(catalogue.read(|conn| likeness::compare(conn, 10))).unwrap();
    assert_eq!(placed.iter().map(|one| (one.picture, one.first)).collect::<Vec<_>>(), [(id, id), (copy, id)]);
    // Another process moves the first to the trash before that is written.
    make(&catalogue, vec![EditKind::Trash { image_id: image(1).id }]);
    write(&catalogue, move |conn| likeness::settle(conn, &placed).map(drop));
    assert!(wait(catalogue.read(likeness::waits)).unwrap(), "the copy");
    assert!(groups(&catalogue).is_empty());
}

#[test]
fn duplicates_are_searched_for_and_a_search_follows_them() {
    let (_folder, catalogue) = catalogue();
    let ids: Vec<u32> =
        (1..=3).map(|number| with(&catalogue, image(number), Some(scene(number.min(2).into())))).collect();
    let query = Query { filter: Filter::parse("is:duplicate"), ..Query::default() };
    let before = wait(catalogue.layout(query.clone(), None)).unwrap();
    assert!(before.rows().is_empty());
    groups(&catalogue);
    let found = |rows: Vec<u32>| {
        let mut rows = rows;
        rows.sort_unstable();
        rows
    };
    let followed = wait(catalogue.layout(query.clone(), Some(before))).unwrap();
    assert_eq!(found(followed.rows().iter().map(|row| row.id).collect()), ids[1..]);
    let anew = wait(catalogue.read(move |conn| layout(conn, &query))).unwrap();
    assert_eq!(found(anew.iter().map(|row| row.id).collect()), ids[1..]);
    // What is said of marks beside it compares nothing again.
    write(&catalogue, |conn| {
        operation::make(conn, &[EditKind::SetFavourite { image_id: image(2).id, favourite: true }])?;
        assert!(!likeness::waits(conn)?);
        Ok(())
    });
}
