//! The picture of `/trends`: who and what was in the news, as bars with a line for each day. Drawn as SVG (`draw.rs`),
//! with a font of our own, so that it looks the same on every system, and on light ground, so that it can be read in
//! light and dark themes.

mod draw;

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use crate::model::language::Language;
use crate::model::lexicon::Lexicon;
use crate::model::picture::Picture;
use crate::model::trends::Trends;

/// The only font: Korean and Latin (`assets/font/OFL.txt`).
const FONT: &[u8] = include_bytes!("../../../assets/font/jogan-sans.ttf");
const FAMILY: &str = "Jogan Sans";

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(FONT.to_vec());
    Arc::new(fonts)
});

/// The picture, some tens of kilobytes; `None` if there is nothing to show.
pub(super) fn trends(trends: &Trends, lexicon: &Lexicon, language: Language) -> Option<Picture> {
    if trends.companies.is_empty() && trends.topics.is_empty() {
        return None;
    }
    let drawing = draw::trends(trends, lexicon, language);
    Some(Picture { png: png(&drawing.svg)?, name: "trends.png", description: drawing.title })
}

/// A drawing as PNG. `None` never happens to a drawing of ours, which the tests see to.
fn png(svg: &str) -> Option<Vec<u8>> {
    let options =
        Options { fontdb: Arc::clone(&FONTS), font_family: FAMILY.to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).ok()?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().ok()
}

#[cfg(test)]
mod tests;
