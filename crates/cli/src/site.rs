//! A site's own thresholds: used by `--site`, chosen by `evaluate --write-site`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use lungfield_reader::{Class, Manifest, Probability, Reader, Site, TooFew};

use crate::error::{Error, Result};

/// At which thresholds films are answered.
#[derive(Args)]
pub struct AtSite {
    /// Answer at the thresholds in FILE, which `evaluate --write-site` chose on a site's own films
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
}

impl AtSite {
    /// Whether there are some.
    pub fn is_given(&self) -> bool {
        self.site.is_some()
    }

    /// The arguments that name them to another process of this command.
    pub fn arguments(&self) -> impl Iterator<Item = OsString> {
        self.site.iter().flat_map(|file| ["--site".into(), file.clone().into_os_string()])
    }

    /// The reader that answers at them; without them the reader as it is.
    ///
    /// # Errors
    /// When the file cannot be read, or was chosen with another model.
    pub fn apply(&self, reader: Reader) -> Result<Reader> {
        let Some(path) = &self.site else { return Ok(reader) };
        let json = fs::read(path).map_err(|error| Error::read(path, &error))?;
        let refused = |error: lungfield_reader::Error| {
            Error::at(path, error.detail(), "Choose them with `lungfield evaluate FILMS --write-site FILE`.")
        };
        reader.at_site(Site::from_json(&json).map_err(refused)?).map_err(refused)
    }
}

/// How a site's thresholds are chosen.
#[derive(Args)]
pub struct Choose {
    /// Choose thresholds on these films, a site's own, and write them to FILE (lungfield.site/1), for `--site`
    #[arg(long, value_name = "FILE", conflicts_with = "site", help_heading = "A site's own thresholds")]
    write_site: Option<PathBuf>,
    /// The share of films with pneumonia that may be called unlikely, and of those without that may be called likely
    #[arg(
        long,
        value_name = "SHARE",
        default_value = "0.05",
        requires = "write_site",
        value_parser = share,
        help_heading = "A site's own thresholds"
    )]
    error_level: f64,
    /// Where sensitivity and specificity are stated; without it the model's
    #[arg(
        long,
        value_name = "PROBABILITY",
        requires = "write_site",
        value_parser = share,
        help_heading = "A site's own thresholds"
    )]
    operating_point: Option<f64>,
}

impl Choose {
    /// Chooses thresholds on films, if that was asked for, and writes them: which, and where.
    ///
    /// # Errors
    /// When there are too few films, or the file cannot be written.
    pub fn write(&self, manifest: &Manifest, films: &[(Probability, Class)]) -> Result<Option<(Site, &Path)>> {
        let Some(path) = &self.write_site else { return Ok(None) };
        let operating_point = self.operating_point.unwrap_or(manifest.thresholds.operating_point);
        let date = chrono::Local::now().format("%Y-%m-%d").to_string();
        let too_few = |TooFew { class, found, needed }| {
            let what = match class {
                Class::Normal => "without",
                Class::Pneumonia => "with",
            };
            let reason = format!(
                "{found} films {what} pneumonia are too few for an error level of {}: it takes {needed}",
                self.error_level
            );
            Error::at(path, reason, "Nothing was written. Give more films, or a higher --error-level.")
        };
        let site = Site::choose(manifest, films, operating_point, self.error_level, date).map_err(too_few)?;
        let mut json = serde_json::to_vec_pretty(&site).map_err(std::io::Error::from)?;
        json.push(b'\n');
        fs::write(path, json).map_err(|error| Error::write(path, &error))?;
        Ok(Some((site, path)))
    }
}

fn share(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(share) if 0.0 < share && share < 1.0 => Ok(share),
        _ => Err("write a share between 0 and 1, such as 0.05 for one in twenty".into()),
    }
}
