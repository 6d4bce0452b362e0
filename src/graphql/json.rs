//! Objects that are written as JSON at once, past async-graphql's tree of values.
//!
//! Most of what answers tell is known when it is asked for: goods, shelves, prices. To resolve each of their fields into a
//! tree, to write the tree down and to drop it costs several times what the rest of a request does
//! (`docs/performance.md`). So an object may write a field by itself ([`Write`]). Where it can write all that are
//! selected of it, its bytes stand in the answer as they are: as [`Value::Binary`], which nothing else of ours is, and
//! which [`text`] hands on. Else it is resolved as usual, and so is everything in a document that asks for a member
//! twice, since answers to those are merged ([`AtOnce`]).

use std::{fmt::Display, io};

use async_graphql::{
    ContextSelectionSet, OutputType, Value,
    parser::types::{Field, Selection, SelectionSet},
    resolver_utils::EnumType,
};
use bytes::Bytes;
use serde::{Serialize, Serializer as _};
use serde_json::{Serializer, ser::Formatter};

/// A member's bytes, by a guess: the buffer grows where it is wrong.
const MEMBER_BYTES: usize = 32;

/// Stands among a request's data where its answer may be written at once: no member is asked for twice.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce;

/// An object that may know its fields without waiting.
pub trait Write {
    /// Writes a field's value; `None`: it takes more than that, and the object is resolved as usual. What is written is what
    /// the field's resolver gives, to the same askers.
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        let _ = (field, to);
        None
    }
}

impl<T: Write> Write for &T {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        T::write(self, field, to)
    }
}

/// JSON that is being written.
pub struct Json<'a> {
    text: Vec<u8>,
    context: &'a ContextSelectionSet<'a>,
}

/// An object, written; `None` where it is to be resolved as usual.
pub fn object<T: Write + OutputType>(context: &ContextSelectionSet<'_>, object: &T) -> Option<Value> {
    let mut json = Json::begin(context, 1)?;
    json.selected(object, &context.item.node)?;
    Some(json.end())
}

/// Objects, written as a list; `None` where they are to be resolved as usual.
pub fn list<T: Write + OutputType>(context: &ContextSelectionSet<'_>, objects: &[T]) -> Option<Value> {
    let mut json = Json::begin(context, objects.len())?;
    json.each(objects, |json, object| json.selected(object, &context.item.node))?;
    Some(json.end())
}

impl<'a> Json<'a> {
    fn begin(context: &'a ContextSelectionSet<'a>, objects: usize) -> Option<Self> {
        context.data_opt::<AtOnce>()?;
        let members = context.item.node.items.len();
        Some(Self { text: Vec::with_capacity(2 + objects * members * MEMBER_BYTES), context })
    }

    fn end(self) -> Value {
        Value::Binary(Bytes::from(self.text))
    }

    /// Writes a scalar, a list of scalars, or null.
    pub fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Option<()> {
        serde_json::to_writer(&mut self.text, value).ok()
    }

    /// Writes a text as it is shown.
    pub fn shown(&mut self, value: impl Display) -> Option<()> {
        Serializer::new(&mut self.text).collect_str(&value).ok()
    }

    /// Writes a word of an enum.
    pub fn word<T: EnumType>(&mut self, word: T) -> Option<()> {
        let word = T::items().iter().find(|item| item.value == word)?;
        self.value(word.name)
    }

    /// Writes by `write`, or null.
    pub fn maybe<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T) -> Option<()>,
    ) -> Option<()> {
        match value {
            Some(value) => write(self, value),
            None => self.value(&()),
        }
    }

    /// Writes an object, with what the field selects of it.
    pub fn object<T: Write + OutputType>(&mut self, field: &Field, object: &T) -> Option<()> {
        self.selected(object, &field.selection_set.node)
    }

    fn each<T>(&mut self, all: &[T], write: impl Fn(&mut Self, &T) -> Option<()>) -> Option<()> {
        self.text.push(b'[');
        for (position, one) in all.iter().enumerate() {
            if position > 0 {
                self.text.push(b',');
            }
            write(self, one)?;
        }
        self.text.push(b']');
        Some(())
    }

    fn selected<T: Write + OutputType>(&mut self, object: &T, set: &SelectionSet) -> Option<()> {
        self.text.push(b'{');
        let start = self.text.len();
        self.members(object, set)?;
        // Each member ends with a comma.
        if self.text.len() > start {
            self.text.pop();
        }
        self.text.push(b'}');
        Some(())
    }

    fn members<T: Write + OutputType>(&mut self, object: &T, set: &SelectionSet) -> Option<()> {
        let is_object = |on: &str| (on == T::type_name()).then_some(());
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.member(object, &field.node)?,
                Selection::InlineFragment(fragment) => {
                    if let Some(condition) = &fragment.node.type_condition {
                        is_object(&condition.node.on.node)?;
                    }
                    self.members(object, &fragment.node.selection_set.node)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.context.query_env.fragments.get(&spread.node.fragment_name.node)?;
                    is_object(&fragment.node.type_condition.node.on.node)?;
                    self.members(object, &fragment.node.selection_set.node)?;
                }
            }
        }
        Some(())
    }

    fn member<T: Write + OutputType>(&mut self, object: &T, field: &Field) -> Option<()> {
        // `@skip` and `@include` are done with before anything is resolved.
        if !field.directives.is_empty() {
            return None;
        }
        let key = field.alias.as_ref().unwrap_or(&field.name);
        // A name needs no escape.
        self.text.push(b'"');
        self.text.extend_from_slice(key.node.as_bytes());
        self.text.extend_from_slice(b"\":");
        match field.name.node.as_str() {
            "__typename" => self.value(&object.introspection_type_name())?,
            _ => object.write(field, self)?,
        }
        self.text.push(b',');
        Some(())
    }
}

/// JSON, with what was written at once as it is.
///
/// # Errors
/// Where something has no form in JSON.
pub fn text(content: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(1024);
    content.serialize(&mut Serializer::with_formatter(&mut text, Verbatim))?;
    Ok(text)
}

/// Hands on what is JSON already.
struct Verbatim;

impl Formatter for Verbatim {
    fn write_byte_array<W: ?Sized + io::Write>(&mut self, writer: &mut W, json: &[u8]) -> io::Result<()> {
        writer.write_all(json)
    }
}
