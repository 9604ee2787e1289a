//! What is found about the other members: who is away, and whose clock is wrong.

use carechain_schema::FindingCode;
use carechain_types::Span;
use carechain_types::limits::CLOCK_SKEW_MAX;

use super::finding::{Finding, seconds};
use crate::server::status::inputs::{Inputs, Member};
use crate::server::status::names::{are, listed};

fn names<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<&'a str> {
    members.map(|member| member.name.as_str()).collect()
}

pub(in crate::server::status) fn no_quorum(inputs: &Inputs) -> Option<Finding> {
    let (needed, all) = (inputs.quorum.size(), inputs.members.len());
    let there = names(inputs.answering());
    let away = names(inputs.others().filter(|member| !member.answers()));
    if there.len() + 1 >= needed {
        return None;
    }
    let reached = if there.is_empty() {
        "no other is heard".to_owned()
    } else {
        format!("only {} {} heard", listed(&there), are(&there))
    };
    let sentence = format!(
        "nothing can be decided: {needed} of {all} hospitals must take part, and besides this node {reached}; {} {} away",
        listed(&away),
        are(&away),
    );
    let advice = if there.is_empty() {
        "all are away: look at this node's own network first, then ring them"
    } else {
        "ring them, and look at the network between their nodes and this one (the votes port)"
    };
    Some(Finding::new(FindingCode::NoQuorum, sentence, advice))
}

pub(super) fn members_away(inputs: &Inputs) -> Option<Finding> {
    let away = names(inputs.others().filter(|member| !member.answers()));
    let there = inputs.members.len() - away.len();
    if away.is_empty() || there < inputs.quorum.size() {
        return None;
    }
    let spare = match there - inputs.quorum.size() {
        0 => "one more, and nothing can be decided".to_owned(),
        spare => format!("{spare} more may be lost"),
    };
    let sentence = format!("{} {} away; the ledger goes on without, {spare}", listed(&away), are(&away));
    let advice = "ring them, and look at the network between their nodes and this one (the votes port)";
    Some(Finding::new(FindingCode::MembersAway, sentence, advice))
}

pub(super) fn files_unreachable(inputs: &Inputs) -> Option<Finding> {
    let cut = names(inputs.answering().filter(|member| !member.bulk_linked));
    (!cut.is_empty()).then(|| {
        let sentence = format!("record files cannot be exchanged with {}", listed(&cut));
        let advice = "look at the network between their nodes and this one (the bulk port)";
        Finding::new(FindingCode::FilesUnreachable, sentence, advice)
    })
}

/// Two clocks differ and nobody can say which is wrong; the one that differs from most can.
pub(super) fn clock_off(inputs: &Inputs) -> Option<Finding> {
    let offset = own_offset(inputs)?;
    let others = names(inputs.answering().filter(|member| side(member) == Some(offset.side)));
    let sentence = format!(
        "the clock of this node is {} {} {} {}",
        seconds(offset.span),
        offset.side.opposite(),
        if others.len() == 1 { "that of" } else { "those of" },
        listed(&others),
    );
    let advice = "mend the time service of this machine (`timedatectl`, `chronyc tracking`); the node goes on by itself";
    Some(Finding::new(FindingCode::ClockOff, sentence, advice))
}

pub(super) fn member_clock_off(inputs: &Inputs) -> Option<Finding> {
    let own = own_offset(inputs).map(|offset| offset.side);
    let off: Vec<_> = inputs
        .answering()
        .filter_map(|member| {
            let side = side(member).filter(|side| Some(*side) != own)?;
            let span = Span::from_micros(member.clock_offset?.unsigned_abs());
            Some(format!("{} ({} {})", member.name, seconds(span), side.word()))
        })
        .collect();
    (!off.is_empty()).then(|| {
        let clocks = if off.len() == 1 { "the clock of" } else { "the clocks of" };
        let sentence = format!("{clocks} {} {} not that of this node", listed(&off), are(&off));
        let advice = "ring them: a node takes no part while its clock is more than 2 s off";
        Finding::new(FindingCode::MemberClockOff, sentence, advice)
    })
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Side {
    Ahead,
    Behind,
}

impl Side {
    const fn word(self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::Behind => "behind",
        }
    }

    /// Where the own clock is, seen from one on this side.
    const fn opposite(self) -> &'static str {
        match self {
            Self::Ahead => "behind",
            Self::Behind => "ahead of",
        }
    }
}

struct OwnOffset {
    side: Side,
    span: Span,
}

/// On which side of the own clock a member's is, when not both can be right.
fn side(member: &Member) -> Option<Side> {
    let offset = member.clock_offset?;
    let bound = CLOCK_SKEW_MAX.as_micros();
    (offset.unsigned_abs() > bound).then_some(if offset > 0 { Side::Ahead } else { Side::Behind })
}

/// How far the own clock is off, when most clocks, the own one included, stand on one side of it.
fn own_offset(inputs: &Inputs) -> Option<OwnOffset> {
    let mut offsets: Vec<i64> = inputs.answering().filter_map(|member| member.clock_offset).collect();
    offsets.push(0);
    offsets.sort_unstable();
    [Side::Ahead, Side::Behind].into_iter().find_map(|side| {
        let on_side = inputs.answering().filter(|member| self::side(member) == Some(side)).count();
        let median = offsets[offsets.len() / 2];
        (on_side * 2 > offsets.len())
            .then_some(OwnOffset { side, span: Span::from_micros(median.unsigned_abs()) })
    })
}
