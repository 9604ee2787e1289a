//! A value that prints as `[REDACTED]`, is wiped when dropped, and opens only by name.

use core::fmt;

use zeroize::Zeroize;

/// Holds something secret. There is no `Deref`, no `Clone` and no comparison: every use says [`Secret::expose`].
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes the value in.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Do not print it, do not keep a copy.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, to be filled in place.
    #[must_use]
    pub const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
