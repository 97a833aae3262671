//! All the SQL: digests, channels, subscriptions, the outbox.
