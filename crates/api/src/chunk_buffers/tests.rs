//! Buffers come back, and no more than the pool may keep.

use super::ChunkBuffers;

#[test]
fn buffer_comes_back_with_the_last_of_its_bytes() {
    let pool = ChunkBuffers::new(2);
    let mut buffer = pool.take();
    buffer.as_mut_vec().extend_from_slice(b"a chunk");
    let place = buffer.as_ref().as_ptr();
    let bytes = buffer.freeze();
    let slice = bytes.slice(2..);
    drop(bytes);
    assert_eq!(&slice[..], b"chunk");
    assert_ne!(pool.take().as_ref().as_ptr(), place);
    drop(slice);
    let again = pool.take();
    assert_eq!((again.as_ref().as_ptr(), again.as_ref()), (place, &b"a chunk"[..]));
}

#[test]
fn pool_keeps_no_more_than_it_may() {
    let pool = ChunkBuffers::new(1);
    let (mut one, mut other) = (pool.take(), pool.take());
    one.as_mut_vec().push(1);
    other.as_mut_vec().push(2);
    drop((one, other));
    assert_eq!(pool.take().as_ref().len() + pool.take().as_ref().len(), 1);
}
