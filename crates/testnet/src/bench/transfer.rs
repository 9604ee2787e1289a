//! Whole files: from plain file to published record, and from grant to verified, unpacked file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use carechain_client::{RetrieveTarget, Stage, Unwatched};
use carechain_crypto::{Digest, Hasher};
use carechain_schema::{BenchTransfer, Machine, StatusReport, TransferMemory};
use carechain_types::{AccessPurpose, Party, Role};

use super::error::BenchError;
use super::machine::{machine, plain_write};
use super::memory::Watched;
use super::network::on_network;
use super::people::{PUBLISHER, People};
use super::plan::BenchPlan;
use super::quantiles::Sorted;
use super::stages::{StageTimes, medians};
use crate::network::{Testnet, enrol};
use crate::noise::Noise;

/// Through which node a file is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gateway {
    /// One that holds a copy.
    Holder,
    /// One that fetches from the holders.
    Elsewhere,
}

/// Measures publishing: sealing, upload, two durable copies, commit; `watch` learns how many are done.
pub fn upload(plan: &BenchPlan, watch: &dyn Fn(usize)) -> Result<BenchTransfer, BenchError> {
    let machine = machine(&plan.folder)?;
    on_network(plan, |net| {
        let people = People::enrol(net)?;
        let file = generate(plan)?;
        let mut run = Run::begin(net, PUBLISHER)?;
        for done in 0..plan.count {
            run.time(|stages| Ok(people.publish(&file, stages).map(drop)?))?;
            watch(done + 1);
            wait_for_copies(net, done + 1)?;
        }
        run.report(plan, machine)
    })
}

/// Measures retrieving: decision, transfer, verification, unpacking; `watch` learns how many are done.
pub fn download(
    plan: &BenchPlan,
    gateway: Gateway,
    watch: &dyn Fn(usize),
) -> Result<BenchTransfer, BenchError> {
    let machine = machine(&plan.folder)?;
    on_network(plan, |net| {
        let people = People::enrol(net)?;
        let file = generate(plan)?;
        let ehr_id = people.publish(&file, &Unwatched)?.ehr_id;
        wait_for_copies(net, 1)?;
        let expected = digest_of(&file)?;
        let through = find(net, gateway)?;
        let reader = enrol(net, through, "reader", Role::Doctor)?;
        let grantee = Party::Person(reader.person()?);
        let (grant, granted) = people.patient.grant(&[ehr_id], grantee, AccessPurpose::Treatment, None)?;
        wait_for_height(net, through, granted.height.get())?;
        let mut run = Run::begin(net, through)?;
        for done in 0..plan.count {
            let out = plan.folder.join("retrieved");
            run.time(|stages| Ok(reader.retrieve(RetrieveTarget::Grant(grant), &out, stages).map(drop)?))?;
            watch(done + 1);
            let got = digest_of(&out.join(FILE))?;
            std::fs::remove_dir_all(&out).map_err(BenchError::file(&out))?;
            if got != expected {
                return Err(BenchError::Differs);
            }
        }
        run.report(plan, machine)
    })
}

const FILE: &str = "series.dcm";

fn generate(plan: &BenchPlan) -> Result<PathBuf, BenchError> {
    let path = plan.folder.join(FILE);
    let write = || -> io::Result<()> {
        let mut file = File::create_new(&path)?;
        io::copy(&mut Noise::new(1).take(plan.bytes), &mut file)?;
        Ok(())
    };
    write().map_err(BenchError::file(&path))?;
    Ok(path)
}

fn digest_of(path: &Path) -> Result<Digest, BenchError> {
    let read = || -> io::Result<Digest> {
        let mut file = File::open(path)?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(hasher.finish()),
                count => hasher.update(&buffer[..count]),
            };
        }
    };
    read().map_err(BenchError::file(path))
}

