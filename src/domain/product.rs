//! A product that machines sell.

use std::hash::{Hash, Hasher};

use super::{
    Money, Text,
    text::{SHARED, bytes_outside},
};

/// One product of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The operator's number of it; unique in the account.
    pub number: Text,
    /// Its name.
    pub name: Text,
    /// Its name with size or taste.
    pub full_name: Option<Text>,
    /// What it is, as text or the operator's HTML.
    pub description: Option<Text>,
    /// The name of its category.
    pub category_name: Option<Text>,
    /// What one piece costs by the catalogue.
    pub price: Option<Money>,
    /// What it cost before a reduction; `None` where there is none.
    pub list_price: Option<Money>,
    /// What it comes in.
    pub packaging: Option<Packaging>,
    /// Who makes it.
    pub manufacturer: Option<Text>,
    /// Its main picture.
    pub image_url: Option<Text>,
    /// All its pictures.
    pub image_urls: Vec<Text>,
}

impl Hash for Product {
    /// By what tells it from nearly all others.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.number, &self.name, &self.image_url).hash(state);
    }
}

impl Product {
    /// A product of which only number and name are known.
    pub fn named(number: Text, name: Text) -> Self {
        Self {
            number,
            name,
            full_name: None,
            description: None,
            category_name: None,
            price: None,
            list_price: None,
            packaging: None,
            manufacturer: None,
            image_url: None,
            image_urls: Vec::new(),
        }
    }

    /// The memory that it takes where it is shared, with its texts.
    pub fn bytes(&self) -> usize {
        let texts =
            [Some(&self.number), Some(&self.name), self.full_name.as_ref(), self.description.as_ref()];
        let more = [self.category_name.as_ref(), self.manufacturer.as_ref(), self.image_url.as_ref()];
        let texts = texts.into_iter().chain(more).flatten().chain(&self.image_urls);
        let outside: usize = texts.map(bytes_outside).sum();
        size_of::<Self>() + SHARED + self.image_urls.capacity() * size_of::<Text>() + outside
    }
}

/// What a product comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants say what they are")]
pub enum Packaging {
    Bottle,
    Can,
    Bag,
    Box,
    Cup,
    /// A form that we do not know.
    Unknown,
}
