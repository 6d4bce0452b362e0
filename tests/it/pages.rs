//! Pages hang together, across both vendors.

use serde_json::Value;

use crate::harness::{Setup, System};

#[tokio::test]
async fn pages_give_every_row_once_in_order() {
    let system = System::start(Setup { machines: 130, ..Setup::default() }).await;
    for (list, total) in [
        ("machines", Some(142)),
        ("sites", None),
        ("lines", None),
        ("products", None),
        ("trades", None),
        ("refills", None),
    ] {
        let rows = walk(&system, list, 37, 12).await;
        let mut unique = rows.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), rows.len(), "{list} gives a row twice");
        assert!(!rows.is_empty(), "{list} is empty");
        if let Some(total) = total {
            assert_eq!(rows.len(), total, "{list}");
        }
        let at_once = walk(&system, list, 500, 1).await;
        let most = rows.len().min(at_once.len());
        assert_eq!(rows[..most], at_once[..most], "{list}: pages of 37 and of 500 disagree");
    }
    system.end().await;
}

async fn walk(system: &System, list: &str, first: usize, pages: usize) -> Vec<String> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    for _ in 0..pages {
        let query = format!(
            "{{ {list}(first: {first}{after}) {{ edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
        );
        let answer = system.ask(&query).await;
        assert!(answer["errors"].is_null(), "{answer}");
        let page = &answer["data"][list];
        assert_eq!(page["pageInfo"]["hasPreviousPage"], Value::Bool(!after.is_empty()), "{list}");
        rows.extend(
            page["edges"]
                .as_array()
                .unwrap()
                .iter()
                .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    rows
}
