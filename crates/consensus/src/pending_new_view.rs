//! A NEW-VIEW on its way to acceptance.

use std::collections::BTreeMap;

use carechain_crypto::Digest;
use carechain_types::{NewView, ReplicaId, Signed, ViewChange};

/// A NEW-VIEW that lacks VIEW-CHANGEs or certificates.
#[derive(Clone, Debug)]
pub(crate) struct PendingNewView {
    pub(crate) signed: Signed<NewView>,
    /// Those of its VIEW-CHANGEs that are here.
    pub(crate) view_changes: BTreeMap<ReplicaId, Signed<ViewChange>>,
}

impl PendingNewView {
    /// The VIEW-CHANGEs it names that are not here.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (ReplicaId, Digest)> + '_ {
        let named = self.signed.body.view_changes.iter().copied();
        named.filter(|(member, _)| !self.view_changes.contains_key(member))
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
}
