"""Optimizers and learning-rate schedules: how parameters change."""
