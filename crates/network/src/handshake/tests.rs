#![allow(clippy::unwrap_used)]

use carechain_crypto::{ChainId, Digest};
use tokio_util::compat::TokioAsyncReadCompatExt;

use super::{Agreed, HandshakeError, Hello, Mismatch, answer, greet};

fn hello() -> Hello {
    Hello {
        version_lowest: 1,
        version_highest: 2,
        chain_id: ChainId::new([3; 32]),
        cluster_digest: Digest::new([4; 32]),
        epoch: 5,
    }
}

#[test]
fn hello_survives_the_wire_and_an_appendix() {
    let mut bytes = hello().encode().to_vec();
    assert_eq!(Hello::decode(&bytes), Some(hello()));
    bytes.push(9);
    assert_eq!(Hello::decode(&bytes), Some(hello()));
    assert_eq!(Hello::decode(&bytes[..79]), None);
    bytes[0] = 0;
    assert_eq!(Hello::decode(&bytes), None);
}

#[test]
fn highest_common_version_is_agreed() {
    let newer = Hello { version_lowest: 2, version_highest: 7, ..hello() };
    assert_eq!(hello().compare(&newer), Ok(Agreed { version: 2, epoch: 5 }));
    let newest = Hello { version_lowest: 3, version_highest: 7, ..hello() };
    let (here, there) = (hello().compare(&newest).unwrap_err(), newest.compare(&hello()).unwrap_err());
    assert!(matches!(here, Mismatch::Versions { own_highest: 2, their_lowest: 3, .. }), "{here}");
    assert!(matches!(there, Mismatch::Versions { own_lowest: 3, their_highest: 2, .. }), "{there}");
}

#[test]
fn other_chain_and_other_settings_are_mismatches() {
    let chain = Hello { chain_id: ChainId::new([9; 32]), ..hello() };
    assert!(matches!(hello().compare(&chain), Err(Mismatch::ChainId { .. })));
    let cluster = Hello { cluster_digest: Digest::new([9; 32]), ..hello() };
    assert!(matches!(hello().compare(&cluster), Err(Mismatch::ClusterDigest { .. })));
}

#[test]
fn other_epoch_is_reported_not_refused() {
    let later = Hello { epoch: 6, ..hello() };
    assert_eq!(hello().compare(&later), Ok(Agreed { version: 2, epoch: 6 }));
}

#[tokio::test]
async fn both_sides_learn_the_mismatch() {
    let (here, there) = tokio::io::duplex(1 << 10);
    let (mut here, mut there) = (here.compat(), there.compat());
    let (own, other) = (hello(), Hello { chain_id: ChainId::new([9; 32]), ..hello() });
    let (opener, accepter) = tokio::join!(greet(&mut here, &own), answer(&mut there, &other));
    assert!(matches!(opener, Err(HandshakeError::Mismatch(Mismatch::ChainId { .. }))));
    assert!(matches!(accepter, Err(HandshakeError::Mismatch(Mismatch::ChainId { .. }))));
}
