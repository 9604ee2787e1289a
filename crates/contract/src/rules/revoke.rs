//! `revoke`: the patient ends a grant or one line of it, at once.

use carechain_crypto::PersonId;
use carechain_types::limits::TOMBSTONE_LIFE;
use carechain_types::{GrantValue, Party, Refusal, RevokeEffect, RevokePart, StateKey, TombstoneValue};

use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::permissions::Verb;
use crate::state_reader::{StateReader, read_value};

/// Ends the lines named. A grant that does not exist, or is not the sender's, leaves a tombstone that refuses the same
/// signer's grant for ten minutes: a revocation that overtakes its grant still holds, and nobody learns which grants
/// others made.
pub(crate) fn revoke<R: StateReader, S>(call: &Call<'_, R, S>, part: &RevokePart) -> Result<Effect, Stop> {
    let (patient, _) = call.actor.require_person(Verb::Revoke, call.now())?;
    call.parts().finish()?;
    let key = StateKey::grant(&part.grant);
    match read_value::<GrantValue>(call.state, &key)?.filter(|grant| grant.patient == patient) {
        Some(grant) => end_lines(key, grant, part),
        None => Ok(remember(call, part, patient)),
    }
}

fn end_lines(key: StateKey, mut grant: GrantValue, part: &RevokePart) -> Result<Effect, Stop> {
    let mut found = false;
    for line in grant.lines.as_mut_slice() {
        if part.ehr_id.is_none_or(|ehr_id| line.ehr_id == ehr_id) {
            found = true;
            line.revoked = 1;
        }
    }
    require(found, Refusal::NotFound)?;
    Ok(Effect::with_result(vec![RevokeEffect::Ended.byte()]).write(key, &grant))
}

fn remember<R: StateReader, S>(call: &Call<'_, R, S>, part: &RevokePart, signer: PersonId) -> Effect {
    let key = StateKey::tombstone(&part.grant, &Party::Person(signer));
    let value = TombstoneValue { stamp: call.stamp(), until: call.now().after(TOMBSTONE_LIFE) };
    Effect::with_result(vec![RevokeEffect::Remembered.byte()]).write(key, &value)
}
