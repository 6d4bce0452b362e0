//! Replenishing at Dingshang.

use serde_json::{Value, json};

use super::{Harness, MACHINE, code};

async fn replenish(harness: &Harness, machine: &str, more: &[(&str, &str)]) -> super::Reply {
    let mut asked = vec![("machine_no", machine)];
    asked.extend(more);
    harness.dingshang("/replenishments", &asked).await
}

#[tokio::test]
async fn a_machine_is_filled_to_the_top_one_cabinet_at_a_time() {
    let harness = Harness::new().await;
    let fleet = harness.sandbox.dingshang();
    let number = "1632712900017";
    fleet.change(number, |machine| machine.slots.iter_mut().for_each(|slot| slot.stock = 0));
    let full = |cabinet: char| {
        let machine = fleet.machine(number).unwrap();
        machine.slots.iter().filter(|slot| slot.cabinet == cabinet).all(|slot| slot.stock == slot.capacity)
    };
    let method = ("method", "replenishment.machine.all");
    let reply = replenish(&harness, number, &[method]).await;
    let sample: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/dingshang/replenished.json")).unwrap();
    assert_eq!(reply.body, sample);
    assert!(full('A') && !full('B'));
    let both = [method, ("cabinet_name", "B"), ("addr", "2")];
    assert_eq!(code(&replenish(&harness, number, &both).await), 10001);
    assert_eq!(code(&replenish(&harness, number, &both[..2]).await), 0);
    assert!(full('B'));
    assert_eq!(code(&replenish(&harness, number, &[method, ("cabinet_name", "C")]).await), 6038);
    assert_eq!(code(&replenish(&harness, number, &[("method", "replenishment.all")]).await), 10001);
}

#[tokio::test]
async fn a_product_takes_what_fits_under_either_name_and_more_is_refused_under_code_0() {
    let harness = Harness::new().await;
    let (product, capacity) = harness.products()[0];
    let id = product.to_string();
    let ask = async |given: &[(&str, &str)]| {
        let mut all = vec![("method", "replenishment.product.id"), ("product_id", id.as_str())];
        all.extend(given);
        replenish(&harness, MACHINE, &all).await
    };
    assert_eq!(ask(&[("current_inventory", "0")]).await.body["message"], "ok");
    assert_eq!(harness.stock(product).await, 0);
    assert_eq!(ask(&[("max_total", "2"), ("current_inventory", "2")]).await.body["message"], "ok");
    assert_eq!(harness.stock(product).await, 2);
    assert_eq!(ask(&[("max_total", "1")]).await.body["message"], "ok");
    let more = (capacity + 1).to_string();
    let refused = ask(&[("current_inventory", more.as_str())]).await;
    assert_eq!(refused.body, json!({"code": 0, "message": "超出货道最大库存", "data": {}}));
    assert_eq!(harness.stock(product).await, 1);
    assert_eq!(code(&ask(&[]).await), 10001);
    assert_eq!(code(&ask(&[("max_total", "1"), ("current_inventory", "2")]).await), 10001);
}

#[tokio::test]
async fn a_category_is_filled_slot_by_slot_and_those_too_small_are_counted() {
    let harness = Harness::new().await;
    let categories = harness.dingshang("/categories", &[("machine_no", MACHINE)]).await.body;
    let category = categories["data"][0]["id"].to_string();
    let ask = async |stock: &str| {
        let method = ("method", "replenishment.category.id");
        replenish(&harness, MACHINE, &[method, ("category_id", &category), ("current_inventory", stock)])
            .await
    };
    assert_eq!(ask("1").await.body["message"], "ok");
    let asked = [("machine_no", MACHINE), ("page", "1"), ("per_page", "50"), ("category_id", &category)];
    let rows = harness.dingshang("/products", &asked).await.body["data"]["data"].clone();
    let rows = rows.as_array().unwrap();
    assert!(rows.iter().all(|row| row["current_inventory"] == 1));
    assert_eq!(ask("11").await.body["message"], "超出货道最大库存");
    let capacities: Vec<u64> = rows.iter().map(|row| row["inventory"].as_u64().unwrap()).collect();
    let (least, most) = (*capacities.iter().min().unwrap(), *capacities.iter().max().unwrap());
    if least < most {
        let small = capacities.iter().filter(|capacity| **capacity < most).count();
        assert_eq!(ask(&most.to_string()).await.body["message"], format!("{small} 个货道库存更新失败"));
    }
    let nothing =
        [("method", "replenishment.category.id"), ("category_id", "99"), ("current_inventory", "1")];
    assert_eq!(code(&replenish(&harness, MACHINE, &nothing).await), 80002);
}
