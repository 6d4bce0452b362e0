//! Trades.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::{Connection, DateTime, Machine, Money, VendorAccount, status::text};
use crate::{
    auth::Scope,
    domain,
    gateway::{TradePage, TradeRow},
    graphql::field::{field, guarded},
};

/// Something that was sold, or won.
#[derive(Clone, Debug)]
pub struct Trade(pub TradeRow);

impl Trade {
    /// A page of trades.
    pub fn page(trades: TradePage) -> Connection<Self> {
        Connection::new(trades.page, trades.sources, Self)
    }

    fn trade(&self) -> &domain::Trade {
        &self.0.trade
    }
}

/// Something that was sold, or won.
#[Object]
impl Trade {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id().encode().into()
    }

    /// The account it belongs to.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.0.account.clone())
    }

    /// Sold or won.
    async fn kind(&self) -> TradeKind {
        self.trade().kind.into()
    }

    /// The vendor's number of the order, unique in the account; of an order that went through this gateway all lines have
    /// it, each a trade of its own, and while the vendor has not told it, it is ours.
    async fn order_number(&self) -> &str {
        &self.trade().order_number
    }

    /// The machine's or the payment's own number, or our number of an order that went through this gateway; null where the
    /// vendor does not tell.
    async fn trade_number(&self) -> Option<&str> {
        self.trade().trade_number.as_deref()
    }

    /// The machine; null when it is no longer in the fleet.
    async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
        Machine::find(ctx, self.0.account.name(), &self.trade().machine_number).await
    }

    /// The machine's number.
    async fn machine_number(&self) -> &str {
        &self.trade().machine_number
    }

    /// The cabinet; null where the vendor does not tell.
    async fn cabinet(&self) -> Option<&str> {
        self.trade().cabinet.as_deref()
    }

    /// The shelf; null where the vendor does not tell.
    async fn shelf_code(&self) -> Option<&str> {
        self.trade().shelf_code.as_deref()
    }

    /// The product's number; null where the vendor does not tell.
    async fn product_number(&self) -> Option<&str> {
        self.trade().product_number.as_deref()
    }

    /// The product's name at the time; null where the vendor does not tell.
    async fn product_name(&self) -> Option<&str> {
        self.trade().product_name.as_deref()
    }

    /// How many pieces.
    async fn quantity(&self) -> u32 {
        self.trade().quantity
    }

    /// What one piece cost; null where the vendor does not tell, or where all of it does not divide by the pieces.
    async fn unit_price(&self) -> Option<Money> {
        self.trade().unit_price.map(Money::from)
    }

    /// What one piece cost before a reduction; null where the vendor does not tell.
    async fn list_price(&self) -> Option<Money> {
        self.trade().list_price.map(Money::from)
    }

    /// What all of it cost; null where the vendor does not tell.
    async fn total(&self) -> Option<Money> {
        self.trade().total.map(Money::from)
    }

    /// How it was paid.
    async fn payment(&self, ctx: &Context<'_>) -> async_graphql::Result<Payment> {
        let payment = &self.trade().payment;
        let field = field(ctx).map_err(|failure| failure.to_graphql())?;
        let personal = field.asker.caller.may(Scope::TradesPii);
        Ok(Payment {
            method: payment.method.into(),
            vendor_method: text(payment.vendor_method.as_ref()),
            state: payment.state.into(),
            paid_at: payment.paid_at.map(DateTime),
            transaction_number: text(payment.transaction_number.as_ref()),
            payer_open_id: text(payment.payer_open_id.as_ref().filter(|_| personal)),
            payer_phone: text(payment.payer_phone.as_ref().filter(|_| personal)),
        })
    }

    /// Whether the goods came out.
    async fn delivery(&self) -> Delivery {
        Delivery::from(&self.trade().delivery)
    }

    /// What was paid back; null when nothing was. Of an order that went through this gateway it is known that it is paid
    /// back, not how much.
    async fn refund(&self) -> Option<Refund> {
        self.trade().refund.as_ref().map(|refund| Refund {
            state: refund.state.into(),
            amount: refund.amount.map(Money::from),
            at: refund.at.map(DateTime),
            number: text(refund.number.as_ref()),
        })
    }

    /// When it was made; null where the vendor does not tell.
    async fn created_at(&self) -> Option<DateTime> {
        self.trade().created_at.map(DateTime)
    }
}

