//! What is found about this node's part in consensus.

use carechain_consensus::Phase;
use carechain_schema::FindingCode;
use carechain_types::Span;

use super::finding::{Finding, seconds};
use crate::status::inputs::Inputs;
use crate::status::names::{are, listed};
use crate::status::phase;

/// Blocks a node may be behind and still keep up: the newest may be on its way here.
const BEHIND_MAX: u64 = 1;
/// Transactions may wait so long for a block: a view change, or two, takes less.
const STANDING_MAX: Span = Span::SECOND.times(10);

pub(super) fn state_differs(inputs: &Inputs) -> Option<Finding> {
    (inputs.replica.as_ref()?.phase == Phase::Stopped).then(|| {
        let sentence =
            "this node computed another state than a quorum certified, and has stopped taking part: a bug, or a damaged disk";
        let advice = "keep the data folder and the log, do not start it again, ask the developers";
        Finding::new(FindingCode::StateDiffers, sentence, advice)
    })
}

pub(super) fn consensus_silent(inputs: &Inputs) -> Option<Finding> {
    let silent = inputs.silent?;
    let sentence = format!(
        "the consensus thread has not answered for {}; what is said of it here is as it was before",
        seconds(silent)
    );
    let advice = "look at the load of this machine and at its disk (`uptime`, `iostat`)";
    Some(Finding::new(FindingCode::ConsensusSilent, sentence, advice).for_so_long(Some(silent)))
}

pub(super) fn votes_withheld(inputs: &Inputs) -> Option<Finding> {
    (inputs.replica.as_ref()?.phase == Phase::Withholding).then(|| {
        let free = inputs.storage.as_ref().ok().and_then(|storage| storage.free_percent);
        let free = free.map_or_else(String::new, |free| {
            format!(": {free} % of it is free, {} % are kept", inputs.reserves.votes)
        });
        let sentence = format!("this node withholds its votes, since its disk is nearly full{free}");
        let advice = "make room on the disk of the data folder; the node votes again by itself";
        Finding::new(FindingCode::VotesWithheld, sentence, advice)
    })
}

/// A quorum of the others is in a view below the own one, so that they go on, and this node's votes are of no use.
pub(super) fn not_voting(inputs: &Inputs) -> Option<Finding> {
    let advice =
        "it joins the others when they next change view; `systemctl restart carechain` may help sooner";
    if let Phase::Following { view } = inputs.replica.as_ref()?.phase {
        let sentence = format!(
            "this node left view {view} alone and does not vote; the others go on in it without this node"
        );
        return Some(Finding::new(FindingCode::NotVoting, sentence, advice));
    }
    let own = inputs.replica.as_ref()?.view;
    let below: Vec<_> =
        inputs.answering().filter(|member| member.view.is_some_and(|view| view < own)).collect();
    if below.len() < inputs.quorum.size() {
        return None;
    }
    let view = below.iter().filter_map(|member| member.view).max()?;
    let names: Vec<_> = below.iter().map(|member| &member.name).collect();
    let sentence = format!(
        "this node alone wants view {own} and does not vote; {} {} in view {view} and {} on without it",
        listed(&names),
        are(&names),
        if names.len() == 1 { "goes" } else { "go" },
    );
    Some(Finding::new(FindingCode::NotVoting, sentence, advice))
}

pub(super) fn catching_up(inputs: &Inputs) -> Option<Finding> {
    let status = inputs.replica.as_ref()?;
    let certified = match status.phase {
        Phase::CatchingUp { certified } => certified,
        _ => status.committed,
    };
    let shown = inputs.height_shown().max(certified);
    let behind = shown.get().saturating_sub(status.committed.get());
    (behind > BEHIND_MAX).then(|| {
        let sentence = format!(
            "this node is at height {} and the others are at {shown}: it lacks {behind} blocks",
            status.committed
        );
        let advice =
            "wait: it fetches them; if the height does not rise, look at the log and at the votes port";
        Finding::new(FindingCode::CatchingUp, sentence, advice)
    })
}

pub(super) fn stalled(inputs: &Inputs) -> Option<Finding> {
    let status = inputs.replica.as_ref()?;
    if inputs.waiting == 0 || inputs.standing < STANDING_MAX {
        return None;
    }
    let transactions = if inputs.waiting == 1 { "1 transaction waits" } else { "transactions wait" };
    let count = if inputs.waiting == 1 { String::new() } else { format!("{} ", inputs.waiting) };
    let sentence = format!(
        "{count}{transactions}, and nothing was committed for {}: {}",
        seconds(inputs.standing),
        phase::waiting(status, inputs),
    );
    let awaited: Vec<_> = phase::awaited(status).into_iter().map(|member| inputs.name(member)).collect();
    let advice = if awaited.is_empty() {
        "look at the log, and ask the other hospitals what `node status` says there".to_owned()
    } else {
        format!("ask {} what `node status` says there", listed(&awaited))
    };
    Some(Finding::new(FindingCode::Stalled, sentence, advice).for_so_long(Some(inputs.standing)))
}
