//! A record's inside: a zip of documents and images, packed as a stream, unpacked with suspicion.

mod directory;
mod pack;
mod unpack;

pub use pack::{PackError, Packed, Sources};
pub use unpack::{UnpackError, Unpacked, check_output, unpack};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
