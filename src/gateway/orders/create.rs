//! Placing an order.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use super::{
    Blame as _, Commanded, PlacedOrder, Problem,
    draft::{self, Drawn},
    intent,
};
use crate::{
    domain::{AccountName, Capability, Order, OrderLine, OrderState, Text, order::TIME_TO_PAY},
    gateway::{
        Account, Asker, Code, Error, Gateway, Input, Machine,
        commands::{came, verdict},
    },
    store::{Action, Change, Intent, Target},
    vendor::{NewOrder, NewOrderLine},
};

/// The greatest number of lines of an order.
const MOST_LINES: usize = 20;
/// The greatest number of pieces of one line.
const MOST_PIECES: i32 = 100;

/// An order to be placed.
#[derive(Clone, Debug)]
pub struct CreateOrder {
    /// The account.
    pub account: AccountName,
    /// The machine.
    pub machine: Text,
    /// What is ordered.
    pub lines: Vec<WantedLine>,
    /// The caller's idempotency key.
    pub key: Text,
}

/// One line of an order to be placed.
#[derive(Clone, Debug)]
pub struct WantedLine {
    /// The shelf's account and machine.
    pub of: (AccountName, Text),
    /// The cabinet.
    pub cabinet: Text,
    /// The shelf's code.
    pub shelf: Text,
    /// How many pieces.
    pub quantity: i32,
}

impl CreateOrder {
    fn check(&self) -> Result<(), Problem> {
        if self.lines.is_empty() {
            return Err(Input::Empty { argument: "lines" }).blame(&["lines"]);
        }
        if self.lines.len() > MOST_LINES {
            let count = self.lines.len();
            return Err(Input::TooMany { argument: "lines", count, most: MOST_LINES }).blame(&["lines"]);
        }
        let mut shelves = BTreeSet::new();
        for (position, line) in self.lines.iter().enumerate() {
            let at = position.to_string();
            if !(1..=MOST_PIECES).contains(&line.quantity) {
                let (value, most) = (line.quantity.into(), MOST_PIECES.into());
                return Err(Input::Range { argument: "quantity", value, least: 1, most })
                    .blame(&["lines", &at, "quantity"]);
            }
            if (&line.of.0, &line.of.1) != (&self.account, &self.machine) {
                return Err(Input::Apart { argument: "shelfId", of: "machineId" })
                    .blame(&["lines", &at, "shelfId"]);
            }
            if !shelves.insert((&line.cabinet, &line.shelf)) {
                return Err(Input::Twice { argument: "shelfId" }).blame(&["lines", &at, "shelfId"]);
            }
        }
        Ok(())
    }

    /// The input in one text, by which it is known again.
    fn text(&self) -> String {
        let mut text = format!("{:?}", self.machine);
        for line in &self.lines {
            let _ = write!(text, " {:?} {:?} {}", line.cabinet, line.shelf, line.quantity);
        }
        text
    }
}

impl Gateway {
    /// Places an order, once for each key.
    pub async fn create_order(&self, asker: &Asker, wanted: &CreateOrder) -> Commanded<PlacedOrder> {
        let placed = self.place(asker, wanted).await.unwrap_or_else(Into::into);
        // Of several lines the vendor does not say which it means.
        placed.about(|code| if wanted.lines.len() == 1 { of_the_line(code) } else { &[] })
    }

    async fn place(&self, asker: &Asker, wanted: &CreateOrder) -> Result<Commanded<PlacedOrder>, Problem> {
        let account = self.account(asker, &wanted.account).blame(&["machineId"])?;
        if !account.can(Capability::Orders) {
            return Err(account.unsupported("orders")).blame(&["machineId"]);
        }
        wanted.check()?;
        let action = (Action::CreateOrder, &*wanted.text());
        let clock = self.clock.as_ref();
        let mut intended = intent(asker, account.name(), action, Target::default(), clock);
        intended.key = Some(wanted.key.clone());
        // Before the machine is asked for its shelves: who repeats a command gets its answer also when the vendor is
        // down.
        if let Some(earlier) = self.commands.earlier(&intended).await.blame(&["idempotencyKey"])? {
            return self.placed(asker, account, earlier).await;
        }
        let machine = self.machine(asker, account.name(), &wanted.machine).await.blame(&["machineId"])?;
        let lines = order_lines(&machine, wanted, asker).await?;
        let drawn = self.draw(&account, &intended, || self.new_order(&machine, lines.clone()));
        let intent = match drawn.await? {
            Drawn::Before(earlier) => earlier,
            Drawn::Ours(intent, order, notify_url) => {
                let new = NewOrder {
                    machine: order.machine.clone(),
                    trade_number: order.trade_number.clone(),
                    notify_url,
                    lines: lines.iter().map(new_line).collect(),
                };
                self.send_order(asker, &account, intent, (*order, new)).await?
            }
        };
        self.placed(asker, account, intent).await
    }

