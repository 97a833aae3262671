//! The composition root: builds everything once, spawns it, shuts it down.
