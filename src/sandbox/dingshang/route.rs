//! Which call a path is.

use http::Method;

use super::BASE;

/// A call that is served. Two paths are read or made with POST and changed with PUT, all else is POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Ping,
    Machines,
    Machine(String),
    Products,
    Floors,
    Categories,
    Order(String),
    Delivery(String),
    PickupCodes(String),
    Orders,
    Deliveries,
    DebugDelivery,
    PickupCodeBatches,
    Consumes,
    Replenishments,
}

impl Call {
    /// The call of a path, base and all.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix(BASE)?.strip_prefix('/')?;
        let parts: Vec<&str> = rest.split('/').collect();
        Some(match parts.as_slice() {
            ["ping"] => Self::Ping,
            ["rent", "machines"] => Self::Machines,
            ["rent", "machines", number] if !number.is_empty() => Self::Machine((*number).to_owned()),
            ["products"] => Self::Products,
            ["floors"] => Self::Floors,
            ["categories"] => Self::Categories,
            ["orders"] => Self::Orders,
            ["deliveries"] => Self::Deliveries,
            ["deliveries", "debug"] => Self::DebugDelivery,
            ["pickup_codes"] => Self::PickupCodeBatches,
            ["consumes"] => Self::Consumes,
            ["replenishments"] => Self::Replenishments,
            ["orders", id] if !id.is_empty() => Self::Order((*id).to_owned()),
            ["deliveries", id] if !id.is_empty() => Self::Delivery((*id).to_owned()),
            ["products", id, "pickup_code"] if !id.is_empty() => Self::PickupCodes((*id).to_owned()),
            _ => return None,
        })
    }

    /// The path as the document writes it, below the base.
    pub(crate) fn template(&self) -> &'static str {
        match self {
            Self::Ping => "/ping",
            Self::Machines => "/rent/machines",
            Self::Machine(_) => "/rent/machines/{machine_no}",
            Self::Products => "/products",
            Self::Floors => "/floors",
            Self::Categories => "/categories",
            Self::Order(_) => "/orders/{order_id}",
            Self::Delivery(_) => "/deliveries/{delivery_id}",
            Self::PickupCodes(_) => "/products/{product_id}/pickup_code",
            Self::Orders => "/orders",
            Self::Deliveries => "/deliveries",
            Self::DebugDelivery => "/deliveries/debug",
            Self::PickupCodeBatches => "/pickup_codes",
            Self::Consumes => "/consumes",
            Self::Replenishments => "/replenishments",
        }
    }

    /// Whether it is signed. The list of machines, what is in its paths and new orders are not.
    pub(crate) fn takes_payload(&self) -> bool {
        !matches!(self, Self::Ping | Self::Machines | Self::Machine(_) | Self::Orders)
    }

    pub(crate) fn takes(&self, method: &Method) -> bool {
        method == Method::POST
            || method == Method::PUT && matches!(self, Self::Order(_) | Self::PickupCodeBatches)
    }
}

#[cfg(test)]
mod tests {
    use super::Call;

    #[test]
    fn a_path_is_read_below_the_base_only() {
        assert_eq!(Call::of("/api/openapi/v1/ping"), Some(Call::Ping));
        assert_eq!(Call::of("/api/openapi/v1/orders/7"), Some(Call::Order("7".to_owned())));
        assert_eq!(Call::of("/api/openapi/v1/deliveries/debug"), Some(Call::DebugDelivery));
        assert_eq!(Call::of("/ping"), None);
        assert_eq!(Call::of("/api/openapi/v1/orders/"), None);
        assert_eq!(Call::of("/api/openapi/v1/ping/x"), None);
    }
}
