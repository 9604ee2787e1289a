//! `proof`: evidence that verifies offline.

use std::path::{Path, PathBuf};

use carechain_schema::{ErrorCode, ProofCheck, ProofClaim, Timestamp};
use carechain_types::{Proof, VerifiedProof, limits::PROOF_BYTES_MAX};
use clap::Subcommand;

use super::{CommandError, Global, Output, genesis};

/// Evidence that verifies offline.
#[derive(Debug, Subcommand)]
pub(super) enum ProofCommand {
    /// Check a proof with the genesis file alone.
    #[command(after_help = "Example:\n  carechain proof verify audit.proof --genesis genesis.json")]
    Verify {
        /// The proof file.
        file: PathBuf,
    },
}

/// Runs it.
pub(super) fn run(command: &ProofCommand, global: &Global, output: &Output) -> Result<(), CommandError> {
    let ProofCommand::Verify { file } = command;
    let genesis = global.genesis.as_ref().ok_or_else(|| {
        CommandError::usage("no genesis file is named", "--genesis FILE names the one that pins the ledger")
    })?;
    let report = verify(file, genesis)?;
    output.done(report, |report| {
        let as_of = report.complete_as_of.map_or_else(String::new, |time| format!(", complete as of {time}"));
        format!("the proof holds: {} claims at height {}{as_of}", report.claims.len(), report.height)
    });
    Ok(())
}

fn verify(file: &Path, genesis_file: &Path) -> Result<ProofCheck, CommandError> {
    let genesis = genesis::read(genesis_file)?;
    let bytes = carechain_client::private_file::read(file, 2 * PROOF_BYTES_MAX as u64)
        .map_err(|error| CommandError::usage(error, "name the proof file"))?;
    let hint = "the file was changed, or is for another ledger: ask for it again";
    let refused = |message: String| CommandError::new(ErrorCode::ProofRefused, message, hint);
    let proof = Proof::from_file(&bytes).map_err(|error| refused(error.to_string()))?;
    let verified = proof.verify(&genesis).map_err(|error| refused(error.to_string()))?;
    Ok(proof_check(&proof, &verified))
}

fn proof_check(proof: &Proof, verified: &VerifiedProof) -> ProofCheck {
    let claims = verified.claims.iter().map(|claim| ProofClaim {
        subject: claim.key.tag.as_str().to_owned(),
        id: carechain_crypto::KeyId::new(claim.key.id).to_hex(),
        shows: if claim.bytes().is_some() { "present".to_owned() } else { "absent".to_owned() },
    });
    let transaction = verified.transaction.iter().map(|transaction| ProofClaim {
        subject: "transaction".to_owned(),
        id: transaction.id.to_hex(),
        shows: format!("outcome {}", transaction.outcome.code),
    });
    let votes = proof.certificate.as_ref().map_or(0, |certificate| certificate.votes.len());
    ProofCheck {
        kind: proof.kind.as_str().to_owned(),
        chain_id: proof.chain_id.to_hex(),
        height: verified.header.height.get(),
        block_time: timestamp(verified.header.time),
        votes: u32::try_from(votes).unwrap_or(u32::MAX),
        complete_as_of: verified.complete_as_of.map(timestamp),
        claims: claims.chain(transaction).collect(),
    }
}

fn timestamp(time: carechain_types::Time) -> Timestamp {
    Timestamp::from_microseconds(time.as_micros()).unwrap_or(Timestamp::MAX)
}
