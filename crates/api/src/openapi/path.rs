//! One operation as OpenAPI writes it.

use carechain_schema::Method;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Content as Media, HttpMethod, Ref, Required, Response, ResponseBuilder, path};

use super::operation::{Answer, Body, Content, Kind, Operation, Parameter, Place};
use super::{refusals, security};
use crate::media::{JSON, OCTETS};

/// As OpenAPI names it.
pub(super) const fn method(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
    }
}

pub(super) fn operation(operation: &Operation) -> path::Operation {
    let mut builder = OperationBuilder::new()
        .tag(operation.group.name())
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .description(Some(operation.details).filter(|details| !details.is_empty()))
        .securities(security::requirements(operation.credential))
        .request_body(request_body(&operation.body));
    for of_operation in operation.parameters {
        builder = builder.parameter(parameter(of_operation));
    }
    for of_operation in operation.answers {
        builder = builder.response(of_operation.status.to_string(), answer(of_operation));
    }
    for (status, codes) in refusals::by_status(operation) {
        builder = builder.response(status.to_string(), Ref::from_response_name(refusals::name(&codes)));
    }
    builder.build()
}

fn parameter(parameter: &Parameter) -> ParameterBuilder {
    let schema = match parameter.kind {
        Kind::Hex(digits) => {
            ObjectBuilder::new().schema_type(Type::String).pattern(Some(format!("^[0-9a-f]{{{digits}}}$")))
        }
        Kind::Number(max) => {
            ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0_u64)).maximum(Some(max))
        }
    };
    let (place, required) = match parameter.place {
        Place::Path => (ParameterIn::Path, Required::True),
        Place::Query => (ParameterIn::Query, Required::True),
        Place::OptionalQuery => (ParameterIn::Query, Required::False),
    };
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(place)
        .required(required)
        .description(Some(parameter.meaning))
        .schema(Some(schema))
}

fn request_body(body: &Body) -> Option<RequestBody> {
    let builder = RequestBodyBuilder::new().required(Some(Required::True));
    let builder = match *body {
        Body::None => return None,
        Body::Json { component, bytes_max } => builder
            .description(Some(format!("At most {bytes_max} bytes.")))
            .content(JSON, Media::new(Some(Ref::from_schema_name(component().name)))),
        Body::Octets { meaning, bytes_max } => builder
            .description(Some(format!("{meaning} At most {bytes_max} bytes.")))
            .content(OCTETS, Media::new(Some(octets()))),
        Body::Stream { meaning } => {
            builder.description(Some(meaning)).content(OCTETS, Media::new(Some(octets())))
        }
    };
    Some(builder.build())
}

fn answer(answer: &Answer) -> Response {
    let builder = ResponseBuilder::new().description(answer.meaning);
    let mut builder = match answer.content {
        Content::Nothing => builder,
        Content::Json(component) => {
            builder.content(JSON, Media::new(Some(Ref::from_schema_name(component().name))))
        }
        Content::AnyJson => builder.content(JSON, Media::new(Some(ObjectBuilder::new()))),
        Content::Octets => builder.content(OCTETS, Media::new(Some(octets()))),
        Content::Text(kind) => builder.content(kind, Media::new(Some(Object::with_type(Type::String)))),
    };
    for &(name, meaning) in answer.headers {
        let header =
            HeaderBuilder::new().schema(Some(Object::with_type(Type::String))).description(Some(meaning));
        builder = builder.header(name, header.build());
    }
    builder.build()
}

fn octets() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
        .build()
}
