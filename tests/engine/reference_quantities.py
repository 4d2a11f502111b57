"""Every quantity of one parameter tensor's update, for each rule and dialect. Imports nothing from `engine`.

Nothing is carried from update to update where the rule allows it: a running mean is the weighted sum over all gradients since
the start that it is, a fading maximum is a maximum over all of them, β₁ᵗ is a power. So neither a wrong recursion nor a
correction that is missing or taken twice can hide. ANCHORS.md's table says what a dialect does.
"""

from __future__ import annotations

import numpy as np
from reference_optimizers import newton_schulz


def faded(values, share, weight=1.0):
    """weight · Σ_i share^(t−i) values_i: what `x ← share x + weight value` has become, from 0."""
    weights = weight * share ** np.arange(len(values) - 1.0, -1.0, -1.0)
    return np.tensordot(weights, np.stack(values), axes=1)


def mean(values, share):
    return faded(values, share, 1.0 - share)


class Past:
    """A tensor just before update t: `theta`, the gradients of updates 1 … t, the rates of the same updates, the rule's own
    parameters in `hyper` (those given and the rest's defaults), and the rate `lr` without its schedule."""

    def __init__(self, rule, dialect, hyper, lr, theta, gradients, rates):
        self.rule, self.torch, self.p, self.lr = rule, dialect == "pytorch", hyper, lr
        self.theta, self.gradients, self.rates = theta, [np.asarray(g) for g in gradients], rates
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
        if "beta1" not in self.p or self.rule == "lion":
            return 0.0, 0.0
        if not self.p.get("bias_correction", True):
            return 1.0, 1.0
        return 1.0 - self.p["beta1"] ** self.t, 1.0 - self.p["beta2"] ** self.t

    def quantities(self):
        """By the names of the update equations; "step" is what is taken from θ (decay apart), "theta_new" what becomes of
        it."""
        found = getattr(self, f"_{self.rule}")()
        found.setdefault("theta_new", self.theta - found["step"])
        return found

    def state(self):
        """What the rule has kept of the updates before this one, by its own names; what is not here is still 0."""
        if self.t == 1:
            return {"size": np.full_like(self.theta, self.lr)} if self.rule == "rprop" else {}
        earlier = self.before().quantities()
        return {name: earlier[quantity] for name, quantity in KEPT[self.rule].items() if quantity in earlier}

    # The rules -------------------------------------------------------------------------------------------------------

    def _sgd(self):
        return {"step": self.eta * self.g}

    def _momentum(self):
        v = faded(self.gradients, self.p["beta"])
        return {"v_new": v, "step": self.eta * v}

    def _nesterov(self):
        v = faded(self.gradients, self.p["beta"])
        if self.torch:
            return {"v_new": v, "step": self.eta * (self.g + self.p["beta"] * v)}
        return {"ahead": self.ahead(), "v_new": v, "step": self.eta * v}

    def ahead(self):
        """θ − ηβv with v as the last update left it. Only the gradients before this update are looked at."""
        past = self.gradients[:-1]
        return self.theta - self.eta * self.p["beta"] * faded(past, self.p["beta"]) if past else self.theta

    def _over(self, square):
        """g / √(s + ε), or as PyTorch has it g / (√s + ε)."""
        eps = self.p["eps"]
        return np.sqrt(square) + eps if self.torch else np.sqrt(square + eps)

    def _adagrad(self):
        s = sum(self.squares, np.zeros_like(self.g))
        root = self._over(s)
        return {"s_new": s, "root": root, "step": self.eta * self.g / root}

    def _rmsprop(self):
        gamma, momentum = self.p["gamma"], self.p.get("momentum", 0.0)
        wide = bool(momentum or self.p.get("centered"))
        sizes, found = [], {}
        for count in range(1, self.t + 1):
            spread = found["s_new"] = mean(self.squares[:count], gamma)
            if self.p.get("centered"):
                middle = found["mean_new"] = mean(self.gradients[:count], gamma)
                spread = found["variance"] = np.maximum(spread - middle**2, 0.0)
            found["root"] = self._over(spread)
            sizes.append(self.gradients[count - 1] / found["root"])
        if wide:
            found["v_new"] = faded(sizes, momentum)
        return found | {"step": self.eta * (found["v_new"] if wide else sizes[-1])}

    def _adadelta(self):
        rho, eps = self.p["rho"], self.p["eps"]
        moves = []
        for count in range(1, self.t + 1):
            squares = mean(self.squares[:count], rho)
            before = mean([move**2 for move in moves], rho) if moves else np.zeros_like(self.g)
            moves.append(np.sqrt((before + eps) / (squares + eps)) * self.gradients[count - 1])
        return {
            "E_new": squares,
            "move": moves[-1],
            "X_new": mean([move**2 for move in moves], rho),
            "step": self.eta * moves[-1],
        }

    def _means(self):
        c1, c2 = self.corrections()
        m, v = mean(self.gradients, self.p["beta1"]), mean(self.squares, self.p["beta2"])
        return {"m_new": m, "v_new": v}, m / c1, v / c2

    def _adam(self):
        found, m_hat, v_hat = self._means()
        root = np.sqrt(v_hat) + self.p["eps"]
        return found | {"m_hat": m_hat, "v_hat": v_hat, "root": root, "step": self.eta * m_hat / root}

    def _amsgrad(self):
        found, m_hat, _ = self._means()
        each = [mean(self.squares[:count], self.p["beta2"]) for count in range(1, self.t + 1)]
        top = np.max(each, axis=0)
        root = np.sqrt(top / self.corrections()[1]) + self.p["eps"]
        return found | {"top_new": top, "root": root, "step": self.eta * m_hat / root}

    def _decayed(self, found, share):
        """θ first loses the share λ of itself."""
        shrunk = self.theta - share * self.theta
        return found | {"shrunk": shrunk, "theta_new": shrunk - found["step"]}

    def keep(self):
        """What decay leaves of θ: in the paper λ goes with the schedule alone, in PyTorch with the rate."""
        return 1.0 - self.p["weight_decay"] * (self.eta if self.torch or self.rule != "adamw" else self.eta / self.lr)

    def _adamw(self):
        return self._decayed(self._adam(), 1.0 - self.keep())

    def momentum(self, t):
        """NAdam's μ_t."""
        return self.p["beta1"] * (1.0 - 0.5 * 0.96 ** (t * self.p["psi"])) if self.torch else self.p["beta1"]

    def nadam_rates(self):
        """What g and m are multiplied by."""
        product = np.prod([self.momentum(t) for t in range(1, self.t + 1)])
        following = self.momentum(self.t + 1)
        return self.eta * (1.0 - self.momentum(self.t)) / (1.0 - product), self.eta * following / (1.0 - product * following)

    def _nadam(self):
        found, _, v_hat = self._means()
        of_g, of_m = self.nadam_rates()
        root, mixed = np.sqrt(v_hat) + self.p["eps"], of_g * self.g + of_m * found["m_new"]
        return found | {"v_hat": v_hat, "root": root, "mixed": mixed, "step": mixed / root}

    def radam_rate(self):
        """What m is multiplied by, and whether it is divided by the root of v."""
        beta2, t = self.p["beta2"], self.t
        most = 2.0 / (1.0 - beta2) - 1.0
        rho = most - 2.0 * t * beta2**t / (1.0 - beta2**t)
        plain = self.eta / (1.0 - self.p["beta1"] ** t)
        if rho <= (5.0 if self.torch else 4.0):
            return plain, False
        r = np.sqrt((rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho))
        return plain * r * np.sqrt(1.0 - beta2**t), True

    def _radam(self):
        found, _, _ = self._means()
        root = np.sqrt(found["v_new"]) + (self.p["eps"] if self.torch else 0.0)
        rate, rectified = self.radam_rate()
        move = rate * found["m_new"]
        over = np.divide(move, root, out=np.zeros_like(move), where=root > 0.0)
        return found | {"root": root, "step": over if rectified else move}

    def _adamax(self):
        beta2, eps = self.p["beta2"], self.p["eps"] if self.torch else 0.0
        m = mean(self.gradients, self.p["beta1"])
        each = [beta2 ** (self.t - 1 - i) * (np.abs(g) + eps) for i, g in enumerate(self.gradients)]
        u, old = np.max(each, axis=0), np.max([*each[:-1], np.zeros_like(self.g)], axis=0)
        move = self.eta * m / self.corrections()[0]
        step = np.divide(move, u, out=np.zeros_like(move), where=u > 0.0)
        return {"m_new": m, "faded": old, "now": np.abs(self.g) + eps, "u_new": u, "step": step}

    def _rprop(self):
        """iRprop−, one number at a time."""
        shrink, grow = self.p["etas"]
        names = ("agreement", "factor", "size_new", "used", "step")
        found = {name: np.empty_like(self.g) for name in names}
        for i in np.ndindex(self.g.shape):
            size, before = self.rates[0], 0.0
            for g in (float(each[i]) for each in self.gradients):
                agreement = g * before
                factor = 1.0 if agreement == 0.0 else grow if agreement > 0.0 else shrink
                size = float(np.clip(size * factor, *self.p["step_sizes"]))
                before = 0.0 if agreement < 0.0 else g
            for name, value in zip(names, (agreement, factor, size, before, np.sign(before) * size), strict=True):
                found[name][i] = value
        return found

    def _lion(self):
        kept = mean(self.gradients, self.p["beta2"])
        old = mean(self.gradients[:-1], self.p["beta2"]) if self.t > 1 else np.zeros_like(self.g)
        c = self.p["beta1"] * old + (1.0 - self.p["beta1"]) * self.g
        return self._decayed({"c": c, "m_new": kept, "step": self.eta * np.sign(c)}, 1.0 - self.keep())

    def _muon(self):
        if self.g.ndim != 2:
            return self._decayed(self._adam(), 1.0 - self.keep())
        m = mean(self.gradients, self.p["beta"])
        mixed = self.p["beta"] * m + (1.0 - self.p["beta"]) * self.g
        turned = newton_schulz(mixed)
        rows, columns = self.g.shape
        scale = self.eta * np.sqrt(max(1.0, rows / columns))
        found = {"m_new": m, "mixed": mixed, "O_": turned, "scale": scale, "step": scale * turned}
        return self._decayed(found, 1.0 - self.keep())


KEPT = {
    "sgd": {},
    "momentum": {"v": "v_new"},
    "nesterov": {"v": "v_new"},
    "adagrad": {"G": "s_new"},
    "rmsprop": {"s": "s_new", "mean": "mean_new", "v": "v_new"},
    "adadelta": {"E": "E_new", "X": "X_new"},
    "adam": {"m": "m_new", "v": "v_new"},
    "amsgrad": {"m": "m_new", "v": "v_new", "v_max": "top_new"},
    "adamw": {"m": "m_new", "v": "v_new"},
    "nadam": {"m": "m_new", "v": "v_new"},
    "radam": {"m": "m_new", "v": "v_new"},
    "adamax": {"m": "m_new", "u": "u_new"},
    "rprop": {"g_last": "used", "size": "size_new"},
    "lion": {"m": "m_new"},
    "muon": {"m": "m_new", "v": "v_new"},
}
