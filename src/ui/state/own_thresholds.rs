use std::rc::Rc;

use lungfield_contract::{Manifest, Site};

/// At which thresholds films are answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OwnThresholds {
    /// The model's.
    #[default]
    None,
    /// This site's.
    Of(Rc<Site>),
    /// Some of this site's were kept, and cannot be read: by a newer version, perhaps.
    Unreadable,
}

impl OwnThresholds {
    /// From what is kept of them.
    pub fn kept(json: Option<&str>) -> Self {
        match json.map(|json| Site::from_json(json.as_bytes())) {
            None => Self::None,
            Some(Ok(site)) => Self::Of(Rc::new(site)),
            Some(Err(_)) => Self::Unreadable,
        }
    }

    /// The site's, as they are.
    pub fn site(&self) -> Option<&Site> {
        match self {
            Self::Of(site) => Some(site),
            Self::None | Self::Unreadable => None,
        }
    }

    /// There are some, and films are answered at the model's all the same.
    pub fn are_void_with(&self, shipped: &Manifest) -> bool {
        match self {
            Self::None => false,
            Self::Of(site) => !site.is_for(shipped),
            Self::Unreadable => true,
        }
    }

    /// The model's contract with the thresholds that films are answered at.
    pub(super) fn applied_to(&self, shipped: &Rc<Manifest>) -> Rc<Manifest> {
        let at_site = self.site().and_then(|site| Manifest::clone(shipped).at_site(site.clone()).ok());
        at_site.map_or_else(|| shipped.clone(), Rc::new)
    }
}
