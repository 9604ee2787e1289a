//! One file per kind of transaction: what it needs, what it refuses, what it writes.

mod access_log;
mod amendment;
mod decision;
mod deny;
mod department;
mod grant;
mod person;
mod publish;
mod read;
mod receipts;
mod request;
mod revoke;
mod suspend;

pub(crate) use deny::deny;
pub(crate) use department::department;
pub(crate) use grant::grant;
pub(crate) use person::person;
pub(crate) use publish::publish;
pub(crate) use read::read;
pub(crate) use request::request;
pub(crate) use revoke::revoke;
pub(crate) use suspend::suspend;
