//! What is found about the other members: who is away, and with whom no files can be exchanged.

use carechain_schema::FindingCode;

use super::finding::{Finding, seconds};
use crate::heard::Awake;
use crate::status::inputs::{Inputs, Member, Presence};
use crate::status::names::{are, listed};

const VOTES_PORT: &str =
    "ring them, and look at the network between their nodes and this one (the votes port)";

fn names<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<&'a str> {
    members.map(|member| member.name.as_str()).collect()
}

/// Those that were heard once and are not any more, the longest away first.
fn lost(inputs: &Inputs) -> Vec<&Member> {
    let mut lost: Vec<_> =
        inputs.others().filter(|member| inputs.presence(member) == Presence::Away).collect();
    lost.sort_by_key(|member| core::cmp::Reverse(inputs.away_for(member)));
    lost
}

/// Whether enough hospitals take part.
fn is_quorum(inputs: &Inputs, others: usize) -> bool {
    others + 1 >= inputs.quorum.size()
}

fn reached(there: &[&str]) -> String {
    if there.is_empty() {
        "no other is heard".to_owned()
    } else {
        format!("only {} {} heard", listed(there), are(there))
    }
}

/// Too few are there, and those that this node is still connecting to would not be enough.
pub(super) fn no_quorum(inputs: &Inputs) -> Option<Finding> {
    let there = names(inputs.answering());
    let lost = lost(inputs);
    if is_quorum(inputs, inputs.others().count() - lost.len()) {
        return None;
    }
    let away = names(inputs.others().filter(|member| inputs.presence(member) == Presence::Away));
    let (needed, all) = (inputs.quorum.size(), inputs.members.len());
    let sentence = format!(
        "nothing can be decided: {needed} of {all} hospitals must take part, and besides this node {}; {} {} away",
        reached(&there),
        listed(&away),
        are(&away),
    );
    let advice = if there.is_empty() {
        "all are away: look at this node's own network first, then ring them"
    } else {
        VOTES_PORT
    };
    // So many may be away; the next that went took the quorum with it.
    let last = lost.get(all - needed).map(|member| inputs.away_for(member));
    Some(Finding::new(FindingCode::NoQuorum, sentence, advice).for_so_long(last))
}

/// Too few are there yet, and this node is still connecting to the others.
pub(super) fn starting(inputs: &Inputs) -> Option<Finding> {
    let there = names(inputs.answering());
    if is_quorum(inputs, there.len()) || no_quorum(inputs).is_some() {
        return None;
    }
    let awake = inputs.awake_for();
    let begun = match inputs.awake {
        Awake::Started(_) => format!("this node started {} ago", seconds(awake)),
        Awake::WentOn(_) => format!("this node stood still and went on {} ago", seconds(awake)),
    };
    let sentence = format!(
        "{begun} and is connecting: {} of {} hospitals must take part, and besides it {} so far",
        inputs.quorum.size(),
        inputs.members.len(),
        reached(&there),
    );
    let advice = "wait some seconds; whoever stays away is named then";
    Some(Finding::new(FindingCode::Starting, sentence, advice).for_so_long(Some(awake)))
}

/// Each that is away, also while too few are left: since when is told of each.
pub(super) fn members_away(inputs: &Inputs) -> Vec<Finding> {
    let lost = lost(inputs);
    let there = inputs.members.len() - lost.len();
    let outlook = match there.checked_sub(inputs.quorum.size()) {
        None => String::new(),
        Some(0) => "; the ledger goes on without, one more, and nothing can be decided".to_owned(),
        Some(spare) => format!("; the ledger goes on without, {spare} more may be lost"),
    };
    let draw = |member: &Member| {
        let sentence = format!("{} is away{outlook}", member.name);
        let finding = Finding::new(FindingCode::MembersAway, sentence, VOTES_PORT);
        finding.about(&member.name).for_so_long(Some(inputs.away_for(member)))
    };
    lost.into_iter().map(draw).collect()
}

/// Each with whom no files can be exchanged although it votes.
pub(super) fn files_unreachable(inputs: &Inputs) -> Vec<Finding> {
    let draw = |member: &Member| {
        let sentence = format!("record files cannot be exchanged with {}", member.name);
        let advice = "look at the network between their node and this one (the bulk port)";
        Finding::new(FindingCode::FilesUnreachable, sentence, advice).about(&member.name)
    };
    inputs.answering().filter(|member| !member.bulk_linked).map(draw).collect()
}
