//! From the wire to the catalogue, and from the catalogue to the window.

use std::path::PathBuf;

use account_api::{Image, Marks, VerifiedBy};
use catalogue::search::{self, Condition, Field, Filter, Reason};
use catalogue::table::album::AlbumRow;
use catalogue::table::audit::Look;
use catalogue::table::picture::{self, LayoutRow, Order, Picture, Tile};
use catalogue::table::state::TrashRule;
use names::{one_line, visible, visible_name};
use pictures::Format;

use super::trash::removed_at;
use crate::audit::last_check;
use crate::view::{
    self, Counts, Fault, FoundBy, LayoutItem, LibraryQuery, ModelsText, PictureDetail, PictureRow, Proof, Scope,
    SearchField, Sort, TextField,
};

pub(super) fn query(query: LibraryQuery) -> search::Query {
    let part = match query.scope {
        Scope::All => Filter::default(),
        Scope::Favourites => Condition::Favourite.into(),
        Scope::Recent => Condition::Recent.into(),
        Scope::Undescribed => Condition::Undescribed.into(),
        Scope::Trash => Condition::Trashed.into(),
    };
    search::Query {
        filter: Filter::parse(&query.text).and(part),
        order: match query.sort {
            Sort::Newest => Order::Newest,
            Sort::Oldest => Order::Oldest,
            Sort::Added => Order::Added,
            Sort::Name => Order::Name,
            Sort::Size => Order::Size,
            Sort::Deleted => Order::Deleted,
            Sort::Rating => Order::Rating,
        },
        keep: query.keep.unwrap_or_default(),
    }
}

pub(super) fn search_field(field: Field) -> SearchField {
    match field {
        Field::Name => SearchField::Name,
        Field::Tag => SearchField::Tag,
        Field::Album => SearchField::Album,
        Field::Description => SearchField::Description,
        Field::Alt => SearchField::Alt,
        Field::Text => SearchField::Text,
        Field::Camera => SearchField::Camera,
        Field::Lens => SearchField::Lens,
        Field::Place => SearchField::Place,
        Field::By => SearchField::By,
        Field::Type => SearchField::Type,
        Field::Rating => SearchField::Rating,
        Field::Size => SearchField::Size,
        Field::Width => SearchField::Width,
        Field::Height => SearchField::Height,
        Field::Before => SearchField::Before,
        Field::After => SearchField::After,
        Field::On => SearchField::On,
        Field::Is => SearchField::Is,
        Field::Has => SearchField::Has,
    }
}

/// The first reason that is words in something that a tile doesn't show; none where the name has them, too. Where there were
/// no words, all that was compared.
fn found_by(reasons: Vec<Reason>) -> Vec<FoundBy> {
    let told = |Reason { field, text }| FoundBy { field: search_field(field), text };
    let (compared, words): (Vec<_>, Vec<_>) = reasons.into_iter().partition(|reason| reason.field.is_compared());
    if words.iter().any(|reason| reason.field == Field::Name) {
        return Vec::new();
    }
    match words.into_iter().find(|reason| !reason.text.is_empty()) {
        Some(reason) => vec![told(reason)],
        None => compared.into_iter().filter(|reason| !reason.text.is_empty()).map(told).collect(),
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
        duplicates: counts.duplicates,
    }
}

/// `vouched` says whether what the catalogue knows of proofs holds right now.
pub(super) fn row(tile: Tile, reasons: Vec<Reason>, vouched: bool, rule: Option<&TrashRule>) -> PictureRow {
    PictureRow {
        found_by: found_by(reasons),
        removed_at: tile.deleted_at.as_deref().zip(rule).and_then(|(deleted_at, rule)| removed_at(rule, deleted_at)),
        id: tile.id,
        alt: one_line(tile.alt_text.as_deref().filter(|text| !text.is_empty()).unwrap_or(&tile.name)),
        name: visible_name(&tile.name),
        has_thumbnail: tile.has_thumbnail || decodable(&tile.format),
        format: tile.format,
        size: tile.size,
        width: tile.width,
        height: tile.height,
        thumbhash: tile.thumbhash,
        favourite: tile.favourite,
        described: tile.described,
        fault: tile.fault.map(Fault::from),
        proven: vouched && tile.verified_by.is_proof(),
    }
}

/// What the catalogue knows about one picture.
pub(super) struct Known {
    pub(super) picture: Picture,
    pub(super) albums: Vec<AlbumRow>,
    pub(super) look: Option<Look>,
    pub(super) local_copy: Option<PathBuf>,
    /// Whether a description is wanted.
    pub(super) describing: bool,
    pub(super) rule: Option<TrashRule>,
}

