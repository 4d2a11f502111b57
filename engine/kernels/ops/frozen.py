"""Frozen entries: single parameters that stay as they are, whatever the optimizer would do to them.

They lie in the workspace as pairs (place in theta, value); a place is exact as a double.
"""

import numpy as np

from engine.kernels.jit import inner


@inner
def keep(pairs, theta):
    """Note the values that frozen entries have."""
    for i in range(0, pairs.size, 2):
        pairs[i + 1] = theta[np.int64(pairs[i])]


@inner
def put_back(pairs, theta):
    """Give frozen entries their values back: a decay, what is left of a momentum or Muon's iterations moved them."""
    for i in range(0, pairs.size, 2):
        theta[np.int64(pairs[i])] = pairs[i + 1]


@inner
def no_gradient(pairs, grad):
    """Their gradient counts as 0."""
    for i in range(0, pairs.size, 2):
        grad[np.int64(pairs[i])] = 0.0
