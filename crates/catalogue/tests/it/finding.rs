//! The language of searching, over a real catalogue.

use account_api::{EditKind, Facts, Image, Remark};
use catalogue::search::{Condition, Field, Filter, Query, layout, reasons};
use catalogue::table::likeness::{self, Likeness};
use catalogue::table::picture::{self, Order};
use catalogue::{Catalogue, Connection};
use proptest::prelude::*;
use rstest::rstest;

use crate::support::{catalogue, image, make, names, put, tag, wait, write};

fn some_pictures() -> Vec<Image> {
    vec![
        Image {
            name: "beach.jpg".into(),
            tags: vec!["sea".into()],
            taken_at: Some("2024-05-06T10:00:00".into()),
            size: 6_000_000,
            width: Some(6000),
            camera: Some("Canon EOS 5D".into()),
            favourite: true,
            rating: 5,
            facts: Facts {
                lens: Some("EF50mm f/1.8 STM".into()),
                latitude: Some(50.9),
                longitude: Some(6.9),
                ..Facts::default()
            },
            ..image(1)
        },
        Image {
            name: "IMG_2.png".into(),
            format: "png".into(),
            rating: 3,
            tags: vec!["beach".into(), "old town".into()],
            taken_at: Some("2023-12-31T23:59:59".into()),
            size: 5_000_000,
            remark: remark("too_large"),
            ..image(2)
        },
        Image {
            name: "my beach house.jpg".into(),
            description: Some("A house.".into()),
            described_by: Some("person".into()),
            camera: Some("NIKON D850".into()),
            taken_at: Some("2024-01-01T00:00:00".into()),
            ..image(3)
        },
        Image {
            name: "IMG_4.webp".into(),
            format: "webp".into(),
            facts: Facts { frames: Some(12), ..Facts::default() },
            description: Some("Two people walk along the beach.".into()),
            described_by: Some("gpt-5".into()),
            alt_text: Some("People".into()),
            width: None,
            height: None,
            remark: remark("truncated"),
            ..image(4)
        },
        Image { name: "beachfront.jpg".into(), text_in_image: Some("HOTEL".into()), ..image(5) },
        Image { name: "longbeach.jpg".into(), ..image(6) },
        Image {
            name: "gone beach.jpg".into(),
            deleted_at: Some("2026-04-01T00:00:00Z".into()),
            tags: vec!["Beach House".into()],
            ..image(7)
        },
    ]
}

fn remark(code: &str) -> Option<Remark> {
    Some(Remark { code: code.into(), message: "A sentence.".into() })
}

fn library() -> (tempfile::TempDir, Catalogue) {
    let (folder, catalogue) = catalogue();
    put(&catalogue, some_pictures());
    // The last two show the same.
    let alike = Likeness { hashes: [7; 8], grey: std::array::from_fn(|at| at as u8) };
    write(&catalogue, move |conn| {
        [5, 6].iter().try_for_each(|id| likeness::put(conn, *id, Some(&alike)))?;
        let placed = likeness::compare(conn, 10)?;
        likeness::settle(conn, &placed)
    });
    (folder, catalogue)
}

const BEACH: &str = "beach.jpg";
const TWO: &str = "IMG_2.png";
const HOUSE: &str = "my beach house.jpg";
const FOUR: &str = "IMG_4.webp";
const FRONT: &str = "beachfront.jpg";
const LONG: &str = "longbeach.jpg";
const GONE: &str = "gone beach.jpg";

