//! Questions and who asks them; each put to the letter, which may be answered by a kept answer, and in words that are new,
//! which is executed.

use std::collections::HashMap;

use rand::{
    rngs::StdRng,
    seq::{IndexedRandom as _, SliceRandom as _},
};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use vendgraph::{
    auth::Scope,
    telemetry::metrics::{self, Format},
};

use crate::{
    harness::{System, machine_id},
    orders::shelf_id,
    pickup_codes::MACHINE,
};

/// How often two answers of which none was kept may differ, while something is read anew behind.
const PATIENCE: usize = 1_000;

/// Something to ask.
struct Question {
    /// What its operation is called, but for whether it is asked to the letter.
    name: &'static str,
    variables: Value,
    selection: String,
    by_get: bool,
    /// Whether all callers ask in the same words. An answer of somebody else's would show; but that a kept answer differs for
    /// a moment would not, as it is not known who of them was given a kept one.
    is_shared: bool,
}

/// Callers of equal rights, who may be given each other's answers.
struct Callers {
    name: &'static str,
    tokens: Vec<String>,
    /// The account that is none of theirs.
    hidden: Option<&'static str>,
}

/// A question, and who asks it: both by their place.
type Pair = (usize, usize);

/// How often operations were executed, by name; a kept answer is not.
type Executed = HashMap<String, u64>;

/// Asks everything in the name of everybody.
pub struct Asking {
    client: Client,
    url: String,
    questions: Vec<Question>,
    callers: Vec<Callers>,
    /// How many requests were to the letter, and how many in words of their own.
    asked: u64,
    anew: u64,
    executed: Executed,
    begun: Executed,
}

const FRESHNESS: &str = "freshness { asOf source stale }";
const SOURCES: &str = "sources { account { name } ok error { code } freshness { asOf source stale } }";
/// How operations' names begin: alike in length, as an error names the column.
const LETTER: &str = "Kept";
const ANEW: &str = "Anew";

impl Asking {
    pub fn new(system: &System) -> Self {
        let callers = |name, (scopes, accounts): (&[Scope], &[&str]), hidden, subjects: &[&str]| {
            let token = |subject: &&str| system.token_of(subject, scopes, accounts);
            Callers { name, tokens: subjects.iter().map(token).collect(), hidden }
        };
        let all = &Scope::ALL;
        let callers = vec![
            callers("All", (all, &["*"]), None, &["ann", "bob"]),
            callers("North", (all, &["north"]), Some("metro"), &["cleo"]),
            callers("Metro", (all, &["metro"]), Some("north"), &["dan", "eve"]),
            callers("Reader", (&[Scope::MachinesRead], &["*"]), None, &["ann"]),
            callers("Stranger", (&[Scope::EventsRead], &["*"]), None, &["fay"]),
        ];
        let (client, questions, url) = (Client::new(), questions(system), system.url.clone());
        let begun = executed();
        Self { client, url, questions, callers, asked: 0, anew: 0, executed: begun.clone(), begun }
    }

    /// Asks everything in the name of everybody, in any order: what is given is what would be made.
    pub async fn everything(&mut self, chance: &mut StdRng) {
        let of_question = |question| (0..self.callers.len()).map(move |callers| (question, callers));
        let mut pairs: Vec<Pair> = (0..self.questions.len()).flat_map(of_question).collect();
        pairs.retain(|pair| self.questions[pair.0].is_shared || self.callers[pair.1].name != "Stranger");
        pairs.shuffle(chance);
        for pair in pairs {
            self.compare(pair, chance).await;
        }
        self.executed = executed();
        assert_eq!(self.executions(ANEW), self.anew, "new words are executed");
    }

    /// How many answers were kept ones, of those to what was asked to the letter.
    pub fn share(&self) -> (u64, u64) {
        (self.asked - self.executions(LETTER), self.asked)
    }

