"""Predict, then reveal: numbers that are asked for, withheld wherever they stand, and answered."""
