//! The registry over a file.

use carechain_crypto::PersonId;

use super::{LockedRegistry, PatientNumber, PersonName, Registry, RegistryError};

fn number(text: &str) -> PatientNumber {
    text.parse().unwrap()
}

#[test]
fn numbers_stand_for_persons_across_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.json");
    let person = PersonId::new([7; 20]);
    LockedRegistry::lock(&path).unwrap().remember(person, Some(&number("4711"))).unwrap();
    LockedRegistry::lock(&path).unwrap().remember(PersonId::ZERO, None).unwrap();
    let registry = Registry::load(&path).unwrap();
    assert_eq!(registry.resolve(&"mrn:4711".parse().unwrap()).unwrap(), person);
    assert_eq!(registry.resolve(&person.to_string().parse().unwrap()).unwrap(), person);
    assert_eq!(registry.persons(), [person, PersonId::ZERO]);
    let error = registry.resolve(&PersonName::Number(number("1"))).unwrap_err();
    assert!(matches!(error, RegistryError::UnknownNumber));
}

#[test]
fn a_number_stands_for_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.json");
    let mut registry = LockedRegistry::lock(&path).unwrap();
    registry.remember(PersonId::ZERO, Some(&number("1"))).unwrap();
    let error = registry.remember(PersonId::new([1; 20]), Some(&number("1"))).unwrap_err();
    assert!(matches!(error, RegistryError::NumberTaken { .. }));
}

#[test]
fn of_many_registrars_at_once_none_loses_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.json");
    std::thread::scope(|scope| {
        for number in 1..=6 {
            let path = &path;
            scope.spawn(move || {
                let mut registry = LockedRegistry::lock(path).unwrap();
                registry
                    .remember(PersonId::new([number; 20]), Some(&number.to_string().parse().unwrap()))
                    .unwrap();
            });
        }
    });
    assert_eq!(Registry::load(&path).unwrap().persons().len(), 6);
}

#[test]
fn a_registry_in_which_two_spellings_of_a_number_stand_for_two_persons_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.json");
    let (one, other) = (PersonId::ZERO, PersonId::new([1; 20]));
    let file = serde_json::json!({
        "schema": "carechain/registry/1",
        "numbers": { "77": one.to_string(), " 77": other.to_string() },
        "persons": [one.to_string(), other.to_string()],
    });
    carechain_disk::private_file::write_new(&path, file.to_string().as_bytes(), 0o600).unwrap();
    assert!(matches!(Registry::load(&path).unwrap_err(), RegistryError::Json { .. }));
}
