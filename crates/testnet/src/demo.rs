//! The main job on a fresh local network, step by step, every byte and every decision checked.
//!
//! Four nodes as four processes; three hospitals' people; one node, the primary, is killed and comes back meanwhile.

mod consent;
mod error;
mod files;
mod input;
mod people;
mod plan;
mod report;

use std::path::Path;
use std::time::Duration;

use carechain_crypto::EhrId;
use carechain_schema::{DemoReport, DemoStep};
use carechain_types::{Proof, check_lists};

use crate::network::{Interface, Life, Testnet, kill, start, start_all, stop_all, wait_until_ready};

pub use error::DemoError;
use files::{read, write};
use people::People;
pub use plan::DemoPlan;
use report::Steps;

/// How long a node may take to be ready.
const READY: Duration = Duration::from_secs(30);

/// Runs the main job; `watch` sees every step as it is done.
///
/// # Errors
/// If any byte or decision differs from what it should be.
pub fn run(plan: &DemoPlan, watch: &dyn Fn(&DemoStep)) -> Result<DemoReport, DemoError> {
    let net = Testnet::init(&plan.folder, plan.nodes, Interface::Clear)?;
    let result = on_network(plan, &net, watch);
    let ended = stop_all(&net);
    let report = result?;
    ended?;
    Ok(report)
}

fn on_network(plan: &DemoPlan, net: &Testnet, watch: &dyn Fn(&DemoStep)) -> Result<DemoReport, DemoError> {
    let mut steps = Steps::new(watch);
    steps.time("start", || {
        start_all(net, Life::WithThisProcess, READY)?;
        Ok(format!("{} nodes, each a process with its own data folder", net.nodes.len()))
    })?;
    let people = steps.time_with("enrol", || {
        let people = People::enrol(net)?;
        let text = "a patient and a doctor at hospital 2, doctors at hospitals 3 and 4".to_owned();
        Ok((people, text))
    })?;
    let (inputs, before) = steps.time_with("study", || {
        let inputs = input::prepare(plan)?;
        let hashes = input::hashes(&inputs)?;
        let text = format!("{} files, {} bytes", hashes.files.len(), hashes.bytes);
        Ok(((inputs, hashes), text))
    })?;
    let ehr_id = steps.time_with("publish", || {
        let published = people.publish(&inputs)?;
        let text = format!("{} with receipts of {} hospitals", published.ehr_id, published.holders.len());
        Ok((published.ehr_id, text))
    })?;
    steps.time("kill", || {
        kill(net.node(1)?)?;
        Ok("node 1, the primary, is gone without a word".to_owned())
    })?;
    consent::carry_out(&mut steps, plan, &people, ehr_id, &before)?;
    steps.time("return", || {
        let place = net.node(1)?;
        start(place, Life::WithThisProcess)?;
        wait_until_ready(place, net.nodes.len() - 1, READY)?;
        report::wait_for_height(net, 1)?;
        Ok("node 1 is back and has caught up".to_owned())
    })?;
    audit(&mut steps, plan, net, &people, ehr_id)?;
    Ok(DemoReport {
        nodes: u32::try_from(net.nodes.len()).unwrap_or(u32::MAX),
        dir: plan.folder.display().to_string(),
        bytes_compared: steps.bytes_compared,
        refusals: steps.refusals,
        steps: steps.done,
    })
}

fn audit(
    steps: &mut Steps<'_>,
    plan: &DemoPlan,
    net: &Testnet,
    people: &People,
    ehr_id: EhrId,
) -> Result<(), DemoError> {
    let expected = steps.attempts;
    steps.time("audit", || {
        let trail = people.patient.audit_record(ehr_id)?;
        if trail.entries.len() != expected {
            return Err(DemoError::Differs {
                what: "access entries",
                expected: expected.to_string(),
                got: trail.entries.len().to_string(),
            });
        }
        let bytes = trail.proofs.first().ok_or(DemoError::NoProof)?;
        let file = plan.folder.join("audit.proof");
        write(&file, &carechain_client::proof_file(bytes)?)?;
        verify(&file, net)?;
        let lines = trail.entries.iter().map(|entry| {
            format!("{} {} by {}", entry.decision.as_str(), entry.reason.as_str(), entry.reader)
        });
        Ok(format!(
            "{} entries, proof verified offline\n    {}",
            expected,
            lines.collect::<Vec<_>>().join("\n    ")
        ))
    })
}

/// Checks a proof file with the genesis file alone, as `proof verify` does.
fn verify(file: &Path, net: &Testnet) -> Result<(), DemoError> {
    let genesis = carechain_types::Genesis::from_bytes(&read(&net.genesis_file())?)
        .map_err(|error| DemoError::Proof { problem: error.to_string() })?;
    let proof =
        Proof::from_file(&read(file)?).map_err(|error| DemoError::Proof { problem: error.to_string() })?;
    let verified = proof.verify(&genesis).map_err(|error| DemoError::Proof { problem: error.to_string() })?;
    for check in check_lists(&[verified]) {
        check.whole.map_err(|gap| DemoError::Proof { problem: gap.to_string() })?;
    }
    Ok(())
}
