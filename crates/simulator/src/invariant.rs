//! What must hold in every world, one property a file, watched while it happens.

mod agreement;
mod blocks_sent_once;
mod committed_floor;
mod durability;
mod heads_are_complete;
mod liveness;
mod no_double_vote;
mod one_certified;
mod roots_fit;
mod validity;
mod view_change_is_final;
mod votes_on_disk;

pub(crate) use agreement::{Agreement, News};
pub(crate) use blocks_sent_once::BlocksSentOnce;
pub(crate) use committed_floor::check as check_committed_floor;
pub(crate) use durability::Durability;
pub(crate) use heads_are_complete::HeadsAreComplete;
pub(crate) use liveness::{Standing, check as check_liveness, check_admission};
pub(crate) use no_double_vote::NoDoubleVote;
pub(crate) use one_certified::OneCertified;
pub(crate) use roots_fit::check as check_roots;
pub(crate) use validity::Validity;
pub(crate) use view_change_is_final::ViewChangeIsFinal;
pub(crate) use votes_on_disk::{Survivors, VotesOnDisk};