    fn executions(&self, words: &str) -> u64 {
        let of = |executed: &Executed| -> u64 {
            executed.iter().filter(|(name, _)| name.starts_with(words)).map(|(_, count)| count).sum()
        };
        of(&self.executed) - of(&self.begun)
    }

    async fn compare(&mut self, pair: Pair, chance: &mut StdRng) {
        let (question, callers) = (&self.questions[pair.0], &self.callers[pair.1]);
        let (name, is_shared) = (question.operation(LETTER, callers), question.is_shared);
        let token = callers.tokens.choose(chance).expect("there is one").clone();
        let mut differing = String::new();
        for _ in 0..PATIENCE {
            let given = self.ask_to_the_letter(pair, &token).await;
            let made = self.ask_in_new_words(pair, &token).await;
            if let Some(hidden) = self.callers[pair.1].hidden {
                assert!(!given.contains(&format!("\"{hidden}\"")), "{name} is told of {hidden}: {given}");
            }
            if given == made {
                return;
            }
            let count = |executed: &Executed| executed.get(&name).copied().unwrap_or_default();
            let before = count(&self.executed);
            self.executed = executed();
            let was_kept = count(&self.executed) == before;
            assert!(
                is_shared || !was_kept,
                "{name}: a kept answer is not what would be made:\n{given}\n{made}"
            );
            if nameless(&given) == nameless(&made) {
                return;
            }
            // Made twice: what was asked of a vendor first was there for the second.
            differing = format!("{given}\n{made}");
        }
        panic!("{name}: what is given goes on differing from what is made:\n{differing}");
    }

    async fn ask_to_the_letter(&mut self, pair: Pair, token: &str) -> String {
        self.asked += 1;
        let (question, callers) = (&self.questions[pair.0], &self.callers[pair.1]);
        let members = [("query", question.document(LETTER, callers).into()), question.variables()];
        self.answer(question, token, &members).await
    }

    /// The answer to the same in words that nobody has used.
    async fn ask_in_new_words(&mut self, pair: Pair, token: &str) -> String {
        self.anew += 1;
        let (nth, question, callers) = (self.anew, &self.questions[pair.0], &self.callers[pair.1]);
        let document = question.document(ANEW, callers);
        let members = match nth % 3 {
            0 => vec![("query", document.into()), ("extensions", json!({ "nth": nth }))],
            1 => vec![("query", format!("{document} # {nth}").into())],
            _ => vec![("query", document.into()), ("nth", nth.into())],
        };
        let members: Vec<_> = members.into_iter().chain([question.variables()]).collect();
        self.answer(question, token, &members).await
    }

    async fn answer(&self, question: &Question, token: &str, members: &[(&str, Value)]) -> String {
        let request = if question.by_get { self.get(members) } else { self.post(members) };
        let request = request.bearer_auth(token).header("accept", "application/graphql-response+json");
        let response = request.send().await.expect("the gateway answers");
        response.text().await.expect("it is text")
    }

    fn get(&self, members: &[(&str, Value)]) -> RequestBuilder {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let members: Vec<_> = members.iter().map(|(name, value)| (*name, text(value))).collect();
        self.client.get(&self.url).query(&members)
    }

    fn post(&self, members: &[(&str, Value)]) -> RequestBuilder {
        let body: serde_json::Map<_, _> =
            members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.client.post(&self.url).json(&body)
    }
}

impl Question {
    fn operation(&self, words: &str, callers: &Callers) -> String {
        format!("{words}{}{}", self.name, if self.is_shared { "" } else { callers.name })
    }

    fn document(&self, words: &str, callers: &Callers) -> String {
        let declared = if self.variables.get("id").is_some() { "($id: ID!)" } else { "" };
        format!("query {}{declared} {{ {} }}", self.operation(words, callers), self.selection)
    }

    fn variables(&self) -> (&'static str, Value) {
        ("variables", self.variables.clone())
    }
}

