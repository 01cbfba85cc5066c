//! From the wire to the catalogue, and from the catalogue to the window.

use account_api::{Image, VerifiedBy};
use catalogue::table::audit::Look;
use catalogue::table::picture::{self, Facts, LayoutRow, Order, Part, Picture, Tile};
use catalogue::table::state::TrashRule;
use names::{one_line, visible, visible_name};
use pictures::Format;

use super::trash::removed_at;
use crate::audit::last_check;
use crate::view::{Counts, Fault, LayoutItem, LibraryQuery, PictureDetail, PictureRow, Proof, Scope, Sort};

/// The account's record of a picture, as the catalogue keeps it.
pub fn facts(image: &Image) -> Facts {
    Facts {
        image_id: image.id.clone(),
        revision: image.revision,
        name: image.name.clone(),
        format: image.format.clone(),
        content_type: image.content_type.clone(),
        size: image.size,
        sha256: image.sha256.clone(),
        width: image.width,
        height: image.height,
        taken_at: image.taken_at.clone(),
        file_modified_at: image.file_modified_at.clone(),
        camera: image.camera.clone(),
        thumbhash: image.thumbhash.clone(),
        has_thumbnail: image.has_thumbnail,
        favourite: image.favourite,
        description: image.description.clone(),
        alt_text: image.alt_text.clone(),
        tags: image.tags.clone(),
        text_in_image: image.text_in_image.clone(),
        described_by: image.described_by.clone(),
        described_at: image.described_at.clone(),
        created_at: image.created_at.clone(),
        updated_at: image.updated_at.clone(),
        deleted_at: image.deleted_at.clone(),
        stored_size: image.receipt.stored_size,
        etag: image.receipt.etag.clone(),
        verified_by: image.receipt.verified_by.as_str().to_owned(),
        verified_at: image.receipt.verified_at.clone().unwrap_or_default(),
        fault: image.receipt.fault.map(|fault| match fault {
            account_api::Fault::Missing => "missing".to_owned(),
            account_api::Fault::Changed => "changed".to_owned(),
        }),
    }
}

pub(super) fn query(query: LibraryQuery) -> picture::Query {
    picture::Query {
        text: query.text,
        part: match query.scope {
            Scope::All => Part::All,
            Scope::Favourites => Part::Favourites,
            Scope::Recent => Part::Recent,
            Scope::Undescribed => Part::Undescribed,
            Scope::Trash => Part::Trash,
        },
        order: match query.sort {
            Sort::Newest => Order::Newest,
            Sort::Oldest => Order::Oldest,
            Sort::Added => Order::Added,
            Sort::Name => Order::Name,
            Sort::Size => Order::Size,
            Sort::Deleted => Order::Deleted,
        },
        keep: query.keep.unwrap_or_default(),
    }
}

pub(super) fn layout_item(row: LayoutRow) -> LayoutItem {
    LayoutItem { id: row.id, aspect_milli: row.aspect_milli, day: row.day }
}

pub(super) fn counts(counts: picture::Counts) -> Counts {
    Counts {
        all: counts.all,
        favourites: counts.favourites,
        recent: counts.recent,
        undescribed: counts.undescribed,
        trash: counts.trash,
        bytes: counts.bytes,
    }
}

/// `vouched` says whether what the catalogue knows of proofs holds right now.
pub(super) fn row(tile: Tile, vouched: bool, rule: Option<&TrashRule>) -> PictureRow {
    PictureRow {
        removed_at: tile.deleted_at.as_deref().zip(rule).and_then(|(deleted_at, rule)| removed_at(rule, deleted_at)),
        id: tile.id,
        alt: one_line(tile.alt_text.as_deref().filter(|text| !text.is_empty()).unwrap_or(&tile.name)),
        name: visible_name(&tile.name),
        has_thumbnail: tile.has_thumbnail || decodable(&tile.format),
        format: tile.format,
        width: tile.width,
        height: tile.height,
        thumbhash: tile.thumbhash,
        favourite: tile.favourite,
        described: tile.described,
        fault: tile.fault.as_deref().map(Fault::from_text),
        proven: vouched && VerifiedBy::from_text(&tile.verified_by).is_proof(),
    }
}

