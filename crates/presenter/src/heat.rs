use lungfield_contract::{Class, Evidence, Lungs, ReportedHeatmap};
use serde::Serialize;

use crate::text::Texts;

/// What a heatmap has to show, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeatView {
    /// The class that it explains.
    pub class: Class,
    /// The class in words.
    pub name: String,
    /// What there is to see.
    pub text: String,
    /// That much of what is marked is not to be relied on.
    pub caution: Option<String>,
    /// Places are marked on the film.
    pub is_drawn: bool,
}

impl HeatView {
    /// Of a film whose lungs lie there.
    pub fn of(map: &ReportedHeatmap, lungs: Option<&Lungs>, texts: &Texts) -> Self {
        let words = &texts.heat;
        let evidence = map.evidence(lungs);
        let text = match evidence {
            Evidence::Weak => &words.weak,
            Evidence::NoPlace => &words.no_place,
            Evidence::Places { .. } => &words.places,
        };
        Self {
            class: map.class,
            name: words.class(map.class).to_owned(),
            text: text.clone(),
            caution: (evidence == Evidence::Places { outside_lungs: true }).then(|| words.outside.clone()),
            is_drawn: matches!(evidence, Evidence::Places { .. }),
        }
    }
}

#[cfg(test)]
mod tests {
    use lungfield_contract::{Heatmap, Manifest};

    use super::*;
    use crate::text::texts;

    fn said(values: Vec<f32>) -> HeatView {
        let json = include_bytes!("../../../models/manifest.json");
        let manifest = Manifest::from_json(json).expect("is a manifest");
        let map = Heatmap::new(2, 2, values, Class::Pneumonia);
        HeatView::of(&ReportedHeatmap::new(&map, &manifest), None, &texts("en"))
    }

    #[test]
    fn what_is_marked_is_said_and_what_is_not_as_well() {
        let [weak, places] = [said(vec![0.0; 4]), said(vec![1000.0, 0.0, 0.0, 0.0])];
        assert!(!weak.is_drawn && weak.text.contains("no place"), "{weak:?}");
        assert!(places.is_drawn && places.text.contains("strongest"), "{places:?}");
        assert_eq!(weak.name, places.name);
    }
}
