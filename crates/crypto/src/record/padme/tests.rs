use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

use super::{file_length, padme, zip_length_max};
use crate::limits::{FILE_BYTES_MAX, FILE_BYTES_MIN, SEGMENT_BYTES};

const MIB: u64 = 1 << 20;

#[test]
fn lengths_are_those_of_the_format() {
    for (zip, length) in
        [(0, 65_536), (1, 65_536), (65_384, 65_536), (65_385, 67_584), (65_536, 67_584), (MIB + 1, 1_081_344)]
    {
        assert_eq!(file_length(zip), Some(length), "zip of {zip}");
    }
    assert_eq!(1_081_344u64.div_ceil(SEGMENT_BYTES as u64), 17);
    assert_eq!(1_081_344 % SEGMENT_BYTES as u64, 32_768);
}

#[test]
fn lengths_that_no_record_has_are_refused() {
    for length in [0, 1, 65_535, 65_537, 66_560, 67_583, MIB + 1, FILE_BYTES_MAX + 1, u64::MAX / 2] {
        assert_eq!(zip_length_max(length), None, "{length}");
    }
    assert_eq!(file_length(FILE_BYTES_MAX), None);
    assert_eq!(file_length(u64::MAX), None);
    assert!(file_length(FILE_BYTES_MAX / 2).is_some());
}

#[test]
fn a_file_of_the_greatest_length_is_one() {
    let zip = zip_length_max(FILE_BYTES_MAX);
    assert_eq!(zip.and_then(file_length), Some(FILE_BYTES_MAX));
}

proptest! {
    #[test]
    fn the_length_is_the_smallest_that_holds_the_zip(zip in 0u64..1 << 40) {
        let Some(length) = file_length(zip) else { panic!("below the limit") };
        prop_assert!(zip_length_max(length) >= Some(zip));
        prop_assert!(length >= FILE_BYTES_MIN);
        // The Padmé value below, if a file can have it, is too short.
        let step = 1u64 << ((length - 1).ilog2() - ((length - 1).ilog2().ilog2() + 1));
        let below = length - step;
        if below >= FILE_BYTES_MIN {
            prop_assert_eq!(padme(below), below);
            prop_assert!(zip_length_max(below) < Some(zip));
        }
    }

    #[test]
    fn the_overhead_is_small(zip in 65_536u64..1 << 40) {
        let length = file_length(zip).unwrap_or(u64::MAX);
        prop_assert!(length - zip <= zip / 8, "{zip} in {length}");
    }

    #[test]
    fn the_last_segment_is_never_below_2048(zip in 0u64..1 << 40) {
        let rest = file_length(zip).unwrap_or(1) % SEGMENT_BYTES as u64;
        prop_assert!(rest == 0 || rest >= 2048);
    }
}
