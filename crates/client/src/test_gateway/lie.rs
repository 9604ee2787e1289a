//! The lies a gateway can tell.

/// How the gateway lies.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Lie {
    #[default]
    None,
    /// Another sealing key of a person than the ledger has.
    FalseKey,
    /// The key that a person had before, with the proof of that time.
    StaleState,
    /// No heads.
    NoHeads,
    /// Heads of a minute ahead.
    ClocksAhead,
    /// A head that voted above the proof's height.
    HiddenBlock,
    /// A value absent that is there.
    Absent,
    /// Another part than the one asked for.
    FalsePart,
    /// Receipts for another file.
    FalseReceipts,
    /// One receipt, where two are needed.
    OneReceipt,
    /// The newest entry of lists left out.
    ShortList,
    /// The first read breaks off in the middle.
    BreakOnce,
    /// One bit of the file flipped.
    FlippedBit,
    /// The first upload call breaks off.
    BreakUpload,
}
