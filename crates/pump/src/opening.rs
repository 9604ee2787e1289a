//! What a signed opening says to the chunk store, and how long it may live.

use carechain_chunks::UploadOpening;
use carechain_types::{Time, UploadOpen};

use crate::limits::UPLOAD_LIFE_MAX;

/// Now < expiry ≤ now + [`UPLOAD_LIFE_MAX`].
pub(super) fn expiry_in_rule(expiry: Time, now: Time) -> bool {
    now < expiry && expiry <= now.after(UPLOAD_LIFE_MAX)
}

/// What the store keeps of an opening.
pub(super) const fn opening_of(open: &UploadOpen) -> UploadOpening {
    UploadOpening {
        upload: open.upload_id,
        author: open.author,
        patient: open.patient,
        publishing_hospital: open.publishing_hospital,
        length: open.length,
        expiry: open.expiry,
    }
}