impl Machine {
    /// The machine of that number; null when it is no longer in the fleet.
    pub(super) async fn find(ctx: &Context<'_>, account: &domain::AccountName, number: &str) -> Option<Self> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                match field.gateway.machine(field.asker, account, number).await {
                    Ok(machine) => Ok(Some(Self(machine))),
                    Err(crate::gateway::Error::NotFound) => Ok(None),
                    Err(error) => Err(error.into()),
                }
            }),
        )
        .await
        .flatten()
    }
}

/// Sold or won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::TradeKind")]
pub enum TradeKind {
    /// Sold.
    Sale,
    /// Won.
    Prize,
}

/// How a trade was paid.
#[derive(Clone, Debug, SimpleObject)]
pub struct Payment {
    /// With what.
    method: PaymentMethod,
    /// With what, as the vendor numbers or names it; null where it does not.
    vendor_method: Option<String>,
    /// Whether the payment went through.
    state: PaymentState,
    /// When; null when it did not, or where the vendor does not tell.
    paid_at: Option<DateTime>,
    /// The payment provider's number; null where the vendor does not tell.
    transaction_number: Option<String>,
    /// Who paid, by the provider's id. Null without the scope `trades:pii`.
    payer_open_id: Option<String>,
    /// Who paid, by telephone number. Null without the scope `trades:pii`.
    payer_phone: Option<String>,
}

/// With what a trade was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::PaymentMethod")]
pub enum PaymentMethod {
    /// Baidu Wallet.
    BaiduWallet,
    /// WeChat Pay, the shopper scanning.
    Wechat,
    /// Alipay, the shopper scanning.
    Alipay,
    /// Notes and coins.
    Cash,
    /// A card, swiped.
    CardSwipe,
    /// A badge.
    Badge,
    /// A pickup code.
    PickupCode,
    /// A game's prize.
    Game,
    /// Alipay by sound wave.
    SoundWave,
    /// A card terminal.
    Pos,
    /// A campus card.
    CampusCard,
    /// Agricultural Bank of China.
    AgriculturalBank,
    /// WeChat Pay, the machine scanning.
    WechatScanned,
    /// A member's account.
    Member,
    /// BestPay.
    Bestpay,
    /// JD Pay.
    JdPay,
    /// Alipay, the machine scanning.
    AlipayScanned,
    /// Points.
    Points,
    /// UnionPay, the shopper scanning.
    Unionpay,
    /// Dragon Pay of China Construction Bank.
    DragonPay,
    /// One QR code for several providers.
    AggregateQr,
    /// The e-wallet of ICBC.
    IcbcWallet,
    /// One Wallet.
    OneWallet,
    /// UnionPay, the machine scanning.
    UnionpayScanned,
    /// Hema, the machine scanning.
    HemaScanned,
    /// Through the merchant's own application.
    Merchant,
    /// A method that this API has no name for yet; `vendorMethod` has the vendor's.
    Other,
}

/// Whether a payment went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::PaymentState")]
pub enum PaymentState {
    /// Not yet.
    Pending,
    /// It did.
    Paid,
    /// It did not.
    Failed,
}

/// Whether goods came out.
#[derive(Clone, Debug, SimpleObject)]
pub struct Delivery {
    /// How far it is.
    state: DeliveryState,
    /// When they came out, or failed to; null where the vendor does not tell.
    at: Option<DateTime>,
    /// Why they did not, in the vendor's words; null when they did.
    failure_reason: Option<String>,
}

impl From<&domain::Delivery> for Delivery {
    fn from(delivery: &domain::Delivery) -> Self {
        Self {
            state: delivery.state.into(),
            at: delivery.at.map(DateTime),
            failure_reason: text(delivery.failure_reason.as_ref()),
        }
    }
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::DeliveryState")]
pub enum DeliveryState {
    /// Not begun.
    Waiting,
    /// The machine is at it.
    Dispensing,
    /// The goods came out.
    Dispensed,
    /// Nothing was left.
    OutOfStock,
    /// The machine has no such product.
    NoSuchProduct,
    /// The machine tried and failed.
    Failed,
    /// The machine did not answer.
    TimedOut,
    /// Given up, or paid back.
    Cancelled,
    /// Not told by the vendor, or a state that this API has no name for yet.
    Unknown,
}

/// What was paid back.
#[derive(Clone, Debug, SimpleObject)]
pub struct Refund {
    /// How far it is.
    state: RefundState,
    /// How much; null where the vendor does not tell.
    amount: Option<Money>,
    /// When it was asked for; null where the vendor does not tell.
    at: Option<DateTime>,
    /// The number of the refund; null where the vendor does not tell.
    number: Option<String>,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::RefundState")]
pub enum RefundState {
    /// Under way.
    InProgress,
    /// Done.
    Done,
    /// Failed.
    Failed,
}
