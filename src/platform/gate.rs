//! One platform's rates: who may call now, and who has to wait until when.