/// In the order of names.
#[rstest]
#[case("name:beach", &[BEACH, HOUSE, FRONT, LONG])]
#[case("tag:beach", &[TWO])]
#[case("tag:old", &[TWO])]
#[case("tag:\"old\"", &[])]
#[case("tag:\"Old Town\"", &[TWO])]
#[case("description:beach", &[FOUR])]
#[case("alt:people", &[FOUR])]
#[case("text:hotel", &[FRONT])]
#[case("camera:canon", &[BEACH])]
#[case("camera:\"eos 5d\"", &[BEACH])]
#[case("camera:nik", &[HOUSE])]
#[case("camera:850", &[HOUSE])]
#[case("canon", &[])]
#[case("lens:50mm", &[BEACH])]
#[case("lens:\"ef50mm f/1.8\"", &[BEACH])]
#[case("lens:70mm", &[])]
#[case("stm", &[])]
#[case("place:rome", &[])]
#[case("album:holidays", &[])]
#[case("by:person", &[HOUSE])]
#[case("by:model", &[FOUR])]
#[case("type:png", &[TWO])]
#[case("type:jpg camera:nikon", &[HOUSE])]
#[case("type:png OR type:webp", &[TWO, FOUR])]
#[case("size:>5mb", &[BEACH])]
#[case("size:>=5mb", &[BEACH, TWO])]
#[case("size:5mb", &[TWO])]
#[case("width:>4000", &[BEACH])]
#[case("-width:>=4000", &[FOUR])]
#[case("before:2024", &[TWO])]
#[case("on:2024 -camera:canon", &[HOUSE])]
#[case("after:2024-01 before:2024-06", &[BEACH, HOUSE])]
#[case("on:2024-05-06", &[BEACH])]
#[case("is:favourite", &[BEACH])]
#[case("is:favorite beach", &[BEACH])]
#[case("is:described", &[FOUR, HOUSE])]
#[case("is:undescribed beach -is:favourite type:jpeg", &[FRONT, LONG])]
#[case("is:duplicate", &[FRONT, LONG])]
#[case("is:damaged", &[FOUR])]
#[case("-is:damaged beach", &[BEACH, HOUSE, FRONT, LONG, TWO])]
#[case("is:animated", &[FOUR])]
#[case("rating:>=1", &[BEACH, TWO])]
#[case("rating:>=4", &[BEACH])]
#[case("rating:3", &[TWO])]
#[case("-rating:0", &[BEACH, TWO])]
#[case("has:alt", &[FOUR])]
#[case("has:text", &[FRONT])]
#[case("has:gps", &[BEACH])]
#[case("-has:gps type:png", &[TWO])]
#[case("has:link OR has:album", &[])]
#[case("is:trashed", &[GONE])]
#[case("beach is:trashed", &[GONE])]
#[case("is:trashed OR is:favourite", &[BEACH, GONE])]
#[case("-is:trashed is:favourite", &[BEACH])]
#[case("is:happy", &[])]
fn fields(#[case] text: &str, #[case] expected: &[&str]) {
    let (_folder, catalogue) = library();
    let mut found = names(&catalogue, Filter::default(), Order::Name, text);
    found.sort();
    let mut expected: Vec<_> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn what_has_no_data_yet_excludes_nothing() {
    let (_folder, catalogue) = library();
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, "-has:link").len(), 6);
}

#[test]
fn the_best_rated_come_first_then_the_newest() {
    let (_folder, catalogue) = library();
    let newest = names(&catalogue, Filter::default(), Order::Newest, "");
    let rated = names(&catalogue, Filter::default(), Order::Rating, "");
    assert_eq!(rated[..2], [BEACH, TWO]);
    let rest: Vec<_> = newest.iter().filter(|name| ![BEACH, TWO].contains(&name.as_str())).collect();
    assert_eq!(rated[2..].iter().collect::<Vec<_>>(), rest);
}

#[test]
fn exact_hits_come_first_then_as_sorted() {
    let (_folder, catalogue) = library();
    let found = |order, text| names(&catalogue, Filter::default(), order, text);
    // A name and a tag; whole words; a beginning; a part of a name.
    assert_eq!(found(Order::Name, "beach"), [BEACH, TWO, FOUR, HOUSE, FRONT, LONG]);
    assert_eq!(found(Order::Oldest, "beach"), [TWO, BEACH, HOUSE, FOUR, FRONT, LONG]);
    assert_eq!(found(Order::Name, "beac"), [BEACH, FRONT, TWO, FOUR, HOUSE, LONG]);
    assert_eq!(found(Order::Name, "old town"), [TWO]);
    assert_eq!(found(Order::Name, "beach -tag:beach -is:favourite"), [FOUR, HOUSE, FRONT, LONG]);
}

#[test]
fn words_that_are_a_name_together_come_first() {
    let (_folder, catalogue) = catalogue();
    let named = |number, name: &str| Image { name: name.into(), ..image(number) };
    put(
        &catalogue,
        vec![
            named(1, "a red barn by the sea.jpg"),
            named(2, "red barn.jpg"),
            Image { tags: vec!["Red Barn".into()], ..named(3, "z.jpg") },
            Image { tags: vec!["red".into(), "barn".into()], ..named(4, "y.jpg") },
            Image { tags: vec!["red".into()], ..named(5, "barns.jpg") },
        ],
    );
    let found = names(&catalogue, Filter::default(), Order::Name, "red barn");
    assert_eq!(found, ["red barn.jpg", "y.jpg", "z.jpg", "a red barn by the sea.jpg", "barns.jpg"]);
}

