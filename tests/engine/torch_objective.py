"""The objective of a run over its training set as a function of θ in PyTorch, from the rows' own PyTorch forms: with autograd
and `torch.autograd.functional.hessian` an independent derivative of any order."""

import torch

from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES

NORM_EPS = 1e-5
FORMS = {"softplus": "-torch.nn.functional.logsigmoid(-u)"}
"""In place of a row's form whose second derivative PyTorch loses far out: that of `logaddexp` is NaN there."""


def objective_of(trainer):
    """J(θ), θ (P,) a tensor laid out as the run's: data term with the set's own statistics, no dropout, and penalties."""
    spec, slots, tape = trainer.spec, trainer.tape.slots, trainer.tape
    x, y = (torch.tensor(values) for values in trainer.evaluator.rows("train"))
    layers, numerics = spec.network.layers, spec.numerics

    def objective(theta):
        own = {slot.name: theta[slot.offset : slot.offset + slot.size].reshape(slot.shape) for slot in slots}
        h = [x]
        for number, name in enumerate(tape.activations, 1):
            u = h[-1] @ own[f"W{number}"].T + own[f"b{number}"]
            layer = layers[number - 1] if number <= len(layers) else None
            if layer is not None and layer.norm is not None:
                over = 0 if layer.norm == "batch" else 1
                centred = u - u.mean(dim=over, keepdim=True)
                u = centred / torch.sqrt((centred**2).mean(dim=over, keepdim=True) + NORM_EPS)
                u = own[f"gamma{number}"] * u + own[f"beta{number}"]
            names = {"torch": torch, "u": u} | {key: value for key, value in own.items() if key.startswith("alpha")}
            value = eval(FORMS.get(name) or ACTIVATIONS[name].torch_in(numerics, "u", number), names)
            if layer is not None and layer.skip is not None:
                source = h[number - layer.skip]
                value = value + (source @ own[f"P{number}"].T if f"P{number}" in own else source)
            h.append(value)
        form = LOSSES[tape.loss].torch_in(numerics, tape.activations[-1], "h")
        total = eval(form, {"torch": torch, "u": u, "h": h[-1], "y": y}) / len(x)
        for slot in slots:
            if slot.matrix:
                weights = own[slot.name]
                total = total + 0.5 * spec.regularization.l2 * (weights**2).sum() + spec.regularization.l1 * weights.abs().sum()
        return total

    return objective