/// Everything that is asked.
fn questions(system: &System) -> Vec<Question> {
    let inhand = system.vendors.inhand();
    let metro = |index| machine_id("metro", &inhand.asset_id(index));
    let counter = machine_id("north", &system.vendors.dingshang().machines()[0].number);
    let slot = &system.vendors.dingshang().machine(MACHINE).expect("it is there").slots[0];
    let codes = shelf_id(MACHINE, &slot.cabinet.to_string(), &slot.channel());
    let question = |name: &'static str, selection: String| Question {
        name,
        variables: json!({}),
        selection,
        by_get: false,
        is_shared: false,
    };
    let shared = |name, selection| Question { is_shared: true, ..question(name, selection) };
    let status = format!("online status {{ online faults {{ name }} soldOutShelfCount {FRESHNESS} }}");
    let shelves = "shelves { code soldOut price { amount } stock { quantity basis asOf } }";
    let of_machine = format!(
        "machine(id: $id) {{ number {status} lastRefill {{ refilledAt }} {shelves} \
         salesSinceRefill {{ products {{ productNumber sold }} freshness {{ asOf source }} }} }}"
    );
    let named = |name: &'static str, id: String| Question {
        variables: json!({ "id": id }),
        ..question(name, of_machine.clone())
    };
    let fleet = format!("machines(first: 50) {{ totalCount nodes {{ number name online }} {SOURCES} }}");
    let online = "machines(first: 50, filter: { online: true }) { totalCount nodes { number } }";
    let sold_out = "machines(first: 50, filter: { soldOut: true }) { nodes { number online } }";
    let products =
        format!("products(first: 50) {{ totalCount nodes {{ number name price {{ amount }} }} {SOURCES} }}");
    let sites =
        "sites(first: 5) { nodes { name machines { number online } } } lines(first: 5) { nodes { name } }";
    let several =
        format!("nodes(ids: [\"{}\", \"{counter}\"]) {{ ... on Machine {{ name {shelves} }} }}", metro(1));
    let of_codes = format!(
        "pickupCodes(filter: {{ shelfIds: [\"{codes}\"] }}) {{ nodes {{ code state }} sources {{ ok error {{ code message }} }} }}"
    );
    let orders = "orders(first: 5) { nodes { state lines { delivery { state } } } }";
    let trades = "trades(first: 5) { nodes { tradeNumber delivery { state } } }";
    vec![
        // Who may see nothing is asked for in these alone.
        shared("Typename", "__typename".to_owned()),
        shared("Fleet", fleet.clone()),
        Question {
            by_get: true,
            ..shared("Names", "machines(first: 9) { nodes { name online } }".to_owned())
        },
        shared("Accounts", "accounts { id name vendor capabilities }".to_owned()),
        shared("Viewer", "viewer { subject }".to_owned()),
        question("Fleet", fleet),
        question("Online", online.to_owned()),
        question("SoldOut", sold_out.to_owned()),
        named("Metro", metro(0)),
        named("Counter", counter),
        question("Several", several),
        question("Products", products),
        question("Sites", sites.to_owned()),
        question("Orders", orders.to_owned()),
        question("Trades", trades.to_owned()),
        question("Codes", of_codes),
    ]
}

fn executed() -> Executed {
    let told = metrics::text(Format::Classic);
    let counted = told.lines().filter_map(|line| {
        let (labels, count) =
            line.strip_prefix("vendgraph_request_duration_seconds_count{")?.rsplit_once(' ')?;
        let (_, name) = labels.split_once("operation=\"")?;
        Some((name.split_once('"')?.0.to_owned(), count.parse().ok()?))
    });
    counted.collect()
}

/// An answer without what names the request.
fn nameless(answer: &str) -> Value {
    let mut answer: Value = serde_json::from_str(answer).unwrap_or_else(|_| panic!("not JSON: {answer}"));
    for error in answer["errors"].as_array_mut().into_iter().flatten() {
        if let Some(extensions) = error["extensions"].as_object_mut() {
            extensions.remove("requestId");
        }
    }
    answer
}
