//! A node whose disk is full: what cannot be kept is refused or stops the node, and nothing is lost or half-written.

use std::sync::Arc;
use std::time::{Duration, Instant};

use carechain_schema::Route;
use carechain_types::Role;

use crate::support::{Network, Person, Proxy, SmallDisk, check_same, wait_for};

/// The node whose disk is small.
const NODE: usize = 2;

/// Declared in the order of dropping: the network ends before its disk goes.
struct Scene {
    network: Network,
    disk: Arc<SmallDisk>,
    patient: Person,
    author: Person,
    /// The author's study was published once, before anything was full.
    first: String,
}

impl Scene {
    fn start(disk: SmallDisk) -> Self {
        let network = Network::start_prepared(4, |network| disk.start(network));
        let patient = network.person("patient", 1, Role::Patient);
        let author = network.person("author", NODE, Role::Doctor);
        let first = author.publish(&patient, "ct", 3_000_000);
        Self { network, disk: Arc::new(disk), patient, author, first }
    }

    fn fill(&self) {
        self.disk.fill(self.network.folder());
    }

    fn empty(&self) {
        self.disk.empty(self.network.folder());
    }

    fn records(&self) -> Vec<String> {
        let listed = self.patient.run(&["records"]).data();
        let records = listed["records"].as_array().unwrap().iter();
        records.map(|record| record["ehr_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Whether all nodes run and stand at one height.
    fn is_level(&self) -> bool {
        let heights: Vec<_> = self.network.status().iter().map(|node| node["height"].as_u64()).collect();
        heights[0].is_some() && heights.windows(2).all(|pair| pair[0] == pair[1])
    }

    fn files(&self) -> u64 {
        self.network.node_status(NODE)["storage"]["file_count"].as_u64().unwrap()
    }

    /// Waits until the node has told others of its height: until then a certificate may wait in memory for the journal, and
    /// a disk that is full by then stops the node.
    fn wait_until_kept(&self) {
        let own = self.network.node_status(NODE);
        wait_for("the node's head at another", || {
            let status = self.network.node_status(1);
            let peers = status["peers"].as_array().unwrap();
            let seen = peers.iter().find(|peer| peer["hospital"] == own["hospital"])?;
            (seen["height"].as_u64()? >= own["head"]["height"].as_u64()?).then_some(())
        });
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.network.path(&format!("node-{NODE}/node.log"))).unwrap()
    }

    #[track_caller]
    fn check_whole(&self, ehr: &str, output: &str) {
        self.patient.run(&["retrieve", ehr, "--out", output]).done();
        check_same(&self.patient.folder.join(output), &self.author.folder.join("study"));
    }
}

/// The disk fills up between the opening of an upload and its first byte.
fn an_upload_meets_a_full_disk(scene: &Scene) {
    scene.wait_until_kept();
    let proxy = Proxy::before(&scene.network.url(NODE));
    // The proxy outlives the disk, and must not keep it.
    let (disk, folder) = (Arc::downgrade(&scene.disk), scene.network.folder().to_owned());
    let filled = std::sync::Once::new();
    proxy.conduct(move |asked, forward| {
        if asked.path.contains("/chunks/") {
            filled.call_once(|| disk.upgrade().unwrap().fill(&folder));
        }
        forward(asked)
    });
    let before = scene.files();
    let publish = ["publish", "--node", &proxy.url, "--patient", &scene.patient.id, "study"];
    let message = scene.author.run(&publish).failed(1, "disk_full");
    assert!(message.contains("no room for files") && message.contains("publish --resume"), "{message}");
    assert_eq!(proxy.calls(Route::SUBMIT.path), 0, "no abstract of a file that nobody holds");
    assert_eq!(scene.files(), before, "no file of half an upload");
    if scene.disk.is_mounted() {
        // Below its reserves the node takes neither files nor its own clients' transactions, and says so at once.
        let message = scene.author.run(&["publish", "--patient", &scene.patient.id, "study"]);
        message.failed(1, "disk_full");
        let ask = ["request", "--patient", &scene.patient.id, "--purpose", "TREAT"];
        let asked = Instant::now();
        scene.author.run(&ask).failed(1, "disk_full");
        assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    }
    assert_eq!(scene.records(), std::slice::from_ref(&scene.first));
    // The same process goes on once there is space.
    scene.empty();
    let published = scene.author.run(&["publish", "--resume", &newest_upload(scene)]).data();
    let second = published["ehr_id"].as_str().unwrap();
    assert_eq!(scene.records(), [second, &scene.first]);
    scene.check_whole(second, "second");
    scene.check_whole(&scene.first, "first");
}

/// The upload that was interrupted first: a later one was refused before it was opened.
fn newest_upload(scene: &Scene) -> String {
    let spool = scene.author.folder.join("state/author/spool");
    let memos = std::fs::read_dir(spool).unwrap().map(|child| child.unwrap());
    let memos = memos.filter(|child| child.path().extension().is_some_and(|extension| extension == "json"));
    let oldest = memos.min_by_key(|child| child.metadata().unwrap().modified().unwrap()).unwrap();
    oldest.path().file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The others go on, and the node keeps what they decide as long as space it took before lasts. Then it stops rather than
/// vote for what it has not. Gives whether it stopped.
fn blocks_meet_a_full_disk(scene: &Scene) -> bool {
    let other = scene.network.person("other", 1, Role::Doctor);
    scene.fill();
    let third = other.publish(&scene.patient, "mri", 100_000);
    let stopped = wait_for("the node's end, or its keeping up", || {
        let running = scene.network.status()[NODE - 1]["running"] == true;
        (!running || scene.is_level()).then_some(!running)
    });
    scene.patient.run(&["retrieve", &third, "--out", "third"]).done();
    scene.empty();
    if scene.network.status()[NODE - 1]["running"] == false {
        scene.disk.start_again(&scene.network);
    }
    wait_for("the node's catching up", || scene.is_level().then_some(()));
    // The node that was full is a gateway and a holder again.
    let typed = ["retrieve", &scene.first, "--node", &scene.network.url(NODE), "--out", "again"];
    scene.patient.run(&typed).done();
    check_same(&scene.patient.folder.join("again"), &scene.author.folder.join("study"));
    assert_eq!(scene.records().len(), 3);
    assert!(!scene.log().contains("panicked"), "{}", scene.log());
    stopped
}

#[test]
fn a_full_disk_loses_nothing_and_the_node_goes_on_when_there_is_space() {
    let scene = Scene::start(SmallDisk::mounted(NODE));
    an_upload_meets_a_full_disk(&scene);
    let stopped = blocks_meet_a_full_disk(&scene);
    println!("a real disk: {}; the node stopped: {stopped}", scene.disk.is_mounted());
}

#[test]
fn a_node_that_may_write_no_byte_stops_and_loses_nothing() {
    let scene = Scene::start(SmallDisk::limited(NODE));
    an_upload_meets_a_full_disk(&scene);
    assert!(blocks_meet_a_full_disk(&scene), "it cannot keep what it votes for");
}