fn why(catalogue: &Catalogue, text: &str, name: &str) -> Vec<(&'static str, String)> {
    let (filter, name) = (Filter::parse(text), name.to_owned());
    wait(catalogue.read(move |conn| {
        let id = conn.query_row("SELECT id FROM picture WHERE name = ?1", [name], |row| row.get(0))?;
        let mut told = reasons(conn, &filter, &[id, 999_999])?;
        assert_eq!(told.len(), 1, "an unknown one is left out");
        Ok(told.remove(0).1.into_iter().map(|reason| (reason.field.key(), reason.text)).collect())
    }))
    .unwrap()
}

#[test]
fn each_hit_says_where_it_matched() {
    let (_folder, catalogue) = library();
    let why = |text, name| why(&catalogue, text, name);
    let told = |text, name| why(text, name).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    assert_eq!(why("beach", BEACH), [("name", BEACH.to_owned())]);
    assert_eq!(why("beach", TWO), [("tag", "beach".to_owned())]);
    assert_eq!(why("house", HOUSE), [("name", HOUSE.to_owned()), ("description", "A house.".to_owned())]);
    assert_eq!(told("people", FOUR), ["description", "alt"]);
    assert_eq!(told("hotel", FRONT), ["text"]);
    assert_eq!(why("camera:canon", BEACH), [("camera", "Canon EOS 5D".to_owned())]);
    assert_eq!(told("type:png size:>1mb town", TWO), ["tag", "type", "size"]);
    assert_eq!(why("rating:>=4 on:2024 width:6000", BEACH)[..2], [("rating", "5".into()), ("width", "6000".into())]);
    assert_eq!(why("on:2024", BEACH), [("on", "2024-05-06T10:00:00".to_owned())]);
    let both = [("is", "favourite".to_owned()), ("is", "undescribed".to_owned())];
    assert_eq!(why("is:favourite is:undescribed is:undescribed", BEACH), both);
    assert_eq!(why("by:model has:alt is:animated", FOUR).len(), 3);
    assert_eq!(told("(nothing beach) OR type:png", TWO), ["type"], "only by what it was found");
    assert_eq!(told("beach -house", TWO), ["tag"]);
    assert_eq!(told("is:duplicate", LONG), ["is"]);
}

#[test]
fn favourites_and_words_together_and_what_stays() {
    let (_folder, catalogue) = library();
    assert_eq!(names(&catalogue, Condition::Favourite, Order::Name, "beach OR house"), [BEACH]);
    assert_eq!(names(&catalogue, Condition::Trashed, Order::Name, "beach OR is:favourite"), [GONE]);
    make(&catalogue, vec![EditKind::SetFavourite { image_id: image(1).id, favourite: false }]);
    for text in ["", "beach"] {
        let filter = Filter::parse(text).and(Condition::Favourite);
        let query = Query { filter, keep: vec![1], ..Query::default() };
        let rows = wait(catalogue.read(move |conn| layout(conn, &query))).unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1], "{text}");
    }
}

/// Tokens that SQLite's own tables of letters don't know, or know otherwise.
#[rstest]
#[case("𠮷野家で食べた", "𠮷野")]
#[case("At the sea 🏖\u{fe0f} today", "🏖")]
#[case("I❤you", "❤")]
#[case("𞤀𞤣𞤤𞤢𞤥 text", "𞤢𞤣𞤤𞤢𞤥")]
#[case("สวัสดีชาวโลก", "ชาวโลก")]
#[case("ពិភពលោក", "លោក")]
#[case("北京天安门广场", "天安门")]
#[case("हिन्दी में", "हिन्दी")]
#[case("சென்னை கடற்கரை", "கடற்கரை")]
#[case("Ελλάδα, ΟΔΟΣ", "οδος")]
#[case("ירושלים של זהב", "זהב")]
#[case("قَهْوَة", "قهوه")]
#[case("한국어로 쓴 글", "\u{1112}\u{1161}\u{11ab}국")]
#[case("Ａｐｐｌｅ ㌔", "キロ")]
#[case("naïve ﬁle", "file")]
fn texts_of_all_scripts(#[case] written: &str, #[case] typed: &str) {
    let (_folder, catalogue) = catalogue();
    let written = written.to_owned();
    put(
        &catalogue,
        vec![
            Image { name: "1".into(), description: Some(written.clone()), ..image(1) },
            Image { name: "2".into(), text_in_image: Some(format!("x {written} y")), ..image(2) },
            Image { name: "3".into(), tags: vec!["other".into(), written], ..image(3) },
            Image { name: "4".into(), ..image(4) },
        ],
    );
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, typed).len(), 3);
    assert_eq!(why(&catalogue, typed, "3")[0].0, "tag");
    assert!(names(&catalogue, Filter::default(), Order::Name, &format!("-{typed}")).contains(&"4".to_owned()));
}

