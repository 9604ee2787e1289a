//! Outcome codes: why the contract refused a transaction. Numbers are fixed for ever; clients read them.

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal;)*) => {
        /// Why a transaction changed nothing. Recorded in its block as an outcome code.
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
        }

        impl Refusal {
            /// All refusals in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The outcome code; never 0.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self { $(Self::$name => $code),* }
            }

            /// The refusal a code stands for.
            #[must_use]
            pub const fn from_code(code: u16) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }

            /// One word for machines.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

// 17 was never recorded and stays free: what is another's is `not_found`.
refusals! {
    /// No such kind of transaction, or a later one.
    UnknownKind = 1 "unknown_kind";
    /// The public part does not decode.
    Malformed = 2 "malformed";
    /// A detached part of unknown kind, or of a kind that has no place here.
    WrongPart = 3 "wrong_part";
    /// The sender's role does not permit this.
    NotPermitted = 4 "not_permitted";
    /// The sender is suspended, or the person whose roles would be renewed.
    Suspended = 5 "suspended";
    /// The thing named does not exist, or is hidden from the sender.
    NotFound = 6 "not_found";
    /// The id is in use.
    Exists = 7 "exists";
    /// A list that must hold something is empty, two fields exclude each other, or a renewal would end a patient's role.
    Contradiction = 8 "contradiction";
    /// A field is outside its bounds.
    OutOfBounds = 9 "out_of_bounds";
    /// A key is weak, non-canonical, of small or mixed order, or of unknown suite.
    BadKey = 10 "bad_key";
    /// A possession signature does not verify.
    NoPossession = 11 "no_possession";
    /// A key named is not in force at this block.
    KeyNotInForce = 12 "key_not_in_force";
    /// Too few receipts of distinct current members, or none of another hospital.
    TooFewReceipts = 13 "too_few_receipts";
    /// A receipt does not match the abstract, or has expired.
    BadReceipt = 14 "bad_receipt";
    /// The request was answered before.
    Answered = 15 "answered";
    /// The grant was revoked before it arrived.
    RevokedBefore = 16 "revoked_before";
    /// A record was amended or purged already.
    Superseded = 18 "superseded";
    /// A key of another party is already enrolled.
    KeyTaken = 19 "key_taken";
    /// A read wrap whose inner signature, named key or gateway, expiry or freshness fails: counted to its gateway, no
    /// access entry.
    BadWrap = 20 "bad_wrap";
}
