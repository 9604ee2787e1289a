//! Proof files against the genesis file: each holds, and the lists they claim are whole.

use carechain_schema::{ErrorCode, ProofCheck, ProofClaim, ProofFileCheck, WholeListLine};
use carechain_types::{AccessValue, Genesis, ListCheck, Proof, StateTag, VerifiedProof, check_lists};

use super::claim;
use crate::cli::words::timestamp;
use crate::cli::{CommandError, lines};

/// A proof file with the name it was given.
pub(super) struct NamedFile {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Checks all files; refuses them if one does not hold or a list that they claim has a gap.
pub(super) fn check(files: &[NamedFile], genesis: &Genesis) -> Result<ProofCheck, CommandError> {
    let mut reports = Vec::with_capacity(files.len());
    let mut proofs = Vec::with_capacity(files.len());
    for file in files {
        let (proof, verified) = verify(file, genesis)?;
        reports.push(report(file, &proof, &verified, genesis)?);
        proofs.push(verified);
    }
    let lists = check_lists(&proofs).into_iter().map(whole).collect::<Result<_, _>>()?;
    Ok(ProofCheck { chain_id: genesis.chain_id().to_hex(), files: reports, lists })
}

fn verify(file: &NamedFile, genesis: &Genesis) -> Result<(Proof, VerifiedProof), CommandError> {
    let proof = Proof::from_file(&file.bytes).map_err(|error| refused(file, &error))?;
    let verified = proof.verify(genesis).map_err(|error| refused(file, &error))?;
    Ok((proof, verified))
}

fn refused(file: &NamedFile, error: &dyn core::fmt::Display) -> CommandError {
    let hint = "the file was changed, or is for another ledger: ask for it again";
    CommandError::new(ErrorCode::ProofRefused, format!("{}: {error}", file.name), hint)
}

fn whole(check: ListCheck) -> Result<WholeListLine, CommandError> {
    let hint = "the claims that are there hold, but something was left out: name all files of the list, \
                FILE FILE.2 ..., or ask for the proof again";
    let list = check
        .whole
        .map_err(|gap| CommandError::new(ErrorCode::ProofRefused, format!("not complete: {gap}"), hint))?;
    Ok(WholeListLine {
        list: list.name.kind.as_str().to_owned(),
        id: claim::list_subject(&list.name),
        count: u64::try_from(list.entries.len()).unwrap_or(u64::MAX),
        complete_as_of: timestamp(list.complete_as_of),
    })
}

fn report(
    file: &NamedFile,
    proof: &Proof,
    verified: &VerifiedProof,
    genesis: &Genesis,
) -> Result<ProofFileCheck, CommandError> {
    let mut claims = Vec::with_capacity(verified.claims.len());
    let mut accesses = Vec::new();
    for each in &verified.claims {
        claims.push(ProofClaim {
            subject: each.key.tag.as_str().to_owned(),
            id: claim::text_id(each, verified),
            index: claim::index(&each.key),
            shows: claim::shows(each, genesis).map_err(|error| refused(file, &error))?,
        });
        if matches!(each.key.tag, StateTag::Access | StateTag::Attempt)
            && let Some(value) = each.value::<AccessValue>().map_err(|error| refused(file, &error))?
        {
            accesses.push(lines::access(&value.entry, genesis));
        }
    }
    claims.extend(verified.transaction.as_ref().map(claim::of_transaction));
    let votes = proof.certificate.as_ref().map_or(0, |certificate| certificate.votes.len());
    Ok(ProofFileCheck {
        file: file.name.clone(),
        kind: proof.kind.as_str().to_owned(),
        height: verified.header.height.get(),
        block_time: timestamp(verified.header.time),
        votes: u32::try_from(votes).unwrap_or(u32::MAX),
        current_as_of: verified.current_as_of.map(timestamp),
        claims,
        accesses,
    })
}
