use super::{Epoch, Height, ReplicaId, View};

#[test]
fn counters_at_their_ends_neither_panic_nor_wrap() {
    for value in [0, 1, u64::MAX - 1, u64::MAX] {
        let after = value.checked_add(1);
        assert_eq!(Height::new(value).next().get(), after.unwrap_or(value));
        assert_eq!(View::new(value).next().get(), after.unwrap_or(value));
        assert_eq!(Epoch::new(value).checked_next().map(Epoch::get), after);
        assert_eq!(Height::new(value).saturating_add(u64::MAX).get(), u64::MAX);
        assert_eq!(Height::new(value).checked_sub(1), value.checked_sub(1).map(Height::new));
    }
    assert_eq!(ReplicaId::new(u16::MAX).next().get(), u16::MAX);
    assert_eq!(ReplicaId::new(u16::MAX).checked_next(), None);
}
