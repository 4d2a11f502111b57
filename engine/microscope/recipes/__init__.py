"""From the ops of a recorded update to micro-steps: a recipe for each kind of op."""
