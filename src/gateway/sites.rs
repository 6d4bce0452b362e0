//! Sites and replenishment lines.

use std::sync::Arc;

use super::{
    Account, Asker, Error, Gateway, Input, Machine, Page, PageRequest, Result, SourceStatus, fleet::SiteRow,
    sources::gather,
};
use crate::domain::{self, AccountName, Capability, Id, Text};

/// One site of one account.
#[derive(Clone, Debug)]
pub struct Site {
    /// Whose it is.
    pub account: Arc<Account>,
    /// Its row in the fleet view.
    pub row: Arc<SiteRow>,
}

/// One line of one account, by name: what else is known of it is asked for when it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineKey {
    /// Its name.
    pub name: Text,
    /// The name of its area.
    pub area_name: Option<Text>,
}

/// One line of one account.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whose it is.
    pub account: Arc<Account>,
    /// Which it is.
    pub key: LineKey,
}

/// Which sites are asked for.
#[derive(Clone, Debug, Default)]
pub struct SiteFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// On the line of this name.
    pub line_name: Option<String>,
    /// In the area of this name.
    pub area_name: Option<String>,
    /// With this text, in lower case, in number, name or address.
    pub search: Option<String>,
}

/// Which lines are asked for.
#[derive(Clone, Debug, Default)]
pub struct LineFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// Of this name.
    pub name: Option<String>,
    /// In the area of this name.
    pub area_name: Option<String>,
}

/// A page of sites.
#[derive(Debug)]
pub struct SitePage {
    /// The page.
    pub page: Page<Site>,
    /// How many match in all.
    pub total: usize,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

/// A page of lines.
#[derive(Debug)]
pub struct LinePage {
    /// The page.
    pub page: Page<Line>,
    /// How many match in all.
    pub total: usize,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

impl Site {
    /// Its global id.
    pub fn id(&self) -> Id {
        Id::Site { account: self.account.name().clone(), site: self.row.site.number.clone() }
    }

    /// Its machines, by number.
    pub fn machines(&self) -> impl Iterator<Item = Machine> {
        self.row
            .machines
            .iter()
            .map(|row| Machine { account: Arc::clone(&self.account), row: Arc::clone(row) })
    }

    /// The line that serves it.
    pub fn line(&self) -> Option<Line> {
        Line::named(&self.account, self.row.site.line_name.as_ref(), self.row.site.area_name.as_ref())
    }
}

impl Line {
    /// The line that a row names.
    fn named(account: &Arc<Account>, name: Option<&Text>, area_name: Option<&Text>) -> Option<Self> {
        let key = LineKey { name: name?.clone(), area_name: area_name.cloned() };
        Some(Self { account: Arc::clone(account), key })
    }

    /// Its global id.
    pub fn id(&self) -> Id {
        Id::Line {
            account: self.account.name().clone(),
            area: self.key.area_name.clone(),
            line: self.key.name.clone(),
        }
    }

    /// What the vendor says of it; `None` when the vendor's list does not have it.
    pub async fn described(&self, asker: &Asker) -> Result<Option<domain::Line>> {
        let lines = self.account.lines(asker.until).await?;
        let wanted = (&self.key.name, &self.key.area_name);
        Ok(lines.value.iter().find(|line| (&line.name, &line.area_name) == wanted).cloned())
    }

    /// The sites that it serves, by number.
    pub async fn sites(&self, asker: &Asker) -> Result<Vec<Site>> {
        let listing = self.account.listing(asker.until).await?;
        let wanted = (Some(&self.key.name), self.key.area_name.as_ref());
        let served = listing
            .value
            .sites()
            .iter()
            .filter(|row| (row.site.line_name.as_ref(), row.site.area_name.as_ref()) == wanted)
            .map(|row| Site { account: Arc::clone(&self.account), row: Arc::clone(row) });
        Ok(served.collect())
    }
}

impl Machine {
    /// The line that serves it.
    pub fn line(&self) -> Option<Line> {
        let listed = self.listed();
        Line::named(&self.account, listed.line_name.as_ref(), listed.area_name.as_ref())
    }

    /// The site where it stands, while the listing that names it is the current one.
    pub fn known_site(&self) -> Option<Site> {
        Some(Site { account: Arc::clone(&self.account), row: self.row.site()? })
    }

