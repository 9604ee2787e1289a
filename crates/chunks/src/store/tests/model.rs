//! Random work on the store: the index rebuilt from the packs equals the live one, and every file stays what it was.

use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::{collection, proptest, test_runner};

use super::fixture::{Folder, Sample};
use crate::index::Index;
use crate::{ChunkStore, LocalUpload, StoreError};

#[derive(Clone, Debug)]
enum Work {
    Begin(u8),
    Put(u8, u32),
    Complete(u8),
    Erase(u8),
    Corrupt(u8),
    Repair(u8),
    Reopen,
}

fn work() -> impl Strategy<Value = Work> {
    let file = 0..5_u8;
    prop_oneof![
        file.clone().prop_map(Work::Begin),
        (file.clone(), 0..3_u32).prop_map(|(file, index)| Work::Put(file, index)),
        (file.clone(), 0..3_u32).prop_map(|(file, index)| Work::Put(file, index)),
        (file.clone(), any::<bool>()).prop_map(|(file, _)| Work::Complete(file)),
        file.clone().prop_map(Work::Complete),
        file.clone().prop_map(Work::Erase),
        file.clone().prop_map(Work::Corrupt),
        file.prop_map(Work::Repair),
        proptest::strategy::Just(Work::Reopen),
    ]
}

fn samples() -> Vec<Sample> {
    [900, 70_000, (1 << 20) + 10, (2 << 20) + 10, 1 << 20]
        .into_iter()
        .zip(0..)
        .map(|(length, seed)| Sample::new(seed, length))
        .collect()
}

/// What a rebuild can know: marks are not in the packs.
fn without_marks(store: &ChunkStore) -> Index {
    store.index().clone()
}

fn local(store: &ChunkStore, sample: &Sample) -> Option<LocalUpload> {
    store.find_upload(&sample.opening.upload).pop()
}

fn apply(store: &ChunkStore, samples: &[Sample], work: &Work) {
    let result = match work {
        Work::Begin(file) => {
            let sample = &samples[usize::from(*file)];
            if local(store, sample).is_none() { store.begin(&sample.opening).map(drop) } else { Ok(()) }
        }
        Work::Put(file, index) => {
            let sample = &samples[usize::from(*file)];
            match local(store, sample) {
                Some(local) if *index < sample.chunks() => sample.put(store, local, *index),
                _ => Ok(()),
            }
        }
        Work::Complete(file) => {
            let sample = &samples[usize::from(*file)];
            match local(store, sample).map(|local| store.complete(local, &sample.completion)) {
                None | Some(Ok(_) | Err(StoreError::Incomplete { .. })) => Ok(()),
                Some(Err(error)) => Err(error),
            }
        }
        Work::Erase(file) => {
            local(store, &samples[usize::from(*file)]).map_or(Ok(()), |local| store.erase(local))
        }
        Work::Corrupt(file) | Work::Repair(file) => {
            damage_or_repair(store, &samples[usize::from(*file)], work)
        }
        Work::Reopen => Ok(()),
    };
    result.unwrap();
}

/// A corruption that is repaired at once, so that no mark is left that a rebuild cannot know.
fn damage_or_repair(store: &ChunkStore, sample: &Sample, work: &Work) -> Result<(), StoreError> {
    let Some(local) = store.find(&sample.completion.commitment) else {
        return Ok(());
    };
    if matches!(work, Work::Corrupt(_)) {
        let place = store.index().get(local)?.places()[0];
        store.index_mut().mark_corrupt(local, 0, place);
    }
    store.replace_chunk(local, 0, sample.chunk(0)).map(drop)
}

proptest! {
    #![proptest_config(test_runner::Config { cases: 48, ..test_runner::Config::default() })]

    #[test]
    fn rebuilt_index_equals_the_live_one(works in collection::vec(work(), 1..40)) {
        let samples = samples();
        let folder = Folder::new();
        let mut store = Some(folder.open().0);
        for work in works.iter().chain([&Work::Reopen]) {
            let open = store.as_ref().unwrap();
            apply(open, &samples, work);
            if matches!(work, Work::Reopen) {
                let live = without_marks(open);
                drop(store.take());
                let (reopened, report) = folder.open();
                assert_eq!(report.damages, []);
                assert_eq!(report.cut_bytes, 0);
                assert_eq!(reopened.index().clone(), live);
                store = Some(reopened);
            }
        }
        let store = store.unwrap();
        for sample in &samples {
            if store.find(&sample.completion.commitment).is_some() {
                sample.check(&store);
            }
        }
    }
}
