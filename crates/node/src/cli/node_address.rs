//! The address of a node as an option names it.

use carechain_client::{InTheClear, NodeUrl, NodeUrlError};

use super::{CommandError, Global};

/// The address that an option names.
pub(super) fn node_url(option: &str, text: &str, global: &Global) -> Result<NodeUrl, CommandError> {
    let clear = if global.insecure { InTheClear::Anywhere } else { InTheClear::ThisMachine };
    let url = NodeUrl::parse(text, clear).map_err(|error| {
        let hint = match error {
            NodeUrlError::Form => format!("for example {option} https://10.0.0.5:7100 --ca hospital-ca.pem"),
            NodeUrlError::Clear => format!(
                "{option} https://... with --ca FILE; or add --insecure where a tunnel of your own carries it"
            ),
        };
        CommandError::usage(format!("{option} {text}: {error}"), hint)
    })?;
    check_ca(&url, global)?;
    Ok(url)
}

/// A certificate that nobody would ask the node for makes the user feel safe who is not.
pub(super) fn check_ca(url: &NodeUrl, global: &Global) -> Result<(), CommandError> {
    if global.ca.is_some() && !url.is_encrypted() {
        let message = format!("--ca is for https: over {url} nobody asks the node for its certificate");
        return Err(CommandError::usage(message, "name the node by https://, or leave out --ca"));
    }
    Ok(())
}
