//! Notices: what happened to a person, from committed blocks only.

use core::time::Duration;

use carechain_types::{Height, Time};

/// What a person waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoticeQuery {
    /// Only what happened above this height.
    pub after: Height,
    /// How long to wait if there is nothing.
    pub wait: Duration,
}

/// Kind of a notice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoticeKind {
    /// Somebody asked the person for access: id of the request.
    Request,
    /// The person's request was granted, or access was granted unasked: id of the grant.
    Grant,
    /// The person's request was denied: id of the request.
    Deny,
    /// A grant to the person ended: id of the grant.
    Revoke,
    /// A record of the person was published: its id.
    Publish,
    /// Somebody tried to read a record of the person: id of the record.
    Read,
}

/// One thing that happened. A hint: what it says is proven by asking for the state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// To which request, grant or record.
    pub id: [u8; 20],
    /// In the block at this height.
    pub height: Height,
    /// Time of that block.
    pub time: Time,
}

/// What happened since the height asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notices {
    /// Everything up to this height is here: ask for what came after it next.
    pub height: Height,
    /// Oldest first.
    pub notices: Vec<Notice>,
}
