//! The model card as a page of the app: readable offline, in the app's own style.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use crate::paths;

/// Writes `model-card.html` into `folder`, from `models/MODEL_CARD.md`, and its pictures from `models/card/`.
///
/// # Errors
/// If the card is missing or a file cannot be written.
pub fn write(folder: &Path) -> Result<()> {
    let models = paths::root().join("models");
    let card = fs::read_to_string(models.join("MODEL_CARD.md")).context("models/MODEL_CARD.md is missing")?;
    fs::write(folder.join("model-card.html"), page(&card))?;
    let pictures = models.join("card");
    if pictures.is_dir() {
        fs::create_dir_all(folder.join("card"))?;
        for entry in fs::read_dir(pictures)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension == "json") {
                continue;
            }
            fs::copy(&path, folder.join("card").join(path.file_name().unwrap_or_default()))?;
        }
    }
    Ok(())
}

/// A page without scripts; its style is the app's, whose name the finishing step fills in.
fn page(markdown: &str) -> String {
    let mut body = String::new();
    html::push_html(&mut body, without_the_repository(Parser::new_ext(markdown, Options::ENABLE_TABLES)));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n\
         <meta name=\"color-scheme\" content=\"light dark\" />\n<title>Model card · Lungfield</title>\n\
         <link rel=\"stylesheet\" href=\"./base.css\" />\n<link rel=\"stylesheet\" href=\"./card.css\" />\n\
         </head>\n<body>\n<main class=\"model-card\">\n{body}</main>\n</body>\n</html>\n"
    )
}

/// Links into the repository lead nowhere in the app: only their text stays.
fn without_the_repository<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut inside = false;
    events.filter(move |event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => {
            inside = !dest_url.contains("://");
            !inside
        }
        Event::End(TagEnd::Link) => !inside,
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_into_the_repository_leave_their_text() {
        let page = page("[docs](../docs/a.md) and [paper](https://example.org/p)");
        assert!(page.contains("docs and <a href=\"https://example.org/p\">paper</a>"), "{page}");
    }

    #[test]
    fn the_card_is_a_page_with_its_tables() {
        let page = page("# Card\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
        assert!(page.contains("<h1>Card</h1>") && page.contains("<td>2</td>"), "{page}");
        assert!(!page.contains("<script") && !page.contains("style=\"") && page.contains("./base.css"), "{page}");
    }
}