/// `vouched` as for [`row`].
pub(super) fn detail(known: Known, vouched: bool) -> PictureDetail {
    let Known { picture, albums, look, local_copy, describing, rule } = known;
    let (marks, image, rule) = (Marks::of(&picture.image), picture.image, rule.as_ref());
    let by = Some(image.receipt.verified_by).filter(|_| vouched);
    let proof = Proof::from(by.unwrap_or(VerifiedBy::NotProven));
    let format = Format::from_name(&image.format);
    let models_text = models_text(&image);
    PictureDetail {
        id: picture.id,
        image_id: image.id,
        // Whoever wrote them: nothing in them may reorder a line or hide its end.
        name: visible_name(&image.name),
        format_label: format.map_or_else(|| image.format.to_uppercase(), |format| format.label().to_owned()),
        has_thumbnail: image.has_thumbnail || format.is_some_and(Format::decodable),
        can_preview: has_preview(&image.format),
        format: image.format,
        content_type: image.content_type,
        size: image.size,
        sha256: image.sha256,
        width: image.width,
        height: image.height,
        file_modified_at: image.file_modified_at.filter(|_| image.taken_at.is_none()),
        taken_at: image.taken_at,
        camera: image.camera.as_deref().map(one_line),
        facts: image.facts.with_texts(|text| one_line(&text)),
        remark: image.remark.map(|remark| one_line(&remark.message)),
        added_at: image.created_at,
        removed_at: image.deleted_at.as_deref().zip(rule).and_then(|(deleted_at, rule)| removed_at(rule, deleted_at)),
        deleted_at: image.deleted_at,
        thumbhash: image.thumbhash,
        marks,
        description: image.description.as_deref().map(visible),
        alt_text: image.alt_text.as_deref().map(visible),
        tags: image.tags.iter().map(|tag| one_line(tag)).collect(),
        albums: albums.into_iter().map(album_row).collect(),
        text_in_image: image.text_in_image.as_deref().map(visible),
        models_text,
        described_by: image.described_by.as_deref().map(one_line),
        described_at: image.described_at,
        proof,
        verified_by: by.map_or(NOT_VOUCHED, verified_by).to_string(),
        verified_at: image.receipt.verified_at.filter(|_| proof != Proof::NotProven),
        stored_size: image.receipt.stored_size,
        etag: image.receipt.etag,
        fault: image.receipt.fault.map(Fault::from),
        last_check: look.map(|look| last_check(look, image.receipt.verified_by)),
        local_copy: local_copy.map(|path| path.display().to_string()),
        pending: picture.pending,
        describing,
    }
}

/// A person's texts are shown before a model's, one by one: what is left of a model's beside a person's.
fn models_text(image: &Image) -> Option<ModelsText> {
    let reading = image.reading.as_ref().filter(|reading| !reading.model.is_empty())?;
    let field = match (&image.own_description, &image.own_alt_text) {
        (Some(_), None) if image.alt_text.is_some() => TextField::AltText,
        (None, Some(_)) if image.description.is_some() => TextField::Description,
        _ => return None,
    };
    Some(ModelsText { field, model: one_line(&reading.model), written_at: reading.read_at.clone() })
}

/// Whether the window can be given something to show at full size: the file itself, or a JPEG made of it.
pub(crate) fn has_preview(format: &str) -> bool {
    Format::from_name(format).is_some_and(|format| format.shown_by_browsers() || format.decodable())
}

fn decodable(format: &str) -> bool {
    Format::from_name(format).is_some_and(Format::decodable)
}

/// While the account's database is being brought back from the store.
const NOT_VOUCHED: messages::Proof = messages::Proof::NotVouched;

fn verified_by(check: VerifiedBy) -> messages::Proof {
    match check {
        VerifiedBy::ContentMd5 => messages::Proof::ContentMd5,
        VerifiedBy::PartMd5 => messages::Proof::PartMd5,
        VerifiedBy::ReadBack => messages::Proof::ReadBack,
        VerifiedBy::AsFound => messages::Proof::AsFound,
        VerifiedBy::NotProven => messages::Proof::NotProven,
    }
}

/// An album for the window.
pub(super) fn album_row(known: AlbumRow) -> view::AlbumRow {
    view::AlbumRow {
        id: known.album.id,
        name: one_line(&known.album.name),
        pictures: known.pictures,
        cover: known.cover,
        cover_id: known.cover_id,
        created_at: known.album.created_at,
        pending: known.pending,
    }
}
