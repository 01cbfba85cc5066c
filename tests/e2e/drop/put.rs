//! Pictures that come into the library without being sent: another process puts their rows into its catalogue, as sync does
//! with those of other computers.

use std::path::Path;

use account_api::{Image, Receipt, VerifiedBy};
use catalogue::Catalogue;
use catalogue::table::picture;

/// How many come at a time.
const AT_ONCE: u32 = 100;

/// What lies between the dates of two pictures that come one after the other, in days: they get in everywhere.
const STRIDE: u32 = 1_237;

/// Of how many days the pictures are.
const DAYS: u32 = 3_650;

/// Puts so many into the library of this computer. Blocks.
pub fn put(data_dir: &Path, count: u32) {
    let catalogue = Catalogue::open(&data_dir.join("libraries/this-computer")).unwrap().catalogue;
    for first in (1..=count).step_by(AT_ONCE as usize) {
        let last = count.min(first + AT_ONCE - 1);
        let write =
            catalogue.write(move |conn| (first..=last).try_for_each(|n| picture::upsert(conn, &image(n)).map(drop)));
        futures::executor::block_on(write).unwrap();
    }
}

fn image(number: u32) -> Image {
    let day = number * STRIDE % DAYS;
    let (year, month, date) = (2015 + day / 365, 1 + day % 365 / 31, 1 + day % 28);
    let moment = format!("{year}-{month:02}-{date:02}T10:{:02}:{:02}", number / 60 % 60, number % 60);
    Image {
        id: format!("00000000-0000-4000-8000-{number:012}"),
        revision: i64::from(number),
        name: format!("IMG_{number:06}.jpg"),
        format: "jpeg".into(),
        content_type: "image/jpeg".into(),
        size: 3_000_000 + u64::from(number),
        sha256: format!("{number:064x}"),
        width: Some(if number.is_multiple_of(3) { 3_000 } else { 4_000 }),
        height: Some(if number.is_multiple_of(3) { 4_000 } else { 3_000 }),
        taken_at: Some(moment.clone()),
        created_at: format!("{moment}.000Z"),
        updated_at: format!("{moment}.000Z"),
        receipt: Receipt {
            stored_size: 3_000_000 + u64::from(number),
            verified_by: VerifiedBy::ContentMd5,
            verified_at: Some(format!("{moment}.000Z")),
            ..Receipt::default()
        },
        ..Image::default()
    }
}
