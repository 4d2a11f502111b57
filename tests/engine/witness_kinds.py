"""The witness's word on every number of a micro-step: one row of `KINDS` for each kind, by the names of its values.

What a kind has no row for, or a row no value for, is without a witness: the tests fail there. Imports nothing from `engine`.
"""

from __future__ import annotations

import numpy as np
import reference_network
from witnesses.activations import ACTIVATIONS

# Kinds: (operands, results) by name -----------------------------------------------------------------------------------


def mini_batch(w, step):
    return {}, {"h0": w.drawn, "y": w.y.T}


def augmentation(w, step):
    return {"h0": w.drawn}, {"h0": w.x}


def rate(w, step):
    return {}, {"eta": w.eta}


def look_ahead(w, step):
    velocity = {
        f"v.{name}": w.past(name, np.zeros_like(value)).state().get("v", 0.0 * value) for name, value in w.parameters.items()
    }
    return w.parameters | velocity, w.point


def affine(w, step):
    layer = step.layer
    return w.several(f"W{layer}", f"h{layer - 1}", f"b{layer}"), w.several(f"z{layer}")


def norm_statistics(w, step):
    return w.several(f"z{step.layer}"), w.several(f"mean{step.layer}", f"var{step.layer}")


def norm(w, step):
    layer = step.layer
    return w.several(f"z{layer}", f"mean{layer}", f"var{layer}"), w.several(f"xhat{layer}")


def norm_scale(w, step):
    layer = step.layer
    return w.several(f"gamma{layer}", f"xhat{layer}", f"beta{layer}"), w.several(f"u{layer}")


def activation(w, step):
    layer = step.layer
    slopes = [f"alpha{layer}"] if ACTIVATIONS[w.row(layer).activation].learned else []
    return w.several(w.bend(layer), *slopes), w.several(w.stations(layer)[0])


def dropout(w, step):
    layer = step.layer
    masked = f"d{layer}" if w.row(layer).skip else f"h{layer}"
    return w.several(f"a{layer}", f"mask{layer}"), w.several(masked, f"mask{layer}")


def skip(w, step):
    layer = step.layer
    matrix = [f"P{layer}"] if f"P{layer}" in w.point else []
    own = w.several(w.stations(layer)[-2])
    return own | w.several(f"h{layer - w.row(layer).skip}", *matrix), w.several(f"h{layer}")


def losses(w, step):
    return w.several(f"h{w.last}", "y", f"z{w.last}"), {"losses": w.losses}


def mean_loss(w, step):
    return {"losses": w.losses}, {"loss": w.losses.mean()}


def output_delta(w, step):
    last = w.last
    read = w.several(f"h{last}", "y", f"z{last}")
    matched = (w.network.loss, w.network.output) in (("mse", "identity"), ("bce", "sigmoid"), ("cross_entropy", "softmax"))
    if w.s["naive"] and w.network.loss != "mse":  # as printed: u and g′ are not cancelled
        matched = False
    if w.network.output != "softmax" and not matched:
        read[f"slope{last}"] = w.slope(last)
    return read, w.several(f"delta{last}")


def sample_gradients(w, step, sample=0):
    parameter = step.results[0].name[1:-2]
    blame, delta, source = w.sources(parameter)
    read = {blame: delta} | w.several(source)
    own = np.outer(delta[:, sample], read[source][:, sample])
    if all(row.norm != "batch" for row in w.network.layers):  # else a column is no gradient of that sample alone
        own = w.alone(sample)[parameter]
    return read, {f"d{parameter}_i": own}


def mean_gradient(w, step):
    name = step.results[0].name[1:]
    kind, layer = name.rstrip("0123456789"), step.layer
    made = {f"d{name}": w.mean[name]}
    if kind in "WP":
        blame, delta, source = w.sources(name)
        return {blame: delta} | w.several(source), made
    if kind == "b":
        return w.several(f"delta{layer}"), made
    if kind == "alpha":
        return {f"g{layer}": w.blame[f"a{layer}"]} | w.several(w.bend(layer)), made
    read = {f"delta{layer}": w.blame[f"u{layer}"]}  # of the norm's own: blame behind it, at u
    return read | (w.several(f"xhat{layer}") if kind == "gamma" else {}), made


def back_product(w, step):
    layer = step.layer
    return w.several(f"W{layer}", f"delta{layer}"), {f"g{layer - 1}": w.blame[f"in{layer}"]}


def back_along_skip(w, step):
    above = step.layer
    into = above - w.row(above).skip
    matrix = [f"P{above}"] if f"P{above}" in w.point else []
    read = {f"g{into}": w.arriving(into, above - 1), f"g{above}": w.blame[f"g{above}"]} | w.several(*matrix)
    return read, {f"g{into}": w.arriving(into, above)}


