//! Orders as lists, and who sees them.

use std::time::Duration;

use serde_json::{Value, json};
use vendgraph::auth::Scope;

use crate::{
    harness::{Setup, System, account_id, codes, machine_id, texts},
    orders::{Counter, cancel, pay},
};

/// The ids of a page, and its cursor if more follow.
async fn page(system: &System, arguments: &str) -> (Vec<String>, Option<String>) {
    let query =
        format!("{{ orders({arguments}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}");
    let answer = system.ask(&query).await;
    assert!(answer["errors"].is_null(), "{answer}");
    let page = &answer["data"]["orders"];
    let more = page["pageInfo"]["hasNextPage"] == true;
    let cursor = page["pageInfo"]["endCursor"].as_str().filter(|_| more).map(str::to_owned);
    (texts(&page["nodes"], "/id").into_iter().map(str::to_owned).collect(), cursor)
}

#[tokio::test]
async fn orders_are_paged_newest_first_and_filtered() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let mut newest_first = Vec::new();
    for nth in 0..5 {
        let placed = system.tell(&counter.create(&[(nth, 1)], &format!("k{nth}"))).await;
        newest_first.insert(0, placed.id().to_owned());
        system.pass(Duration::from_secs(1)).await;
    }
    assert_eq!(system.tell(&pay(&newest_first[0])).await.state(), "PAID");
    assert_eq!(system.tell(&cancel(&newest_first[1], "REVOKED")).await.state(), "REVOKED");

    let (mut walked, mut after) = (Vec::new(), String::new());
    loop {
        let (ids, cursor) = page(&system, &format!("first: 2{after}")).await;
        walked.extend(ids);
        let Some(cursor) = cursor else { break };
        after = format!(", after: \"{cursor}\"");
    }
    assert_eq!(walked, newest_first);

    let (north, metro) = (account_id("north"), account_id("metro"));
    let elsewhere = machine_id("north", "1632712900017");
    let here = &counter.machine;
    for (filter, expected) in [
        ("states: [PAID]".to_owned(), &newest_first[..1]),
        ("states: [PAID, REVOKED]".to_owned(), &newest_first[..2]),
        ("states: [UNPAID]".to_owned(), &newest_first[2..]),
        ("states: [EXPIRED]".to_owned(), &[]),
        (format!("machineIds: [\"{here}\"]"), &newest_first[..]),
        (format!("machineIds: [\"{elsewhere}\"]"), &[]),
        (format!("accountIds: [\"{north}\"], states: [UNPAID]"), &newest_first[2..]),
        (format!("accountIds: [\"{metro}\"]"), &[]),
    ] {
        let (ids, _) = page(&system, &format!("first: 50, filter: {{{filter}}}")).await;
        assert_eq!(ids, expected, "{filter}");
    }
    system.pass(Duration::from_mins(20)).await;
    let (ids, _) = page(&system, "first: 50, filter: {states: [EXPIRED]}").await;
    assert_eq!(ids, newest_first[2..], "before anybody has looked");
    system.end().await;
}

#[tokio::test]
async fn another_accounts_caller_sees_nothing_of_an_order() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    let stranger = system.token(&Scope::ALL, &["metro"]);
    let id = placed.id();
    for query in
        [format!("{{ order(id: \"{id}\") {{ state }} }}"), format!("{{ node(id: \"{id}\") {{ id }} }}")]
    {
        let answer = system.ask_as(&stranger, &query).await;
        assert_eq!(codes(&answer), ["NOT_FOUND"], "{answer}");
        assert!(answer["data"].as_object().unwrap().values().all(Value::is_null), "{answer}");
    }
    for filter in [String::new(), format!("(filter: {{accountIds: [\"{}\"]}})", account_id("north"))] {
        let answer = system
            .ask_as(
                &stranger,
                &format!("{{ orders{filter} {{ nodes {{ id }} sources {{ account {{ name }} }} }} }}"),
            )
            .await;
        assert_eq!(answer["data"]["orders"]["nodes"], json!([]), "{answer}");
        assert!(!answer.to_string().contains("north"), "{answer}");
    }
    let answer =
        system.ask_as(&stranger, &format!("{{ orders(after: \"{id}\") {{ nodes {{ id }} }} }}")).await;
    assert_eq!(codes(&answer), ["BAD_USER_INPUT"], "{answer}");
    system.end().await;
}
