//! JSON schemas of what is not derived: times, error codes, and the documents around all data.

use std::borrow::Cow;
use std::fmt::Write as _;

use utoipa::openapi::schema::{AllOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::document::{Described, Document, Origin};
use crate::error_code::ErrorCode;
use crate::failure::Failure;
use crate::timestamp::Timestamp;

/// Name of the schema of [`failure_document`].
pub const FAILURE_DOCUMENT: &str = "FailureDocument";

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let description =
            "A time in UTC, RFC 3339 with `Z` alone. Written with six decimals, read with none to six.";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .pattern(Some(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"))
            .description(Some(description))
            .examples(["2026-01-31T23:59:59.123456Z"])
            .into()
    }
}

impl ToSchema for Timestamp {}

impl PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        let mut description =
            "What went wrong, for programs. New codes may come; none goes or changes its meaning.\n"
                .to_owned();
        for code in Self::ALL {
            let (name, status) = (code.as_str(), code.http_status());
            writeln!(description, "- `{name}`, status {status}: {}", code.meaning())
                .expect("text always grows");
        }
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .description(Some(description))
            .into()
    }
}

impl ToSchema for ErrorCode {}

impl<T: Described + ToSchema> PartialSchema for Document<T> {
    fn schema() -> RefOr<Schema> {
        document(T::SCHEMA, Outcome::Done, &T::name())
    }
}

impl<T: Described + ToSchema> ToSchema for Document<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Document", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        with_parts::<Origin>(schemas);
        with_parts::<T>(schemas);
    }
}

/// The document of every refusal, with all that its schema names.
#[must_use]
pub fn failure_document() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(
        FAILURE_DOCUMENT.to_owned(),
        document("carechain/failure/1", Outcome::Failed, &Failure::name()),
    )];
    with_parts::<Origin>(&mut schemas);
    with_parts::<Failure>(&mut schemas);
    schemas
}

fn with_parts<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// Which half of a document is there.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Outcome {
    Done,
    Failed,
}

fn document(schema: &str, outcome: Outcome, content: &str) -> RefOr<Schema> {
    let (field, description) = match outcome {
        Outcome::Done => {
            ("data", "An answer: what it is called, that it is one, its data, and where it comes from.")
        }
        Outcome::Failed => ("error", "A refusal: what went wrong and what to do."),
    };
    let own = ObjectBuilder::new()
        .property("schema", ObjectBuilder::new().schema_type(Type::String).enum_values(Some([schema])))
        .required("schema")
        .property(
            "ok",
            ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([outcome == Outcome::Done])),
        )
        .required("ok")
        .property(field, Ref::from_schema_name(content))
        .required(field);
    AllOfBuilder::new()
        .description(Some(description))
        .item(Ref::from_schema_name(Origin::name()))
        .item(own)
        .into()
}
