//! Lost channels come back.
