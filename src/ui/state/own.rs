use std::rc::Rc;

use lungfield_contract::OwnFacts;

use crate::bridge::OwnRefusal;

/// A model of the user's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Own {
    /// There is none.
    #[default]
    None,
    /// It is being opened.
    Opening,
    /// It reads the films that are looked at.
    Open(Rc<OwnFacts>),
    /// It is not used, for this reason.
    Refused(OwnRefusal),
}

impl Own {
    /// The one that reads films.
    pub fn facts(&self) -> Option<&Rc<OwnFacts>> {
        match self {
            Self::Open(facts) => Some(facts),
            Self::None | Self::Opening | Self::Refused(_) => None,
        }
    }
}
