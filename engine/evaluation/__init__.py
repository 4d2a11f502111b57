"""Evaluation that leaves the run as it is: losses, maps, statistics of layers; clones where something is tried."""
