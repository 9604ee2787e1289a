//! The authenticated state: keys and values.
//!
//! Key = BLAKE3(tag u8 ‖ id 20, zeros if none ‖ index u64, 0 if none). Every value is {version u8, transaction id
//! (zeros from genesis), height u64, ...}. Counters stand apart from persons and records, so that proving a key or an
//! abstract tells nobody how much a patient has.

mod key;
mod key_text;
mod value;

pub use key::{StateKey, StateTag};
pub use value::{
    AccessValue, AttemptCounts, CountsValue, DepartmentValue, EhrByPatientValue, EhrValue, GrantLineValue,
    GrantValue, HospitalCounts, HospitalValue, KeyHolderValue, MemberValue, NodeKey, ParameterValue,
    PersonCounts, PersonValue, RecordCounts, RefusedValue, RequestStatus, RequestValue, Stamp, StateValue,
    TombstoneValue,
};
