//! A record's inside: a zip of documents and images, packed as a stream, unpacked with suspicion.

mod directory;
mod entry;
mod error;
mod keys;
mod pack;
mod seen;
mod unpack;

pub use error::{PackError, UnpackError};
pub use keys::Keys;
pub use pack::{Packed, Sources};
pub use unpack::{Unpacked, unpack};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests;
