//! Films whose class is known: by the folders that they lie in, or by a table.

use std::collections::HashMap;

use serde::Deserialize;

use crate::Class;

/// The class that the nearest folder of a film's path, with `/`, names: `NORMAL` or `PNEUMONIA`, in upper or lower case.
pub fn of_folder(path: &str) -> Option<Class> {
    path.rsplit('/').skip(1).find_map(class)
}

/// The classes in a table: CSV with the columns `file`, a path with `/`, and `class`, which is normal or pneumonia.
///
/// # Errors
/// The reason, when it is no such table, names no film, or one twice.
pub fn of_table(csv: &[u8]) -> Result<HashMap<String, Class>, String> {
    #[derive(Deserialize)]
    struct Row {
        file: String,
        class: String,
    }
    let mut classes = HashMap::new();
    // Spreadsheets mark UTF-8.
    let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
    for row in csv::Reader::from_reader(csv).deserialize() {
        let Row { file, class: word } = row.map_err(|error| error.to_string())?;
        let class = class(word.trim()).ok_or_else(|| format!("{file}: {word:?} is no class"))?;
        if classes.insert(file.clone(), class).is_some() {
            return Err(format!("{file} has two lines"));
        }
    }
    if classes.is_empty() { Err("lists no film".into()) } else { Ok(classes) }
}

/// What a table says of a film, whose path may begin with folders that the table leaves out: the longest name that fits.
pub fn look_up(classes: &HashMap<String, Class>, path: &str) -> Option<Class> {
    let ends = path.match_indices('/').map(|(slash, _)| &path[slash + 1..]);
    std::iter::once(path).chain(ends).find_map(|name| classes.get(name).copied())
}

fn class(word: &str) -> Option<Class> {
    let classes = [("normal", Class::Normal), ("pneumonia", Class::Pneumonia)];
    classes.into_iter().find_map(|(name, class)| word.eq_ignore_ascii_case(name).then_some(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_names_the_class() {
        assert_eq!(of_folder("test/NORMAL/a.jpeg"), Some(Class::Normal));
        assert_eq!(of_folder("normal/Pneumonia/virus/a.jpeg"), Some(Class::Pneumonia));
        assert_eq!(of_folder("test/a.jpeg"), None);
        assert_eq!(of_folder("test/NORMAL"), None, "the film itself is no folder");
    }

    #[test]
    fn a_table_names_each_film_once_and_films_of_its_folder() {
        let classes =
            of_table(b"\xef\xbb\xbffile,class,seen by\na/1.png,Normal,me\n2.png, PNEUMONIA,you\n").expect("a table");
        assert_eq!(look_up(&classes, "films/a/1.png"), Some(Class::Normal));
        assert_eq!(look_up(&classes, "2.png"), Some(Class::Pneumonia));
        assert_eq!(look_up(&classes, "films/1.png"), None, "it may be another's");
        assert_eq!(look_up(&classes, "a12.png"), None);
        for (wrong, reason) in [
            ("file,class\na,normal\na,normal\n", "two lines"),
            ("file,class\na,healthy\n", "no class"),
            ("file,class\n", "no film"),
            ("file\na\n", "class"),
        ] {
            let said = of_table(wrong.as_bytes()).expect_err("no table");
            assert!(said.contains(reason), "{wrong:?}: {said}");
        }
    }
}
