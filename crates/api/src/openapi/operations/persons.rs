//! What a person may look for and is told of.

use carechain_schema::{ErrorCode, NoticeList, Route, SearchPage, SearchRequest};

use super::super::operation::{
    Answer, Body, Content, Credential, Group, Kind, Operation, Parameter, Place, component, document,
};
use super::super::refusals::ASKS;
use crate::limits::{BODY_BYTES_MAX, NOTICES_WAIT_MAX};

pub(super) const SEARCH: Operation = Operation {
    route: Route::SEARCH,
    id: "search",
    group: Group::Persons,
    summary: "Search abstracts of records, newest first",
    details: "Fields given must all match; which of them may stand alone is the consortium's policy. An index proves \
              nothing: what is acted on is read again with proof.",
    parameters: &[],
    credential: Credential::Query,
    body: Body::Json { component: component::<SearchRequest>, bytes_max: BODY_BYTES_MAX },
    answers: &[Answer::done("A page.", Content::Json(document::<SearchPage>))],
    refusals: &[ASKS, &[ErrorCode::Refused]],
};

pub(super) const NOTICES: Operation = Operation {
    route: Route::NOTICES,
    id: "notices",
    group: Group::Persons,
    summary: "What happened to the person since a height",
    details: "It answers at once if something happened, else when something does or the wait is over. Notices are hints: what \
              they say is read again with proof.",
    parameters: &[
        Parameter {
            name: "after",
            place: Place::Query,
            kind: Kind::Number(u64::MAX),
            meaning: "Only what happened above this height.",
        },
        Parameter {
            name: "wait_seconds",
            place: Place::OptionalQuery,
            kind: Kind::Number(NOTICES_WAIT_MAX.as_secs()),
            meaning: "How long to wait if there is nothing; 0 unless given. A greater number waits as long as the greatest.",
        },
    ],
    credential: Credential::Query,
    body: Body::None,
    answers: &[Answer::done("What happened, oldest first.", Content::Json(document::<NoticeList>))],
    refusals: &[ASKS],
};
