//! A FHIR bundle: the model as a Device, the answer as an Observation, and a preliminary DiagnosticReport of both.
//!
//! It is labelled as asserted by an algorithm (`AIAST`), and never says that a disease is present.

use lungfield_contract::Reading;
use serde_json::{Value, json};

use crate::answer::{Answer, STATEMENT, marks, warnings};
use crate::{Error, Film, Occasion, Result, uid};

/// Which FHIR.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    R4,
    R5,
}

/// The codes that no public system has.
const OWN: &str = "https://github.com/lungfield/lungfield/codes";

/// The bundle, as JSON.
pub(crate) fn bundle(film: &Film, release: Release, occasion: &Occasion) -> Result<Vec<u8>> {
    let urn = |thing| uid::urn(occasion.uuid(thing));
    let (device, observation, report) = (urn("device"), urn("observation"), urn("diagnostic-report"));
    let entry = |url: &str, resource: Value| json!({ "fullUrl": url, "resource": resource });
    let bundle = json!({
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": occasion.instant(),
        "entry": [
            entry(&device, device_of(film.reading, release)),
            entry(&observation, observation_of(film, &device, occasion)),
            entry(&report, report_of(film.reading, &observation, occasion)),
        ],
    });
    serde_json::to_vec_pretty(&bundle).map_err(Error::write)
}

fn device_of(reading: &Reading, release: Release) -> Value {
    let model = &reading.model;
    let mut device = json!({
        "resourceType": "Device",
        "identifier": [{ "system": "urn:ietf:rfc:3986", "value": format!("urn:sha256:{}", model.sha256) }],
        "manufacturer": "Lungfield",
        "version": [{ "value": model.version }],
    });
    let (names, kind) = match release {
        Release::R4 => ("deviceName", json!([{ "name": model.name, "type": "model-name" }])),
        Release::R5 => ("name", json!([{ "value": model.name, "type": "registered-name" }])),
    };
    device[names] = kind;
    device
}

fn observation_of(film: &Film, device: &str, occasion: &Occasion) -> Value {
    let reading = film.reading;
    let own = |code: &str, display: &str| json!({ "system": OWN, "code": code, "display": display });
    let unit = json!({ "value": 0, "system": "http://unitsofmeasure.org", "code": "1" });
    let quantity = |value: f64| {
        let mut quantity = unit.clone();
        quantity["value"] = json!(value);
        quantity
    };
    let text = "Probability that this film shows pneumonia";
    let mut observation = json!({
        "resourceType": "Observation",
        "meta": { "security": [asserted_by_algorithm()] },
        "status": "preliminary",
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "imaging", "display": "Imaging",
        }] }],
        "code": { "coding": [own("probability-of-pneumonia", text)], "text": text },
        "effectiveDateTime": occasion.instant(),
        "device": { "reference": device },
        "note": warnings(reading).chain(marks(film)).chain([STATEMENT.to_owned()]).map(|text| json!({ "text": text })).collect::<Vec<_>>(),
    });
    match Answer::of(reading) {
        Some(answer @ Answer::Given(_, probability)) => {
            let t = &reading.thresholds;
            let (code, meaning) = answer.code();
            observation["valueQuantity"] = quantity(probability);
            observation["interpretation"] = json!([{ "coding": [own(code, meaning)], "text": meaning }]);
            observation["referenceRange"] = json!([
                { "high": quantity(t.unlikely_below), "text": "Unlikely below this" },
                { "low": quantity(t.likely_from), "text": "Likely from this on" },
            ]);
            let logit = json!({ "coding": [own("logit", "Logit")], "text": "Logit" });
            observation["component"] =
                json!([{ "code": logit, "valueQuantity": quantity(reading.logit.unwrap_or_default()) }]);
        }
        _ => {
            let reason = json!({
                "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "masked", "display": "Masked",
            });
            observation["dataAbsentReason"] =
                json!({ "coding": [reason], "text": "Held back: not a film that the model can be trusted with" });
        }
    }
    observation
}

fn report_of(reading: &Reading, observation: &str, occasion: &Occasion) -> Value {
    let conclusion = match Answer::of(reading) {
        Some(answer) => answer.code().1,
        None => "No answer",
    };
    json!({
        "resourceType": "DiagnosticReport",
        "meta": { "security": [asserted_by_algorithm()] },
        "status": "preliminary",
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD", "display": "Radiology" }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "18748-4", "display": "Diagnostic imaging study" }] },
        "effectiveDateTime": occasion.instant(),
        "issued": occasion.instant(),
        "result": [{ "reference": observation }],
        "conclusion": format!("{conclusion}. {STATEMENT}"),
    })
}

fn asserted_by_algorithm() -> Value {
    json!({
        "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
        "code": "AIAST",
        "display": "Artificial Intelligence asserted",
    })
}
