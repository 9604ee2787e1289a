//! The binary logarithm in fixed point: integers only, so that every machine finds the same bits.

/// Binary places of the result.
pub(super) const FRACTION_BITS: u32 = 57;

/// −log₂((draw + 1) / 2⁶⁴) in units of 2⁻⁵⁷, rounded up: 0 for the greatest draw, 64 × 2⁵⁷ = 2⁶³ for the smallest.
///
/// The mantissa is squared once for each binary place: log₂(m²) = 2 log₂(m), so whether m² reaches 2 is the next digit.
pub(super) fn negative_log2(draw: u64) -> u64 {
    let Some(draw) = draw.checked_add(1) else {
        return 0;
    };
    let exponent = draw.ilog2();
    // m in [1, 2) with 63 binary places.
    let mut mantissa = u128::from(draw) << (63 - exponent);
    let mut log2 = u64::from(exponent) << FRACTION_BITS;
    for place in (0..FRACTION_BITS).rev() {
        mantissa = (mantissa * mantissa) >> 63;
        if mantissa >> 64 != 0 {
            mantissa >>= 1;
            log2 |= 1 << place;
        }
    }
    (64 << FRACTION_BITS) - log2
}
