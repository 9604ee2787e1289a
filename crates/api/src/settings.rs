//! How the interface is reached, as the operator set it.

use crate::certificate::Certificate;

/// What the operator of a node says about its HTTP interface.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the node shows to clients; without one it speaks in the clear.
    pub certificate: Option<Certificate>,
}
