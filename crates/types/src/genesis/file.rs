//! The genesis file as JSON: fields as text, nothing unknown, nothing missing.

use carechain_crypto::{HospitalId, SealingPublicKey, SigningPublicKey};
use serde::{Deserialize, Serialize};

use super::{Genesis, GenesisError, GenesisHospital, Parameters, SearchPolicy};
use crate::bounded::{BoundedBytes, BoundedString, BoundedVec};
use crate::keys::SealingKey;
use crate::membership::Endpoints;
use crate::time::{Span, Time};

const SCHEMA: &str = "carechain/genesis/1";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    created_micros: u64,
    name: String,
    parameters: FileParameters,
    index_key: String,
    hospitals: Vec<FileHospital>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct FileParameters {
    receipts_required: u8,
    copies: u8,
    search_policy: String,
    default_window_micros: u64,
    recovery_delay_micros: u64,
    transaction_bytes_max: u32,
    block_bytes_max: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct FileHospital {
    id: String,
    name: String,
    weight: u32,
    governance_threshold: u8,
    governance_keys: Vec<String>,
    node_key: String,
    node_sealing_key: String,
    votes_endpoint: String,
    bulk_endpoint: String,
    registrar_keys: Vec<String>,
    index_key_share: String,
}

impl Genesis {
    /// The genesis file: these bytes are hashed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write(self)
    }

    /// Reads and checks a genesis file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GenesisError> {
        let genesis = read(bytes)?;
        genesis.check()?;
        if genesis.to_bytes() != bytes {
            return Err(GenesisError::NotCanonical);
        }
        Ok(genesis)
    }
}

fn write(genesis: &Genesis) -> Vec<u8> {
    let file = File {
        schema: SCHEMA.to_owned(),
        created_micros: genesis.created.as_micros(),
        name: genesis.name.as_str().to_owned(),
        parameters: write_parameters(&genesis.parameters),
        index_key: write_sealing_key(&genesis.index_key),
        hospitals: genesis.hospitals.iter().map(write_hospital).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&file).expect("strings and numbers always encode");
    bytes.push(b'\n');
    bytes
}

fn write_parameters(parameters: &Parameters) -> FileParameters {
    let policy = match parameters.search_policy {
        SearchPolicy::AnyOf => "any-of",
        SearchPolicy::PatientNamed => "patient-named",
    };
    FileParameters {
        receipts_required: parameters.receipts_required,
        copies: parameters.copies,
        search_policy: policy.to_owned(),
        default_window_micros: parameters.default_window.as_micros(),
        recovery_delay_micros: parameters.recovery_delay.as_micros(),
        transaction_bytes_max: parameters.transaction_bytes_max,
        block_bytes_max: parameters.block_bytes_max,
    }
}

fn write_sealing_key(key: &SealingKey) -> String {
    data_encoding::HEXLOWER.encode(&key.bytes)
}

fn write_hospital(hospital: &GenesisHospital) -> FileHospital {
    FileHospital {
        id: hospital.id.to_string(),
        name: hospital.name.as_str().to_owned(),
        weight: hospital.weight,
        governance_threshold: hospital.governance_threshold,
        governance_keys: hospital.governance_keys.iter().map(SigningPublicKey::to_hex).collect(),
        node_key: hospital.node_key.to_hex(),
        node_sealing_key: write_sealing_key(&hospital.node_sealing_key),
        votes_endpoint: hospital.endpoints.votes.as_str().to_owned(),
        bulk_endpoint: hospital.endpoints.bulk.as_str().to_owned(),
        registrar_keys: hospital.registrar_keys.iter().map(SigningPublicKey::to_hex).collect(),
        index_key_share: data_encoding::HEXLOWER.encode(&hospital.index_key_share),
    }
}

