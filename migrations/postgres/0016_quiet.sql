-- Deliveries that have been planned before quiet hours began, and could not be sent until then.

ALTER TABLE deliveries ADD COLUMN heeds_quiet BOOLEAN NOT NULL DEFAULT false; -- it waits for quiet hours to end; false: a slot's, or asked for
