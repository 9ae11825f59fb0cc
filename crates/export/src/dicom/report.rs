use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::MANUFACTURER;
use super::content::{
    Concept, Relation, code, coded, container, evidence, from_template, image, number, text, uid as uid_item, with,
};
use super::object;
use super::object::{Object, reference};
use super::secondary_capture;
use super::source::{Instance, Source};
use crate::answer::{Answer, STATEMENT, marks, quality_code, warnings};
use crate::{Film, Occasion, Result, uid};

/// The scheme of the codes of outcomes, which no public one has.
const OUTCOMES: &str = "99LUNGFIELD";

/// A Comprehensive 3D SR by TID 1500, as the IHE profile for AI results has it.
///
/// It holds a probability and an outcome. It never holds "Finding = Pneumonia" or "Present": a film called unlikely would be
/// found by every search for pneumonia.
pub(crate) fn structured_report(film: &Film, occasion: &Occasion) -> Result<Vec<u8>> {
    let source = Source::open(film.header);
    let seen = source.instance();
    let object = source
        .study(occasion)?
        .made(film.reading, occasion, "SR", "9002")
        .text(tags::COMPLETION_FLAG, VR::CS, "COMPLETE")
        .text(tags::VERIFICATION_FLAG, VR::CS, "UNVERIFIED")
        .text(tags::PRELIMINARY_FLAG, VR::CS, "PRELIMINARY")
        .sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, Vec::new())
        .sequence(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, Vec::new())
        .sequence(tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE, vec![scheme()]);
    let series: Vec<_> = evidence_of(seen.as_ref(), film.captured, occasion);
    let object = if series.is_empty() {
        object
    } else {
        let all = evidence(&source.study_uid(occasion), series);
        object.sequence(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, vec![all])
    };
    let title = ("126000", "DCM", "Imaging Measurement Report");
    let object = object
        .text(tags::VALUE_TYPE, VR::CS, "CONTAINER")
        .text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE")
        .sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![code(title.0, title.1, title.2)])
        .sequence(tags::CONTENT_TEMPLATE_SEQUENCE, vec![from_template("1500")]);
    with(object, content(film, occasion, seen.as_ref()))
        .file(uids::COMPREHENSIVE3_DSR_STORAGE, uid::dicom(occasion.uuid("dicom-sr")))
}

fn scheme() -> Object {
    Object::new()
        .text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, OUTCOMES)
        .text(tags::CODING_SCHEME_NAME, VR::ST, "Outcomes of Lungfield")
        .text(tags::CODING_SCHEME_RESPONSIBLE_ORGANIZATION, VR::ST, MANUFACTURER)
}

fn evidence_of(seen: Option<&Instance>, captured: bool, occasion: &Occasion) -> Vec<(String, Object)> {
    let film = seen.map(|film| (film.series.clone(), reference(&film.class, &film.instance)));
    let capture = captured.then(|| {
        let instance = reference(uids::SECONDARY_CAPTURE_IMAGE_STORAGE, &secondary_capture::instance(occasion));
        (uid::dicom(occasion.uuid(object::CAPTURES)), instance)
    });
    film.into_iter().chain(capture).collect()
}

