//! A site's own thresholds, in words.

use lungfield_contract::SiteFilms;

/// The day on which they were chosen, and on how many films without pneumonia and with it.
pub fn in_words(films: &SiteFilms) -> [String; 3] {
    [films.date.clone(), films.normal.to_string(), films.pneumonia.to_string()]
}
