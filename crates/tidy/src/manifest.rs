//! Just enough of `Cargo.toml` to know a crate's dependencies.

/// One line of a dependency table.
#[derive(Debug)]
pub(crate) struct Dependency<'a> {
    /// Line from 1.
    pub(crate) line: usize,
    /// The key: the package's name, as nothing here is renamed.
    pub(crate) name: &'a str,
}

/// All dependencies: normal, build, dev and per-target ones.
pub(crate) fn dependencies(text: &str) -> Vec<Dependency<'_>> {
    let mut dependencies = Vec::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(table) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = table.ends_with("dependencies") && !table.starts_with("workspace");
            if let Some((_, name)) = table.split_once("dependencies.") {
                dependencies.push(Dependency { line: index + 1, name });
            }
            continue;
        }
        let Some((key, _)) = line.split_once('=').filter(|_| inside) else { continue };
        let name = key.trim().split('.').next().unwrap_or_default();
        dependencies.push(Dependency { line: index + 1, name });
    }
    dependencies
}

/// The folder under `crates/` when this is the path of a crate's manifest.
pub(crate) fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml").filter(|name| !name.contains('/'))
}
