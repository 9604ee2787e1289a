use data_encoding::HEXLOWER;

use super::{OpenError, OpeningContext, SealError, SealingContext, open_box, seal_box};
use crate::sealing_key::{SealingKeyError, SealingKeyPair, SealingPublicKey};
use crate::secret::Secret;
use crate::test_random::{Counting, Replay};

// RFC 9180 A.2.1.
const INFO: &str = "4f6465206f6e2061204772656369616e2055726e";
const EPHEMERAL_MATERIAL: &str = "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b";
const ENCAPSULATION: &str = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a";
const PRIVATE: &str = "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb";
const SHARED: &str = "0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7";
const KEY: &str = "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91";
const BASE_NONCE: &str = "5c4d98150661b848853b547f";
const PLAINTEXT: &str = "4265617574792069732074727574682c20747275746820626561757479";
const CIPHERTEXTS: [(&str, &str); 2] = [
    (
        "436f756e742d30",
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
    ),
    (
        "436f756e742d31",
        "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992dc98c",
    ),
];

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).unwrap()
}

fn hex32(text: &str) -> [u8; 32] {
    hex(text).try_into().unwrap()
}

fn recipient() -> SealingKeyPair {
    SealingKeyPair::from_private(&Secret::new(hex32(PRIVATE)))
}

#[test]
fn the_key_schedule_is_that_of_rfc_9180() {
    let pair = recipient();
    let shared = super::schedule::decapsulate(&pair, &pair.public(), &hex32(ENCAPSULATION)).unwrap();
    assert_eq!(shared.expose(), &hex32(SHARED));
    let schedule = super::schedule::key_schedule(&shared, &hex(INFO));
    assert_eq!(schedule.key.expose(), &hex32(KEY));
    assert_eq!(schedule.base_nonce.as_slice(), hex(BASE_NONCE));
}

#[test]
fn the_boxes_of_rfc_9180_open_in_order() {
    let pair = recipient();
    let mut context = OpeningContext::new(&pair, &pair.public(), &hex32(ENCAPSULATION), &hex(INFO)).unwrap();
    for (associated_data, ciphertext) in CIPHERTEXTS {
        let mut ciphertext = hex(ciphertext);
        let (buffer, tag) = ciphertext.split_last_chunk_mut().unwrap();
        context.open_in_place(&hex(associated_data), buffer, tag).unwrap();
        assert_eq!(buffer, hex(PLAINTEXT));
    }
}

#[test]
fn sealing_gives_the_boxes_of_rfc_9180() {
    let mut random = Replay::new(hex(EPHEMERAL_MATERIAL));
    let (encapsulation, mut context) =
        SealingContext::new(&recipient().public(), &hex(INFO), &mut random).unwrap();
    assert_eq!(encapsulation, hex32(ENCAPSULATION));
    for (associated_data, ciphertext) in CIPHERTEXTS {
        let mut buffer = hex(PLAINTEXT);
        let tag = context.seal_in_place(&hex(associated_data), &mut buffer).unwrap();
        buffer.extend_from_slice(&tag);
        assert_eq!(buffer, hex(ciphertext));
    }
}

#[test]
fn our_opening_agrees_with_the_library() {
    use hpke::Deserializable as _;
    type Kem = hpke::kem::X25519HkdfSha256;
    let mut random = Counting::new(1);
    for length in [0, 1, 96, 1000, 65_536] {
        let pair = SealingKeyPair::generate(&mut random);
        let plaintext = vec![0x5a; length];
        let sealed = seal_box(&pair.public(), b"info", b"context", &plaintext, &mut random).unwrap();
        let ours =
            open_box(&pair, &pair.public(), b"info", b"context", &sealed.encapsulation, &sealed.ciphertext);
        assert_eq!(ours.unwrap().expose(), &plaintext);
        let theirs = hpke::single_shot_open::<hpke::aead::ChaCha20Poly1305, hpke::kdf::HkdfSha256, Kem>(
            &hpke::OpModeR::Base,
            &<Kem as hpke::Kem>::PrivateKey::from_bytes(pair.private().expose()).unwrap(),
            &<Kem as hpke::Kem>::EncappedKey::from_bytes(&sealed.encapsulation).unwrap(),
            b"info",
            &sealed.ciphertext,
            b"context",
        );
        assert_eq!(theirs.unwrap(), plaintext);
    }
}

