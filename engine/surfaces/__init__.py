"""Surfaces to race on: the rows, a learner's own formula, and their values by the kernels."""
