//! Pictures that show the same, and which of them is the better.

use std::cmp::Ordering;

use account_api::Image;
use catalogue::Connection;
use catalogue::SqliteError;
use catalogue::table::likeness::{self, Group};
use catalogue::table::picture::{self, Picture};
use names::{one_line, visible_name};
use pictures::Format;

use crate::Result;
use crate::library::Library;
use crate::view::{Difference, Duplicate, DuplicateGroup, Duplicates, GroupKind};

/// Which of two pictures is the better one in a respect.
type Compare = fn(&Image, &Image) -> Ordering;

/// What makes a picture the better one, the weightiest first.
const CRITERIA: [(Difference, Compare); 8] = [
    (Difference::Whole, |one, other| is_whole(one).cmp(&is_whole(other))),
    (Difference::Pixels, |one, other| pixels(one).cmp(&pixels(other))),
    // What a camera wrote beside its picture is lost in most copies, whatever their format.
    (Difference::Camera, |one, other| camera_facts(one).cmp(&camera_facts(other))),
    (Difference::Format, |one, other| originality(one).cmp(&originality(other))),
    (Difference::Bytes, |one, other| match one.format == other.format {
        true => one.size.cmp(&other.size),
        false => Ordering::Equal,
    }),
    (Difference::Date, |one, other| earlier(one.taken_at.as_deref(), other.taken_at.as_deref())),
    (Difference::Words, |one, other| one.own_description.is_some().cmp(&other.own_description.is_some())),
    (Difference::Added, |one, other| other.created_at.cmp(&one.created_at)),
];

/// Whether two pictures differ in a respect.
type Differ = fn(&Image, &Image) -> bool;

/// In what members differ, for those who look at them.
const DIFFERENCES: [(Difference, Differ); 8] = [
    (Difference::Whole, |one, other| is_whole(one) != is_whole(other)),
    (Difference::Pixels, |one, other| (one.width, one.height) != (other.width, other.height)),
    (Difference::Format, |one, other| one.format != other.format),
    (Difference::Bytes, |one, other| one.size != other.size),
    (Difference::Date, |one, other| one.taken_at != other.taken_at),
    (Difference::Camera, |one, other| one.camera != other.camera),
    (Difference::Frame, |one, other| (one.rotation, one.crop) != (other.rotation, other.crop)),
    (Difference::Words, |one, other| words(one) != words(other)),
];

/// Groups of pictures that show the same, or of one burst, the newest first; at most `limit`.
pub(crate) async fn duplicates(library: &Library, kind: GroupKind, limit: usize) -> Result<Duplicates> {
    crate::comparing::place(library).await?;
    let read = move |conn: &Connection| {
        let groups = match kind {
            GroupKind::Duplicates => likeness::groups(conn, limit + 1)?,
            GroupKind::Burst => likeness::bursts(conn, limit + 1)?,
        };
        groups.iter().map(|group| members(conn, group)).collect::<Result<Vec<_>, SqliteError>>()
    };
    let mut groups = library.catalogue.read(read).await?;
    let more = groups.len() > limit;
    groups.truncate(limit);
    Ok(Duplicates { groups: groups.into_iter().map(|members| group(kind, members)).collect(), more })
}

/// Those members of a group that are there.
pub(super) fn members(conn: &Connection, group: &Group) -> Result<Vec<Picture>, SqliteError> {
    let mut members = Vec::with_capacity(group.members.len());
    for id in &group.members {
        members.extend(picture::get(conn, *id)?.filter(|picture| picture.image.deleted_at.is_none()));
    }
    Ok(members)
}

/// Puts the better ones first. What is equal stays as it is.
pub(super) fn best_first(members: &mut [Picture]) {
    members.sort_by(|one, other| better(&other.image, &one.image).0);
}

/// Whether a picture is better than another, and why.
fn better(one: &Image, other: &Image) -> (Ordering, Option<Difference>) {
    let decided = CRITERIA.iter().map(|(difference, compare)| (compare(one, other), Some(*difference)));
    decided.into_iter().find(|(order, _)| order.is_ne()).unwrap_or((Ordering::Equal, None))
}

fn group(kind: GroupKind, mut members: Vec<Picture>) -> DuplicateGroup {
    let (mut keep, mut why) = (None, None);
    if kind == GroupKind::Duplicates {
        best_first(&mut members);
        if let [best, next, ..] = members.as_slice() {
            keep = Some(best.id);
            why = better(&best.image, &next.image).1;
        }
    }
    let differs = DIFFERENCES.iter().filter(|(_, differ)| {
        members.iter().any(|member| members.first().is_some_and(|first| differ(&first.image, &member.image)))
    });
    let differs = differs.map(|(difference, _)| *difference).collect();
    DuplicateGroup { keep, why, differs, members: members.into_iter().map(duplicate).collect() }
}

