-- Deliveries that have been planned before quiet hours began, and could not be sent until then.

ALTER TABLE deliveries ADD COLUMN heeds_quiet INTEGER NOT NULL DEFAULT 0; -- 1: it waits for quiet hours to end; 0: a slot's, or asked for
