//! The lists and the layout of their rows.

use carechain_crypto::{DepartmentId, HospitalId, PersonId};
use carechain_types::{Height, Party, Time};

/// A keyed token of a search word: the node derives it, the ledger only compares it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct SearchToken(pub [u8; 16]);

/// A derived list and whose it is. Lists of records name EHR ids and leave out records visible to the patient only,
/// except in the patient's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IndexList {
    /// Records of a patient.
    RecordsByPatient(PersonId),
    /// Records by an author.
    RecordsByAuthor(Party),
    /// Records from a hospital.
    RecordsByHospital(HospitalId),
    /// All records.
    Records,
    /// Records with a search word, as far as the node has indexed them.
    RecordsByToken(SearchToken),
    /// Requests to a patient: request ids.
    RequestsByPatient(PersonId),
    /// Requests in favour of a person or department: request ids.
    RequestsByGrantee(Party),
    /// Grants of a patient: grant ids.
    GrantsByPatient(PersonId),
    /// Grants to a person or department: grant ids.
    GrantsByGrantee(Party),
    /// Persons enrolled by a hospital or organisation: person ids.
    PersonsByEnroller(Party),
    /// Persons of a department: person ids.
    PersonsByDepartment(DepartmentId),
    /// Departments of a hospital: department ids.
    DepartmentsByHospital(HospitalId),
    /// Read attempts of a person that wrote an access entry: subject of the entry, and its index as number.
    AttemptsByReader(PersonId),
    /// Read attempts through a gateway that wrote an access entry: as above.
    AttemptsByGateway(HospitalId),
}

impl IndexList {
    const fn tag(&self) -> u8 {
        match self {
            Self::RecordsByPatient(_) => 1,
            Self::RecordsByAuthor(_) => 2,
            Self::RecordsByHospital(_) => 3,
            Self::Records => 4,
            Self::RecordsByToken(_) => 5,
            Self::RequestsByPatient(_) => 6,
            Self::RequestsByGrantee(_) => 7,
            Self::GrantsByPatient(_) => 8,
            Self::GrantsByGrantee(_) => 9,
            Self::PersonsByEnroller(_) => 10,
            Self::PersonsByDepartment(_) => 11,
            Self::DepartmentsByHospital(_) => 12,
            Self::AttemptsByReader(_) => 13,
            Self::AttemptsByGateway(_) => 14,
        }
    }

    /// What all rows of the list start with.
    pub(crate) fn prefix(&self) -> Vec<u8> {
        let mut key = vec![self.tag()];
        match self {
            Self::RecordsByPatient(id)
            | Self::RequestsByPatient(id)
            | Self::GrantsByPatient(id)
            | Self::AttemptsByReader(id) => key.extend_from_slice(id.as_slice()),
            Self::RecordsByHospital(id) | Self::DepartmentsByHospital(id) | Self::AttemptsByGateway(id) => {
                key.extend_from_slice(id.as_slice());
            }
            Self::RecordsByAuthor(party)
            | Self::RequestsByGrantee(party)
            | Self::GrantsByGrantee(party)
            | Self::PersonsByEnroller(party) => key.extend_from_slice(&party.to_bytes()),
            Self::PersonsByDepartment(id) => key.extend_from_slice(id.as_slice()),
            Self::RecordsByToken(token) => key.extend_from_slice(&token.0),
            Self::Records => {}
        }
        key
    }
}

/// Where an item stands in every list that has it: ascending with the chain.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct IndexPosition {
    /// Time of its block.
    pub time: Time,
    /// Index of its transaction in the block.
    pub index: u32,
}

impl IndexPosition {
    pub(crate) const BYTES: usize = 12;

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.time.as_micros().to_be_bytes());
        bytes[8..].copy_from_slice(&self.index.to_be_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let (time, index) = bytes.split_first_chunk::<8>().expect("twelve bytes");
        let index = index.try_into().expect("four bytes");
        Self { time: Time::from_micros(u64::from_be_bytes(*time)), index: u32::from_be_bytes(index) }
    }
}

/// One item of a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IndexEntry {
    /// Where it stands.
    pub position: IndexPosition,
    /// Height of its block.
    pub height: Height,
    /// What the list names.
    pub id: [u8; 20],
    /// A number beside it, 0 if the list has none.
    pub number: u64,
}

impl IndexEntry {
    const VALUE_BYTES: usize = 36;

    pub(crate) fn row_key(&self, list: &IndexList) -> Vec<u8> {
        let mut key = list.prefix();
        key.extend_from_slice(&self.position.to_bytes());
        key
    }

    pub(crate) fn row_value(&self) -> Vec<u8> {
        let mut value = Vec::with_capacity(Self::VALUE_BYTES);
        value.extend_from_slice(&self.height.get().to_be_bytes());
        value.extend_from_slice(&self.id);
        value.extend_from_slice(&self.number.to_be_bytes());
        value
    }

    /// From a row; `None` if it is damaged.
    pub(crate) fn from_row(key: &[u8], value: &[u8]) -> Option<Self> {
        let position = IndexPosition::from_bytes(key.last_chunk()?);
        let (height, rest) = value.split_first_chunk::<8>()?;
        let (id, number) = rest.split_first_chunk::<20>()?;
        Some(Self {
            position,
            height: Height::new(u64::from_be_bytes(*height)),
            id: *id,
            number: u64::from_be_bytes(number.try_into().ok()?),
        })
    }
}
