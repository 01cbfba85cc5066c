use account_api::{EditKind, Image};
use catalogue::search::{Condition, Filter, Query, layout};
use catalogue::table::picture::{self, Found, Order};
use rstest::rstest;

use crate::support::{catalogue, image, make, names, put, wait, write};

fn library() -> (tempfile::TempDir, catalogue::Catalogue) {
    let (folder, catalogue) = catalogue();
    put(
        &catalogue,
        vec![
            Image {
                name: "IMG_5195.jpg".into(),
                description: Some("A café in Zürich, \"Chez Nous\".".into()),
                tags: vec!["travel".into(), "old town".into()],
                ..image(1)
            },
            Image {
                name: "Screenshot 100%.png".into(),
                alt_text: Some("An error: NEAR(a b) AND OR NOT *".into()),
                text_in_image: Some("ECONNREFUSED 127.0.0.1".into()),
                ..image(2)
            },
            Image {
                name: "猫.jpg".into(), description: Some("窓辺で寝ている茶色の猫と本".into()), ..image(3)
            },
        ],
    );
    (folder, catalogue)
}

#[rstest]
#[case("cafe", &["IMG_5195.jpg"])]
#[case("CAFÉ zurich", &["IMG_5195.jpg"])]
#[case("caf zür", &["IMG_5195.jpg"])]
#[case("5195", &["IMG_5195.jpg"])]
#[case("g_51", &["IMG_5195.jpg"])]
#[case("195", &["IMG_5195.jpg"])]
#[case("town travel", &["IMG_5195.jpg"])]
#[case("econnref", &["Screenshot 100%.png"])]
#[case("100%", &["Screenshot 100%.png"])]
#[case("%", &["IMG_5195.jpg", "Screenshot 100%.png", "猫.jpg"])]
#[case("cafe - zürich", &["IMG_5195.jpg"])]
#[case("old & town", &["IMG_5195.jpg"])]
#[case("cafe, (zürich)", &["IMG_5195.jpg"])]
#[case("茶色の猫", &["猫.jpg"])]
#[case("色の", &["猫.jpg"])]
#[case("猫茶", &[])]
#[case("茶色", &["猫.jpg"])]
#[case("town -travel", &[])]
#[case("-travel -猫", &["Screenshot 100%.png"])]
#[case("cafe OR econnrefused", &["IMG_5195.jpg", "Screenshot 100%.png"])]
#[case("(cafe OR 猫) -bücher", &["猫.jpg", "IMG_5195.jpg"])]
#[case("\"old town\"", &["IMG_5195.jpg"])]
#[case("\"town old\"", &[])]
#[case("\"town travel\"", &[])]
#[case("\"old tow\"", &[])]
#[case("\"old tow", &["IMG_5195.jpg"])]
#[case("\"195\"", &[])]
#[case("cafe econnrefused", &[])]
#[case("afé", &[])]
#[case("nothing", &[])]
fn words_are_found(#[case] text: &str, #[case] expected: &[&str]) {
    let (_folder, catalogue) = library();
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, text), expected);
}

/// Names and words in one form, looked for in another; both are shown as they were given.
#[rstest]
#[case("\u{1110}\u{1166}\u{1109}\u{1173}\u{1110}\u{1173} 사진.png", "테스트")]
#[case("테스트.png", "\u{1110}\u{1166}\u{1109}\u{1173}\u{1110}\u{1173}")]
#[case("か\u{3099}っこう.png", "がっこう")]
#[case("がっこう.png", "か\u{3099}っ")]
#[case("ｶﾞｯｺｳ.png", "ガッコウ")]
#[case("Cafe\u{301}.png", "café")]
#[case("Straße.png", "strasse")]
#[case("STRASSE.png", "straße")]
#[case("ＦＵＬＬ.png", "full")]
#[case("مدرسة.png", "مدرسه")]
#[case("O’Brien.png", "o'brien")]
#[case("กินข้าว.png", "ข้าว")]
fn however_letters_are_composed(#[case] written: &str, #[case] typed: &str) {
    let stem = written.trim_end_matches(".png").to_owned();
    let other = |number| Image { name: format!("{number}.png"), ..image(number) };
    let (_folder, catalogue) = catalogue();
    put(
        &catalogue,
        vec![
            Image { name: written.into(), ..image(1) },
            Image { tags: vec![stem.clone()], ..other(2) },
            Image { description: Some(format!("Das ist: {stem}!")), ..other(3) },
            Image { text_in_image: Some(stem), ..other(4) },
            other(5),
        ],
    );
    let found = names(&catalogue, Filter::default(), Order::Name, typed);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.contains(&written.to_owned()), "{found:?}");
}

