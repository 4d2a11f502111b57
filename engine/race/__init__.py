"""Optimizers side by side: on a surface or on the network, their lanes, seeds, sweeps and presets."""

from engine.race.lane_equations import dissect_lane
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race

__all__ = ["NetworkRace", "Race", "dissect_lane"]
