//! The whole description.

use std::collections::BTreeMap;

use carechain_schema::failure_document;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder,
};

use super::operation::{Body, Content, Group, Operation};
use super::operations::OPERATIONS;
use super::{path, refusals, security};

const INTRODUCTION: &str = include_str!("introduction.md");

pub(super) fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("carechain node")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(INTRODUCTION))
        .license(Some(
            LicenseBuilder::new()
                .name(env!("CARGO_PKG_LICENSE"))
                .identifier(Some(env!("CARGO_PKG_LICENSE")))
                .build(),
        ));
    let mut paths = PathsBuilder::new();
    for operation in &OPERATIONS {
        let item = PathItem::new(path::method(operation.route.method), path::operation(operation));
        paths = paths.path(operation.route.path, item);
    }
    let mut components = ComponentsBuilder::new();
    for (name, scheme) in security::schemes() {
        components = components.security_scheme(name, scheme);
    }
    for codes in OPERATIONS.iter().flat_map(|operation| refusals::by_status(operation).into_values()) {
        components = components.response(refusals::name(&codes), refusals::response(&codes));
    }
    for (name, schema) in schemas() {
        components = components.schema(name, schema);
    }
    let tags = Group::ALL
        .map(|group| TagBuilder::new().name(group.name()).description(Some(group.meaning())).build());
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components.build()))
        .tags(Some(tags))
        .build()
}

/// Every schema that a row names, with those that it names in turn.
fn schemas() -> BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Schema>> {
    let named = OPERATIONS.iter().flat_map(components).map(|component| component());
    named.flat_map(|component| component.schemas).chain(failure_document()).collect()
}

fn components(operation: &Operation) -> impl Iterator<Item = fn() -> super::operation::Component> {
    let of_body = match operation.body {
        Body::Json { component, .. } => Some(component),
        Body::None | Body::Octets { .. } | Body::Stream { .. } => None,
    };
    let of_answers = operation.answers.iter().filter_map(|answer| match answer.content {
        Content::Json(component) => Some(component),
        Content::Nothing | Content::AnyJson | Content::Octets | Content::Text(_) => None,
    });
    of_answers.chain(of_body)
}
