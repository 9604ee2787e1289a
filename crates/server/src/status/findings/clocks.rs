//! What is found about clocks: this node's, another member's, or so many that differ that nothing can be decided.

use carechain_schema::FindingCode;
use carechain_types::Span;
use carechain_types::limits::CLOCK_SKEW_MAX;

use super::finding::{Finding, seconds};
use crate::status::inputs::{Inputs, Member};
use crate::status::names::listed;

const TIME_SERVICE: &str =
    "mend the time service of this machine (`timedatectl`, `chronyc tracking`); the node goes on by itself";

/// Of all clocks that are known, the own one included, ascending.
fn offsets(inputs: &Inputs) -> Vec<i64> {
    let mut offsets: Vec<_> = inputs.answering().filter_map(|member| member.clock_offset).collect();
    offsets.push(0);
    offsets.sort_unstable();
    offsets
}

fn are_close(left: i64, right: i64) -> bool {
    left.abs_diff(right) <= CLOCK_SKEW_MAX.as_micros()
}

/// Whoever proposes, fewer than must vote have clocks by which its proposal is neither old nor of the future.
pub(super) fn clocks_apart(inputs: &Inputs) -> Option<Finding> {
    let needed = inputs.quorum.size();
    let offsets = offsets(inputs);
    // One that is heard and shows no clock yet may agree with any.
    let unknown = inputs.answering().filter(|member| member.clock_offset.is_none()).count();
    let agreeing = offsets
        .iter()
        .map(|proposer| offsets.iter().filter(|offset| are_close(**offset, *proposer)).count() + unknown)
        .max()?;
    if offsets.len() + unknown < needed || agreeing >= needed {
        return None;
    }
    let off: Vec<_> = inputs
        .answering()
        .filter_map(|member| {
            let Off { span, side } = off(member)?;
            Some(format!("{} is {} {}", member.name, seconds(span), side.alone()))
        })
        .collect();
    let sentence = format!(
        "nothing can be decided: {needed} of {} hospitals must agree on the time, and only {agreeing} do; seen from this \
         node's clock, {}",
        inputs.members.len(),
        listed(&off),
    );
    let advice = "compare the clock of each hospital with the true time (`timedatectl`), beginning with this one; whose differs mends \
                  its time service, and all go on by themselves";
    Some(Finding::new(FindingCode::ClocksApart, sentence, advice))
}

/// Two clocks differ and nobody can say which is wrong; the one that differs from most can.
pub(super) fn clock_off(inputs: &Inputs) -> Option<Finding> {
    let OwnOffset { side, offset } = own_offset(inputs)?;
    let others: Vec<_> = inputs
        .answering()
        .filter(|member| member.clock_offset.is_some_and(|other| are_close(other, offset)))
        .map(|member| member.name.as_str())
        .collect();
    let sentence = format!(
        "the clock of this node is {} {} {} {}",
        seconds(Span::from_micros(offset.unsigned_abs())),
        side.opposite(),
        if others.len() == 1 { "that of" } else { "those of" },
        listed(&others),
    );
    Some(Finding::new(FindingCode::ClockOff, sentence, TIME_SERVICE))
}

/// Each whose clock differs from the own one, unless it is the own one that is wrong.
pub(super) fn member_clock_off(inputs: &Inputs) -> Vec<Finding> {
    let own = own_offset(inputs).map(|own| own.side);
    let draw = |member: &Member| {
        let Off { span, side } = off(member)?;
        let sentence =
            format!("the clock of {} is {} {} this node's", member.name, seconds(span), side.word());
        let advice = "ring them: a node takes no part while its clock is more than 2 s off";
        Some(Finding::new(FindingCode::MemberClockOff, sentence, advice).about(&member.name))
    };
    inputs.answering().filter(|member| side(member) != own).filter_map(draw).collect()
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Side {
    Ahead,
    Behind,
}

impl Side {
    const fn word(self) -> &'static str {
        match self {
            Self::Ahead => "ahead of",
            Self::Behind => "behind",
        }
    }

    const fn alone(self) -> &'static str {
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
    /// Where most clocks stand, microseconds ahead of the own one.
    offset: i64,
}

/// A clock that differs from the own one by so much that not both can be right.
struct Off {
    side: Side,
    span: Span,
}

fn off(member: &Member) -> Option<Off> {
    let offset = member.clock_offset?;
    let side = if offset > 0 { Side::Ahead } else { Side::Behind };
    (!are_close(offset, 0)).then_some(Off { side, span: Span::from_micros(offset.unsigned_abs()) })
}

fn side(member: &Member) -> Option<Side> {
    off(member).map(|off| off.side)
}

/// How far the own clock is off, when most clocks, the own one included, stand on one side of it.
fn own_offset(inputs: &Inputs) -> Option<OwnOffset> {
    let offsets = offsets(inputs);
    [Side::Ahead, Side::Behind].into_iter().find_map(|side| {
        let on_side = inputs.answering().filter(|member| self::side(member) == Some(side)).count();
        (on_side * 2 > offsets.len()).then_some(OwnOffset { side, offset: offsets[offsets.len() / 2] })
    })
}
