//! A NEW-VIEW on its way to acceptance.

use std::collections::BTreeMap;

use carechain_crypto::Digest;
use carechain_types::{NewView, ReplicaId, Signed, ViewChange};

/// A NEW-VIEW that one member delivered.
#[derive(Clone, Debug)]
pub(crate) struct PendingNewView {
    pub(crate) signed: Signed<NewView>,
    /// Of its body: what several members deliver is the same where this is.
    pub(crate) digest: Digest,
    /// Those of its VIEW-CHANGEs that are here.
    pub(crate) view_changes: BTreeMap<ReplicaId, Signed<ViewChange>>,
    pub(crate) judged: Judged,
}

/// What recomputing its choice said.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Judged {
    /// Nothing yet: it lacks VIEW-CHANGEs or certificates.
    Open,
    /// It does not follow from what it names. It keeps its place, so that it is not judged again when it is sent again.
    False,
}

impl PendingNewView {
    pub(crate) fn new(signed: Signed<NewView>) -> Self {
        let digest = signed.body.digest();
        Self { signed, digest, view_changes: BTreeMap::new(), judged: Judged::Open }
    }

    /// Whether this takes the place of what the same member delivered before: a later view, or something else for the
    /// same one, since a member that is active in a view stands by one NEW-VIEW.
    pub(crate) fn supersedes(&self, known: &Self) -> bool {
        let (view, known_view) = (self.signed.body.view, known.signed.body.view);
        view > known_view || (view == known_view && self.digest != known.digest)
    }

    /// The VIEW-CHANGEs it names that are not here.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (ReplicaId, Digest)> + '_ {
        let named = self.signed.body.view_changes.iter().copied();
        named.filter(|(member, _)| self.judged == Judged::Open && !self.view_changes.contains_key(member))
    }

    /// Takes a VIEW-CHANGE if it is one it names and lacks; says whether it was.
    pub(crate) fn supply(&mut self, signed: &Signed<ViewChange>) -> bool {
        let wanted = signed.body.view == self.signed.body.view
            && self
                .missing()
                .any(|(member, digest)| member == signed.member && digest == signed.body.digest());
        if wanted {
            self.view_changes.insert(signed.member, signed.clone());
        }
        wanted
    }

    /// It is false: nothing of it is wanted any more.
    pub(crate) fn refuse(&mut self) {
        self.judged = Judged::False;
        self.view_changes.clear();
    }
}
