//! A disk of one node that a test fills and empties: a small tmpfs where this process may mount one, else a limit on the
//! node's writes that the kernel answers just as it does a full disk.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tempfile::TempDir;

use super::command::command;
use super::network::Network;

/// Room for the databases of a node and a few records.
const TMPFS_BYTES: u64 = 96 << 20;

enum Kind {
    Mounted,
    Limited,
}

/// The disk of a node's data folder. Dropped after its network, or the mount is busy.
pub(crate) struct SmallDisk {
    kind: Kind,
    place: TempDir,
    node: usize,
}

impl SmallDisk {
    /// A tmpfs; where none can be mounted, which is said, a limit.
    pub(crate) fn mounted(node: usize) -> Self {
        let place = tempfile::tempdir().unwrap();
        let size = format!("size={TMPFS_BYTES}");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(place.path()).output();
        let kind = match mount {
            Ok(mount) if mount.status.success() => Kind::Mounted,
            other => {
                println!("no tmpfs here, the node's writes are limited instead: {other:?}");
                Kind::Limited
            }
        };
        Self { kind, place, node }
    }

    /// A limit on the node's writes: needs no right at all.
    pub(crate) fn limited(node: usize) -> Self {
        Self { kind: Kind::Limited, place: tempfile::tempdir().unwrap(), node }
    }

    /// Whether the system knows how much space is left, so that reserves are looked at.
    pub(crate) const fn is_mounted(&self) -> bool {
        matches!(self.kind, Kind::Mounted)
    }

    /// Moves the node's data folder here, and starts the node.
    pub(crate) fn start(&self, network: &Network) {
        let folder = network.path(&format!("node-{}", self.node));
        let data = self.place.path().join("data");
        let moved = Command::new("cp").arg("-a").arg(folder.join("data")).arg(&data).status().unwrap();
        assert!(moved.success());
        std::fs::remove_dir_all(folder.join("data")).unwrap();
        let file = folder.join("node.toml");
        let mut made: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
        made["node"]["data_folder"] = data.to_str().unwrap().into();
        std::fs::write(&file, toml::to_string(&made).unwrap()).unwrap();
        self.start_again(network);
    }

    /// Starts the node where its data is. A write beyond a limit is an error to it, not the signal that ends it.
    pub(crate) fn start_again(&self, network: &Network) {
        let binary = command(network.folder(), &[]);
        let binary = binary.get_program().to_str().unwrap().to_owned();
        let start = format!("trap '' XFSZ; exec '{binary}' testnet start {} --dir net", self.node);
        let started = Command::new("sh").args(["-c", &start]).current_dir(network.folder()).output().unwrap();
        assert!(started.status.success(), "{started:?}");
    }

    /// Leaves no byte free.
    pub(crate) fn fill(&self, network: &Path) {
        match self.kind {
            Kind::Mounted => {
                let filler = Command::new("dd")
                    .args(["if=/dev/zero", "bs=1M", &format!("of={}", self.filler().display())])
                    .stderr(Stdio::null())
                    .status()
                    .unwrap();
                assert!(!filler.success(), "it ends for want of space");
            }
            Kind::Limited => self.limit(network, Some(0)),
        }
    }

    /// Gives the space back.
    pub(crate) fn empty(&self, network: &Path) {
        match self.kind {
            Kind::Mounted => std::fs::remove_file(self.filler()).unwrap(),
            // A process that has ended has no limit any more.
            Kind::Limited => self.limit(network, None),
        }
    }

    fn filler(&self) -> PathBuf {
        self.place.path().join("filler")
    }

    fn limit(&self, network: &Path, bytes: Option<u64>) {
        let file = network.join("net").join(format!("node-{}", self.node)).join("node.pid");
        let pid = std::fs::read_to_string(file).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        let limit = Rlimit { current: bytes, maximum: None };
        let set = prlimit(Pid::from_raw(pid), Resource::Fsize, limit);
        assert!(set.is_ok() || bytes.is_none(), "{set:?}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.is_mounted() {
            // Lazily: a node that a failed test left behind must not keep it.
            let unmounted = Command::new("umount").arg("-l").arg(self.place.path()).status();
            if !unmounted.is_ok_and(|status| status.success()) {
                eprintln!("{} stays mounted", self.place.path().display());
            }
        }
    }
}
