use serde::{Deserialize, Serialize};

use crate::{Orientation, Warning, WarningKind};

/// What a reading says of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportedGate {
    /// How the film lay in its file, before it was put right.
    #[serde(rename = "presentation")]
    pub orientation: Orientation,
    /// How far the upright film is from the films that the model knows, about 1 for a child's film.
    pub distance: f64,
    /// From this distance on a film is unlike the training films.
    pub unlike_from: f64,
    /// From this distance on a picture is refused.
    pub refused_from: f64,
    /// From 0 on the film is more like the adults' films that the gate was shown than like the children's; `None` of a
    /// gate that was shown none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adult_score: Option<f64>,
}

impl ReportedGate {
    /// What to keep in mind with the answer, for what the gate made of the film.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let Orientation { quarter_turns, inverted } = self.orientation;
        let way =
            ["upright", "turned to the right", "upside down", "turned to the left"][usize::from(quarter_turns % 4)];
        let turned = (quarter_turns > 0)
            .then(|| Warning::new(WarningKind::Turned, format!("the film was {way} and has been put upright")));
        let inverted =
            inverted.then(|| Warning::new(WarningKind::Inverted, "bone was black in the film; it has been inverted"));
        let Self { distance, unlike_from, .. } = self;
        let why = match self.adult_score {
            Some(score) if score >= 0.0 => {
                Some(format!("it is more like the adults' films that the gate was shown (score {score:.2}, limit 0)"))
            }
            _ => {
                (distance >= unlike_from).then(|| format!("its distance is {distance:.2}, the limit {unlike_from:.2}"))
            }
        };
        let unlike = why.map(|why| {
            let text = format!(
                "the film is unlike the children's films that the model knows: {why}. It may be an adult's, or from \
                 another kind of machine; the answer may be wrong"
            );
            Warning::new(WarningKind::UnlikeTrainingFilms, text)
        });
        [turned, inverted, unlike].into_iter().flatten().collect()
    }
}
