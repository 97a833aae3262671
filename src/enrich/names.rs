//! The dictionaries ready for use, all of one reading: what they are called, what finds them in texts, what answers
//! somebody who asks for them.

use std::sync::Arc;

use crate::enrich::{Classifier, Dictionaries, Lookup};
use crate::model::lexicon::Lexicon;

/// The dictionaries ready for use. Another one takes its place when they are read again.
#[derive(Debug, Clone)]
pub struct Names {
    /// What companies and topics are called.
    pub lexicon: Arc<Lexicon>,
    /// Which of them a typed name stands for.
    pub lookup: Lookup,
    /// What finds them in texts.
    pub classifier: Arc<Classifier>,
    /// Changes when the dictionaries do.
    pub fingerprint: String,
}

impl Names {
    /// The names of `dictionaries`.
    pub fn new(dictionaries: &Dictionaries) -> Self {
        Self {
            lexicon: Arc::new(dictionaries.lexicon().clone()),
            lookup: Lookup::new(dictionaries),
            classifier: Arc::new(Classifier::new(dictionaries)),
            fingerprint: dictionaries.fingerprint().to_owned(),
        }
    }
}
