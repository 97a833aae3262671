//! The page's own files, compiled in from `assets/`: plain modules and styles, nothing built, nothing from elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use crate::sandbox::page::Stage;

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const DRAWING: &str = "image/svg+xml";

/// Path, content type, content.
const FILES: [(&str, &str, &str); 24] = [
    ("/", HTML, include_str!("assets/page.html")),
    ("/page.css", STYLE, include_str!("assets/page.css")),
    ("/discord.css", STYLE, include_str!("assets/discord.css")),
    ("/telegram.css", STYLE, include_str!("assets/telegram.css")),
    ("/main.js", SCRIPT, include_str!("assets/main.js")),
    ("/dom.js", SCRIPT, include_str!("assets/dom.js")),
    ("/words.js", SCRIPT, include_str!("assets/words.js")),
    ("/times.js", SCRIPT, include_str!("assets/times.js")),
    ("/net.js", SCRIPT, include_str!("assets/net.js")),
    ("/pane.js", SCRIPT, include_str!("assets/pane.js")),
    ("/suggest.js", SCRIPT, include_str!("assets/suggest.js")),
    ("/markdown.js", SCRIPT, include_str!("assets/markdown.js")),
    ("/discord.js", SCRIPT, include_str!("assets/discord.js")),
    ("/discord_message.js", SCRIPT, include_str!("assets/discord_message.js")),
    ("/discord_composer.js", SCRIPT, include_str!("assets/discord_composer.js")),
    ("/discord_form.js", SCRIPT, include_str!("assets/discord_form.js")),
    ("/telegram.js", SCRIPT, include_str!("assets/telegram.js")),
    ("/telegram_message.js", SCRIPT, include_str!("assets/telegram_message.js")),
    ("/telegram_entities.js", SCRIPT, include_str!("assets/telegram_entities.js")),
    ("/telegram_keys.js", SCRIPT, include_str!("assets/telegram_keys.js")),
    ("/telegram_composer.js", SCRIPT, include_str!("assets/telegram_composer.js")),
    ("/icon.svg", DRAWING, include_str!("assets/icon.svg")),
    ("/down-light.svg", DRAWING, include_str!("assets/down-light.svg")),
    ("/down-dark.svg", DRAWING, include_str!("assets/down-dark.svg")),
];

/// A route a file.
pub(crate) fn router() -> Router<Arc<Stage>> {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, content)| {
        router.route(path, get(move || async move { ([(CONTENT_TYPE, kind)], content) }))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_page_is_served() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/page/assets");
        for file in std::fs::read_dir(assets).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let path = if name == "page.html" { "/".to_owned() } else { format!("/{name}") };
            assert!(FILES.iter().any(|(served, ..)| *served == path), "{name} is not in FILES");
        }
    }

    #[test]
    fn every_module_that_a_module_imports_is_served() {
        for (path, _, content) in FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            for imported in content.lines().filter(|line| line.starts_with("import ")) {
                let module = imported.split("'./").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
                assert!(FILES.iter().any(|(served, ..)| served[1..] == *module), "{path} imports {module}");
            }
        }
    }
}
