"""The engine's one type of numbers in memory. A type says nothing of shapes: those stand in the docstrings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Doubles, of any shape. In shapes P counts a network's parameters, which lie one behind the other in θ
(`engine.machine.layout`), d_l the units of layer l, and n whatever is many: samples, steps, points."""