/// Every file so far has all its copies: what follows is measured on a network that is idle again.
fn wait_for_copies(net: &Testnet, files: usize) -> Result<(), BenchError> {
    let copies = files * COPIES.min(net.nodes.len());
    let started = Instant::now();
    loop {
        let mut held = 0;
        for place in &net.nodes {
            held += file_count(net, place.index)?;
        }
        if held >= copies {
            return Ok(());
        }
        if started.elapsed() > COPIES_WAIT {
            return Err(BenchError::Late { what: "all copies of a file" });
        }
        std::thread::sleep(LOOK);
    }
}

/// Copies of a file on a test network.
const COPIES: usize = 3;
const COPIES_WAIT: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);

fn file_count(net: &Testnet, index: usize) -> Result<usize, BenchError> {
    let unknown = || BenchError::Silent { index, problem: "its store does not say what it holds".to_owned() };
    let count = ask(net, index)?.storage.file_count.ok_or_else(unknown)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// What one person did through one node, another may ask another node a moment too early.
fn wait_for_height(net: &Testnet, index: usize, height: u64) -> Result<(), BenchError> {
    let started = Instant::now();
    while ask(net, index)?.head.height < height {
        if started.elapsed() > COPIES_WAIT {
            return Err(BenchError::Late { what: "a block at another node" });
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

fn ask(net: &Testnet, index: usize) -> Result<StatusReport, BenchError> {
    let status = net.node(index)?.status();
    status.map_err(|error| BenchError::Silent { index, problem: error.to_string() })
}

/// A node that holds the one file, or one that does not.
fn find(net: &Testnet, gateway: Gateway) -> Result<usize, BenchError> {
    for place in net.nodes.iter().filter(|place| place.index != PUBLISHER) {
        if (file_count(net, place.index)? > 0) == (gateway == Gateway::Holder) {
            return Ok(place.index);
        }
    }
    Err(BenchError::NoGateway {
        what: match gateway {
            Gateway::Holder => "beside the publisher's holds a copy",
            Gateway::Elsewhere => "is without a copy",
        },
    })
}

/// Transfers measured so far, and the processes whose memory is watched.
struct Run {
    seconds: Vec<f64>,
    stages: Vec<Vec<(Stage, Duration)>>,
    client: Watched,
    gateway: Watched,
    others: Vec<Watched>,
}

impl Run {
    /// Memory counts from now on.
    fn begin(net: &Testnet, gateway: usize) -> Result<Self, BenchError> {
        let others = net.nodes.iter().filter(|place| place.index != gateway);
        let run = Self {
            seconds: Vec::new(),
            stages: Vec::new(),
            client: Watched::own(),
            gateway: Watched::node(net.node(gateway)?)?,
            others: others.map(Watched::node).collect::<Result<_, _>>()?,
        };
        run.others.iter().chain([&run.client, &run.gateway]).try_for_each(Watched::reset)?;
        Ok(run)
    }

    fn time(
        &mut self,
        transfer: impl FnOnce(&StageTimes) -> Result<(), BenchError>,
    ) -> Result<(), BenchError> {
        let stages = StageTimes::default();
        let started = Instant::now();
        transfer(&stages)?;
        self.seconds.push(started.elapsed().as_secs_f64());
        self.stages.push(stages.into_durations());
        Ok(())
    }

    fn report(self, plan: &BenchPlan, machine: Machine) -> Result<BenchTransfer, BenchError> {
        let holders = self.others.iter().map(Watched::peak_bytes).collect::<Result<Vec<_>, _>>()?;
        let memory = TransferMemory {
            client_peak_bytes: self.client.peak_bytes()?,
            gateway_peak_bytes: self.gateway.peak_bytes()?,
            holder_peak_bytes: holders.into_iter().max().unwrap_or_default(),
        };
        let seconds = Sorted::new(self.seconds);
        Ok(BenchTransfer {
            nodes: u32::try_from(plan.nodes).unwrap_or(u32::MAX),
            count: plan.count as u64,
            bytes: plan.bytes,
            seconds_p50: seconds.percentile(50),
            seconds_max: seconds.max(),
            megabytes_per_second: plan.bytes as f64 / 1e6 / seconds.percentile(50),
            plain_write_megabytes_per_second: plain_write(&plan.folder)?,
            stages: medians(&self.stages),
            memory,
            machine,
        })
    }
}
