//! SVG is drawn from itself alone, and however it is built in bounded time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pictures::{Remark, rendition};
use rstest::rstest;

use crate::files::{CORNERS, corners, difference, fixture, look, thumbnail};

fn svg(inside: &str) -> Vec<u8> {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='64' height='48'>{inside}</svg>"
    )
    .into_bytes()
}

/// Whether anything but the background is drawn.
fn draws(document: &[u8]) -> bool {
    let small = look(document).unwrap().thumbnail.unwrap();
    let image = image::load_from_memory(&small.bytes).unwrap().to_rgba8();
    image.pixels().any(|pixel| pixel[3] > 0)
}

#[test]
fn it_fills_the_thumbnail_however_small_it_says_it_is() {
    let picture = look(&fixture("svg-plain.svg")).unwrap();
    assert_eq!((picture.width, picture.height), (Some(64), Some(48)));
    let small = picture.thumbnail.unwrap();
    assert_eq!((small.width, small.height), (512, 384));
}

#[test]
fn a_picture_inside_the_document_is_drawn() {
    let data = STANDARD.encode(fixture("scene.png"));
    let document = svg(&format!("<image width='64' height='48' href='data:image/png;base64,{data}'/>"));
    assert!(difference(&corners(&thumbnail(&document)), &CORNERS) < 12);
    // Whatever is hidden under the name of a picture is none.
    let text = STANDARD.encode("not a picture");
    assert!(!draws(&svg(&format!("<image width='64' height='48' href='data:image/png;base64,{text}'/>"))));
}

/// There are no other fonts: one of our own stands for all.
#[test]
fn texts_are_set() {
    for style in ["", "font-family='No Such Font' font-weight='bold'", "font-family='monospace' font-style='italic'"] {
        assert!(draws(&svg(&format!("<text x='2' y='30' font-size='20' {style}>Ab</text>"))), "{style}");
    }
    assert!(!draws(&svg("<text x='2' y='30'> </text>")));
    // A whole library takes too long to set.
    let lines = "<text x='2' y='30' font-size='20'>all work and no play</text>".repeat(20_000);
    assert!(!draws(&svg(&lines)));
}

#[test]
fn nothing_else_is_read() {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/scene.png");
    let path = beside.display();
    let nested = STANDARD.encode(svg(&format!("<image width='64' height='48' href='{path}'/>")));
    for inside in [
        format!("<image width='64' height='48' href='{path}'/>"),
        format!("<image width='64' height='48' xlink:href='file://{path}'/>"),
        format!("<image width='64' height='48' href='data:image/svg+xml;base64,{nested}'/>"),
        "<image width='64' height='48' href='http://127.0.0.1:9/a.png'/>".to_owned(),
        format!("<style>@import url('{path}'); svg {{ fill: url('{path}') }}</style>"),
        "<script>document.documentElement.innerHTML = '&lt;rect width=\"64\" height=\"48\"/>'</script>".to_owned(),
        "<foreignObject width='64' height='48'><p>text</p></foreignObject>".to_owned(),
    ] {
        assert!(!draws(&svg(&inside)), "{inside}");
    }
    let entity = format!("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file://{path}'>]>");
    let document = [entity.as_bytes(), &svg("<text>&a;</text>")].concat();
    let _ = look(&document).unwrap();
}

/// Ten of something, which are ten of something, and so on.
fn lots(levels: usize, definition: impl Fn(usize) -> String, first: &str) -> String {
    (1..=levels).fold(format!("<defs>{first}</defs>"), |all, level| all + &definition(level))
}

#[rstest]
#[case::uses(lots(12, |n| format!("<g id='a{n}'>{}</g>", format!("<use href='#a{}'/>", n - 1).repeat(10)), "<rect id='a0' width='9' height='9'/>"))]
#[case::patterns(lots(12, |n| format!("<pattern id='a{n}' width='9' height='9'>{}</pattern>", format!("<rect width='9' height='9' fill='url(#a{})'/>", n - 1).repeat(10)) + "<rect width='64' height='48' fill='url(#a12)'/>", "<pattern id='a0' width='1' height='1'/>"))]
#[case::deep("<g>".repeat(100_000))]
#[case::own("<g id='a'><use href='#a'/></g><use href='#a'/>".to_owned())]
#[case::many("<rect width='1' height='1'/>".repeat(600_000))]
fn bombs_cost_little(#[case] inside: String) {
    let picture = look(&svg(&inside)).unwrap();
    let made = rendition(&svg(&inside), 256, &pictures::Limits::default());
    assert_eq!(picture.thumbnail.is_some(), made.is_ok());
    assert_eq!((picture.width, picture.height), (Some(64), Some(48)));
}

#[test]
fn entities_that_multiply_are_refused_by_the_parser() {
    let mut document = "<!DOCTYPE svg [<!ENTITY a0 'ha'>".to_owned();
    for level in 1..12 {
        document += &format!("<!ENTITY a{level} '{}'>", format!("&a{};", level - 1).repeat(10));
    }
    let document = [document.as_bytes(), b"]>", &svg("<text>&a11;</text>")[..]].concat();
    let picture = look(&document).unwrap();
    assert!(matches!(picture.remark, Some(Remark::Unreadable { .. })), "{:?}", picture.remark);
}

#[test]
fn a_compressed_bomb_is_kept() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let write =
        |bytes: &[u8], to: &mut flate2::write::GzEncoder<Vec<u8>>| std::io::Write::write_all(to, bytes).unwrap();
    write(b"<svg xmlns='http://www.w3.org/2000/svg' width='64' height='48'>", &mut bomb);
    for _ in 0..200 {
        write(&[b' '; 1 << 20], &mut bomb);
    }
    write(b"</svg>", &mut bomb);
    let picture = look(&bomb.finish().unwrap()).unwrap();
    assert_eq!((picture.width, picture.height, picture.thumbnail), (Some(64), Some(48), None));
}
