//! Key agents: who holds a person's private keys and never gives them away.

use carechain_crypto::{Agree, ChainId, SealingPublicKey, Signature, SigningPublicKey};

use crate::possession::Possession;
use crate::query::Query;
use crate::read_request::ReadRequest;
use crate::signed::{NodeSigner, SignedBody};
use crate::transaction::TransactionBody;
use crate::upload::{UploadComplete, UploadOpen};

/// Everything a person ever signs: a closed list, so that an agent can show what it is asked to sign.
#[derive(Clone, Debug)]
pub enum PersonBody<'a> {
    /// A transaction.
    Transaction(&'a TransactionBody),
    /// A read request.
    ReadRequest(&'a ReadRequest),
    /// A query.
    Query(&'a Query),
    /// Opening an upload.
    UploadOpen(&'a UploadOpen),
    /// Completing an upload.
    UploadComplete(&'a UploadComplete),
    /// Showing possession of keys; signed with zeros for the chain id.
    Possession(&'a Possession),
}

impl PersonBody<'_> {
    /// The bytes to sign on a ledger.
    #[must_use]
    pub fn signing_bytes(&self, chain_id: &ChainId) -> Vec<u8> {
        match self {
            Self::Transaction(body) => body.signing_bytes(chain_id),
            Self::ReadRequest(body) => body.signing_bytes(chain_id),
            Self::Query(body) => body.signing_bytes(chain_id),
            Self::UploadOpen(body) => body.signing_bytes(chain_id),
            Self::UploadComplete(body) => body.signing_bytes(chain_id),
            Self::Possession(body) => body.signing_bytes(&ChainId::ZERO),
        }
    }

    /// Signs it: how a keystore implements [`KeyAgent::sign`].
    #[must_use]
    pub fn sign(&self, signer: &impl NodeSigner, chain_id: &ChainId) -> Signature {
        signer.sign_bytes(&self.signing_bytes(chain_id))
    }
}

/// The public halves an agent holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AgentKeys {
    /// The key it signs with.
    pub signing: SigningPublicKey,
    /// The keys things may be sealed to.
    pub sealing: Vec<SealingPublicKey>,
}

/// Why an agent did not sign. The caller unlocks it or asks the person.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AgentError {
    /// Locked or gone.
    #[error("the key agent does not answer")]
    Unavailable,
    /// The person or its policy said no.
    #[error("the key agent refused to sign")]
    Refused,
}

/// A keystore, an agent process or a card. Nothing asks it for a seed.
pub trait KeyAgent: Agree {
    /// The public halves it holds.
    fn public_keys(&self) -> AgentKeys;

    /// Signs one of the bodies a person signs.
    fn sign(&self, chain_id: &ChainId, body: &PersonBody<'_>) -> Result<Signature, AgentError>;
}
