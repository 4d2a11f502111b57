"""An update as a listing: each micro-step's line in NumPy and in PyTorch, and which array each name in it is."""

from engine.microscope.code.listing import Listing, likeness, listing
from engine.microscope.code.statements import Line

__all__ = ["Line", "Listing", "likeness", "listing"]
