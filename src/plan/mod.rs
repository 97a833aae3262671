//! Which deliveries are due: slots, catch-up, late digests, backlog. Pure.
