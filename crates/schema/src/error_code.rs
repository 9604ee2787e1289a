//! The closed list of error codes, and what each means to HTTP, to a shell and to a program that could try again.

use serde::{Deserialize, Serialize};

/// Whether sending the same again can help.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Retry {
    /// The answer will be the same.
    Never,
    /// Nothing was done: send the same again, later.
    Safe,
    /// It may have been done: ask for the transaction's status first.
    Check,
}

/// What the process tells the shell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExitStatus {
    /// Done.
    Done = 0,
    /// Anything without a number of its own.
    Other = 1,
    /// Wrong use: arguments, configuration, malformed input.
    Usage = 2,
    /// Refused: not permitted, or one's own right is expired, revoked, denied or not valid yet.
    Refused = 3,
    /// Not there, or not to be known.
    NotFound = 4,
    /// No node answers, or no quorum stands behind it.
    NoQuorum = 5,
    /// It may have been done: `transaction status` tells.
    OutcomeUnknown = 6,
}

impl ExitStatus {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $http:literal, $exit:ident, $retry:ident;)*) => {
        /// What went wrong, for programs. New codes may come; none goes or changes its meaning.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[doc = $doc])* $name,)*
        }

        impl ErrorCode {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As it stands in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_start()),* }
            }

            /// Status of the HTTP answer that carries it.
            #[must_use]
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$name => $http),* }
            }

            /// What a command that ends with it exits with.
            #[must_use]
            pub const fn exit_status(self) -> ExitStatus {
                match self { $(Self::$name => ExitStatus::$exit),* }
            }

            /// Whether sending the same again can help.
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry),* }
            }
        }
    };
}

error_codes! {
    /// Arguments or configuration are wrong.
    Usage = "usage", 400, Usage, Never;
    /// The body, a field or an id does not parse.
    Malformed = "malformed", 400, Usage, Never;
    /// Larger than the node takes.
    TooLarge = "too_large", 413, Usage, Never;
    /// No such path or method.
    NoRoute = "no_route", 404, Other, Never;
    /// A signature does not verify, or its key is not enrolled or no longer in force.
    Unauthenticated = "unauthenticated", 401, Refused, Never;
    /// A signed query, request or transaction is past its expiry, or too far ahead of the node's clock.
    OutsideExpiry = "outside_expiry", 401, Refused, Never;
    /// The same signed query or read request was honoured before.
    Replayed = "replayed", 409, Refused, Never;
    /// The role does not permit it, or the contract refused it; the outcome says why.
    Refused = "refused", 403, Refused, Never;
    /// One's own grant has expired.
    GrantExpired = "grant_expired", 403, Refused, Never;
    /// One's own grant was revoked.
    GrantRevoked = "grant_revoked", 403, Refused, Never;
    /// One's own request was denied.
    RequestDenied = "request_denied", 403, Refused, Never;
    /// One's own grant is not valid yet.
    GrantNotYetValid = "grant_not_yet_valid", 403, Refused, Never;
    /// Unknown, hidden or not yours: these look the same.
    NotFound = "not_found", 404, NotFound, Never;
    /// An id, upload or file is there already.
    Conflict = "conflict", 409, Other, Never;
    /// The node serves another ledger than the genesis file names.
    WrongChain = "wrong_chain", 409, Other, Never;
    /// A body names another hospital than the node's.
    WrongGateway = "wrong_gateway", 421, Other, Never;
    /// The node takes no more of this for now.
    Busy = "busy", 429, Other, Safe;
    /// No node answers at the address.
    NoNode = "no_node", 503, NoQuorum, Safe;
    /// The node starts, catches up, drains or restores.
    NotReady = "not_ready", 503, NoQuorum, Safe;
    /// No quorum of members answers the node.
    NoQuorum = "no_quorum", 503, NoQuorum, Safe;
    /// Sent, but no outcome came in time.
    OutcomeUnknown = "outcome_unknown", 504, OutcomeUnknown, Check;
    /// Too few holders have the file, or none can be reached.
    TooFewCopies = "too_few_copies", 503, NoQuorum, Safe;
    /// The node's disk reserve is reached.
    DiskFull = "disk_full", 507, Other, Safe;
    /// Bytes do not have the value they were announced or committed with.
    Damaged = "damaged", 422, Other, Never;
    /// A proof does not verify, or the node could not give one: nothing was sealed or signed.
    ProofRefused = "proof_refused", 502, Other, Never;
    /// The node's answer is older than allowed: nothing was sealed or signed.
    Stale = "stale", 502, Other, Safe;
    /// This machine's clock is too far from the members' clocks.
    ClockOff = "clock_off", 400, Other, Never;
    /// The passphrase does not open the keystore.
    WrongPassphrase = "wrong_passphrase", 400, Usage, Never;
    /// The key opens nothing of this record, or is not the one named.
    WrongKey = "wrong_key", 400, Other, Never;
    /// A file cannot be read or written.
    FileAccess = "file_access", 400, Usage, Never;
    /// The output folder is not empty.
    FolderNotEmpty = "folder_not_empty", 400, Usage, Never;
    /// An archive is hostile: paths, links, entries or ratio beyond bounds.
    HostileArchive = "hostile_archive", 422, Other, Never;
    /// A fault of the node or the program itself; its log says more.
    Internal = "internal", 500, Other, Check;
}

#[cfg(test)]
mod tests;
