//! Whose film it is, and what kind of pneumonia, as the file names of the public ChestXRay2017 release tell.

use std::path::Path;

use lungfield_reader::Class;

/// What a film's name says of its patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    /// Equal for two films of one patient. Splits are made by it.
    pub id: String,
    /// `bacteria` or `virus`; where the name does not tell, the class. For a picture that is no child's chest film, the
    /// folder that it lies in.
    pub subtype: String,
}

/// The name of a class in `index.csv`.
pub fn class_name(class: Class) -> &'static str {
    match class {
        Class::Normal => "normal",
        Class::Pneumonia => "pneumonia",
    }
}

/// Reads a film's name:
///
/// | name | patient | |
/// |---|---|---|
/// | `person447_bacteria_1396.jpeg` | `bacteria-447` | numbered apart from `virus` |
/// | `IM-0115-0001.jpeg` | `IM-0115` | |
/// | `NORMAL2-IM-0115-0001.jpeg` | `NORMAL2-IM-0115` | |
/// | anything else | the name without its extension | so each film is a patient of its own |
pub fn patient(film: &str, label: Class) -> Patient {
    let stem = Path::new(film).file_stem().map_or_else(|| film.into(), |stem| stem.to_string_lossy());
    let known = match label {
        Class::Pneumonia => person(&stem),
        Class::Normal => image(&stem).map(|id| Patient { id, subtype: class_name(label).into() }),
    };
    known.unwrap_or_else(|| Patient { id: stem.into_owned(), subtype: class_name(label).into() })
}

/// What the name of a picture that is no child's chest film says: `bone/12.jpg` is its own patient, of the kind `bone`.
pub fn non_chest(picture: &str) -> Patient {
    let folder = Path::new(picture).parent().and_then(Path::file_name);
    let subtype = folder.map_or_else(|| "other".into(), |name| name.to_string_lossy().into_owned());
    Patient { id: picture.to_owned(), subtype }
}

fn person(stem: &str) -> Option<Patient> {
    let (number, rest) = stem.strip_prefix("person")?.split_once('_')?;
    let subtype = ["bacteria", "virus"].into_iter().find(|subtype| rest.split('_').next() == Some(subtype))?;
    is_number(number).then(|| Patient { id: format!("{subtype}-{number}"), subtype: subtype.into() })
}

fn image(stem: &str) -> Option<String> {
    let start = stem.find("IM-")?;
    let number = stem[start + 3..].split('-').next()?;
    let series = stem[..start].strip_suffix('-').unwrap_or(&stem[..start]);
    let known = series.is_empty() || series.strip_prefix("NORMAL").is_some_and(is_number);
    (known && is_number(number)).then(|| stem[..start + 3 + number.len()].to_owned())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(film: &str, label: Class) -> (String, String) {
        let patient = patient(film, label);
        (patient.id, patient.subtype)
    }

    #[test]
    fn films_of_one_patient_share_an_id() {
        let id = |film| of(film, Class::Pneumonia);
        assert_eq!(id("train/PNEUMONIA/person447_bacteria_1396.jpeg"), ("bacteria-447".into(), "bacteria".into()));
        assert_eq!(id("person447_bacteria_1397.jpeg"), id("person447_bacteria_1396.jpeg"));
        assert_eq!(id("person447_virus_920_1.jpeg"), ("virus-447".into(), "virus".into()));
    }

    #[test]
    fn normal_films_are_numbered_in_two_series() {
        let id = |film| of(film, Class::Normal);
        assert_eq!(id("train/NORMAL/IM-0115-0001.jpeg"), ("IM-0115".into(), "normal".into()));
        assert_eq!(id("NORMAL2-IM-0115-0001-0002.jpeg"), ("NORMAL2-IM-0115".into(), "normal".into()));
    }

    #[test]
    fn any_other_name_is_a_patient_of_its_own() {
        assert_eq!(of("PNEUMONIA/ward 3.png", Class::Pneumonia), ("ward 3".into(), "pneumonia".into()));
        assert_eq!(of("person_bacteria_1.jpeg", Class::Pneumonia), ("person_bacteria_1".into(), "pneumonia".into()));
        assert_eq!(of("NORMAL/IM-x.png", Class::Normal), ("IM-x".into(), "normal".into()));
        assert_eq!(of("SWIM-0115.png", Class::Normal), ("SWIM-0115".into(), "normal".into()));
        assert_eq!(of("NORMAL/person1_virus_2.jpeg", Class::Normal), ("person1_virus_2".into(), "normal".into()));
    }
}
