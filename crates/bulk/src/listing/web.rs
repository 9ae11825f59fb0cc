use std::collections::HashSet;

use lungfield_reader::listing::is_hidden;
use url::Url;

use crate::error::{Error, Result};
use crate::http::Client;
use crate::index::{IndexedFilm, Place};
use crate::listing::Add;

/// The films that a server lists at an `http` or `https` address: a page of links, as servers make them of a folder, with
/// the folders below it; or a text with an address on each line. An identifier is the film's path below the address, or its
/// whole address.
///
/// # Errors
/// When the server does not answer, or an address is none.
pub fn web(client: &Client, address: &str, add: Add) -> Result<()> {
    let failed = |e| Error::at(address, format!("is no address: {e}"), "Name a whole address, from http:// on.");
    let root = Url::parse(address).map_err(failed)?;
    let mut folders = vec![root.clone()];
    let mut seen = HashSet::new();
    while let Some(folder) = folders.pop() {
        let text = client.text(folder.as_str(), address)?;
        let is_page = text.trim_start().starts_with('<');
        let links: Vec<Url> = if is_page {
            hrefs(&text).filter_map(|link| folder.join(&link).ok()).filter(|link| below(&folder, link)).collect()
        } else {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(|line| folder.join(line).map_err(failed)).collect::<Result<_>>()?
        };
        for link in links {
            if is_page && link.path().ends_with('/') {
                if seen.insert(link.clone()) {
                    folders.push(link);
                }
            } else {
                let id = link.as_str().strip_prefix(root.as_str()).filter(|_| is_page).unwrap_or(link.as_str());
                if !is_hidden(id) {
                    add(IndexedFilm { id: id.to_owned(), place: Place::Whole(link.to_string()), bytes: None })?;
                }
            }
        }
    }
    Ok(())
}

/// Whether a link of a folder's page leads into the folder; those that sort its list have a query.
fn below(folder: &Url, link: &Url) -> bool {
    link.origin() == folder.origin()
        && link.query().is_none()
        && link.path().len() > folder.path().len()
        && link.path().starts_with(folder.path())
}

/// The targets of a page's links.
fn hrefs(page: &str) -> impl Iterator<Item = String> {
    page.split("href=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let target = rest[1..].split(quote).next()?;
        Some(target.split('#').next().unwrap_or_default().replace("&amp;", "&"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folders_page_leads_to_what_is_in_it() {
        let page = r#"<a href="?C=N;O=D">Name</a> <a href="../">up</a> <a href='a%20b.dcm'>a</a> <a href="/films/c/">c</a>
            <a href="http://elsewhere/d.dcm">d</a> <a href="e.dcm#f">e</a>"#;
        let folder = Url::parse("http://server/films/").expect("an address");
        let links = hrefs(page).filter_map(|link| folder.join(&link).ok()).filter(|link| below(&folder, link));
        let links: Vec<String> = links.map(|link| link.path().to_owned()).collect();
        assert_eq!(links, ["/films/a%20b.dcm", "/films/c/", "/films/e.dcm"]);
    }
}
