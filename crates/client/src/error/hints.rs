//! What to do about a failure: one sentence a code, and what each refusal of the contract means in words.
//!
//! Commands stand in backticks; a test of the command line parses each of them.

use carechain_schema::ErrorCode;
use carechain_types::Refusal;

/// What to do about a code, where the failure itself says no more.
pub(super) const fn of_code(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Usage => "type the command again with what the message asks for; `--help` shows its form",
        ErrorCode::Malformed => {
            "the node did not understand it: compare the versions of client and node, `--version`"
        }
        ErrorCode::TooLarge => "ask for less at once, with filters or a shorter list",
        ErrorCode::NoRoute => "compare the versions of client and node, `--version`",
        ErrorCode::Unauthenticated => {
            "name the keystore that was enrolled; `person show` shows whether it still stands"
        }
        ErrorCode::OutsideExpiry => "set this machine's clock, and type the command again",
        ErrorCode::Replayed => "type the command again: it signs a new request",
        ErrorCode::Refused => {
            "the message says which rule stands against it; ask the patient or the registrar"
        }
        ErrorCode::GrantExpired => "ask the patient again with `request`",
        ErrorCode::GrantRevoked => "ask the patient again with `request` if it is needed",
        ErrorCode::RequestDenied => "talk to the patient before asking again",
        ErrorCode::GrantNotYetValid => "wait until the window begins; `grants` shows it",
        ErrorCode::NotFound => "check the name or the filters",
        ErrorCode::Conflict => "somebody was first: look at what is there before you send more",
        ErrorCode::WrongChain => "compare node and genesis file of the profile",
        ErrorCode::WrongGateway => {
            "the profile's hospital is not the node's: remove `hospital` from it, or name the right node"
        }
        ErrorCode::Busy => "wait a minute, and type the command again",
        ErrorCode::NoNode => "check the node's address, and that the node runs",
        ErrorCode::NotReady => "wait until `node status` says that the node is ready",
        ErrorCode::NoQuorum => "ask the operator: `node status` shows which members are away",
        ErrorCode::OutcomeUnknown => "ask `transaction status ID` before sending anything again",
        ErrorCode::TooFewCopies => "try again later; `node status` shows which holders are away",
        ErrorCode::DiskFull => "ask the node's operator for room, or use another node",
        ErrorCode::Damaged => "fetch or make it again",
        ErrorCode::ProofRefused => "the node may be wrong or hostile: try another node, tell its operator",
        ErrorCode::Stale => "wait a moment, or try another node",
        ErrorCode::ClockOff => "set this machine's clock; if it is right, the node is cut off: try another",
        ErrorCode::WrongPassphrase => "type the passphrase again",
        ErrorCode::WrongKey => "use the keystore that the record was opened for",
        ErrorCode::FileAccess => "check the path, the permissions and the space left",
        ErrorCode::FolderNotEmpty => "name an empty or new folder",
        ErrorCode::HostileArchive => "do not open it; tell the record's author and the hospital",
        ErrorCode::Internal => {
            "type the command again; if it fails again, send the message to the node's operator"
        }
    }
}

/// What the contract refused, in words, and what to do.
pub(super) const fn of_refusal(refusal: Refusal) -> (&'static str, &'static str) {
    const OTHER_VERSION: &str = "compare the versions of client and nodes, `--version`";
    match refusal {
        Refusal::UnknownKind | Refusal::Malformed | Refusal::WrongPart | Refusal::BadWrap => {
            ("the members do not know this kind of transaction", OTHER_VERSION)
        }
        Refusal::NotPermitted => {
            ("your role does not permit this", "`person show` shows your roles; the registrar renews them")
        }
        Refusal::Suspended => ("the person is suspended", "the registrar of their hospital knows why"),
        Refusal::NotFound => {
            ("nothing of that id is here for you", "check the id, or ask the patient for access")
        }
        Refusal::Exists => ("this id is in use already", "type the command again: it chooses another"),
        Refusal::Contradiction => (
            "two of the options exclude each other, or a list is empty that must name something",
            "`--help` shows which options go together",
        ),
        Refusal::OutOfBounds => (
            "a time or a length is outside what the consortium allows",
            "name a shorter window: roles end after a year at most",
        ),
        Refusal::BadKey => {
            ("one of the keys is too weak to be enrolled", "make other keys with `key new --out FILE`")
        }
        Refusal::NoPossession => (
            "the enrolment file does not show that its keys are held",
            "write it again with `key export --out FILE`",
        ),
        Refusal::KeyNotInForce => (
            "a key that it was signed or sealed with is no longer in force",
            "type the command again: it takes the keys of today",
        ),
        Refusal::TooFewReceipts => (
            "too few hospitals keep a copy of the file",
            "go on later with `publish --resume`; `node status` shows which holders are away",
        ),
        Refusal::BadReceipt => (
            "a hospital's receipt for the file has expired or is of another file",
            "publish the record again",
        ),
        Refusal::Answered => {
            ("the request was answered before", "`grants` shows what is granted, `revoke GRT` ends it")
        }
        Refusal::RevokedBefore => {
            ("the grant was revoked before it arrived", "grant it again if that was not meant")
        }
        Refusal::Superseded => (
            "a newer version of the record is published, or it was removed",
            "`records` shows the newest version: amend that one",
        ),
        Refusal::KeyTaken => (
            "these keys are enrolled already",
            "`person show PER` shows a person; for somebody else make other keys with `key new --out FILE`",
        ),
    }
}
