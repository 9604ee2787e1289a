//! How the interface is reached, as the operator set it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::clock::now;
use crate::hosts::Hosts;
use crate::operators::Operators;
use crate::salts::Salts;

/// What the operator of a node says about its HTTP interface.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the node shows to clients; without one it speaks in the clear.
    pub certificate: Option<Certificate>,
    /// The names it answers to.
    pub hosts: Hosts,
    /// Who sees its figures.
    pub operators: Operators,
    /// Which signed queries were honoured.
    pub honoured: Honoured,
}

/// The signed queries that were honoured and have not expired. By default forgotten with the process.
#[derive(Clone, Debug, Default)]
pub struct Honoured(pub(crate) Arc<Salts>);

impl Honoured {
    /// Kept in files of this folder, which the process owns.
    ///
    /// # Errors
    /// If the files cannot be opened or read.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        Salts::open(folder, now()).map(|salts| Self(Arc::new(salts)))
    }
}
