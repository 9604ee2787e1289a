//! The quorum sums for every size a consortium can have.

use super::Quorum;

#[test]
fn quorums_intersect_in_an_honest_replica_and_are_reachable() {
    for replicas in 1..=200 {
        let quorum = Quorum::new(replicas).expect("not zero");
        let (n, f, q) = (replicas, quorum.faulty_max(), quorum.size());
        assert!(3 * f < n && n <= 3 * f + 3, "f is the greatest for n = {n}");
        assert!(2 * q > n + f, "two quorums share more than f replicas for n = {n}");
        assert!(2 * (q - 1) <= n + f, "q is the smallest for n = {n}");
        assert!(q <= n - f, "the honest reach a quorum for n = {n}");
        assert_eq!(quorum.one_honest(), f + 1);
        assert_eq!(quorum.answers(), n - f - 1);
    }
}

#[test]
fn sizes_between_the_textbook_ones_are_right() {
    let sizes: Vec<_> = (1..=10).map(|n| Quorum::new(n).expect("not zero").size()).collect();
    assert_eq!(sizes, [1, 2, 2, 3, 4, 4, 5, 6, 6, 7]);
}

#[test]
fn no_replicas_make_no_quorum() {
    assert_eq!(Quorum::new(0), None);
}
