//! Enumerations that travel as one checked byte.
//!
//! A serde enum would cost four bytes and tie its numbers to the order of its variants.

/// Declares an enumeration that encodes as the given byte and refuses every other byte.
macro_rules! checked_byte {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $byte:literal $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All values, in the order of their bytes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The byte that stands for it.
            #[must_use]
            pub const fn byte(self) -> u8 {
                match self { $(Self::$variant => $byte),* }
            }

            /// The value a byte stands for.
            #[must_use]
            pub const fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$variant),)* _ => None }
            }

            /// The word people type and read.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The value a word names.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(self.byte())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let byte = <u8 as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_byte(byte).ok_or_else(|| {
                    serde::de::Error::custom(format_args!("{byte} is no {}", stringify!($name)))
                })
            }
        }
    };
}

pub(crate) use checked_byte;
