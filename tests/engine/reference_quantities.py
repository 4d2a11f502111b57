"""Every quantity of one parameter tensor's update, by each optimizer's witness. Imports nothing from `engine`.

Nothing is carried from update to update where the rule allows it: a running mean is the weighted sum over all gradients since
the start that it is, a fading maximum is a maximum over all of them, β₁ᵗ is a power. So neither a wrong recursion nor a
correction that is missing or taken twice can hide. ANCHORS.md's table says what a dialect does.
"""

from __future__ import annotations

import numpy as np
from witnesses.optimizers import OPTIMIZERS


class Past:
    """A tensor just before update t: `theta`, the gradients of updates 1 … t, the rates of the same updates, the rule's own
    parameters in `p` (those given and the rest's defaults), and the rate `lr` without its schedule."""

    def __init__(self, rule, dialect, hyper, lr, theta, gradients, rates):
        self.witness, self.torch, self.p, self.lr = OPTIMIZERS[rule], dialect == "pytorch", hyper, lr
        self.rule, self.theta, self.gradients, self.rates = rule, theta, [np.asarray(g) for g in gradients], rates
        self.g, self.eta, self.t = self.gradients[-1], rates[-1], len(gradients)

    def before(self):
        """The same one update earlier, for what the rule kept; θ then was another, and is not asked for."""
        dialect = "pytorch" if self.torch else "textbook"
        return Past(self.rule, dialect, self.p, self.lr, self.theta, self.gradients[:-1], self.rates[:-1])

    @property
    def squares(self):
        return [g**2 for g in self.gradients]

    def corrections(self):
        """1 − β₁ᵗ and 1 − β₂ᵗ for the rules that have them, 1 where they are switched off, 0 where there are none."""
        wanted = self.p.get("bias_correction", True)
        found = [1.0 - self.p[name] ** self.t if wanted else 1.0 for name in self.witness.decays]
        return (*found, 0.0, 0.0)[:2]

    def factors(self):
        """What the number of an update decides besides rate and corrections; 0 where the rule has no use for it."""
        return (*self.witness.factors(self), 0.0, 0.0, 0.0)[:3]

    def lost(self):
        """The share of θ that decay takes."""
        return self.witness.lost(self)

    def ahead(self):
        """Where the gradient is taken. Only the gradients before this update are looked at."""
        return self.witness.ahead(self) if self.witness.ahead else self.theta

    def quantities(self):
        """By the names of Step's equations; "step" is what is taken from θ (decay apart), "theta_new" what becomes of it."""
        found = self.witness.quantities(self)
        found.setdefault("theta_new", self.theta - found["step"])
        return found

    def state(self):
        """What the rule has kept of the updates before this one, by its names in the equations."""
        zero = dict.fromkeys(self.witness.kept, np.zeros_like(self.g))
        if self.t == 1:
            return zero | (self.witness.first(self) if self.witness.first else {})
        earlier = self.before().quantities()
        return zero | {name: earlier[quantity] for name, quantity in self.witness.kept.items() if quantity in earlier}
