//! What is asked directly is answered as async-graphql would have answered it.

use std::{sync::Arc, time::Duration};

use async_graphql::{
    EmptyMutation, EmptySubscription, Interface, Object, Request, Response, Schema, SimpleObject, Value,
    parser::types::Field,
};
use proptest::{
    collection::vec,
    prelude::{ProptestConfig, Strategy, prop_assert_eq, proptest},
    sample::{select, subsequence},
};
use tokio::{
    sync::Barrier,
    task::yield_now,
    time::{Instant, timeout_at},
};

use super::{Direct, List};
use crate::graphql::json::{self, AtOnce, Json, Write};

/// How many branches each tree has.
const BRANCHES: usize = 3;

#[derive(Clone, Copy)]
struct Tree(usize);

#[derive(Clone, Copy, SimpleObject)]
struct Leaf {
    green: bool,
    age: usize,
}

#[derive(Interface)]
#[graphql(field(name = "size", ty = "usize"))]
enum Plant {
    Tree(Tree),
}

#[Object]
impl Tree {
    async fn size(&self) -> usize {
        self.0
    }

    async fn late(&self) -> usize {
        for _ in 0..self.0 {
            yield_now().await;
        }
        self.0
    }

    async fn absent(&self) -> Option<&str> {
        None
    }

    async fn failing(&self) -> Result<Option<usize>, &'static str> {
        if self.0.is_multiple_of(2) { Err("even") } else { Ok(Some(self.0)) }
    }

    async fn broken(&self, late: bool) -> Result<usize, &'static str> {
        if late {
            yield_now().await;
        }
        Err("broken")
    }

    async fn leaf(&self) -> Leaf {
        Leaf { green: true, age: self.0 }
    }

    #[graphql(name = "branches")]
    async fn each_branch(&self) -> Vec<Tree> {
        branches(self.0)
    }

    async fn met(&self, ctx: &async_graphql::Context<'_>) -> bool {
        match ctx.data_opt::<Arc<Barrier>>() {
            Some(barrier) => barrier.wait().await.is_leader(),
            None => false,
        }
    }
}

/// The same, with everything in it asked directly.
#[derive(Clone, Copy)]
struct Quick(Tree);

#[Object(name = "Tree")]
impl Quick {
    async fn size(&self) -> usize {
        self.0.0
    }

    async fn late(&self) -> usize {
        for _ in 0..self.0.0 {
            yield_now().await;
        }
        self.0.0
    }

    async fn absent(&self) -> Option<&str> {
        None
    }

    async fn failing(&self) -> Result<Option<usize>, &'static str> {
        if self.0.0.is_multiple_of(2) { Err("even") } else { Ok(Some(self.0.0)) }
    }

    async fn broken(&self, late: bool) -> Result<usize, &'static str> {
        if late {
            yield_now().await;
        }
        Err("broken")
    }

    async fn leaf(&self) -> Direct<Leaf> {
        Direct(Leaf { green: true, age: self.0.0 })
    }

    #[graphql(name = "branches")]
    async fn each_branch(&self) -> List<Self> {
        branches(self.0.0).into_iter().map(Self).collect()
    }

    async fn met(&self, ctx: &async_graphql::Context<'_>) -> bool {
        match ctx.data_opt::<Arc<Barrier>>() {
            Some(barrier) => barrier.wait().await.is_leader(),
            None => false,
        }
    }
}

impl Write for Leaf {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        match field.name.node.as_str() {
            "green" => to.value(&self.green),
            "age" => to.value(&self.age),
            _ => None,
        }
    }
}

impl Write for Quick {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        match field.name.node.as_str() {
            "size" => to.value(&self.0.0),
            "absent" => to.maybe(None::<&str>, Json::value),
            "leaf" => to.object(field, &Leaf { green: true, age: self.0.0 }),
            // Like one whose value is not known yet for some.
            "failing" if self.0.0 == 3 => to.value(&3),
            _ => None,
        }
    }
}

impl Write for QuickPlant {}

#[derive(Interface)]
#[graphql(name = "Plant", field(name = "size", ty = "usize"))]
enum QuickPlant {
    Quick(Quick),
}

fn branches(size: usize) -> Vec<Tree> {
    let count = if size == 0 { 0 } else { BRANCHES };
    (0..count).map(|position| Tree((size - 1) * position / 2)).collect()
}

struct Usual;

#[Object]
impl Usual {
    async fn trees(&self) -> Vec<Tree> {
        branches(5)
    }

    async fn tree(&self) -> Option<Tree> {
        Some(Tree(4))
    }

    async fn plants(&self) -> Vec<Plant> {
        branches(5).into_iter().map(Plant::Tree).collect()
    }
}

struct Ours;

#[Object]
impl Ours {
    async fn trees(&self) -> List<Quick> {
        branches(5).into_iter().map(Quick).collect()
    }

    async fn tree(&self) -> Option<Direct<Quick>> {
        Some(Direct(Quick(Tree(4))))
    }

    async fn plants(&self) -> List<QuickPlant> {
        branches(5).into_iter().map(Quick).map(QuickPlant::Quick).collect()
    }
}