    /// The site where it stands.
    pub async fn site(&self, asker: &Asker) -> Result<Option<Site>> {
        let Some(site) = &self.listed().site else { return Ok(None) };
        if let Some(known) = self.known_site() {
            return Ok(Some(known));
        }
        let listing = self.account.listing(asker.until).await?;
        let row = listing.value.site(&site.number);
        Ok(row.map(|row| Site { account: Arc::clone(&self.account), row: Arc::clone(row) }))
    }
}

impl Gateway {
    /// The sites that match, by account and number.
    pub async fn sites(&self, asker: &Asker, filter: &SiteFilter, request: &PageRequest) -> Result<SitePage> {
        let after = match &request.after {
            None => None,
            Some(Id::Site { account, site }) => Some((account, site)),
            Some(_) => return Err(Input::Cursor.into()),
        };
        let (accounts, unable) = self.able(asker, filter.accounts.as_deref(), Capability::Sites, "sites");
        let until = asker.share_until();
        let gathered = gather(accounts, |account| async move { account.listing(until).await }).await;
        let matching: Vec<_> = gathered
            .shares
            .iter()
            .flat_map(|(account, listing)| listing.sites().iter().map(move |row| (account, row)))
            .filter(|(_, row)| filter.matches(&row.site))
            .collect();
        let rows = matching
            .iter()
            .filter(|(account, row)| after.is_none_or(|after| after < (account.name(), &row.site.number)))
            .map(|(account, row)| Site { account: Arc::clone(account), row: Arc::clone(row) });
        let page = Page::take(rows, request);
        Ok(SitePage { page, total: matching.len(), sources: with(gathered.sources, unable) })
    }

    /// The site of that account and number.
    pub async fn site(&self, asker: &Asker, account: &AccountName, number: &str) -> Result<Site> {
        let account = &self.account(asker, account)?;
        let listing = account.listing(asker.until).await?;
        let row = listing.value.site(number).ok_or(Error::NotFound)?;
        Ok(Site { account: Arc::clone(account), row: Arc::clone(row) })
    }

    /// The lines that match, by account, name and area.
    pub async fn lines(&self, asker: &Asker, filter: &LineFilter, request: &PageRequest) -> Result<LinePage> {
        let after = match &request.after {
            None => None,
            Some(Id::Line { account, area, line }) => Some((account, line, area)),
            Some(_) => return Err(Input::Cursor.into()),
        };
        let (accounts, unable) = self.able(asker, filter.accounts.as_deref(), Capability::Lines, "lines");
        let until = asker.share_until();
        let gathered = gather(accounts, |account| async move { account.lines(until).await }).await;
        let matching: Vec<_> = gathered
            .shares
            .iter()
            .flat_map(|(account, lines)| lines.iter().map(move |line| (account, line)))
            .filter(|(_, line)| filter.matches(line))
            .collect();
        let rows = matching
            .iter()
            .filter(|(account, line)| {
                after.is_none_or(|after| after < (account.name(), &line.name, &line.area_name))
            })
            .filter_map(|(account, line)| Line::named(account, Some(&line.name), line.area_name.as_ref()));
        let page = Page::take(rows, request);
        Ok(LinePage { page, total: matching.len(), sources: with(gathered.sources, unable) })
    }

    /// The line of that account, area and name.
    pub async fn line(
        &self,
        asker: &Asker,
        account: &AccountName,
        area: Option<&Text>,
        name: &Text,
    ) -> Result<Line> {
        let account = &self.account(asker, account)?;
        if !account.can(Capability::Lines) {
            return Err(Error::NotFound);
        }
        let line = Line::named(account, Some(name), area).ok_or(Error::NotFound)?;
        let exists = line.described(asker).await?.is_some() || !line.sites(asker).await?.is_empty();
        exists.then_some(line).ok_or(Error::NotFound)
    }

    /// The chosen accounts whose vendor has such a list. An account whose vendor has none is passed over, unless
    /// it was asked for by name: then its source says so.
    pub(super) fn able(
        &self,
        asker: &Asker,
        wished: Option<&[AccountName]>,
        capability: Capability,
        operation: &'static str,
    ) -> (Vec<Arc<Account>>, Vec<SourceStatus>) {
        let (able, unable): (Vec<_>, Vec<_>) =
            self.chosen(asker, wished).into_iter().partition(|account| account.can(capability));
        let named = if wished.is_some() { unable } else { Vec::new() };
        (able, named.into_iter().map(|account| SourceStatus::unsupported(account, operation)).collect())
    }
}

/// All sources, by account name.
pub(super) fn with(mut sources: Vec<SourceStatus>, more: Vec<SourceStatus>) -> Vec<SourceStatus> {
    sources.extend(more);
    sources.sort_by(|a, b| a.account.name().cmp(b.account.name()));
    sources
}

impl SiteFilter {
    fn matches(&self, site: &domain::Site) -> bool {
        is(self.line_name.as_ref(), site.line_name.as_ref())
            && is(self.area_name.as_ref(), site.area_name.as_ref())
            && self.search.as_deref().is_none_or(|search| {
                [Some(&site.number), Some(&site.name), site.address.as_ref()]
                    .into_iter()
                    .flatten()
                    .any(|field| field.to_lowercase().contains(search))
            })
    }
}

impl LineFilter {
    fn matches(&self, line: &domain::Line) -> bool {
        is(self.name.as_ref(), Some(&line.name)) && is(self.area_name.as_ref(), line.area_name.as_ref())
    }
}

fn is(wanted: Option<&String>, told: Option<&Text>) -> bool {
    wanted.is_none_or(|wanted| told.is_some_and(|told| **told == **wanted))
}