fn read(bytes: &[u8]) -> Result<Genesis, GenesisError> {
    let file: File = serde_json::from_slice(bytes)?;
    if file.schema != SCHEMA {
        return Err(field("schema", format_args!("\"{}\" where \"{SCHEMA}\" is known", file.schema)));
    }
    let hospitals = file.hospitals.iter().map(read_hospital).collect::<Result<_, _>>()?;
    Ok(Genesis {
        created: Time::from_micros(file.created_micros),
        name: text("name", &file.name)?,
        parameters: read_parameters(&file.parameters)?,
        index_key: sealing_key("index_key", &file.index_key)?,
        hospitals: bounded("hospitals", hospitals)?,
    })
}

fn read_parameters(file: &FileParameters) -> Result<Parameters, GenesisError> {
    let search_policy = match file.search_policy.as_str() {
        "any-of" => SearchPolicy::AnyOf,
        "patient-named" => SearchPolicy::PatientNamed,
        other => {
            return Err(field(
                "search_policy",
                format_args!("\"{other}\" is neither any-of nor patient-named"),
            ));
        }
    };
    Ok(Parameters {
        receipts_required: file.receipts_required,
        copies: file.copies,
        search_policy,
        default_window: Span::from_micros(file.default_window_micros),
        recovery_delay: Span::from_micros(file.recovery_delay_micros),
        transaction_bytes_max: file.transaction_bytes_max,
        block_bytes_max: file.block_bytes_max,
    })
}

fn read_hospital(file: &FileHospital) -> Result<GenesisHospital, GenesisError> {
    let id: HospitalId = file.id.parse().map_err(|error| field("id", error))?;
    let share = data_encoding::HEXLOWER
        .decode(file.index_key_share.as_bytes())
        .map_err(|error| field("index_key_share", error))?;
    Ok(GenesisHospital {
        id,
        name: text("name", &file.name)?,
        weight: file.weight,
        governance_threshold: file.governance_threshold,
        governance_keys: bounded("governance_keys", signing_keys("governance_keys", &file.governance_keys)?)?,
        node_key: signing_key("node_key", &file.node_key)?,
        node_sealing_key: sealing_key("node_sealing_key", &file.node_sealing_key)?,
        endpoints: Endpoints {
            votes: text("votes_endpoint", &file.votes_endpoint)?,
            bulk: text("bulk_endpoint", &file.bulk_endpoint)?,
        },
        registrar_keys: bounded("registrar_keys", signing_keys("registrar_keys", &file.registrar_keys)?)?,
        index_key_share: BoundedBytes::new(share).map_err(|error| field("index_key_share", error))?,
    })
}

fn field(field: &'static str, problem: impl core::fmt::Display) -> GenesisError {
    GenesisError::Field { field, problem: problem.to_string() }
}

fn text<const MAX: usize>(name: &'static str, value: &str) -> Result<BoundedString<MAX>, GenesisError> {
    BoundedString::new(value).map_err(|error| field(name, error))
}

fn bounded<T, const MAX: usize>(
    name: &'static str,
    values: Vec<T>,
) -> Result<BoundedVec<T, MAX>, GenesisError> {
    BoundedVec::new(values).map_err(|error| field(name, error))
}

fn signing_key(name: &'static str, value: &str) -> Result<SigningPublicKey, GenesisError> {
    let key =
        SigningPublicKey::from_hex(value).ok_or_else(|| field(name, "not 64 lower-case hex characters"))?;
    carechain_crypto::check_signing_key(&key).map_err(|error| field(name, error))?;
    Ok(key)
}

fn signing_keys(name: &'static str, values: &[String]) -> Result<Vec<SigningPublicKey>, GenesisError> {
    values.iter().map(|value| signing_key(name, value)).collect()
}

fn sealing_key(name: &'static str, value: &str) -> Result<SealingKey, GenesisError> {
    let bytes = data_encoding::HEXLOWER.decode(value.as_bytes()).map_err(|error| field(name, error))?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| field(name, "not 64 lower-case hex characters"))?;
    Ok(SealingKey::x25519(SealingPublicKey::new(bytes)))
}