#[rstest]
fn nothing_typed_is_an_error(
    #[values(
        "\"",
        "\"\"",
        "'",
        "a\"b",
        "*",
        "cat*",
        "^cat",
        "NEAR(",
        "AND",
        "OR OR",
        "NOT x",
        "(",
        ")",
        "-",
        "--",
        ":",
        "name:x",
        "{a b}:c",
        "+",
        "a + b",
        "\0",
        "a\0b",
        "\\",
        "_",
        "%%",
        "?",
        "?1",
        ":x",
        "@",
        "😀",
        "\u{301}",
        "a,b;c",
        "--; DROP TABLE"
    )]
    text: &str,
) {
    let (_folder, catalogue) = library();
    names(&catalogue, Filter::default(), Order::Newest, text);
    names(&catalogue, Condition::Trashed, Order::Size, text);
}

#[test]
fn what_was_changed_is_found_by_its_new_words_only() {
    let (_folder, catalogue) = library();
    make(&catalogue, vec![EditKind::SetName { image_id: image(1).id, name: "Holiday.jpg".into() }]);
    assert_eq!(names(&catalogue, Filter::default(), Order::Name, "holi"), ["Holiday.jpg"]);
    assert!(names(&catalogue, Filter::default(), Order::Name, "5195").is_empty());
    write(&catalogue, |conn| picture::remove(conn, "image-00000001"));
    assert!(names(&catalogue, Filter::default(), Order::Name, "holi").is_empty());
}

#[test]
fn what_was_found_once_can_stay() {
    let (_folder, catalogue) = library();
    make(&catalogue, vec![EditKind::SetName { image_id: image(1).id, name: "Holiday.jpg".into() }]);
    let found = |keep: Vec<u32>, part: Option<Condition>| {
        let filter = Filter::parse("5195").and(part.map(Filter::from).unwrap_or_default());
        let query = Query { filter, keep, ..Query::default() };
        let layout = wait(catalogue.read(move |conn| layout(conn, &query))).unwrap();
        layout.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert!(!found(vec![], None).contains(&1));
    assert!(found(vec![1], None).contains(&1));
    assert!(found(vec![1], Some(Condition::Favourite)).contains(&1));
    assert!(!found(vec![1], Some(Condition::Trashed)).contains(&1), "it is not in the trash");
    make(&catalogue, vec![EditKind::Trash { image_id: image(1).id }]);
    assert!(!found(vec![1], None).contains(&1));
}

#[test]
fn references_from_a_terminal() {
    let (_folder, catalogue) = catalogue();
    let ids = put(
        &catalogue,
        vec![
            Image { id: "abcdef-1".into(), sha256: "11112222aa".into(), ..image(1) },
            Image { id: "abcdef-2".into(), sha256: "11112222bb".into(), ..image(2) },
            Image { id: "abcdef-22".into(), sha256: "33334444cc".into(), ..image(3) },
            // The same bytes once more, in the trash.
            Image { id: "zzzzzz-9".into(), sha256: "33334444cc".into(), deleted_at: Some("x".into()), ..image(4) },
        ],
    );
    let find = |reference: &'static str| wait(catalogue.read(move |conn| picture::find(conn, reference))).unwrap();
    assert_eq!(find("abcdef-1"), Found::One(ids[0]));
    assert_eq!(find("abcdef"), Found::Several);
    assert_eq!(find("abcdef-2"), Found::One(ids[1]), "an exact one wins");
    assert_eq!(find("zzzz"), Found::One(ids[3]));
    assert_eq!(find("abc"), Found::TooShort);
    assert_eq!(find("11112222"), Found::Several);
    assert_eq!(find("11112222B"), Found::One(ids[1]));
    assert_eq!(find("33334444"), Found::One(ids[2]), "the one that is not in the trash");
    assert_eq!(find("1111222"), Found::None, "a SHA-256 wants 8 digits");
    assert_eq!(find("nothing-like-it"), Found::None);
    assert_eq!(find("%%%%%%%%"), Found::None);
    assert_eq!(find("äöüäöü"), Found::None);
}

#[test]
fn cameras_are_told_with_what_each_took_outside_of_the_trash() {
    let (_folder, catalogue) = catalogue();
    let by = |number, camera: &str| Image { camera: Some(camera.into()), ..image(number) };
    let thrown = Image { deleted_at: Some("2026-03-02T12:00:00.000Z".into()), ..by(4, "NIKON D90") };
    put(&catalogue, vec![by(1, "Pixel 8"), by(2, "NIKON D90"), by(3, "Pixel 8"), thrown, image(5)]);
    let cameras = wait(catalogue.read(picture::cameras)).unwrap();
    assert_eq!(cameras, [("NIKON D90".to_owned(), 1), ("Pixel 8".to_owned(), 2)]);
}
