//! A record file and what seals its address: bytes of a stranger, opened with a key that fits.

use carechain_crypto::{
    Address, ChainId, Commitment, ContentKey, EhrId, HEADER_BYTES, HospitalId, Manifest, PersonId,
    RecordHeader, RecordOpener, SealedAddressContext, SealingKeyPair, Secret, SubtreeValue, copy_record,
    open_box, root_from_manifest,
};

/// The content key of the golden record.
const CONTENT_KEY: &str = "04efd86b1ee0bf56f54b2e31522d09ba2d3f005b89fef6f5dcc272e1bb2cc731";

pub(super) fn record(data: &[u8]) {
    header_and_segments(data);
    address(data);
    manifest(data);
}

fn header_and_segments(data: &[u8]) {
    let Some(header) = data.first_chunk::<HEADER_BYTES>() else { return };
    if let Ok(header) = RecordHeader::decode(header) {
        assert_eq!(header.encode(), data[..HEADER_BYTES], "a header has one encoding");
    }
    let key = golden_key();
    for length in [data.len() as u64, 0, 1, u64::MAX] {
        if let Ok(mut opener) = RecordOpener::new(data, &key, length) {
            while let Ok(Some(_)) = opener.next_segment(|_| {}) {}
        }
    }
}

fn address(data: &[u8]) {
    let keys = SealingKeyPair::from_private(&Secret::new([7; 32]));
    let context = SealedAddressContext {
        chain_id: ChainId::new([0xC4; 32]),
        use_byte: 1,
        ehr: EhrId::new([1; 20]),
        recipient: [2; 21],
        author: [3; 21],
        hospital: HospitalId::new([4; 20]),
        commitment: Commitment::new([5; 32]),
        patient: PersonId::new([6; 20]),
    };
    let _ = context.open(&keys, &keys.public(), data);
    if let Some((encapsulation, ciphertext)) = data.split_first_chunk() {
        let _ = open_box(&keys, &keys.public(), b"", b"", encapsulation, ciphertext);
    }
    if let Some(bytes) = data.first_chunk()
        && let Ok(address) = Address::decode(bytes)
    {
        assert_eq!(address.encode().as_slice(), bytes, "an address has one encoding");
        let _ = copy_record(data, &address, std::io::sink());
    }
}

/// The first eight bytes are the file's length, the rest its manifest.
fn manifest(data: &[u8]) {
    let Some((length, values)) = data.split_first_chunk() else { return };
    let values: Vec<_> = values.chunks_exact(32).filter_map(SubtreeValue::from_slice).collect();
    let _ = root_from_manifest(&values, u64::from_le_bytes(*length));
    if let Ok(manifest) = Manifest::new(u64::from_le_bytes(*length), values) {
        let _ = manifest.root();
        for index in [0, 1, u32::MAX] {
            let _ = manifest.check_chunk(index, data);
        }
    }
}

fn golden_key() -> ContentKey {
    let bytes = data_encoding::HEXLOWER.decode(CONTENT_KEY.as_bytes());
    let bytes = bytes.ok().and_then(|bytes| bytes.try_into().ok());
    ContentKey::new(bytes.expect("32 bytes as hex"))
}
