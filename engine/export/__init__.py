"""What can be taken along: curves, the model, a PyTorch script."""
