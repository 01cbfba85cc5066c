//! Layouts that are brought up to date, beside layouts that are read anew.

use account_api::{EditKind, Image};
use catalogue::search::{Condition, Filter, Followed, Query, layout};
use catalogue::table::picture::{self, LayoutRow, Order};
use catalogue::{Catalogue, SqliteError};
use proptest::prelude::*;

use crate::support::{catalogue, image, make, put, wait, write};

const ORDERS: [Order; 7] =
    [Order::Newest, Order::Oldest, Order::Added, Order::Name, Order::Size, Order::Deleted, Order::Rating];

/// Something that is done to pictures.
#[derive(Debug, Clone)]
enum Act {
    Put {
        number: u32,
        day: u32,
        name: u8,
        size: u64,
    },
    Favourite(u32, bool),
    Rename(u32, u8),
    Trash(u32),
    Restore(u32),
    Remove(u32),
    /// Nothing is committed of that.
    TakeBack(u32),
}

fn act() -> impl Strategy<Value = Act> {
    let number = 1..40u32;
    prop_oneof![
        4 => (number.clone(), 1..28u32, any::<u8>(), 1..9u64)
            .prop_map(|(number, day, name, size)| Act::Put { number, day, name, size }),
        2 => (number.clone(), any::<bool>()).prop_map(|(number, favourite)| Act::Favourite(number, favourite)),
        2 => (number.clone(), any::<u8>()).prop_map(|(number, name)| Act::Rename(number, name)),
        2 => number.clone().prop_map(Act::Trash),
        1 => number.clone().prop_map(Act::Restore),
        1 => number.clone().prop_map(Act::Remove),
        1 => number.prop_map(Act::TakeBack),
    ]
}

fn apply(catalogue: &Catalogue, act: Act) {
    let id = |number: u32| image(number).id;
    match act {
        Act::Put { number, day, name, size } => {
            let taken_at = (day % 3 != 0).then(|| format!("2026-02-{day:02}T10:00:00"));
            let created_at = format!("2026-03-{day:02}T12:00:00.000Z");
            let name = format!("{}.jpg", name % 12);
            put(catalogue, vec![Image { taken_at, created_at, name, size, ..image(number) }]);
        }
        Act::Favourite(number, favourite) => {
            make(catalogue, vec![EditKind::SetFavourite { image_id: id(number), favourite }]);
        }
        Act::Rename(number, name) => {
            make(catalogue, vec![EditKind::SetName { image_id: id(number), name: format!("{}.png", name % 12) }]);
        }
        Act::Trash(number) => drop(make(catalogue, vec![EditKind::Trash { image_id: id(number) }])),
        Act::Restore(number) => drop(make(catalogue, vec![EditKind::Restore { image_id: id(number) }])),
        Act::Remove(number) => {
            write(catalogue, move |conn| picture::remove(conn, &image(number).id).map(drop));
        }
        Act::TakeBack(number) => {
            let taken_back = wait(catalogue.write(move |conn| {
                picture::upsert(conn, &Image { name: "never.jpg".into(), ..image(number) })?;
                Err::<(), _>(SqliteError::QueryReturnedNoRows)
            }));
            assert!(taken_back.is_err());
        }
    }
}

fn queries() -> Vec<Query> {
    let parts = [
        Filter::default(),
        Condition::Favourite.into(),
        Condition::Described.into(),
        Condition::Undescribed.into(),
        Condition::Trashed.into(),
        Condition::Recent.into(),
        Filter::parse("-is:favourite"),
        Filter::parse("1"),
        Filter::parse("is:trashed OR is:favourite"),
    ];
    let of = |filter: Filter| ORDERS.map(|order| Query { filter: filter.clone(), order, ..Query::default() });
    parts.into_iter().flat_map(of).collect()
}

fn anew(catalogue: &Catalogue, query: &Query) -> Vec<LayoutRow> {
    let query = query.clone();
    wait(catalogue.read(move |conn| layout(conn, &query))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_layout_that_follows_is_as_one_that_is_read_anew(
        rounds in prop::collection::vec(prop::collection::vec(act(), 0..6), 1..8)
    ) {
        let (_folder, catalogue) = catalogue();
        put(&catalogue, (1..20).map(image).collect());
        let queries = queries();
        let mut followed: Vec<Followed> =
            queries.iter().map(|query| wait(catalogue.layout(query.clone(), None)).unwrap()).collect();
        for round in rounds {
            round.into_iter().for_each(|act| apply(&catalogue, act));
            for (query, before) in queries.iter().zip(&mut followed) {
                *before = wait(catalogue.layout(query.clone(), Some(before.clone()))).unwrap();
                prop_assert_eq!(before.rows(), &anew(&catalogue, query)[..], "{:?}", query);
            }
        }
    }
}

#[test]
fn what_another_process_wrote_is_seen_as_soon_as_it_is_heard_of() {
    let (folder, one) = catalogue();
    put(&one, vec![image(1)]);
    let other = Catalogue::open(folder.path()).unwrap().catalogue;
    assert!(!wait(one.written_elsewhere()).unwrap());
    let before = wait(one.layout(Query::default(), None)).unwrap();
    put(&other, vec![image(2)]);
    assert!(wait(one.written_elsewhere()).unwrap());
    let after = wait(one.layout(Query::default(), Some(before))).unwrap();
    assert_eq!(after.rows().len(), 2);
}

#[test]
fn very_many_changes_at_once_are_read_anew() {
    let (_folder, catalogue) = catalogue();
    let before = wait(catalogue.layout(Query::default(), None)).unwrap();
    put(&catalogue, (1..500).map(image).collect());
    let after = wait(catalogue.layout(Query::default(), Some(before))).unwrap();
    assert_eq!(after.rows(), &anew(&catalogue, &Query::default())[..]);
}