/// A selection on `Tree`.
fn selection() -> impl Strategy<Value = String> {
    let fields = vec![
        "size",
        "a: size",
        "late",
        "b: late",
        "absent",
        "failing",
        "broken(late: false)",
        "c: broken(late: true)",
        "leaf { age }",
        "leaf { green g: green }",
        "__typename",
        "t: __typename",
        "size @include(if: true)",
        "size @skip(if: true)",
        "...onTree",
        "...onPlant",
        "... { leaf { green } d: late }",
        "... on Plant { size e: size }",
    ];
    // One field at least that does not fail: what async-graphql makes of an object without any depends on which is first.
    let leaf = vec(select(fields), 0..5).prop_map(|fields| format!("size {}", fields.join(" ")));
    leaf.prop_recursive(3, 12, 3, |inner| {
        vec(
            (
                select(vec![
                    "branches",
                    "f: branches",
                    "... on Tree",
                    "... on Plant { size } ... on Tree",
                    "...",
                ]),
                inner,
            ),
            1..3,
        )
        .prop_map(|sets| {
            let sets = sets.iter().map(|(what, set)| format!("{what} {{ {set} }}"));
            std::iter::once("size".to_owned()).chain(sets).collect::<Vec<_>>().join(" ")
        })
    })
}

async fn answered(document: &str) -> [(Value, Vec<String>); 2] {
    let usual = Schema::build(Usual, EmptyMutation, EmptySubscription).finish().execute(document).await;
    let ours = Schema::build(Ours, EmptyMutation, EmptySubscription).finish().execute(document).await;
    [usual, ours].map(|response| {
        let mut errors: Vec<_> =
            response.errors.iter().map(|error| format!("{:?} {}", error.path, error.message)).collect();
        errors.sort();
        (response.data, errors)
    })
}

/// The same document, answered by both as it is sent; ours may be written at once.
async fn sent(document: &str) -> [Response; 2] {
    let usual = Schema::build(Usual, EmptyMutation, EmptySubscription).finish();
    let ours = Schema::build(Ours, EmptyMutation, EmptySubscription).finish();
    [usual.execute(document).await, ours.execute(Request::new(document).data(AtOnce)).await]
}

/// A selection on `Tree` in which no member is asked for twice.
fn distinct() -> impl Strategy<Value = String> {
    let fields = vec![
        "size",
        "a: size",
        "absent",
        "leaf { age g: green __typename ... on Leaf { again: age } }",
        "t: __typename",
        "...onTree",
        "...onPlant",
        "... { d: size }",
        "... on Tree { e: absent }",
        "... on Plant { p: size }",
        "late",
        "failing",
        "broken(late: true)",
        "s: size @skip(if: true)",
        "i: size @include(if: true)",
    ];
    subsequence(fields, 1..8).prop_shuffle().prop_map(|fields| format!("z: size {}", fields.join(" ")))
}

fn json(response: &Response) -> serde_json::Value {
    serde_json::from_slice(&json::text(&response.data).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_written_at_once_is_what_would_be_answered_as_usual(
        list in distinct(), one in distinct(), plants in distinct(),
    ) {
        let document = format!(
            "{{ trees {{ {list} branches {{ {one} }} }} tree {{ {one} }} plants {{ ... on Tree {{ {plants} }} }} }} \
             fragment onTree on Tree {{ os: size ol: leaf {{ age }} }} fragment onPlant on Plant {{ op: size }}"
        );
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let [usual, ours] = runtime.block_on(sent(&document));
        prop_assert_eq!(json(&usual), json(&ours), "{}", document);
        prop_assert_eq!(usual.errors.len(), ours.errors.len(), "{}", document);
    }

    #[test]
    fn whatever_is_selected_is_answered_as_usual(list in selection(), one in selection(), plants in selection()) {
        let document = format!(
            "{{ trees {{ {list} }} tree {{ {one} }} trees {{ size }} plants {{ ... on Tree {{ {plants} }} size __typename }} }} \
             fragment onTree on Tree {{ size late leaf {{ age }} }} fragment onPlant on Plant {{ size s: size }}"
        );
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let [usual, ours] = runtime.block_on(answered(&document));
        prop_assert_eq!(usual, ours, "{}", document);
    }
}

#[tokio::test]
async fn what_is_known_is_written_at_once_in_the_order_in_which_it_was_asked_for() {
    let document =
        "{ trees { size ...leafy a: absent __typename } } fragment leafy on Tree { leaf { green age } }";
    let [usual, ours] = sent(document).await;
    let Value::Object(members) = &ours.data else { panic!("{:?}", ours.data) };
    assert!(matches!(members.get("trees"), Some(Value::Binary(_))), "{:?}", ours.data);
    assert_eq!(json::text(&ours.data).unwrap(), json::text(&usual.data).unwrap());
    let [_, ours] = sent("{ trees { size late } tree { failing } }").await;
    assert!(!format!("{:?}", ours.data).contains("Binary"), "{:?}", ours.data);
}

#[tokio::test]
async fn what_has_to_be_waited_for_is_waited_for_together() {
    // Two fields of each of the trees and of each of their branches: none is let through before all have come.
    let barrier = Arc::new(Barrier::new(2 * BRANCHES));
    let schema = Schema::build(Ours, EmptyMutation, EmptySubscription).data(barrier).finish();
    let until = Instant::now() + Duration::from_secs(20);
    let answer = timeout_at(until, schema.execute("{ trees { met size again: met } }")).await.unwrap();
    assert_eq!(answer.errors, []);
    let met = answer.data.to_string().matches(": true").count();
    assert_eq!(met, 1, "one of them let the others through: {}", answer.data);
}

#[test]
fn a_crowd_of_fields_that_are_not_ready_takes_no_more_of_the_stack_than_one() {
    let document = format!("{{ tree {{ {} }} }} fragment a on Tree {{ late }}", "...a ".repeat(2_000));
    let answer = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(move || {
        let schema = Schema::build(Ours, EmptyMutation, EmptySubscription).finish();
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(schema.execute(document))
    });
    let answer = answer.unwrap().join().unwrap();
    assert_eq!((answer.errors.len(), answer.data.to_string().as_str()), (0, "{tree: {late: 4}}"));
}
