use std::fmt::{Display, Formatter, Result};

use serde::{Deserialize, Serialize};

/// A number of more years is none.
const MOST_YEARS: u16 = 999;

/// A patient's age in whole units (PS3.5, table 6.2-1: Age String).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Age {
    /// Days.
    Days(u16),
    /// Weeks.
    Weeks(u16),
    /// Months.
    Months(u16),
    /// Years, 0 to 999.
    Years(u16),
}

impl Age {
    /// The age of an age string such as `018M`, in capitals or not, its unit as a word or not; a number alone counts years. `None` when it is none.
    pub fn from_dicom(text: &str) -> Option<Self> {
        // Above 89 years some are made anonymous as >89Y; ISO 8601 has a P first, others have a word.
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let (before, text) = text.trim_end().split_at_checked(start)?;
        let before = before.trim_matches([' ', ':', '>', '<', '=', '~', '+']).to_ascii_uppercase();
        if !["", "P", "Y", "AGE"].contains(&before.as_str()) {
            return None;
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = text.split_at(digits);
        let count = count.parse().ok()?;
        // Of 62.5Y the years, and of 6Y3M.
        let unit = unit.trim_start_matches(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ' ']);
        let unit: String = unit.chars().take_while(|c| c.is_alphabetic()).collect();
        match unit.to_uppercase().as_str() {
            "D" | "DAY" | "DAYS" => Some(Age::Days(count)),
            "W" | "WK" | "WKS" | "WEEK" | "WEEKS" => Some(Age::Weeks(count)),
            "M" | "MO" | "MOS" | "MONTH" | "MONTHS" => Some(Age::Months(count)),
            "Y" | "YO" | "YR" | "YRS" | "YEAR" | "YEARS" | "A" | "ANS" | "AN" | "AÑOS" | "ANOS" | "ANNI" | "J"
            | "JAHRE" | "JAAR" | "L" | "LAT" | "LET" | "G" | "岁" | "歳" | "세" | ""
                if count <= MOST_YEARS =>
            {
                Some(Age::Years(count))
            }
            _ => None,
        }
    }

    /// The least number of days that someone of this age has lived.
    pub fn days(self) -> u32 {
        match self {
            Age::Days(count) => count.into(),
            Age::Weeks(count) => u32::from(count) * 7,
            // A month is the 12th part of a year, so that 216 months are 18 years.
            Age::Months(count) => u32::from(count) * 1461 / 48,
            Age::Years(count) => u32::from(count) * 1461 / 4,
        }
    }

    /// 18 years and older.
    pub fn is_adult(self) -> bool {
        self.days() >= Age::Years(18).days()
    }

    /// Younger than 28 days.
    pub fn is_newborn(self) -> bool {
        // "000Y" is what some machines write for every infant.
        self.days() < 28 && self != Age::Years(0)
    }
}

impl Display for Age {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let (count, one, several) = match *self {
            Age::Days(count) => (count, "day", "days"),
            Age::Weeks(count) => (count, "week", "weeks"),
            Age::Months(count) => (count, "month", "months"),
            Age::Years(count) => (count, "year", "years"),
        };
        write!(f, "{count} {}", if count == 1 { one } else { several })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_and_written() {
        assert_eq!(Age::from_dicom("018M"), Some(Age::Months(18)));
        assert_eq!(Age::from_dicom("010Y").map(|age| age.to_string()).as_deref(), Some("10 years"));
        assert_eq!(Age::from_dicom("62"), Some(Age::Years(62)));
        assert_eq!(Age::from_dicom("062y "), Some(Age::Years(62)));
        assert_eq!([" 62 yrs", "62 Years"].map(Age::from_dicom), [Some(Age::Years(62)); 2]);
        assert_eq!(Age::from_dicom("1D").map(|age| age.to_string()).as_deref(), Some("1 day"));
        assert_eq!(
            ["62.5Y", "62Y3M", "062 A", ">62Y", "P62Y", "62岁", "62Y+"].map(Age::from_dicom),
            [Some(Age::Years(62)); 7]
        );
        assert_eq!(["Y62", "Age: 62", "> 62 Y"].map(Age::from_dicom), [Some(Age::Years(62)); 3]);
        assert!(["744M", "22630D"].iter().all(|age| Age::from_dicom(age).is_some_and(Age::is_adult)));
        for no_age in ["", "Y", "-01Y", "1000Y", "010X", "०१०Y", "é"] {
            assert_eq!(Age::from_dicom(no_age), None, "{no_age}");
        }
    }

    #[test]
    fn adults_and_newborns_are_told_from_children() {
        for adult in [Age::Years(18), Age::Years(80), Age::Months(216)] {
            assert!(adult.is_adult(), "{adult}");
        }
        for newborn in [Age::Days(0), Age::Days(27), Age::Weeks(3), Age::Months(0)] {
            assert!(newborn.is_newborn(), "{newborn}");
        }
        for child in [Age::Years(17), Age::Months(215), Age::Months(1), Age::Weeks(4), Age::Years(0)] {
            assert!(!child.is_adult() && !child.is_newborn(), "{child}");
        }
    }
}
