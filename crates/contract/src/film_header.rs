use std::fmt;

use serde::{Deserialize, Serialize};

/// What a film's DICOM header says, for whoever looks at the film: names and numbers too. It is shown and forgotten; no part of it
/// is in a [`crate::Reading`], and it writes itself into no log.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilmHeader(Vec<HeaderElement>);

/// An element of a header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderElement {
    /// Group and element number in one.
    pub tag: u32,
    /// The value's bytes as they are, each as a character; of a number of two bytes, its digits. `None` of what is no text.
    pub value: Option<String>,
    /// The length of the value in bytes.
    pub length: u32,
}

impl fmt::Debug for FilmHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a header of {} elements", self.0.len())
    }
}

impl FilmHeader {
    /// A header of these elements.
    pub fn new(elements: Vec<HeaderElement>) -> Self {
        Self(elements)
    }

    /// Its elements, in the order of their tags.
    pub fn elements(&self) -> &[HeaderElement] {
        &self.0
    }

    /// One of an element's values, the first being 0, without padding: the bytes as they are.
    pub fn value(&self, tag: u32, nth: usize) -> Option<&str> {
        let element = self.0.iter().find(|element| element.tag == tag)?;
        let value = element.value.as_ref()?.split('\\').nth(nth)?.trim_matches([' ', '\0']);
        (!value.is_empty()).then_some(value)
    }

    /// One of an element's values as a finite number.
    pub fn number(&self, tag: u32, nth: usize) -> Option<f64> {
        // As JSON writes it, which is what the page can read already. A header may leave a 0 out, or write a sign or more of them.
        let value = self.value(tag, nth)?.trim_start_matches('+');
        let (sign, digits) = value.strip_prefix('-').map_or((1.0, value), |digits| (-1.0, digits));
        let digits = digits.trim_start_matches('0').trim_end_matches('.');
        let whole = if digits.starts_with(|first: char| first.is_ascii_digit()) { "" } else { "0" };
        serde_json::from_str(&format!("{whole}{digits}")).ok().map(|number: f64| sign * number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_values_and_keeps_them_out_of_logs() {
        let element = |tag, value: &str| HeaderElement { tag, value: Some(value.into()), length: 4 };
        let header = FilmHeader::new(vec![element(0x0010_0010, "DOE^JANE "), element(0x0028_0030, "0.14\\0.15")]);
        assert_eq!(header.value(0x0010_0010, 0), Some("DOE^JANE"));
        assert_eq!([0, 1, 2].map(|nth| header.number(0x0028_0030, nth)), [Some(0.14), Some(0.15), None]);
        assert_eq!(header.number(0x0010_0010, 0), None);
        let numbers = FilmHeader::new(vec![element(7, "-.5\\+007\\1e3\\0\\600.\\1,5\\NaN\\-\\1e999")]);
        let expected = [Some(-0.5), Some(7.0), Some(1000.0), Some(0.0), Some(600.0), None, None, Some(0.0), None];
        assert_eq!(std::array::from_fn(|nth| numbers.number(7, nth)), expected);
        assert!(!format!("{header:?}").contains("DOE"));
    }
}
