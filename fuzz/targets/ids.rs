//! Global ids: what is read is written back to the letter, whatever its parts hold.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use vendgraph::domain::{AccountName, Id, Text};

fuzz_target!(|text: &str| {
    if let Ok(id) = Id::decode(text) {
        assert_eq!(id.encode(), text, "an object has one id only");
        assert!(text.len() <= 1024);
    }
    let parts: Vec<Text> = text.splitn(5, '\0').map(Text::from).collect();
    let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
    let account = AccountName::new(part(0).to_string());
    let at = Timestamp::from_millisecond(text.len() as i64 * 86_399_999).expect("a time");
    for id in [
        Id::Account { account: account.clone() },
        Id::Machine { account: account.clone(), machine: part(1) },
        Id::Shelf { account: account.clone(), machine: part(1), cabinet: part(2), code: part(3) },
        Id::Category { account: account.clone(), machine: part(1), category: part(2) },
        Id::Line { account: account.clone(), area: None, line: part(1) },
        Id::Line { account: account.clone(), area: Some(part(2)), line: part(1) },
        Id::Trade { account: account.clone(), machine: part(1), created_at: None, order: part(2) },
        Id::Trade { account: account.clone(), machine: part(1), created_at: Some(at), order: part(2) },
        Id::Refill { account: account.clone(), machine: part(1), refilled_at: at },
        Id::PickupCode {
            account: account.clone(),
            machine: part(1),
            cabinet: part(2),
            shelf: part(3),
            code: part(4),
        },
        Id::IssuedPickupCode { account: account.clone(), code: part(1) },
        Id::OrderLine { account: account.clone(), trade_number: part(1), position: text.len() as u32 },
        Id::Delivery { account, machine: part(1), delivery: part(2) },
    ] {
        let encoded = id.encode();
        match Id::decode(&encoded) {
            Ok(read) => assert_eq!(read, id),
            Err(_) => assert!(encoded.len() > 1024, "refused: {id:?}"),
        }
    }
});
