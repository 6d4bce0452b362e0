//! The calls, all of which but one only read.

use serde_json::{Value, json};

use crate::sandbox::options::StatisticsShape;
use crate::sandbox::world::goods::GOODS;
use crate::sandbox::world::inhand::{Filter, Fleet, Machine};

use super::parameters::{self, Parameters, malformed, missing};
use super::{Call, Refusal, codes, places, refills, sales, statistics, status, trades};

/// The whole body of an answer.
pub(crate) fn answer(
    call: Call,
    parameters: &Parameters,
    fleet: &Fleet,
    shape: StatisticsShape,
) -> Result<Value, Refusal> {
    match call {
        Call::CodeCreate => codes::create(parameters, fleet),
        Call::TradeList => trade_list(parameters, fleet),
        Call::TradeStatistic => trade_statistic(parameters, fleet, shape),
        Call::RouterStatus => {
            // The table asks for a page although one machine is one object.
            parameters.page()?;
            Ok(status::of(fleet, &machine(parameters, fleet)?))
        }
        Call::RouterSales => Ok(sales::of(fleet, &machine(parameters, fleet)?)),
        Call::RefillMessage => refill_message(parameters, fleet),
        Call::RouterLines => {
            let page = parameters.page()?;
            let wanted = places::Wanted::of(parameters);
            Ok(places::lines(fleet, &wanted, page))
        }
        Call::RouterSites => {
            let page = parameters.page()?;
            let wanted = places::Wanted::of(parameters);
            Ok(places::sites(fleet, &wanted, page))
        }
        Call::RouterGoods => {
            let page = parameters.page()?;
            let skipped = usize::try_from(page.cursor).unwrap_or(usize::MAX);
            let taken = usize::try_from(page.limit).unwrap_or(0);
            // Not the order of the numbers.
            let goods = (0..GOODS.len()).map(|place| GOODS.get(place * 29 % GOODS.len()));
            Ok(goods.flatten().skip(skipped).take(taken).map(places::good).collect())
        }
    }
}

fn trade_list(parameters: &Parameters, fleet: &Fleet) -> Result<Value, Refusal> {
    let page = parameters.page()?;
    let style = match parameters.in_body("payStyle") {
        None => None,
        Some(style) => Some(style.parse().map_err(|_| malformed("payStyle"))?),
    };
    let filter = Filter {
        start: parameters::time("startTime", parameters.in_body("startTime"))?,
        end: parameters::time("endTime", parameters.in_body("endTime"))?,
        style,
    };
    let machine = match parameters.in_body("assetId") {
        None => None,
        Some(id) => Some(fleet.find(id).ok_or_else(Refusal::no_such_machine)?),
    };
    let found = fleet.trades(machine, &filter, page.cursor, page.limit);
    let list: Vec<Value> = found.trades.iter().map(|(machine, trade)| trades::row(machine, trade)).collect();
    Ok(json!({
        "result": "SUCCESS",
        "cursor": page.cursor.to_string(),
        "total": found.total.to_string(),
        "limit": page.limit.to_string(),
        "list": list,
    }))
}

fn trade_statistic(parameters: &Parameters, fleet: &Fleet, shape: StatisticsShape) -> Result<Value, Refusal> {
    let ids = parameters.in_query("assetIds").ok_or_else(|| missing("assetIds"))?;
    let start = parameters::time("startTime", parameters.in_query("startTime"))?;
    let end = parameters::time("endTime", parameters.in_query("endTime"))?;
    let start = start.ok_or_else(|| missing("startTime"))?;
    let end = end.ok_or_else(|| missing("endTime"))?;
    // An unknown machine has no row; that is how the platform tells.
    let machines: Vec<Machine> = ids.split(',').filter_map(|id| fleet.find(id)).collect();
    let rows: Value = machines.iter().map(|machine| statistics::row(fleet, machine, start, end)).collect();
    let nested = match shape {
        StatisticsShape::List => false,
        StatisticsShape::Nested => true,
        StatisticsShape::Mixed => machines.first().is_some_and(|machine| machine.seed.with(40).one_in(2)),
    };
    Ok(if nested { json!([rows]) } else { rows })
}

fn refill_message(parameters: &Parameters, fleet: &Fleet) -> Result<Value, Refusal> {
    let filter = Filter {
        start: parameters::time("startTime", parameters.in_body("startTime"))?,
        end: parameters::time("endTime", parameters.in_body("endTime"))?,
        style: None,
    };
    let asset = parameters.in_body("assetId");
    let site = parameters.in_body("siteNumber");
    let notices = fleet.undelivered().into_iter().filter(|notice| {
        filter.in_time(notice.at.time)
            && asset.is_none_or(|asset| notice.machine.asset_id() == asset)
            && site.is_none_or(|site| notice.machine.site_number() == site)
    });
    let message: Vec<Value> = notices.map(|notice| refills::notice(&notice)).collect();
    Ok(json!({ "message": message }))
}

fn machine(parameters: &Parameters, fleet: &Fleet) -> Result<Machine, Refusal> {
    let id = parameters.in_body("assetId").ok_or_else(|| missing("assetId"))?;
    fleet.find(id).ok_or_else(Refusal::no_such_machine)
}
