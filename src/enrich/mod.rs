//! What articles are about: companies, topics, links. Pure, but for the resolving of links.
//!
//! The way of a text: [`scan`] makes it fit for searching, [`matcher`] finds every written name and term whose
//! [`boundary`] is legal, [`companies`] and [`topics`] judge what was found. The words come from the
//! [`dictionary`], two files that people edit by hand; [`lookup`] answers what somebody typed.

mod boundary;
mod candidates;
mod classifier;
mod companies;
mod dictionary;
mod entry;
mod fault;
mod links;
mod lookup;
mod matcher;
mod names;
mod particle;
mod scan;
mod topics;

#[cfg(test)]
mod labels;

pub use candidates::Candidate;
pub use classifier::{About, Classifier};
pub use dictionary::Dictionaries;
pub use fault::DictionaryFault;
pub use links::{Astray, Links};
pub use lookup::{Entry, Lookup};
pub use names::Names;
