//! Products across accounts.

use std::sync::Arc;

use super::{
    Account, Asker, Error, Gateway, Input, Page, PageRequest, Result, SourceStatus, sources::gather,
};
use crate::domain::{AccountName, Id, Product};

/// Which products are asked for.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// With this text, in lower case, in number, name or full name.
    pub search: Option<String>,
    /// In the category of this name.
    pub category_name: Option<String>,
}

/// A page of products.
#[derive(Debug)]
pub struct ProductPage {
    /// The page.
    pub page: Page<(Arc<Account>, Arc<Product>)>,
    /// How many match in all.
    pub total: usize,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

impl Gateway {
    /// The products that match, by account and number.
    pub async fn products(
        &self,
        asker: &Asker,
        filter: &ProductFilter,
        request: &PageRequest,
    ) -> Result<ProductPage> {
        let after = match &request.after {
            None => None,
            Some(Id::Product { account, product }) => Some((account, product)),
            Some(_) => return Err(Input::Cursor.into()),
        };
        let accounts = self.chosen(asker, filter.accounts.as_deref());
        let until = asker.share_until();
        let mut gathered = gather(accounts, |account| async move { account.catalogue(until).await }).await;
        for (account, catalogue) in &gathered.shares {
            let source = gathered.sources.iter_mut().find(|source| source.account.name() == account.name());
            if let (Some(source), Some(error)) = (source, catalogue.missing()) {
                // The products that are known are given all the same.
                source.outcome = Err(account.failed(Arc::clone(error)));
            }
        }
        let matching: Vec<_> = gathered
            .shares
            .iter()
            .flat_map(|(account, catalogue)| catalogue.products().iter().map(move |one| (account, one)))
            .filter(|(_, product)| filter.matches(product))
            .collect();
        let rows = matching
            .iter()
            .filter(|(account, product)| after.is_none_or(|after| after < (account.name(), &product.number)))
            .map(|(account, product)| (Arc::clone(account), Arc::clone(product)));
        let page = Page::take(rows, request);
        Ok(ProductPage { page, total: matching.len(), sources: gathered.sources })
    }

    /// The product of that account and number.
    pub async fn product(
        &self,
        asker: &Asker,
        account: &AccountName,
        number: &str,
    ) -> Result<(Arc<Account>, Arc<Product>)> {
        let account = &self.account(asker, account)?;
        let catalogue = account.catalogue(asker.until).await?;
        let product = catalogue.value.product(number).ok_or_else(|| match catalogue.value.missing() {
            None => Error::NotFound,
            // It may stand on a shelf that could not be read.
            Some(error) => account.failed(Arc::clone(error)),
        })?;
        Ok((Arc::clone(account), Arc::clone(product)))
    }
}

impl ProductFilter {
    fn matches(&self, product: &Product) -> bool {
        self.category_name.as_deref().is_none_or(|wanted| product.category_name.as_deref() == Some(wanted))
            && self.search.as_deref().is_none_or(|search| {
                [Some(&product.number), Some(&product.name), product.full_name.as_ref()]
                    .into_iter()
                    .flatten()
                    .any(|field| field.to_lowercase().contains(search))
            })
    }
}
