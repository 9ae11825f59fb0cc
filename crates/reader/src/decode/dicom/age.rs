//! A patient's age when the film was taken.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use crate::Age;

/// When a film was taken, the nearest first.
const DATES: [Tag; 5] =
    [tags::ACQUISITION_DATE, tags::ACQUISITION_DATE_TIME, tags::CONTENT_DATE, tags::SERIES_DATE, tags::STUDY_DATE];

/// Nobody lives longer; an earlier birth date stands for none.
const OLDEST_YEARS: u16 = 115;

/// By Patient's Age, else from the dates of birth and of the film. An age of no years may stand for none, and the dates come
/// before it.
pub(super) fn of_patient(data_set: &DataSet) -> Option<Age> {
    let says = data_set.text(tags::PATIENT_AGE).and_then(Age::from_dicom);
    says.filter(|age| *age != Age::Years(0)).or_else(|| by_dates(data_set)).or(says)
}

fn by_dates(data_set: &DataSet) -> Option<Age> {
    let birth = Date::parse(data_set.text(tags::PATIENT_BIRTH_DATE)?)?;
    let taken = DATES.iter().find_map(|&tag| Date::parse(data_set.text(tag)?))?;
    taken.since(birth)
}

/// A day of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Date {
    year: u16,
    month: u16,
    day: u16,
}

impl Date {
    /// A date as DICOM has it, 20260228, or had it, 2026.02.28 (PS3.5, table 6.2-1), the day and then the month left out or
    /// first, as in 28.02.2026; a time may follow.
    fn parse(text: &str) -> Option<Self> {
        let is_between = |c| matches!(c, '.' | '-' | '/' | ' ');
        let parts: Vec<&str> = text.split(is_between).collect();
        let number = |part: &str| part.parse::<u16>().ok();
        let date = match parts.as_slice() {
            [a, b, year] if a.len() <= 2 && year.len() == 4 => {
                let (day, month) = (number(a)?, number(b)?);
                // The month comes first in some countries.
                let (day, month) = if month > 12 { (month, day) } else { (day, month) };
                Self { year: number(year)?, month, day }
            }
            _ => {
                let digits: String = text.chars().filter(|c| !is_between(*c)).take(8).collect();
                let part = |from: usize, to: usize| digits.get(from..to).map_or(Some(1), number);
                Self { year: number(digits.get(..4)?)?, month: part(4, 6)?, day: part(6, 8)? }
            }
        };
        // A month or a day of 0 is not known.
        let date = Self { month: date.month.max(1), day: date.day.max(1), ..date };
        (date.year > 0 && date.month <= 12 && date.day <= 31).then_some(date)
    }

    /// The age on this day of somebody who was born on another.
    fn since(self, birth: Self) -> Option<Age> {
        let not_yet = |later: bool| u16::from(later);
        let years = self
            .year
            .checked_sub(birth.year)?
            .checked_sub(not_yet((self.month, self.day) < (birth.month, birth.day)))?;
        if years > OLDEST_YEARS {
            return None;
        }
        let months = 12 * (self.year - birth.year) + self.month;
        let months = months.checked_sub(birth.month + not_yet(self.day < birth.day))?;
        Some(match months {
            0 => Age::Days(self.days().checked_sub(birth.days())?.try_into().ok()?),
            1..=23 => Age::Months(months),
            _ => Age::Years(years),
        })
    }

    /// Days since the first of March of year 0, by which a month's first day is a whole number of fifths of 153.
    fn days(self) -> u32 {
        let (year, month) =
            if self.month > 2 { (self.year, self.month - 3) } else { (self.year.saturating_sub(1), self.month + 9) };
        let (year, month) = (u32::from(year), u32::from(month));
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + u32::from(self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(birth: &str, taken: &str) -> Option<Age> {
        Date::parse(taken)?.since(Date::parse(birth)?)
    }

    #[test]
    fn ages_are_counted_in_what_has_passed() {
        assert_eq!(age("19500101", "20200101"), Some(Age::Years(70)));
        assert_eq!(age("19500102", "2020.01.01"), Some(Age::Years(69)));
        assert_eq!(age("20190615", "20200614"), Some(Age::Months(11)));
        assert_eq!(age("20200228", "20200301"), Some(Age::Days(2)));
        assert_eq!(age("15.03.1950", "20200102101500"), Some(Age::Years(69)));
        assert_eq!(age("03/15/1950", "2020-03-15"), Some(Age::Years(70)));
        assert_eq!(age("1950", "202001"), Some(Age::Years(70)));
        assert_eq!(age("19500000", "20200101"), Some(Age::Years(70)));
        assert_eq!(age("20191231", "20200101"), Some(Age::Days(1)));
        assert_eq!(age("20200101", "20200101"), Some(Age::Days(0)));
    }

    #[test]
    fn dates_that_are_none_give_no_age() {
        for (birth, taken) in [
            ("20200102", "20200101"),
            ("18500101", "20200101"),
            ("", "20200101"),
            ("19501301", "20200101"),
            ("0000", "2020"),
        ] {
            assert_eq!(age(birth, taken), None, "{birth}, {taken}");
        }
    }
}
