use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// How the builds of the app stand on this device; from `www/sw.js`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Kept {
    /// All files of this page's build are there, so that it works without a network.
    pub whole: bool,
    /// The build that is served.
    pub used: Build,
    /// The newest one.
    pub newest: Build,
    /// The one that was used before.
    pub former: Option<Build>,
    /// The user has gone back from the newest one.
    pub declined: bool,
    /// The model of this page's build must not be used any more.
    pub withdrawn: bool,
}

/// A build of the app.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Build {
    /// Its name: a hash of its files.
    pub build: String,
    /// The version of its model, which the code is released with.
    pub version: String,
    /// What has changed in it, by the language.
    pub changes: HashMap<String, BTreeMap<String, String>>,
}

/// What a page of the build `own` says of the others.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer<'a> {
    /// This newer one is there.
    Newer(&'a Build),
    /// The model of this page's build was withdrawn; this one is there instead.
    Withdrawn(&'a Build),
    /// Another window uses this one by now.
    Elsewhere(&'a Build),
}

impl Kept {
    /// What is to be said to the user of a page of the build `own`.
    pub fn offer(&self, own: &str) -> Option<Offer<'_>> {
        let newer = Some(&self.newest).filter(|newest| newest.build != own);
        match newer {
            Some(newest) if self.withdrawn => Some(Offer::Withdrawn(newest)),
            _ if self.used.build != own => Some(Offer::Elsewhere(&self.used)),
            Some(newest) if !self.declined => Some(Offer::Newer(newest)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(used: &str, newest: &str) -> Kept {
        let build = |build: &str| Build { build: build.into(), version: String::new(), changes: HashMap::new() };
        Kept { whole: true, used: build(used), newest: build(newest), former: None, declined: false, withdrawn: false }
    }

    #[test]
    fn a_newer_build_is_offered_unless_the_user_has_gone_back_from_it() {
        assert_eq!(kept("a", "a").offer("a"), None);
        let mut two = kept("a", "b");
        assert_eq!(two.offer("a"), Some(Offer::Newer(&two.newest)));
        two.declined = true;
        assert_eq!(two.offer("a"), None);
        two.withdrawn = true;
        assert_eq!(two.offer("a"), Some(Offer::Withdrawn(&two.newest)));
    }

    #[test]
    fn a_page_whose_build_is_no_longer_used_is_told() {
        let two = kept("b", "b");
        assert_eq!(two.offer("a"), Some(Offer::Elsewhere(&two.used)));
        assert_eq!(two.offer("b"), None);
        let back = Kept { declined: true, ..kept("a", "b") };
        assert_eq!(back.offer("b"), Some(Offer::Elsewhere(&back.used)));
    }
}
