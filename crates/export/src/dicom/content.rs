//! The content items of a structured report (PS3.3, C.17.3).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use super::object::{Object, reference};

/// How an item belongs to the one above it.
#[derive(Clone, Copy)]
pub(super) enum Relation {
    Contains,
    HasObservationContext,
    HasConceptModifier,
}

impl Relation {
    fn name(self) -> &'static str {
        match self {
            Relation::Contains => "CONTAINS",
            Relation::HasObservationContext => "HAS OBS CONTEXT",
            Relation::HasConceptModifier => "HAS CONCEPT MOD",
        }
    }
}

/// A concept: value, scheme, meaning.
pub(super) type Concept = (&'static str, &'static str, &'static str);

/// An item of a code sequence.
pub(super) fn code(value: &str, scheme: &str, meaning: &str) -> Object {
    Object::new().text(tags::CODE_VALUE, VR::SH, value).text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme).text(
        tags::CODE_MEANING,
        VR::LO,
        meaning,
    )
}

fn concept((value, scheme, meaning): Concept) -> Vec<Object> {
    vec![code(value, scheme, meaning)]
}

fn item(relation: Relation, kind: &str, name: Concept) -> Object {
    Object::new()
        .text(tags::RELATIONSHIP_TYPE, VR::CS, relation.name())
        .text(tags::VALUE_TYPE, VR::CS, kind)
        .sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, concept(name))
}

/// Items within an item.
pub(super) fn with(object: Object, children: Vec<Object>) -> Object {
    object.sequence(tags::CONTENT_SEQUENCE, children)
}

/// A container and what it holds; `template` is its number in PS3.16.
pub(super) fn container(relation: Relation, name: Concept, template: Option<&str>, children: Vec<Object>) -> Object {
    let container = item(relation, "CONTAINER", name).text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE");
    let container = match template {
        Some(number) => container.sequence(tags::CONTENT_TEMPLATE_SEQUENCE, vec![from_template(number)]),
        None => container,
    };
    with(container, children)
}

/// Names a template of PS3.16.
pub(super) fn from_template(number: &str) -> Object {
    Object::new().text(tags::MAPPING_RESOURCE, VR::CS, "DCMR").text(tags::TEMPLATE_IDENTIFIER, VR::CS, number)
}

/// A text.
pub(super) fn text(relation: Relation, name: Concept, value: impl Into<String>) -> Object {
    item(relation, "TEXT", name).text(tags::TEXT_VALUE, VR::UT, value)
}

/// A code.
pub(super) fn coded(relation: Relation, name: Concept, (value, scheme, meaning): (&str, &str, &str)) -> Object {
    item(relation, "CODE", name).sequence(tags::CONCEPT_CODE_SEQUENCE, vec![code(value, scheme, meaning)])
}

/// A UID.
pub(super) fn uid(relation: Relation, name: Concept, value: impl Into<String>) -> Object {
    item(relation, "UIDREF", name).text(tags::UID, VR::UI, value)
}

/// A number without a unit, to six places.
pub(super) fn number(relation: Relation, name: Concept, value: f64) -> Object {
    let measured = Object::new()
        .text(tags::NUMERIC_VALUE, VR::DS, format!("{value:.6}"))
        .sequence(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, vec![code("1", "UCUM", "no units")]);
    item(relation, "NUM", name).sequence(tags::MEASURED_VALUE_SEQUENCE, vec![measured])
}

/// An image, by its class and instance.
pub(super) fn image(relation: Relation, name: Option<Concept>, class: &str, instance: &str) -> Object {
    let image = Object::new()
        .text(tags::RELATIONSHIP_TYPE, VR::CS, relation.name())
        .text(tags::VALUE_TYPE, VR::CS, "IMAGE")
        .sequence(tags::REFERENCED_SOP_SEQUENCE, vec![reference(class, instance)]);
    match name {
        Some(name) => image.sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, concept(name)),
        None => image,
    }
}

/// Instances of one series of a study, as the evidence of a report (PS3.3, table C.17-3).
pub(super) fn evidence(study: &str, series: Vec<(String, Object)>) -> Object {
    let series = series.into_iter().map(|(uid, instance)| {
        Object::new()
            .text(tags::SERIES_INSTANCE_UID, VR::UI, uid)
            .sequence(tags::REFERENCED_SOP_SEQUENCE, vec![instance])
    });
    let list: Tag = tags::REFERENCED_SERIES_SEQUENCE;
    Object::new().text(tags::STUDY_INSTANCE_UID, VR::UI, study).sequence(list, series.collect())
}