fn found(conn: &Connection, filter: &Filter) -> Vec<u32> {
    let query = Query { filter: filter.clone(), order: Order::Oldest, ..Query::default() };
    layout(conn, &query).unwrap().into_iter().map(|row| row.id).collect()
}

/// What may stand in a search.
fn typed() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => "(beach|bea|house|sea|img|2|jpg|people|old|town|hotel|A)",
        4 => "\"(old town|beach|bea|img 2)\"",
        4 => "(name|tag|text|description|alt|camera):\"?(beach|old town|sea|canon|people)\"?",
        3 => "(is:(favourite|described|duplicate|trashed)|has:(alt|text)|type:(png|jpg)|size:>5mb|width:<5000|after:2024)",
        3 => "(OR|-|\\(|\\)|\"|tag:|:)",
        1 => "\\PC{0,6}",
    ];
    proptest::collection::vec((prop_oneof![3 => Just(""), 1 => Just("-"), 1 => Just("(")], part), 0..7)
        .prop_map(|parts| parts.into_iter().map(|(sign, part)| format!("{sign}{part}")).collect::<Vec<_>>().join(" "))
}

#[test]
fn nothing_fails_and_reasons_agree_with_what_is_found() {
    let (_folder, catalogue) = library();
    let ids: Vec<u32> = (1..=7).collect();
    wait(catalogue.read(move |conn| {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(250));
        let result = runner.run(&typed(), |text| {
            let filter = Filter::parse(&text);
            let found = found(conn, &filter);
            // Somewhere in the tree every hit fulfils something, unless only what it is not was asked for.
            let told = reasons(conn, &filter, &ids).unwrap();
            for (id, reasons) in &told {
                if !found.contains(id) && *id != 7 {
                    prop_assert!(reasons.is_empty(), "{text}: {id} {reasons:?}");
                }
                if found.contains(id) && !text.contains('-') && !filter.asks_for_nothing() {
                    prop_assert!(!reasons.is_empty(), "{text}: {id} has no reason");
                }
            }
            if filter.asks_for_nothing() {
                prop_assert_eq!(found.len(), 6);
            }
            Ok(())
        });
        result.unwrap();
        Ok(())
    }))
    .unwrap();
}

#[test]
fn whatever_is_typed_is_no_error() {
    let (_folder, catalogue) = library();
    wait(catalogue.read(|conn| {
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(250));
        runner
            .run(&any::<String>(), |text| {
                let filter = Filter::parse(&text);
                found(conn, &filter);
                reasons(conn, &filter, &[1, 2, 3]).unwrap();
                Ok(())
            })
            .unwrap();
        // As much of everything as goes.
        for text in ["is:favourite OR ".repeat(3000), "a ".repeat(20_000), "茶色 ".repeat(9000), "\"茶\"".repeat(9000)]
        {
            found(conn, &Filter::parse(&text));
        }
        found(conn, &Filter::parse(&format!("{}a", "-(".repeat(9000))));
        found(conn, &Filter::parse(&"茶".repeat(100_000)));
        Ok(())
    }))
    .unwrap();
}

#[test]
fn a_picture_that_is_renamed_or_removed_is_found_accordingly() {
    let (_folder, catalogue) = library();
    make(&catalogue, vec![tag(1, "harbour")]);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, "tag:\"harbour\""), [BEACH]);
    write(&catalogue, |conn| picture::remove(conn, "image-00000001"));
    assert!(names(&catalogue, Filter::default(), Order::Name, "tag:harbour").is_empty());
    assert!(names(&catalogue, Filter::default(), Order::Name, "camera:canon").is_empty());
    assert_eq!(Field::Camera.key(), "camera");
}
