//! Streams between nodes: a hello with frames behind it, and one frame of each kind.

use super::fixtures::golden;

pub(super) fn seeds(name: &str) -> Vec<Vec<u8>> {
    if name == "network_frame" { vec![network(&[]), network(&[b"", b"a frame"])] } else { bulk() }
}

fn network(frames: &[&[u8]]) -> Vec<u8> {
    let mut hello = b"CCN1\x01\0\x01\0".to_vec();
    hello.extend_from_slice(&[0xC4; 32]);
    hello.extend_from_slice(&[0xCD; 32]);
    hello.extend_from_slice(&0_u64.to_le_bytes());
    let mut bytes = Vec::new();
    for frame in [&hello[..]].iter().chain(frames) {
        bytes.extend_from_slice(&u32::try_from(frame.len()).expect("short frames").to_le_bytes());
        bytes.extend_from_slice(frame);
    }
    bytes
}

fn bulk() -> Vec<Vec<u8>> {
    let payloads: [(u8, Vec<u8>); 15] = [
        (1, golden("upload open")),
        (2, vec![0b0000_0101]),
        (3, [&7_u32.to_le_bytes()[..], b"a chunk"].concat()),
        (4, 7_u32.to_le_bytes().to_vec()),
        (5, [golden("upload complete"), vec![0; 64]].concat()),
        (6, golden("receipt")),
        (7, golden("read request")),
        (8, vec![0; 128]),
        (9, vec![1; 64]),
        (10, Vec::new()),
        (11, vec![2; 96]),
        (12, [1_u32.to_le_bytes(), 3_u32.to_le_bytes()].concat()),
        (13, u32::MAX.to_le_bytes().to_vec()),
        (14, 0_u32.to_le_bytes().to_vec()),
        (15, vec![1]),
    ];
    let frames = payloads.map(|(kind, payload)| {
        let length = u32::try_from(payload.len()).expect("short payloads").to_le_bytes();
        [&[kind], &length[..], &payload[..]].concat()
    });
    let stream = |frames: &[Vec<u8>]| [vec![1], frames.concat()].concat();
    let single = frames.iter().map(|frame| stream(core::slice::from_ref(frame)));
    single.chain([stream(&frames)]).collect()
}
