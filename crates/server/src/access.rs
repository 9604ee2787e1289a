//! Who may see which part of the state. Unknown, hidden and not-yours are one answer.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use carechain_api::{Asker, NodeError, is_public};
use carechain_contract::{Verb, roles_permit};
use carechain_crypto::{EhrId, GrantId, PersonId};
use carechain_engine::Fatal;
use carechain_types::{
    EhrValue, GrantValue, Party, PersonValue, PublicPart, RequestValue, StateKey, StateTag, StateValue, Time,
    TransactionBody, Visibility,
};

use crate::engine_thread::NodeEngine;
use crate::ledger_faults::{undecodable, unreadable};

/// A person with a key in force, as the head's state has them.
pub(super) struct Viewer {
    /// Who.
    pub id: PersonId,
    person: PersonValue,
    now: Time,
    /// Records that their newest grants name, once one was asked for: a query of many keys looks through them once.
    granted: OnceCell<BTreeSet<EhrId>>,
}

/// The value under a key at the head; a store that fails is a fault of the node.
pub(super) fn value<V: StateValue>(engine: &NodeEngine, key: &StateKey) -> Result<Option<V>, NodeError> {
    let bytes = engine.ledger().state_value(key).map_err(Fatal::from).map_err(unreadable)?;
    bytes.map(|bytes| V::from_bytes(&bytes)).transpose().map_err(undecodable)
}

impl Viewer {
    /// The person behind a signed query, if the key that signed is theirs and in force.
    pub(super) fn of(engine: &NodeEngine, asker: &Asker) -> Result<Self, NodeError> {
        let now = engine.ledger().head().time;
        let person: PersonValue =
            value(engine, &StateKey::person(&asker.person))?.ok_or(NodeError::Unauthorized)?;
        let in_force = person.signing_keys.iter().any(|key| key.key == asker.key && key.in_force(now));
        if !in_force || person.suspended != 0 {
            return Err(NodeError::Unauthorized);
        }
        Ok(Self { id: asker.person, person, now, granted: OnceCell::new() })
    }

    /// Whether the contract's table lets one of the person's roles do this.
    #[must_use]
    pub(super) fn may(&self, verb: Verb) -> bool {
        roles_permit(&self.person.roles, verb, self.now)
    }

    /// Whether a party is this person or their department.
    #[must_use]
    pub(super) fn is(&self, party: &Party) -> bool {
        match party {
            Party::Person(id) => *id == self.id,
            Party::Department(id) => self.person.department == Some(*id),
            Party::Organisation(_) | Party::Hospital(_) => false,
        }
    }

    /// Parties in whose name this person asks and receives: themselves and their department.
    pub(super) fn parties(&self) -> impl Iterator<Item = Party> + use<> {
        let department = self.person.department.map(Party::Department);
        std::iter::once(Party::Person(self.id)).chain(department)
    }

    /// Whether the viewer may see a key's value; `NotFound` if not.
    pub(super) fn check(&self, engine: &NodeEngine, key: &StateKey) -> Result<(), NodeError> {
        let own = *self.id.get() == key.id;
        let sees = match key.tag {
            tag if is_public(tag) => true,
            StateTag::Ehr => self.sees_record(engine, &EhrId::new(key.id))?,
            StateTag::EhrByPatient => own || self.may(Verb::Audit),
            // Not even one's own: they tell an id that does not exist from one that is hidden.
            StateTag::Attempt | StateTag::AttemptCounts => self.may(Verb::Audit),
            StateTag::Access => self.audits(engine, &EhrId::new(key.id))?,
            StateTag::Counts => own || self.may(Verb::Audit) || self.audits(engine, &EhrId::new(key.id))?,
            StateTag::Request => value::<RequestValue>(engine, key)?
                .is_some_and(|request| request.patient == self.id || self.is(&request.grantee)),
            StateTag::Grant => value::<GrantValue>(engine, key)?
                .is_some_and(|grant| grant.patient == self.id || self.is(&grant.grantee)),
            _ => false,
        };
        if sees { Ok(()) } else { Err(NodeError::NotFound) }
    }

    fn sees_record(&self, engine: &NodeEngine, ehr_id: &EhrId) -> Result<bool, NodeError> {
        let Some(ehr) = value::<EhrValue>(engine, &StateKey::ehr(ehr_id))? else { return Ok(false) };
        let own = ehr.patient == self.id || self.is(&ehr.author);
        Ok(own
            || self.may(Verb::Audit)
            || ehr.visibility == Visibility::Searchable && self.may(Verb::Search)
            || self.granted(engine)?.contains(ehr_id))
    }

    fn granted(&self, engine: &NodeEngine) -> Result<&BTreeSet<EhrId>, NodeError> {
        use carechain_ledger::{IndexList, SearchRange};
        if let Some(granted) = self.granted.get() {
            return Ok(granted);
        }
        let mut granted = BTreeSet::new();
        for party in self.parties() {
            let page = engine
                .ledger()
                .search(&[IndexList::GrantsByGrantee(party)], &SearchRange::newest(GRANTS_LOOKED_AT))
                .map_err(unreadable)?;
            for entry in page.entries {
                let key = StateKey::grant(&GrantId::new(entry.id));
                let grant = value::<GrantValue>(engine, &key)?;
                granted.extend(grant.iter().flat_map(|grant| grant.lines.iter().map(|line| line.ehr_id)));
            }
        }
        Ok(self.granted.get_or_init(|| granted))
    }

    fn audits(&self, engine: &NodeEngine, ehr_id: &EhrId) -> Result<bool, NodeError> {
        let ehr = value::<EhrValue>(engine, &StateKey::ehr(ehr_id))?;
        Ok(ehr.is_some_and(|ehr| ehr.patient == self.id || self.may(Verb::Audit)))
    }

    /// Whether the viewer may fetch detached parts of a transaction.
    #[must_use]
    pub(super) fn sees_parts(&self, body: &TransactionBody) -> bool {
        if self.is(&body.sender) {
            return true;
        }
        match PublicPart::decode(body.kind, &body.public_part) {
            Ok(PublicPart::Publish(part)) => {
                part.recipients.iter().any(|recipient| self.is(&recipient.recipient))
            }
            Ok(PublicPart::Request(part)) => part.patient == self.id || self.is(&part.grantee),
            Ok(PublicPart::Grant(part)) => part.patient == self.id || self.is(&part.grantee),
            _ => false,
        }
    }
}

/// Whether a key is one of the person's, in force or not.
pub(super) fn knows(engine: &NodeEngine, asker: &Asker) -> Result<(), NodeError> {
    let person = value::<PersonValue>(engine, &StateKey::person(&asker.person))?;
    let known = person.is_some_and(|person| person.signing_keys.iter().any(|period| period.key == asker.key));
    if known { Ok(()) } else { Err(NodeError::Unauthorized) }
}

/// Newest grants of a reader among which one that names a record is looked for.
const GRANTS_LOOKED_AT: usize = 64;

/// Checks all keys of a state query; without an asker only public ones pass.
pub(super) fn check_keys(
    engine: &NodeEngine,
    asker: Option<&Asker>,
    keys: &[StateKey],
) -> Result<(), NodeError> {
    let Some(asker) = asker else {
        let public = keys.iter().all(|key| is_public(key.tag));
        return if public { Ok(()) } else { Err(NodeError::NotFound) };
    };
    let viewer = Viewer::of(engine, asker)?;
    keys.iter().try_for_each(|key| viewer.check(engine, key))
}
