//! What a caller must know of one route.

use carechain_schema::{Described, Document, ErrorCode, Route};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

/// One row of the table.
pub(super) struct Operation {
    pub(super) route: Route,
    /// For programs that make a client of the description.
    pub(super) id: &'static str,
    pub(super) group: Group,
    /// What it does, in one line.
    pub(super) summary: &'static str,
    /// What a caller must know beside parameters, body and answers.
    pub(super) details: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) credential: Credential,
    pub(super) body: Body,
    /// The answers that are no refusals.
    pub(super) answers: &'static [Answer],
    /// The error codes it refuses with, beside those of every route, in groups.
    pub(super) refusals: &'static [&'static [ErrorCode]],
}

/// A heading in the description.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Group {
    Node,
    Ledger,
    Persons,
    Uploads,
    Reads,
}

impl Group {
    pub(super) const ALL: [Self; 5] = [Self::Node, Self::Ledger, Self::Persons, Self::Uploads, Self::Reads];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Ledger => "ledger",
            Self::Persons => "persons",
            Self::Uploads => "uploads",
            Self::Reads => "reads",
        }
    }

    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Node => "How the node is, and which ledger it serves.",
            Self::Ledger => "Transactions, and proofs of what the ledger holds.",
            Self::Persons => "What a person may look for and is told of.",
            Self::Uploads => "Bringing an encrypted record file to its hospital's node.",
            Self::Reads => "Reading an encrypted record file.",
        }
    }
}

/// A value in the path or the query string.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) kind: Kind,
    pub(super) meaning: &'static str,
}

impl Parameter {
    pub(super) const TRANSACTION_ID: Self =
        Self { name: "id", place: Place::Path, kind: Kind::Hex(64), meaning: "Transaction id." };
    pub(super) const UPLOAD_ID: Self = Self {
        name: "id",
        place: Place::Path,
        kind: Kind::Hex(32),
        meaning: "Upload id: 16 random bytes of the client.",
    };
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Path,
    Query,
    /// In the query string, if at all.
    OptionalQuery,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// So many lower-case hexadecimal digits.
    Hex(usize),
    /// A whole number up to this one.
    Number(u64),
}

/// What a caller shows beside what it sends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Credential {
    /// Nothing: it is open to all, or the body is signed.
    None,
    /// A signed query.
    Query,
    /// A signed query, but for what is public.
    QueryUnlessPublic,
    /// The secret of the upload.
    UploadSecret,
    /// The operators' token, but for the node's own machine.
    OperatorTokenUnlessLocal,
}

/// What a caller sends.
pub(super) enum Body {
    None,
    Json {
        component: fn() -> Component,
        bytes_max: usize,
    },
    Octets {
        meaning: &'static str,
        bytes_max: usize,
    },
    /// Bytes without a bound of their own.
    Stream {
        meaning: &'static str,
    },
}

/// An answer that is no refusal.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) meaning: &'static str,
    pub(super) content: Content,
    /// Name and meaning of headers of its own.
    pub(super) headers: &'static [(&'static str, &'static str)],
}

impl Answer {
    /// Status 200 without headers of its own.
    pub(super) const fn done(meaning: &'static str, content: Content) -> Self {
        Self { status: 200, meaning, content, headers: &[] }
    }
}

/// What an answer holds.
#[derive(Clone, Copy)]
pub(super) enum Content {
    Nothing,
    Json(fn() -> Component),
    /// JSON of no schema that stands here.
    AnyJson,
    Octets,
    /// Text of this media type.
    Text(&'static str),
}

/// A schema by its name, with all those that it names.
pub(super) struct Component {
    pub(super) name: String,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

/// The schema of a type.
pub(super) fn component<T: ToSchema>() -> Component {
    let name = T::name().into_owned();
    let mut schemas = vec![(name.clone(), T::schema())];
    T::schemas(&mut schemas);
    Component { name, schemas }
}

/// The schema of the document around data.
pub(super) fn document<T: Described + ToSchema>() -> Component {
    component::<Document<T>>()
}
