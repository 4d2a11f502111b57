"""Half precision: a run on the same tape, with its numbers rounded between the ops."""
