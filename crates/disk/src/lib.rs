//! Files of value and new folders: written whole or not at all, under a lock, never over another.
//!
//! It sees nothing of ours but `Secret`. It starts no thread and reads no clock. Nothing here replaces a file but
//! [`private_file::LockedFile`], whose lock is held.

mod limits;
mod new_folder;
mod operator_token;
pub mod private_file;

pub use new_folder::{NEW_FOLDER_PREFIX, NewFolder, NewFolderError};
pub use operator_token::{OperatorToken, TokenError};
