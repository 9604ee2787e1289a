//! The registry over a file.

use carechain_crypto::PersonId;

use super::{LockedRegistry, PersonName, Registry, RegistryError};

#[test]
fn numbers_stand_for_persons_across_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.json");
    let person = PersonId::new([7; 20]);
    LockedRegistry::lock(&path).unwrap().remember(person, Some("4711")).unwrap();
    LockedRegistry::lock(&path).unwrap().remember(PersonId::ZERO, None).unwrap();
    let registry = Registry::load(&path).unwrap();
    assert_eq!(registry.resolve(&"mrn:4711".parse().unwrap()).unwrap(), person);
    assert_eq!(registry.resolve(&person.to_string().parse().unwrap()).unwrap(), person);
    assert_eq!(registry.persons(), [person, PersonId::ZERO]);
    let error = registry.resolve(&PersonName::Number("1".to_owned())).unwrap_err();
    assert!(matches!(error, RegistryError::UnknownNumber));
}

#[test]
fn a_number_stands_for_one_person() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.json");
    let mut registry = LockedRegistry::lock(&path).unwrap();
    registry.remember(PersonId::ZERO, Some("1")).unwrap();
    let error = registry.remember(PersonId::new([1; 20]), Some("1")).unwrap_err();
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
                registry.remember(PersonId::new([number; 20]), Some(&number.to_string())).unwrap();
            });
        }
    });
    assert_eq!(Registry::load(&path).unwrap().persons().len(), 6);
}
