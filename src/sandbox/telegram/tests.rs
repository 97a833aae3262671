//! The whole of it, through the real client.
