//! Nearest-rank quantiles.

use super::Sorted;

#[test]
#[allow(clippy::float_cmp)]
fn percentiles_are_values_that_were_measured() {
    let values = Sorted::new((1..=200).rev().map(f64::from).collect());
    assert_eq!(values.percentile(50), 100.0);
    assert_eq!(values.percentile(99), 198.0);
    assert_eq!(values.max(), 200.0);
    let one = Sorted::new(vec![7.0]);
    assert_eq!((one.percentile(50), one.percentile(99)), (7.0, 7.0));
    assert_eq!(Sorted::new(Vec::new()).percentile(50), 0.0);
}
