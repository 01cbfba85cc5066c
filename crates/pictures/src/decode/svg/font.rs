//! The font of texts. The fonts of the system can't be had where pictures are decoded, without files; and with one of our own a
//! picture looks alike on all computers.

use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::{Database, Source};

/// DejaVu Sans has Latin, Greek, Cyrillic, Arabic, Hebrew and many symbols. Its licence is beside it.
pub(super) const FAMILY: &str = "DejaVu Sans";
static FONT: &[u8] = include_bytes!("../../../fonts/DejaVuSans.ttf");

/// It alone, in the place of all that documents ask for.
pub(super) fn database() -> Arc<Database> {
    static DATABASE: OnceLock<Arc<Database>> = OnceLock::new();
    let made = || {
        let mut database = Database::new();
        database.load_font_source(Source::Binary(Arc::new(FONT)));
        database.set_serif_family(FAMILY);
        database.set_sans_serif_family(FAMILY);
        database.set_monospace_family(FAMILY);
        database.set_cursive_family(FAMILY);
        database.set_fantasy_family(FAMILY);
        Arc::new(database)
    };
    Arc::clone(DATABASE.get_or_init(made))
}
