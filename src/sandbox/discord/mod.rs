//! A local Discord: REST v10, the Gateway, and what people do in it.
