"""The race on a surface: optimizers side by side on a function of two variables."""