/// `vouched` as for [`row`]; `describing` when a description is wanted.
pub(super) fn detail(
    picture: Picture,
    look: Option<Look>,
    local_copy: Option<String>,
    vouched: bool,
    describing: bool,
    rule: Option<&TrashRule>,
) -> PictureDetail {
    let facts = picture.facts;
    let by = Some(VerifiedBy::from_text(&facts.verified_by)).filter(|_| vouched);
    let proof = Proof::from(by.unwrap_or(VerifiedBy::NotProven));
    let format = Format::from_name(&facts.format);
    PictureDetail {
        id: picture.id,
        image_id: facts.image_id,
        // Whoever wrote them: nothing in them may reorder a line or hide its end.
        name: visible_name(&facts.name),
        format_label: format.map_or_else(|| facts.format.to_uppercase(), |format| format.label().to_owned()),
        has_thumbnail: facts.has_thumbnail || format.is_some_and(Format::decodable),
        can_preview: has_preview(&facts.format),
        format: facts.format,
        content_type: facts.content_type,
        size: facts.size,
        sha256: facts.sha256,
        width: facts.width,
        height: facts.height,
        file_modified_at: facts.file_modified_at.filter(|_| facts.taken_at.is_none()),
        taken_at: facts.taken_at,
        camera: facts.camera.as_deref().map(one_line),
        added_at: facts.created_at,
        removed_at: facts.deleted_at.as_deref().zip(rule).and_then(|(deleted_at, rule)| removed_at(rule, deleted_at)),
        deleted_at: facts.deleted_at,
        thumbhash: facts.thumbhash,
        favourite: facts.favourite,
        description: facts.description.as_deref().map(visible),
        alt_text: facts.alt_text.as_deref().map(visible),
        tags: facts.tags.iter().map(|tag| one_line(tag)).collect(),
        text_in_image: facts.text_in_image.as_deref().map(visible),
        described_by: facts.described_by.as_deref().map(one_line),
        described_at: facts.described_at,
        proof,
        verified_by: by.map_or(NOT_VOUCHED, verified_by).to_owned(),
        verified_at: Some(facts.verified_at).filter(|_| proof != Proof::NotProven),
        stored_size: facts.stored_size,
        etag: facts.etag,
        fault: facts.fault.as_deref().map(Fault::from_text),
        last_check: look.map(last_check),
        local_copy,
        pending: picture.pending,
        describing,
    }
}

/// Whether the window can be given something to show at full size: the file itself, or a JPEG made of it. AVIF is shown by
/// WebKitGTK, WKWebView and WebView2; HEIC by WKWebView alone.
pub(crate) fn has_preview(format: &str) -> bool {
    Format::from_name(format)
        .is_some_and(|format| format.shown_by_browsers() || format.decodable() || format == Format::Avif)
}

fn decodable(format: &str) -> bool {
    Format::from_name(format).is_some_and(Format::decodable)
}

/// While the account's database is being brought back from the store.
const NOT_VOUCHED: &str =
    "The records of what was proven are being brought back. Until then nothing is called verified.";

fn verified_by(check: VerifiedBy) -> &'static str {
    match check {
        VerifiedBy::ContentMd5 => {
            "The store checked the bytes against their checksum as it took them in, and the size agrees."
        }
        VerifiedBy::PartMd5 => {
            "The store checked each part against its checksum as it took it in, and the parts and the size agree."
        }
        VerifiedBy::ReadBack => "The stored bytes were read back, and their SHA-256 is that of this file.",
        VerifiedBy::NotProven => {
            "This picture was found in the store. Its bytes have not been compared with anything that came from the file; \
             checking it reads them back."
        }
    }
}
