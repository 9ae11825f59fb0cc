use lungfield_contract::Reading;

use crate::{text::Texts, view::View};

impl View {
    /// What is said of a reading as plain text, to be copied or sent: the film's name, the answer, what to keep in mind, and whose answer
    /// it is.
    pub fn plain(&self, reading: &Reading, texts: &Texts) -> String {
        let mut lines = vec![reading.file.clone()];
        lines.extend(self.caveat.clone());
        lines.push(self.headline.clone());
        lines.extend(self.probability.iter().map(|scale| scale.description.clone()));
        lines.extend(self.no_number.clone());
        lines.extend(self.said.iter().map(|said| with(&said.text, said.measured.as_deref())));
        lines.extend(self.to_do.clone());
        lines.extend(self.out_of_population.clone());
        if let Some(restated) = &self.restated {
            lines.push(format!("{}: {}", restated.probability.name, restated.probability.text));
        }
        lines.extend(self.seen_first.clone());
        lines.extend(self.warnings.iter().map(|warning| format!("– {warning}")));
        if let Some(quality) = &self.quality {
            lines.push(format!("{}: {}", quality.title, quality.grade));
            lines.extend(quality.flaws.iter().map(|flaw| format!("– {}", with(&flaw.text, Some(&flaw.measured)))));
        }
        lines.extend(texts.language.machine_made.iter().map(|note| note.own.clone()));
        lines.push(format!("{} {} · {}", reading.model.name, reading.model.version, reading.model.sha256));
        lines.push(self.statement.clone());
        lines.join("\n")
    }
}

fn with(text: &str, measured: Option<&str>) -> String {
    measured.map_or_else(|| text.to_owned(), |measured| format!("{text} {measured}"))
}
