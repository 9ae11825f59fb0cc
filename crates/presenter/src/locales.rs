/// The texts of each language of the app, as JSON, by its BCP 47 tag.
pub const LOCALES: [(&str, &str); 8] = [
    ("en", include_str!("../../../www/locales/en.json")),
    ("hi", include_str!("../../../www/locales/hi.json")),
    ("bn", include_str!("../../../www/locales/bn.json")),
    ("mr", include_str!("../../../www/locales/mr.json")),
    ("te", include_str!("../../../www/locales/te.json")),
    ("ta", include_str!("../../../www/locales/ta.json")),
    ("gu", include_str!("../../../www/locales/gu.json")),
    ("kn", include_str!("../../../www/locales/kn.json")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_locale_file_is_a_language() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/locales");
        assert_eq!(std::fs::read_dir(folder).expect("there are locales").count(), LOCALES.len());
    }
}
