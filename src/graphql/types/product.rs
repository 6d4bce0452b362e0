//! Products.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, parser::types::Field};

use super::{Money, VendorAccount, status::text};
use crate::{
    auth::Scope,
    domain::{self, Capability, Id},
    gateway::Account,
    graphql::{
        field::{field, guarded_option},
        json::{Json, Write},
    },
};

/// Something that machines sell.
#[derive(Clone, Debug)]
pub struct Product {
    account: Arc<Account>,
    row: Arc<domain::Product>,
    /// Whether the vendor's catalogue may know more of it.
    named_only: bool,
}

impl Product {
    /// A product as the account's catalogue has it.
    pub fn listed(account: Arc<Account>, product: Arc<domain::Product>) -> Self {
        Self { account, row: product, named_only: false }
    }

    /// A product as a shelf names it: where the vendor has a catalogue, the rest is found there when asked for.
    pub fn on_shelf(account: Arc<Account>, product: Arc<domain::Product>) -> Self {
        let named_only = account.can(Capability::ProductCatalogue);
        Self { account, row: product, named_only }
    }

    /// Whether the catalogue may know what is not known here.
    fn is_open<T>(&self, own: Option<&T>) -> bool {
        own.is_none() && self.named_only
    }

    /// Writes what is known of it, unless the catalogue may know more.
    fn write_known<'a, T>(
        &self,
        own: Option<T>,
        to: &mut Json<'a>,
        write: impl FnOnce(&mut Json<'a>, T) -> Option<()>,
    ) -> Option<()> {
        if self.is_open(own.as_ref()) { None } else { to.maybe(own, write) }
    }

    /// Its global id, as clients see it.
    pub fn id_text(&self) -> String {
        Id::Product { account: self.account.name().clone(), product: self.row.number.clone() }.encode()
    }

    async fn described<T>(&self, ctx: &Context<'_>, of: impl Fn(&domain::Product) -> Option<T>) -> Option<T> {
        let own = of(&self.row);
        if !self.is_open(own.as_ref()) {
            return own;
        }
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let catalogue = self.account.catalogue(field.asker.until).await?;
                Ok(catalogue.value.product(&self.row.number).and_then(|product| of(product)))
            }),
        )
        .await
    }
}

/// Something that machines sell.
#[Object]
impl Product {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.id_text().into()
    }

    /// The account it belongs to.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.account.clone())
    }

    /// The operator's number of it (`good_no`, goods number); unique in the account.
    async fn number(&self) -> &str {
        &self.row.number
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Its name with size or taste; null where the vendor does not tell.
    async fn full_name(&self, ctx: &Context<'_>) -> Option<String> {
        self.described(ctx, |product| text(product.full_name.as_ref())).await
    }

    /// What it is, as text or the operator's HTML; null where the vendor does not tell.
    async fn description(&self, ctx: &Context<'_>) -> Option<String> {
        self.described(ctx, |product| text(product.description.as_ref())).await
    }

    /// The name of its category; null where the vendor does not tell.
    async fn category_name(&self, ctx: &Context<'_>) -> Option<String> {
        self.described(ctx, |product| text(product.category_name.as_ref())).await
    }

    /// What one piece costs by the catalogue; a shelf may have a price of its own. Null where there is none.
    async fn price(&self, ctx: &Context<'_>) -> Option<Money> {
        self.described(ctx, |product| product.price.map(Money::from)).await
    }

    /// What one piece cost before a reduction; null when there is none.
    async fn list_price(&self, ctx: &Context<'_>) -> Option<Money> {
        self.described(ctx, |product| product.list_price.map(Money::from)).await
    }

    /// What it comes in; null where the vendor does not tell.
    async fn packaging(&self, ctx: &Context<'_>) -> Option<Packaging> {
        self.described(ctx, |product| product.packaging.map(Packaging::from)).await
    }

    /// Who makes it; null where the vendor does not tell.
    async fn manufacturer(&self, ctx: &Context<'_>) -> Option<String> {
        self.described(ctx, |product| text(product.manufacturer.as_ref())).await
    }

    /// The address of its main picture; null when there is none.
    async fn image_url(&self, ctx: &Context<'_>) -> Option<String> {
        self.described(ctx, |product| text(product.image_url.as_ref())).await
    }

    /// The addresses of all its pictures.
    async fn image_urls(&self) -> Vec<&str> {
        self.row.image_urls.iter().map(AsRef::as_ref).collect()
    }
}

impl Write for Product {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        let row = &self.row;
        let price = |to: &mut Json<'_>, price| to.object(field, &Money::from(price));
        match field.name.node.as_str() {
            "id" => to.value(&self.id_text()),
            "number" => to.value(&row.number),
            "name" => to.value(&row.name),
            "fullName" => self.write_known(row.full_name.as_ref(), to, Json::value),
            "description" => self.write_known(row.description.as_ref(), to, Json::value),
            "categoryName" => self.write_known(row.category_name.as_ref(), to, Json::value),
            "price" => self.write_known(row.price, to, price),
            "listPrice" => self.write_known(row.list_price, to, price),
            "packaging" => self.write_known(row.packaging.map(Packaging::from), to, Json::word),
            "manufacturer" => self.write_known(row.manufacturer.as_ref(), to, Json::value),
            "imageUrl" => self.write_known(row.image_url.as_ref(), to, Json::value),
            "imageUrls" => to.value(&row.image_urls),
            _ => None,
        }
    }
}

/// What a product comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::Packaging")]
pub enum Packaging {
    /// A bottle.
    Bottle,
    /// A can.
    Can,
    /// A bag.
    Bag,
    /// A box.
    Box,
    /// A cup.
    Cup,
    /// A form that this API has no name for yet.
    Unknown,
}
