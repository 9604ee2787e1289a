//! `department`: a registrar enrols a department of its hospital.

use carechain_types::{
    BoundedVec, DepartmentPart, DepartmentValue, HospitalValue, PartKind, Party, Refusal, StateKey,
    department_id,
};

use crate::admission::NewKeys;
use crate::call::Call;
use crate::effect::{Effect, Stop, require};
use crate::new_id::require_new;
use crate::permissions::Verb;
use crate::state_reader::{StateReader, read_value};

/// The sender is registrar of the hospital; its sealing keys are sound and nobody else's. Its profile may come along.
pub(crate) fn department<R: StateReader, S>(
    call: &Call<'_, R, S>,
    part: &DepartmentPart,
) -> Result<Effect, Stop> {
    let hospital_id = call.actor.require_registrar(Verb::EnrolDepartment, call.now())?;
    require(part.hospital == hospital_id, Refusal::NotPermitted)?;
    let hospital = read_value::<HospitalValue>(call.state, &StateKey::hospital(&hospital_id))?
        .ok_or(Refusal::NotFound)?;
    let mut parts = call.parts();
    parts.take_optional(PartKind::Profile)?;
    parts.finish()?;
    let keys = NewKeys { signing: &[], sealing: &part.sealing_keys };
    keys.check_sound()?;
    keys.check_free(call.state, call.context, &hospital)?;
    let id = department_id(&call.transaction_id);
    require_new(call.state, id.get())?;
    let value = DepartmentValue {
        stamp: call.stamp(),
        hospital: hospital_id,
        sealing_keys: BoundedVec::new(keys.sealing_periods(call.now())).map_err(|_| Refusal::OutOfBounds)?,
    };
    let effect = Effect::with_result(id.get().to_vec()).write(StateKey::department(&id), &value);
    Ok(keys.write_holder(effect, Party::Department(id), call.stamp()))
}