def back_through_dropout(w, step):
    layer = step.layer
    return w.several(f"mask{layer}") | {f"g{layer}": w.blame[f"g{layer}"]}, {f"g{layer}": w.blame[f"a{layer}"]}


def back_through_activation(w, step):
    layer = step.layer
    read = {f"g{layer}": w.blame[f"a{layer}"], f"slope{layer}": w.slope(layer)} | w.several(w.bend(layer))
    return read, {f"delta{layer}": w.blame[f"u{layer}"]}


def delta(w, step):
    layer = step.layer
    made = w.several(f"delta{layer}")
    if not w.row(layer).norm:
        return back_through_activation(w, step)[0], made
    return {f"delta{layer}": w.blame[f"u{layer}"]} | w.several(f"xhat{layer}", f"var{layer}", f"gamma{layer}"), made


def penalty(w, step):
    name = step.results[0].name[1:]
    return {f"d{name}": w.mean[name], name: w.point[name]}, {f"d{name}": w.pulled[name]}


def hold(w, step):
    name = step.results[0].name
    return {name: w.pulled[name[1:]]}, {name: np.zeros_like(w.pulled[name[1:]])}


def clip(w, step):
    made = {f"d{name}": g for name, g in w.clipped.items()}
    return {f"d{name}": g for name, g in w.followed.items()}, made | {"norm": w.norm}


def running_statistics(w, step):
    layer = step.layer
    after = reference_network.running_after(w.network, w.running, w.values)
    names = (f"mean{layer}", f"var{layer}")
    before = {f"run_{name}": w.running[name] for name in names}
    return before | w.several(*names), {f"run_{name}": after[name] for name in names}


def update(w, step):
    """By the run's own gradient, witnessed before: a rule divides by it, takes its sign, or iterates on it."""
    name = step.results[0].name
    gradient = next(value.array for value in step.operands if value.name == f"d{name}").reshape(w.parameters[name].shape)
    past = w.past(name, gradient)
    made = past.quantities()
    kept = {past.witness.tensors.get(key, key): value for key, value in past.state().items()}
    read = {name: w.parameters[name], f"d{name}": w.clipped[name]}
    for value in step.operands:
        tensor, _, whose = value.name.rpartition(".")
        if whose == name and tensor in w.s["state"]:  # a tensor of the rule that this parameter has no use for stays 0
            read[value.name] = kept.get(tensor, np.zeros_like(gradient))
    told = {f"{key}.{name}": value for key, value in made.items() if key not in ("theta_new",)}
    return read, {name: made["theta_new"]} | told


KINDS = {
    "mini-batch": mini_batch,
    "augmentation": augmentation,
    "rate": rate,
    "look ahead": look_ahead,
    "affine": affine,
    "norm statistics": norm_statistics,
    "norm": norm,
    "norm scale": norm_scale,
    "activation": activation,
    "dropout": dropout,
    "skip": skip,
    "losses": losses,
    "mean loss": mean_loss,
    "output delta": output_delta,
    "sample gradients": sample_gradients,
    "mean gradient": mean_gradient,
    "back product": back_product,
    "back along skip": back_along_skip,
    "back through dropout": back_through_dropout,
    "back through activation": back_through_activation,
    "delta": delta,
    "penalty": penalty,
    "hold": hold,
    "clip": clip,
    "running statistics": running_statistics,
    "update": update,
}


# Of a recording, by its op: what no micro-step tells -----------------------------------------------------------------


def corrections(w, recorded, name):
    assert name == "corrections"
    return np.array(w.past(next(iter(w.parameters))).corrections())


def kept_for_skip(w, recorded, name):
    """Blame at h, put aside for the way along the skip."""
    assert name in (f"delta{recorded.layer}", f"g{recorded.layer}")
    return w.blame[f"g{recorded.layer}"]


def saved(w, recorded, name):
    """Where Nesterov's rule stood before it looked ahead the last time."""
    assert name.startswith("saved.")
    return w.earlier[name.removeprefix("saved.")]


def read_by_slopes(w, recorded, name):
    """φ′ is told where it is made use of; what it was made from is read for every activation, needed or not."""
    assert name.rstrip("0123456789") in ("a", "h", "alpha", "slope")
    return w.slope(recorded.layer) if name.startswith("slope") else w.named(name)


UNTOLD = {
    "rate": corrections,
    "kept for skip": kept_for_skip,
    "look ahead": saved,
    "delta": read_by_slopes,
    "back through activation": read_by_slopes,
}
