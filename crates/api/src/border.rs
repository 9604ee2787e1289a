//! What all calls share: the node, its settings, the bounds on work at once, the salts seen.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use carechain_crypto::PersonId;
use carechain_types::Party;

use crate::failure::Reason;
use crate::hosts::Hosts;
use crate::limits::{
    ANSWERS_KIB_MAX, BODIES_KIB_MAX, HEALTH_MAX, HEALTH_PER_ADDRESS_MAX, READ_STREAMS_MAX,
    READ_STREAMS_PER_PERSON_MAX, REQUESTS_MAX, UPLOAD_STREAMS_MAX, UPLOAD_STREAMS_PER_PERSON_MAX,
    WAITERS_MAX, WAITERS_PER_PERSON_MAX,
};
use crate::node::Node;
use crate::operators::Operators;
use crate::places::Places;
use crate::refusals::Refusals;
use crate::salts::Salts;
use crate::settings::Settings;

/// Where the outside meets the node.
pub(crate) struct Border {
    pub(crate) node: Arc<dyn Node>,
    pub(crate) requests: Arc<Places<IpAddr>>,
    pub(crate) health: Arc<Places<IpAddr>>,
    /// Memory of bodies, KiB.
    pub(crate) bodies: Arc<Places<IpAddr>>,
    /// Memory of answers that are made and not yet taken, KiB.
    pub(crate) answers: Arc<Places<IpAddr>>,
    /// Streams of uploads by address.
    pub(crate) uploads: Arc<Places<IpAddr>>,
    /// The same by whose files they are.
    pub(crate) authors: Arc<Places<Party>>,
    pub(crate) readers: Arc<Places<PersonId>>,
    pub(crate) waiters: Arc<Places<PersonId>>,
    refusals: Refusals,
    pub(crate) salts: Arc<Salts>,
    pub(crate) hosts: Hosts,
    pub(crate) operators: Operators,
}

impl Border {
    pub(crate) fn new(node: Arc<dyn Node>, settings: Settings) -> Self {
        let shared = |places| Arc::new(Places::new(places, places));
        Self {
            node,
            requests: shared(REQUESTS_MAX),
            health: Arc::new(Places::new(HEALTH_MAX, HEALTH_PER_ADDRESS_MAX)),
            bodies: shared(BODIES_KIB_MAX),
            answers: shared(ANSWERS_KIB_MAX),
            uploads: shared(UPLOAD_STREAMS_MAX),
            authors: Arc::new(Places::new(UPLOAD_STREAMS_MAX, UPLOAD_STREAMS_PER_PERSON_MAX)),
            readers: Arc::new(Places::new(READ_STREAMS_MAX, READ_STREAMS_PER_PERSON_MAX)),
            waiters: Arc::new(Places::new(WAITERS_MAX, WAITERS_PER_PERSON_MAX)),
            refusals: Refusals::default(),
            salts: settings.honoured.0,
            hosts: settings.hosts,
            operators: settings.operators,
        }
    }

    /// Counts a refusal, and tells the operator of it if it is unusual.
    pub(crate) fn refused(&self, reason: Reason, address: IpAddr) {
        self.node.refused(reason.name);
        if reason.is_unusual() {
            self.refusals.tell(reason.name, address, Instant::now());
        }
    }
}
