//! Latency of publishing on an idle network: one transaction at a time, its file uploaded before.

use carechain_client::Unwatched;
use carechain_disk::private_file::write_new;
use carechain_schema::BenchPublish;

use super::error::BenchError;
use super::machine::machine;
use super::network::on_network;
use super::people::People;
use super::plan::BenchPlan;
use super::quantiles::Sorted;

/// Publications before the first that counts: connections, caches and files are warm then.
const WARM_UP: usize = 10;

/// Measures; `watch` learns how many publications are done.
pub fn publish(plan: &BenchPlan, watch: &dyn Fn(usize)) -> Result<BenchPublish, BenchError> {
    let machine = machine(&plan.folder)?;
    let times = on_network(plan, |net| {
        let people = People::enrol(net)?;
        let file = plan.folder.join("report.txt");
        write_new(&file, REPORT.repeat(40).as_bytes(), 0o644)?;
        let mut times = Vec::with_capacity(plan.count);
        for done in 0..WARM_UP + plan.count {
            let published = people.publish(&file, &Unwatched)?;
            if done >= WARM_UP {
                times.push(published.committed.took.as_secs_f64() * 1e3);
                watch(times.len());
            }
        }
        Ok(Sorted::new(times))
    })?;
    Ok(BenchPublish {
        nodes: u32::try_from(plan.nodes).unwrap_or(u32::MAX),
        count: plan.count as u64,
        p50_ms: times.percentile(50),
        p99_ms: times.percentile(99),
        max_ms: times.max(),
        machine,
    })
}

const REPORT: &str =
    "Findings: no pulmonary nodules, no effusion, normal mediastinum. Impression: unremarkable.\n";
