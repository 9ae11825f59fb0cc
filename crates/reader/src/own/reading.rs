use super::manifest::OwnManifest;
use crate::{Milliseconds, OwnModelName, OwnReading, Status};

impl OwnManifest {
    /// Whose model it is.
    pub fn model_name(&self) -> OwnModelName {
        let Self { name, version, site, sha256, .. } = self;
        OwnModelName {
            name: name.clone(),
            version: version.clone(),
            site: site.clone(),
            sha256: sha256.clone(),
            measured: false,
            notice: format!("Model of {site}, not measured by Lungfield"),
        }
    }

    /// A reading without an answer.
    pub(super) fn unanswered(&self, file: &str) -> OwnReading {
        OwnReading {
            schema: "lungfield.own-reading/1".into(),
            file: file.into(),
            status: Status::Failed,
            reason: None,
            model: self.model_name(),
            gate: None,
            warnings: Vec::new(),
            findings: Vec::new(),
            milliseconds: Milliseconds::default(),
        }
    }
}
