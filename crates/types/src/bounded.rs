//! Collections whose greatest length is part of their type, so that no decoder allocates what a peer dictates.

use core::fmt;
use core::ops::Deref;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// More elements than the type allows. The caller sends fewer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{count} elements are more than the {count_max} allowed")]
pub struct TooMany {
    /// Elements offered.
    pub count: usize,
    /// Elements allowed.
    pub count_max: usize,
}

/// A vector of at most `MAX` elements.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
pub struct BoundedVec<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> BoundedVec<T, MAX> {
    /// The greatest length.
    pub const COUNT_MAX: usize = MAX;

    /// The empty vector.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// Wraps a vector that is short enough.
    pub fn new(elements: Vec<T>) -> Result<Self, TooMany> {
        if elements.len() > MAX {
            return Err(TooMany { count: elements.len(), count_max: MAX });
        }
        Ok(Self(elements))
    }

    /// The elements.
    #[must_use]
    pub fn into_inner(self) -> Vec<T> {
        self.0
    }

    /// Appends one element if there is room.
    pub fn push(&mut self, element: T) -> Result<(), TooMany> {
        if self.0.len() >= MAX {
            return Err(TooMany { count: self.0.len() + 1, count_max: MAX });
        }
        self.0.push(element);
        Ok(())
    }

    /// The elements, to change in place; their number stays.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T, const MAX: usize> Default for BoundedVec<T, MAX> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<T, const MAX: usize> Deref for BoundedVec<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: fmt::Debug, const MAX: usize> fmt::Debug for BoundedVec<T, MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a BoundedVec<T, MAX> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize, const MAX: usize> Serialize for BoundedVec<T, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

struct BoundedVisitor<T, const MAX: usize>(core::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for BoundedVisitor<T, MAX> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "at most {MAX} elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        if let Some(count) = sequence.size_hint()
            && count > MAX
        {
            return Err(A::Error::custom(TooMany { count, count_max: MAX }));
        }
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            if elements.len() >= MAX {
                return Err(A::Error::custom(TooMany { count: MAX + 1, count_max: MAX }));
            }
            elements.push(element);
        }
        Ok(elements)
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for BoundedVec<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(BoundedVisitor::<T, MAX>(core::marker::PhantomData)).map(Self)
    }
}

/// Why elements do not make a [`NonEmptyVec`]. The caller sends other ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CountError {
    /// None where at least one is needed.
    #[error("no element where at least one is needed")]
    Empty,
    /// More than allowed.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

/// A vector of at least one and at most `MAX` elements; encoded as [`BoundedVec`] is.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
// Invariant: not empty, kept by `new` and by decoding.
pub struct NonEmptyVec<T, const MAX: usize>(BoundedVec<T, MAX>);

impl<T, const MAX: usize> NonEmptyVec<T, MAX> {
    /// Wraps a vector that is neither empty nor too long.
    pub fn new(elements: Vec<T>) -> Result<Self, CountError> {
        if elements.is_empty() {
            return Err(CountError::Empty);
        }
        Ok(Self(BoundedVec::new(elements)?))
    }
}

impl<T, const MAX: usize> Deref for NonEmptyVec<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a NonEmptyVec<T, MAX> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for NonEmptyVec<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let elements = BoundedVec::<T, MAX>::deserialize(deserializer)?;
        Self::new(elements.into_inner()).map_err(D::Error::custom)
    }
}

/// At most `MAX` bytes.
pub type BoundedBytes<const MAX: usize> = BoundedVec<u8, MAX>;

/// UTF-8 text of at most `MAX` bytes.
#[derive(Clone, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct BoundedString<const MAX: usize>(String);

impl<const MAX: usize> BoundedString<MAX> {
    /// Wraps a text that is short enough.
    pub fn new(text: impl Into<String>) -> Result<Self, TooMany> {
        let text = text.into();
        if text.len() > MAX {
            return Err(TooMany { count: text.len(), count_max: MAX });
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for BoundedString<MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<const MAX: usize> Serialize for BoundedString<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

// The bytes of a text are those of a list of bytes. Asked for a `String`, the decoder would allocate whatever length the
// bytes claim before it looks whether they are there.
impl<'de, const MAX: usize> Deserialize<'de> for BoundedString<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = BoundedVec::<u8, MAX>::deserialize(deserializer)?;
        String::from_utf8(bytes.0).map(Self).map_err(D::Error::custom)
    }
}
