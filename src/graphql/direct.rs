//! How objects and lists of objects are resolved: written down at once where all that is asked of them is known
//! ([`super::json`]); else each field is asked once, in order, and only what is not ready then is waited for.
//!
//! async-graphql 7.2.1 makes a task of every field of every object, and of every object of a longer list. Nearly all of
//! ours are ready when they are asked, since what they tell was read before: for them the tasks cost more than the
//! fields (`docs/performance.md`). What is answered is the same, and so is what runs at the same time.
//!
//! [`Direct`] stands around an object, and [`List`] around objects, where there may be many of them in an answer.

use std::{
    borrow::Cow,
    pin::{Pin, pin},
    task::Poll,
};

use super::json::{self, Json, Write};
use async_graphql::{
    ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerResult, Value,
    indexmap::{IndexMap, map::Entry},
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::{ContainerType, resolve_container, resolve_list},
};
use futures_util::{
    future::join,
    poll,
    stream::{FuturesUnordered, StreamExt as _},
};

/// An object whose fields are asked in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direct<T>(pub T);

/// Objects, each of whose fields are asked in order.
#[derive(Clone, Debug)]
pub struct List<T>(pub Vec<T>);

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(objects: I) -> Self {
        Self(objects.into_iter().collect())
    }
}

type Members = IndexMap<Name, Value>;
type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<T: ContainerType + Write> OutputType for Direct<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        if let Some(written) = json::object(ctx, &self.0) {
            return Ok(written);
        }
        match fields::<T>(ctx) {
            Some(fields) => Ok(object(ctx, &self.0, &fields).await),
            None => resolve_container(ctx, &self.0).await,
        }
    }
}

impl<T: ContainerType + Write> ContainerType for Direct<T> {
    async fn resolve_field(&self, ctx: &async_graphql::Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

impl<T: ContainerType + Write> ObjectType for Direct<T> {}

impl<T: Write> Write for Direct<T> {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        self.0.write(field, to)
    }
}

impl<T: ContainerType + Write> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        if let Some(written) = json::list(ctx, &self.0) {
            return Ok(written);
        }
        let Some(fields) = fields::<T>(ctx) else {
            return resolve_list(ctx, field, &self.0, Some(self.0.len())).await;
        };
        let fields = fields.as_slice();
        let mut values = vec![Value::Null; self.0.len()];
        let asked = self.0.iter().enumerate().map(|(position, root)| -> Asked<'_, _> {
            Box::pin(async move { (position, object(&ctx.with_index(position), root, fields).await) })
        });
        side_by_side(asked, |(position, value)| {
            if let Some(place) = values.get_mut(position) {
                *place = value;
            }
        })
        .await;
        Ok(Value::List(values))
    }
}

/// The fields that are selected of an object of that type, fragments spread out; `None` where it takes more to tell:
/// fragments on interfaces, and directives (`@skip` and `@include` are done with before anything is resolved).
fn fields<'a, T: ContainerType>(ctx: &ContextSelectionSet<'a>) -> Option<Vec<&'a Positioned<Field>>> {
    let mut fields = Vec::with_capacity(ctx.item.node.items.len());
    gather(ctx, &ctx.item.node, &T::type_name(), &mut fields).then_some(fields)
}

fn gather<'a>(
    ctx: &ContextSelectionSet<'a>,
    set: &'a SelectionSet,
    name: &str,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => {
            fields.push(field);
            field.node.directives.is_empty()
        }
        Selection::InlineFragment(fragment) => {
            let on = fragment.node.type_condition.as_ref();
            on.is_none_or(|on| on.node.on.node == name)
                && gather(ctx, &fragment.node.selection_set.node, name, fields)
        }
        Selection::FragmentSpread(spread) => {
            ctx.query_env.fragments.get(&spread.node.fragment_name.node).is_some_and(|fragment| {
                fragment.node.type_condition.node.on.node == name
                    && gather(ctx, &fragment.node.selection_set.node, name, fields)
            })
        }
    })
}

async fn object<'a, T: ContainerType>(
    ctx: &ContextSelectionSet<'a>,
    root: &'a T,
    fields: &[&'a Positioned<Field>],
) -> Value {
    let mut members = Members::with_capacity(fields.len());
    let mut later = fields.iter();
    while let Some(field) = later.next() {
        // In place: nearly all are ready, and then nothing was allocated for them.
        let mut asked = pin!(ask(ctx, root, field));
        match poll!(asked.as_mut()) {
            Poll::Ready(answer) => take(ctx, &mut members, answer),
            Poll::Pending => {
                let mut answers = Vec::new();
                let others = later.by_ref().map(|field| -> Asked<'_, _> { Box::pin(ask(ctx, root, field)) });
                let (answer, ()) = join(asked, side_by_side(others, |answer| answers.push(answer))).await;
                take(ctx, &mut members, answer);
                for answer in answers {
                    take(ctx, &mut members, answer);
                }
            }
        }
    }
    // Where all failed, it is null until the answer is completed; where nothing was selected, there is nothing in it.
    if members.is_empty() && !fields.is_empty() { Value::Null } else { Value::Object(members) }
}

async fn ask<'a, T: ContainerType>(
    ctx: &ContextSelectionSet<'a>,
    root: &'a T,
    field: &'a Positioned<Field>,
) -> ServerResult<(Name, Value)> {
    let key = field.node.response_key().node.clone();
    if field.node.name.node == "__typename" {
        return Ok((key, Value::String(root.introspection_type_name().into_owned())));
    }
    let value = root.resolve_field(&ctx.with_field(field)).await?;
    Ok((key, value.unwrap_or_default()))
}

fn take(ctx: &ContextSelectionSet<'_>, members: &mut Members, answer: ServerResult<(Name, Value)>) {
    match answer {
        Ok((key, value)) => insert(members, key, value),
        // A field that fails is left out: the answer's completion knows whether it is null, or what is around it.
        Err(error) => ctx.add_error(error),
    }
}

/// Asks each in order, and then waits for those together that are not ready.
async fn side_by_side<'a, T>(all: impl Iterator<Item = Asked<'a, T>>, mut take: impl FnMut(T)) {
    let mut waiting = Vec::new();
    for mut asked in all {
        match poll!(asked.as_mut()) {
            Poll::Ready(answer) => take(answer),
            Poll::Pending => waiting.push(asked),
        }
    }
    if waiting.is_empty() {
        return;
    }
    let mut waiting: FuturesUnordered<_> = waiting.into_iter().collect();
    while let Some(answer) = waiting.next().await {
        take(answer);
    }
}

/// Adds a member; what is selected twice under one name is one member (GraphQL §6.4.3, *MergeSelectionSets*).
fn insert(members: &mut Members, key: Name, value: Value) {
    match members.entry(key) {
        Entry::Vacant(free) => {
            free.insert(value);
        }
        Entry::Occupied(mut before) => merge(before.get_mut(), value),
    }
}

fn merge(before: &mut Value, value: Value) {
    match (before, value) {
        (Value::Object(before), Value::Object(members)) => {
            for (key, value) in members {
                insert(before, key, value);
            }
        }
        (Value::List(before), Value::List(values)) => {
            for (before, value) in before.iter_mut().zip(values) {
                merge(before, value);
            }
        }
        // An object of which every field failed is null until the answer is completed.
        (before @ Value::Null, value) => *before = value,
        // The same field's value, once more.
        (_, _) => {}
    }
}

#[cfg(test)]
mod tests;
