"""Equations and arithmetic: trees with their numbers, formulas as text, the chain rule on a graph."""
