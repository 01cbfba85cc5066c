//! What the window is told of a layout: differences that make of the one that it has the one that would be read.

use engine::Role;
use engine::view::{LayoutItem, LayoutNews, LibraryQuery, NewMarks, PictureEdit, Scope, Sort};
use testkit::photos;

use crate::computer::Computer;

/// What the window has.
#[derive(Default)]
struct Window {
    version: u32,
    items: Vec<LayoutItem>,
}

impl Window {
    /// Hears what is new, and gives how many items came for that.
    async fn hears(&mut self, one: &Computer, query: &LibraryQuery) -> usize {
        let LayoutNews { version, base, counts, changes } =
            one.engine.layout_news(query.clone(), self.version).await.unwrap();
        assert!(base == self.version || base == 0);
        let before = if base == 0 { Vec::new() } else { std::mem::take(&mut self.items) };
        let (mut made, mut taken) = (Vec::new(), 0);
        for change in &changes {
            made.extend_from_slice(&before[taken..change.at as usize]);
            made.extend_from_slice(&change.added);
            taken = (change.at + change.removed) as usize;
        }
        made.extend_from_slice(&before[taken..]);
        assert_eq!(made, one.engine.layout(query.clone()).await.unwrap(), "{query:?}");
        assert_eq!(counts, one.engine.counts().await.unwrap());
        (self.version, self.items) = (version, made);
        changes.iter().map(|change| change.added.len()).sum()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_make_the_layout_that_would_be_read() {
    let one = Computer::new(Role::CommandLine).await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(one.upload(&format!("{number}.jpg"), &photos::jpeg(64 + number, 48, u64::from(number))).await);
    }
    let album = one.engine.create_album("Sea").await.unwrap().id;
    let queries = [
        LibraryQuery::default(),
        LibraryQuery { sort: Sort::Name, ..LibraryQuery::default() },
        LibraryQuery { scope: Scope::Favourites, ..LibraryQuery::default() },
        LibraryQuery { scope: Scope::Trash, sort: Sort::Deleted, ..LibraryQuery::default() },
        LibraryQuery { text: "jpg".into(), ..LibraryQuery::default() },
        LibraryQuery { album: Some(album.clone()), ..LibraryQuery::default() },
        LibraryQuery { scope: Scope::Favourites, keep: Some(vec![ids[0]]), ..LibraryQuery::default() },
    ];
    let favourite = |favourite| PictureEdit {
        marks: NewMarks { favourite: Some(favourite), ..NewMarks::default() },
        ..PictureEdit::default()
    };
    let mut window = Window::default();
    for query in &queries {
        window.hears(&one, query).await;
        assert_eq!(window.hears(&one, query).await, 0, "nothing is new");
        let version = window.version;
        assert_eq!((window.hears(&one, query).await, window.version), (0, version), "nothing is new");
        one.edit(ids[1], favourite(true)).await.unwrap();
        one.rename(ids[2], "zebra.jpg").await.unwrap();
        window.hears(&one, query).await;
        one.engine.add_to_album(&album, vec![ids[3], ids[1]]).await.unwrap();
        one.engine.delete(vec![ids[4]]).await.unwrap();
        window.hears(&one, query).await;
        one.engine.restore(vec![ids[4]]).await.unwrap();
        one.edit(ids[1], favourite(false)).await.unwrap();
        one.engine.remove_from_album(&album, vec![ids[3]]).await.unwrap();
        one.rename(ids[2], "2.jpg").await.unwrap();
        window.hears(&one, query).await;
    }

    // Somebody who has something else is told the whole.
    window.hears(&one, &queries[0]).await;
    window.version += 1_000;
    let news = one.engine.layout_news(queries[0].clone(), window.version).await.unwrap();
    assert_eq!((news.base, news.changes[0].added.len()), (0, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_new_picture_is_all_that_is_sent_for_it() {
    let one = Computer::new(Role::CommandLine).await;
    for number in 0..8 {
        one.upload(&format!("{number}.jpg"), &photos::jpeg(64, 48, number)).await;
    }
    let mut window = Window::default();
    assert_eq!(window.hears(&one, &LibraryQuery::default()).await, 8);
    one.upload("new.jpg", &photos::jpeg(64, 48, 99)).await;
    assert_eq!(window.hears(&one, &LibraryQuery::default()).await, 1);
}

#[test]
fn news_are_written_as_the_window_reads_them() {
    let item = LayoutItem { id: 7, aspect_milli: 1500, day: -3 };
    let counts = engine::view::Counts {
        all: 1,
        favourites: 2,
        recent: 3,
        undescribed: 4,
        trash: 5,
        bytes: 5_000_000_000,
        duplicates: 6,
    };
    let change = engine::view::LayoutChange { at: 9, removed: 2, added: vec![item] };
    let bytes = LayoutNews { version: 11, base: 10, counts, changes: vec![change] }.encode();
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let numbers: Vec<u32> = (0..9).map(|index| number(index * 4)).collect();
    assert_eq!(numbers, [11, 10, 1, 2, 3, 4, 5, 6, 1]);
    assert_eq!(f64::from_le_bytes(bytes[36..44].try_into().unwrap()), 5e9);
    assert_eq!([44, 48, 52, 56, 60].map(number), [9, 2, 1, 7, 1500]);
    assert_eq!(i32::from_le_bytes(bytes[64..].try_into().unwrap()), -3);
}
