use super::window;

/// What the user has set and the page keeps on the device. Nothing of a film is among it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The language's tag. `www/start.js` looks for it.
    Language,
    /// Whether she says what she sees before each answer.
    ReadFirst,
    /// The site's own thresholds, as their file.
    Site,
    /// Whether there is a history: where it is gone, that is said.
    History,
    /// The hash of the user's own model that is kept.
    OwnModel,
}

impl Setting {
    fn key(self) -> &'static str {
        match self {
            Self::Language => "lungfield:language",
            Self::ReadFirst => "lungfield:read-first",
            Self::Site => "lungfield:site",
            Self::History => "lungfield:history",
            Self::OwnModel => "lungfield:own-model",
        }
    }

    /// What is kept; `None` where nothing is, or storage is forbidden.
    pub fn kept(self) -> Option<String> {
        window().local_storage().ok()??.get_item(self.key()).ok()?
    }

    /// Keeps it. Where storage is forbidden it holds until the page is closed.
    pub fn keep(self, value: &str) {
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(self.key(), value);
        }
    }

    /// Keeps it no longer.
    pub fn forget(self) {
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.remove_item(self.key());
        }
    }
}
