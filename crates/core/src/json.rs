//! Reading JSON objects as structs.
//!
//! `serde_json` also takes a list for a struct, its members in order: nobody who sends us JSON means
//! that, and for every struct the code that does it is as long as the other.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

/// Reads a struct from an object alone.
pub struct Object<D>(pub D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Reads a list of objects.
///
/// # Errors
/// What `serde_json` says of text that is none.
pub fn objects<T: DeserializeOwned>(json: &str) -> serde_json::Result<Vec<T>> {
    struct Item<T>(T);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Item<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            T::deserialize(Object(deserializer)).map(Self)
        }
    }

    let items: Vec<Item<T>> = serde_json::from_str(json)?;
    Ok(items.into_iter().map(|Item(item)| item).collect())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Pair {
        left: u8,
        right: Option<String>,
    }

    #[test]
    fn a_struct_is_read_from_an_object_and_from_nothing_else() {
        let read = objects::<Pair>;
        let pair = |left| Pair { left, right: None };
        assert_eq!(read(r#"[{"right":null,"left":1},{"left":2}]"#).unwrap(), [pair(1), pair(2)]);
        assert!(read("[]").unwrap().is_empty());
        for other in ["", "{}", "[[1,null]]", "[1]", "[null]", r#"["left"]"#, r#"[{"left":1}"#] {
            assert!(read(other).is_err(), "{other}");
        }
    }
}