    fn new_order(&self, machine: &Machine, lines: Vec<OrderLine>) -> Order {
        let order = draft::order(&machine.account, machine.number(), lines, self.clock.as_ref());
        Order { pay_before: order.created_at.checked_add(TIME_TO_PAY).ok(), ..order }
    }

    async fn send_order(
        &self,
        asker: &Asker,
        account: &Arc<Account>,
        intent: Intent,
        (mut order, new): (Order, NewOrder),
    ) -> Result<Intent, Error> {
        let (client, clock, of) = (account.client(), Arc::clone(&self.clock), Arc::clone(account));
        let act = account.named(async move {
            let answer = client.create_order(&new).await;
            of.forget_machine(&new.machine, &answer);
            let change = match &answer {
                Ok(number) => {
                    order.number = Some(number.clone());
                    order.state = OrderState::Unpaid;
                    Change::order(order)
                }
                Err(_) => Change::none(),
            };
            came(clock.as_ref(), &answer, change)
        });
        self.commands.carry_out(intent, asker.until, act).await
    }

    /// What became of an order that was to be placed, by us just now or before.
    pub(super) async fn placed(
        &self,
        asker: &Asker,
        account: Arc<Account>,
        intent: Intent,
    ) -> Result<Commanded<PlacedOrder>, Problem> {
        let intent = self.commands.ended(intent, asker.until).await?;
        let problem = verdict(&intent).err().map(Problem::from);
        let trade_number = intent.wanted.target.trade_number.as_deref().unwrap_or_default();
        let Some(mut order) = self.store().order(account.name(), trade_number).await.map_err(Error::from)?
        else {
            let order = self.order_that_used(&account, &intent, asker.until).await?;
            return Ok(Commanded { subject: order.map(|order| PlacedOrder { account, order }), problem });
        };
        order.lapse(self.clock.now());
        let mut placed = PlacedOrder { account, order };
        if problem.is_none() && placed.order.amount.is_none() {
            // What it costs, and the vendor's numbers of its lines, only its own call tells.
            placed = self.heard_if_told(placed, asker.until).await;
        }
        // An order of which its vendor has told since is known to be placed, whatever became of the answer.
        let problem = problem.filter(|_| placed.order.number.is_none());
        Ok(Commanded { subject: Some(placed), problem })
    }
}

/// The argument that a refusal of an order of one line is about.
const fn of_the_line(code: Code) -> &'static [&'static str] {
    let is_of_it = matches!(code, Code::OutOfStock | Code::ProductNotFound | Code::ProductOffSale);
    if is_of_it { &["lines", "0"] } else { &[] }
}

/// The lines, with what the machine's shelves say of them.
async fn order_lines(
    machine: &Machine,
    wanted: &CreateOrder,
    asker: &Asker,
) -> Result<Vec<OrderLine>, Problem> {
    let report = machine.report(asker).await.blame(&["machineId"])?;
    let shelves = &report.value.shelves;
    let line = |(position, line): (usize, &WantedLine)| {
        let at = u32::try_from(position).unwrap_or(u32::MAX);
        let quantity = u32::try_from(line.quantity).unwrap_or_default();
        shelves
            .iter()
            .find(|shelf| shelf.cabinet == line.cabinet && shelf.code == line.shelf)
            .and_then(|shelf| draft::line(at, shelf, quantity))
            .ok_or(Error::NotFound)
            .blame(&["lines", &position.to_string(), "shelfId"])
    };
    wanted.lines.iter().enumerate().map(line).collect()
}

fn new_line(line: &OrderLine) -> NewOrderLine {
    NewOrderLine { slot: line.slot.clone(), quantity: line.quantity }
}