#[test]
fn a_box_opens_for_its_key_info_and_associated_data_only() {
    let mut random = Counting::new(2);
    let (pair, other) = (SealingKeyPair::generate(&mut random), SealingKeyPair::generate(&mut random));
    let sealed = seal_box(&pair.public(), b"info", b"context", b"secret", &mut random).unwrap();
    let refused = OpenError::NotAuthentic { sequence: 0 };
    let open = |pair: &SealingKeyPair, info: &[u8], context: &[u8]| {
        open_box(pair, &pair.public(), info, context, &sealed.encapsulation, &sealed.ciphertext)
    };
    assert_eq!(open(&pair, b"info", b"context").unwrap().expose(), b"secret");
    assert_eq!(open(&other, b"info", b"context").unwrap_err(), refused);
    assert_eq!(open(&pair, b"infp", b"context").unwrap_err(), refused);
    assert_eq!(open(&pair, b"info", b"contexu").unwrap_err(), refused);
}

#[test]
fn any_flipped_bit_is_refused() {
    let mut random = Counting::new(3);
    let pair = SealingKeyPair::generate(&mut random);
    let sealed = seal_box(&pair.public(), b"", b"context", b"secret", &mut random).unwrap();
    for bit in 0..sealed.ciphertext.len() * 8 {
        let mut ciphertext = sealed.ciphertext.clone();
        ciphertext[bit / 8] ^= 1 << (bit % 8);
        let opened = open_box(&pair, &pair.public(), b"", b"context", &sealed.encapsulation, &ciphertext);
        assert_eq!(opened.unwrap_err(), OpenError::NotAuthentic { sequence: 0 });
    }
    // The top bit of a u coordinate is ignored by X25519, yet the encapsulation is bound as bytes.
    for bit in 0..256 {
        let mut encapsulation = sealed.encapsulation;
        encapsulation[bit / 8] ^= 1 << (bit % 8);
        assert!(
            open_box(&pair, &pair.public(), b"", b"context", &encapsulation, &sealed.ciphertext).is_err()
        );
    }
}

#[test]
fn boxes_out_of_order_are_refused_and_do_not_count() {
    let mut random = Counting::new(4);
    let pair = SealingKeyPair::generate(&mut random);
    let (encapsulation, mut sealing) = SealingContext::new(&pair.public(), b"", &mut random).unwrap();
    let mut boxes = [*b"first ", *b"second"].map(|mut buffer| {
        let tag = sealing.seal_in_place(b"", &mut buffer).unwrap();
        (buffer, tag)
    });
    let mut opening = OpeningContext::new(&pair, &pair.public(), &encapsulation, b"").unwrap();
    let (mut second, tag) = boxes[1];
    let refused = opening.open_in_place(b"", &mut second, &tag);
    assert_eq!(refused.unwrap_err(), OpenError::NotAuthentic { sequence: 0 });
    for ((buffer, tag), expected) in boxes.iter_mut().zip([b"first ", b"second"]) {
        opening.open_in_place(b"", buffer, tag).unwrap();
        assert_eq!(buffer, expected);
    }
}

#[test]
fn nothing_is_sealed_to_a_key_of_small_order() {
    let key = SealingPublicKey::new([0; 32]);
    let refused = seal_box(&key, b"", b"", b"secret", &mut Counting::new(5));
    assert_eq!(refused.unwrap_err(), SealError::Key(SealingKeyError::LowOrder { key }));
}

#[test]
fn too_short_a_box_is_refused() {
    let pair = recipient();
    let opened = open_box(&pair, &pair.public(), b"", b"", &hex32(ENCAPSULATION), &[0; 15]);
    assert_eq!(opened.unwrap_err(), OpenError::TooShort { length: 15 });
}
