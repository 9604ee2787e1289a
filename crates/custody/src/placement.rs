//! Placement: weighted rendezvous hashing of the upload id over hospitals.
//!
//! Each hospital draws u in (0, 1] from the hash of upload id and hospital; the smallest −log₂(u) / weight ranks first.
//! So a hospital of twice the weight is twice as likely to rank first, and when one joins or leaves only the files move
//! that it gains or loses. All in integers: every machine finds the same order.

mod logarithm;

use carechain_crypto::{Context, HospitalId, UploadId, derive_parts};
use carechain_types::Membership;

use logarithm::negative_log2;

/// A hospital that may hold copies.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Candidate {
    /// The hospital.
    pub hospital: HospitalId,
    /// Its share relative to the others; 0 holds only what it publishes itself.
    pub weight: u32,
}

/// The candidates of an epoch.
#[must_use]
pub fn candidates(membership: &Membership) -> Vec<Candidate> {
    let members = membership.members.iter();
    members.map(|member| Candidate { hospital: member.hospital, weight: member.weight }).collect()
}

/// The publishing hospital, then all others that have weight, best first.
#[must_use]
pub fn ranking(upload: &UploadId, publishing: &HospitalId, candidates: &[Candidate]) -> Vec<HospitalId> {
    let others =
        candidates.iter().filter(|candidate| candidate.hospital != *publishing && candidate.weight > 0);
    let mut drawn: Vec<_> = others.map(|candidate| Drawn::of(upload, candidate)).collect();
    drawn.sort_by(|one, other| one.compare(other));
    drawn.dedup_by_key(|drawn| drawn.hospital);
    core::iter::once(*publishing).chain(drawn.iter().map(|drawn| drawn.hospital)).collect()
}

/// The hospitals that must hold the file: the publishing one and the best `copies − 1` others.
#[must_use]
pub fn holders(
    upload: &UploadId,
    publishing: &HospitalId,
    candidates: &[Candidate],
    copies: usize,
) -> Vec<HospitalId> {
    let mut holders = ranking(upload, publishing, candidates);
    holders.truncate(copies.max(1));
    holders
}

/// While a membership changes: who must hold the file by the new one, then who still must by the old one until the
/// new holders gave receipts.
#[must_use]
pub fn responsible(
    upload: &UploadId,
    publishing: &HospitalId,
    (before, after): (&[Candidate], &[Candidate]),
    copies: usize,
) -> Vec<HospitalId> {
    let mut responsible = holders(upload, publishing, after, copies);
    for hospital in holders(upload, publishing, before, copies) {
        if !responsible.contains(&hospital) {
            responsible.push(hospital);
        }
    }
    responsible
}

/// What a hospital drew for one upload.
struct Drawn {
    hospital: HospitalId,
    weight: u32,
    negative_log2: u64,
}

impl Drawn {
    fn of(upload: &UploadId, candidate: &Candidate) -> Self {
        let digest = derive_parts(Context::Placement, &[upload.as_slice(), candidate.hospital.as_slice()]);
        let (first, _) = digest.split_first_chunk::<8>().expect("a digest has 32 bytes");
        Self {
            hospital: candidate.hospital,
            weight: candidate.weight,
            negative_log2: negative_log2(u64::from_be_bytes(*first)),
        }
    }

    /// By −log₂(u) / weight, multiplied out so that nothing is rounded; equal draws by id.
    fn compare(&self, other: &Self) -> core::cmp::Ordering {
        let one = u128::from(self.negative_log2) * u128::from(other.weight);
        let two = u128::from(other.negative_log2) * u128::from(self.weight);
        one.cmp(&two).then(self.hospital.cmp(&other.hospital))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
