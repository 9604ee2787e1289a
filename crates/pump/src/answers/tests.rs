//! Lost, or only out of reach.

use std::collections::BTreeSet;

use carechain_crypto::HospitalId;

use super::{Answers, Lacks};

fn holders() -> [HospitalId; 3] {
    [1, 2, 3].map(|number| HospitalId::new([number; 20]))
}

fn of(lacks: &Lacks, chunk: Option<u32>) -> String {
    Answers::of(holders().iter(), lacks, &BTreeSet::new(), chunk).to_string()
}

#[test]
fn no_copy_is_left_only_when_every_holder_said_so_of_the_same_chunk() {
    let mut lacks = Lacks::default();
    let [first, second, third] = holders();
    lacks.file(first);
    lacks.chunk(second, 7);
    assert_eq!(
        of(&lacks, Some(7)),
        "holders that do not answer: 1; that answered that they do not have it: 2; that sent something else: 0"
    );
    lacks.chunk(third, 8);
    assert!(
        of(&lacks, Some(7)).starts_with("holders that do not answer: 1;"),
        "it has chunk 7, as far as it said"
    );
    lacks.chunk(third, 7);
    let lost = "no copy is left anywhere: all 3 other holders answered that they do not have it";
    assert_eq!(of(&lacks, Some(7)), lost);
    assert!(of(&lacks, None).starts_with("holders that do not answer: 2;"), "the file is described by two");
}

#[test]
fn holder_that_describes_the_file_after_all_has_it_again() {
    let mut lacks = Lacks::default();
    for holder in holders() {
        lacks.file(holder);
    }
    assert!(Answers::of(holders().iter(), &lacks, &BTreeSet::new(), None).none_left());
    lacks.described(&holders()[1]);
    assert!(!Answers::of(holders().iter(), &lacks, &BTreeSet::new(), None).none_left());
}

#[test]
fn holder_that_sends_something_else_has_not_said_that_it_has_nothing() {
    let mut lacks = Lacks::default();
    for holder in holders() {
        lacks.file(holder);
    }
    let answers = Answers::of(holders().iter(), &lacks, &BTreeSet::from([holders()[0]]), None);
    assert!(!answers.none_left());
    assert!(answers.to_string().ends_with("that sent something else: 1"), "{answers}");
}

#[test]
fn copies_are_not_called_lost_where_no_other_hospital_was_asked() {
    assert!(!Answers::of([].iter(), &Lacks::default(), &BTreeSet::new(), None).none_left());
}
