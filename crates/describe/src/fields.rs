//! The names under which models write the parts of an answer; the first of each is what they were asked for.

/// Those of the description itself.
pub(crate) const DESCRIPTION: &[&str] = &[
    "description",
    "caption",
    "image_description",
    "picture_description",
    "answer",
    "summary",
    "Beschreibung",
    "Bildbeschreibung",
    "descripción",
    "descrizione",
    "descrição",
    "описание",
    "描述",
    "説明",
    "설명",
];
/// Those of the text for people who can't see it.
pub(crate) const ALT_TEXT: &[&str] =
    &["alt_text", "alt", "alternative_text", "Alternativtext", "texte_alternatif", "texto_alternativo"];
/// Those of the words to find it by.
pub(crate) const TAGS: &[&str] =
    &["tags", "keywords", "labels", "Schlagwörter", "Stichwörter", "Schlagworte", "mots_clés", "etiquetas"];
/// Those of what can be read in it.
pub(crate) const TEXT_IN_IMAGE: &[&str] =
    &["text_in_image", "text", "ocr", "image_text", "visible_text", "Text_im_Bild"];