fn duplicate(picture: Picture) -> Duplicate {
    let Picture { id, image, .. } = picture;
    let format = Format::from_name(&image.format);
    let count = |list: usize| u32::try_from(list).unwrap_or(u32::MAX);
    Duplicate {
        id,
        alt: one_line(image.alt_text.as_deref().filter(|text| !text.is_empty()).unwrap_or(&image.name)),
        name: visible_name(&image.name),
        format: format.map_or_else(|| image.format.to_uppercase(), |format| format.label().to_owned()),
        has_thumbnail: image.has_thumbnail || format.is_some_and(Format::decodable),
        damaged: !is_whole(&image),
        framed: image.rotation != 0 || image.crop.is_some(),
        described: image.own_description.is_some() || image.own_alt_text.is_some(),
        favourite: image.favourite,
        rating: image.rating,
        tags: count(image.tags.len()),
        albums: count(image.albums.len()),
        image_id: image.id,
        size: image.size,
        width: image.width,
        height: image.height,
        taken_at: image.taken_at,
        added_at: image.created_at,
        camera: image.camera.as_deref().map(one_line),
        thumbhash: image.thumbhash,
    }
}

fn is_whole(image: &Image) -> bool {
    image.receipt.fault.is_none() && !image.remark.as_ref().is_some_and(account_api::Remark::is_damage)
}

fn pixels(image: &Image) -> u64 {
    u64::from(image.width.unwrap_or(0)) * u64::from(image.height.unwrap_or(0))
}

/// How near a format is to what a camera or program wrote first: raw, without loss, what telephones write, what everything is
/// exported to, and few colours.
fn originality(image: &Image) -> u8 {
    match Format::from_name(&image.format) {
        Some(Format::Raw) => 4,
        Some(Format::Heic) => 2,
        Some(Format::Jpeg | Format::WebP | Format::Avif | Format::Jxl | Format::Jp2) => 1,
        Some(Format::Gif) | None => 0,
        Some(_) => 3,
    }
}

/// The earlier date is the greater; any is greater than none.
fn earlier(one: Option<&str>, other: Option<&str>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => other.get(..19).cmp(&one.get(..19)),
        _ => one.is_some().cmp(&other.is_some()),
    }
}

fn camera_facts(image: &Image) -> usize {
    let facts = &image.facts;
    let known = [
        image.camera.is_some(),
        facts.lens.is_some(),
        facts.f_number.is_some(),
        facts.exposure_seconds.is_some(),
        facts.iso.is_some(),
        facts.focal_length_mm.is_some(),
        facts.latitude.is_some(),
    ];
    known.into_iter().filter(|known| *known).count()
}

type Words<'a> = (Option<&'a str>, Option<&'a str>, bool, u8, &'a [String], Vec<&'a str>);

fn words(image: &Image) -> Words<'_> {
    let albums = image.albums.iter().map(|within| within.album_id.as_str()).collect();
    let (description, alt_text) = (image.own_description.as_deref(), image.own_alt_text.as_deref());
    (description, alt_text, image.favourite, image.rating, &image.tags, albums)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(format: &str, size: u64, width: u32) -> Image {
        Image { format: format.into(), size, width: Some(width), height: Some(100), ..Image::default() }
    }

    #[test]
    fn the_better_one_is_told_by_the_weightiest_difference() {
        let why = |one: &Image, other: &Image| {
            assert_eq!(better(other, one).0, better(one, other).0.reverse());
            better(one, other)
        };
        let plain = image("jpeg", 1000, 100);
        let greater = |difference| (Ordering::Greater, Some(difference));
        assert_eq!(why(&image("jpeg", 10, 101), &plain), greater(Difference::Pixels));
        assert_eq!(why(&image("raw", 10, 100), &plain), greater(Difference::Format));
        assert_eq!(why(&image("heic", 10, 100), &plain), greater(Difference::Format));
        assert_eq!(why(&image("jpeg", 1001, 100), &plain), greater(Difference::Bytes));
        let dated = |at: &str| Image { taken_at: Some(at.into()), ..plain.clone() };
        assert_eq!(why(&dated("2024-01-01T10:00:00"), &plain), greater(Difference::Date));
        assert_eq!(why(&dated("2024-01-01T10:00:00"), &dated("2024-01-02T10:00:00+01:00")), greater(Difference::Date));
        assert_eq!(why(&Image { camera: Some("X".into()), ..plain.clone() }, &plain), greater(Difference::Camera));
        let described = Image { own_description: Some("Mine.".into()), ..plain.clone() };
        assert_eq!(why(&described, &plain), greater(Difference::Words));
        let first = Image { created_at: "2024".into(), ..plain.clone() };
        assert_eq!(why(&first, &Image { created_at: "2025".into(), ..plain.clone() }), greater(Difference::Added));
        let remark = account_api::Remark { code: "truncated".into(), message: "Cut.".into() };
        assert_eq!(why(&plain, &Image { remark: Some(remark), ..image("raw", 9999, 999) }), greater(Difference::Whole));
        assert_eq!(why(&plain, &plain), (Ordering::Equal, None));
    }
}
