//! The frames in which nodes exchange files, compiled in by their paths: their crate, `pump`, shows them to nobody.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "files of another crate, linted there")]

#[rustfmt::skip]
#[path = "../../crates/pump/src/frame.rs"]
pub(crate) mod frame;
#[rustfmt::skip]
#[path = "../../crates/pump/src/limits.rs"]
mod limits;
#[rustfmt::skip]
#[path = "../../crates/pump/src/message.rs"]
pub(crate) mod message;

/// Reads a stream as the holder or the gateway would: version, then frames until it ends or breaks, each as its kind.
pub(crate) async fn read_stream(mut bytes: &[u8]) {
    use message as of;

    if frame::read_version(&mut bytes).await.is_err() {
        return;
    }
    while let Ok(Some(frame)) = frame::read_frame(&mut bytes, ALL_KINDS).await {
        let _ = frame.index();
        let _ = of::body_of::<of::PushComplete>(&frame);
        let _ = of::body_of::<of::ReadFetch>(&frame);
        let _ = of::body_of::<of::SignedRepairFetch>(&frame);
        let _ = of::body_of::<of::Described>(&frame);
        let _ = of::RefusalCode::from_frame(&frame);
        let _ = of::manifest_values(&frame);
        let _ = of::asked_chunks(&frame);
        let chunks = u32::try_from(frame.payload.len()).unwrap_or(u32::MAX).saturating_mul(8);
        if let Ok(present) = of::present_of(&frame, chunks) {
            assert_eq!(of::bitmap(&present).payload, frame.payload, "a bitmap has one encoding");
        }
        let _ = of::present_of(&frame, u32::MAX);
        let _ = frame.into_chunk();
    }
}

const ALL_KINDS: &[frame::Kind] = &[
    frame::Kind::PushOpen,
    frame::Kind::Have,
    frame::Kind::Chunk,
    frame::Kind::Stored,
    frame::Kind::PushComplete,
    frame::Kind::Receipt,
    frame::Kind::ReadFetch,
    frame::Kind::RepairFetch,
    frame::Kind::Described,
    frame::Kind::AskManifest,
    frame::Kind::Manifest,
    frame::Kind::Ask,
    frame::Kind::Cancel,
    frame::Kind::Absent,
    frame::Kind::Refused,
];