/// What the report says, by TID 1500.
fn content(film: &Film, occasion: &Occasion, seen: Option<&Instance>) -> Vec<Object> {
    let model = &film.reading.model;
    let device = uid::dicom(uid::of(&[model.sha256.as_bytes()]));
    let language = with(
        coded(
            Relation::HasConceptModifier,
            ("121049", "DCM", "Language of Content Item and Descendants"),
            ("en", "RFC5646", "English"),
        ),
        vec![coded(
            Relation::HasConceptModifier,
            ("121046", "DCM", "Country of Language"),
            ("GB", "ISO3166_1", "United Kingdom"),
        )],
    );
    let context = Relation::HasObservationContext;
    let mut items = vec![
        language,
        coded(context, ("121005", "DCM", "Observer Type"), ("121007", "DCM", "Device")),
        uid_item(context, ("121012", "DCM", "Device Observer UID"), device),
        text(context, ("121013", "DCM", "Device Observer Name"), &*model.name),
        text(context, ("121014", "DCM", "Device Observer Manufacturer"), MANUFACTURER),
        text(context, ("121015", "DCM", "Device Observer Model Name"), &*model.name),
        text(context, ("121016", "DCM", "Device Observer Serial Number"), model.sha256.get(..16).unwrap_or_default()),
        coded(
            Relation::HasConceptModifier,
            ("121058", "DCM", "Procedure reported"),
            ("399208008", "SCT", "Plain chest X-ray"),
        ),
    ];
    if let Some(film) = seen {
        let image = image(Relation::Contains, None, &film.class, &film.instance);
        items.push(container(Relation::Contains, ("111028", "DCM", "Image Library"), None, vec![library(image)]));
    }
    let group = container(
        Relation::Contains,
        ("125007", "DCM", "Measurement Group"),
        Some("1501"),
        measurements(film, occasion, seen),
    );
    items.push(container(Relation::Contains, ("126010", "DCM", "Imaging Measurements"), None, vec![group]));
    items
}

fn library(image: Object) -> Object {
    container(Relation::Contains, ("126200", "DCM", "Image Library Group"), None, vec![image])
}

/// What is said of the film, by TID 1501 and 4019.
fn measurements(film: &Film, occasion: &Occasion, seen: Option<&Instance>) -> Vec<Object> {
    let reading = film.reading;
    let (model, thresholds) = (&reading.model, &reading.thresholds);
    let context = Relation::HasObservationContext;
    let contains = Relation::Contains;
    let parameters = format!(
        "sha256={}; operating_point={}; unlikely_below={}; likely_from={}",
        model.sha256, thresholds.operating_point, thresholds.unlikely_below, thresholds.likely_from
    );
    let modifier = Relation::HasConceptModifier;
    let mut items = vec![
        text(context, ("112039", "DCM", "Tracking Identifier"), "Lungfield reading"),
        uid_item(context, ("112040", "DCM", "Tracking Unique Identifier"), uid::dicom(occasion.uuid("tracking"))),
        coded(modifier, ("363698007", "SCT", "Finding Site"), ("39607008", "SCT", "Lung")),
        coded(modifier, ("111000", "DCM", "Algorithm Family"), ("123110", "DCM", "Artificial Intelligence")),
        text(modifier, ("111001", "DCM", "Algorithm Name"), &*model.name),
        text(modifier, ("111003", "DCM", "Algorithm Version"), &*model.version),
        text(modifier, ("111002", "DCM", "Algorithm Parameters"), parameters),
    ];
    let answer = Answer::of(reading);
    if let Some(Answer::Given(_, probability)) = answer {
        let pneumonia = coded(modifier, ("121071", "DCM", "Finding"), ("233604007", "SCT", "Pneumonia"));
        let probability = number(contains, ("122157", "DCM", "Probability"), probability);
        items.push(with(probability, vec![pneumonia]));
    }
    if let Some((value, meaning)) = answer.map(Answer::code) {
        items.push(coded(contains, ("outcome", OUTCOMES, "Outcome of the reading"), (value, OUTCOMES, meaning)));
    }
    if let Some(quality) = &reading.quality {
        let (value, meaning) = quality_code(quality.grade);
        items.push(coded(contains, QUALITY, (value, "DCM", meaning)));
    }
    let comments = warnings(reading).chain(marks(film)).chain([STATEMENT.to_owned()]);
    items.extend(comments.map(|comment| text(contains, ("121106", "DCM", "Comment"), comment)));
    if let Some(film) = seen {
        let source: Concept = ("121112", "DCM", "Source of Measurement");
        items.push(image(contains, Some(source), &film.class, &film.instance));
    }
    if film.captured && matches!(answer, Some(Answer::Given(..))) {
        let shown: Concept = ("130401", "DCM", "Visual explanation");
        let capture = secondary_capture::instance(occasion);
        items.push(image(contains, Some(shown), uids::SECONDARY_CAPTURE_IMAGE_STORAGE, &capture));
    }
    items
}

const QUALITY: Concept = ("111050", "DCM", "Quality Assessment");
