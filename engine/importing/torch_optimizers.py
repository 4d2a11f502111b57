"""Optimizers of torch.optim: a row for each, with its options and its state by this engine's names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.importing.chain import Network
from engine.importing.imported import Tensors, UnsupportedError
from engine.importing.torch_modules import number
from engine.optimizers import OPTIMIZERS, PYTORCH
from engine.optimizers.torch_form import InTorch

Options = Mapping[str, Any]


@dataclass(frozen=True)
class OptimizerRow:
    """`name` is ours for these options of its; `options` ours = theirs; `demands` values that this engine has.

    A gradient that is c times as large makes the same updates where `lr` and `eps` are multiplied by c to these powers, and the
    state by those; a text in their place says why it does not. `decoupled`: its weight decay is beside the gradient.
    """

    name: Callable[[Options], str]
    options: Mapping[str, str] = field(default_factory=dict)
    demands: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    lr: int = 0
    eps: int = 1
    state: Mapping[str, int] | str = field(default_factory=dict)
    decoupled: bool = False


def _sgd(o: Options) -> str:
    if not o["momentum"]:
        return "sgd"
    return "nesterov" if o["nesterov"] else "momentum"


BETAS = {"beta1": "betas.0", "beta2": "betas.1", "eps": "eps"}
MEANS = {"m": 1, "v": 2, "vₘₐₓ": 2}
COUPLED: dict[str, tuple[Any, ...]] = {"decoupled_weight_decay": (False,)}
ROWS = {
    "SGD": OptimizerRow(_sgd, {"beta": "momentum"}, {"dampening": (0,)}, lr=-1, eps=0, state={"v": 1}),
    "Adam": OptimizerRow(lambda o: "amsgrad" if o["amsgrad"] else "adam", BETAS, COUPLED, state=MEANS),
    "AdamW": OptimizerRow(
        lambda o: "adamw", BETAS | {"weight_decay": "weight_decay"}, {"amsgrad": (False,)}, state=MEANS, decoupled=True
    ),
    "NAdam": OptimizerRow(lambda o: "nadam", BETAS | {"psi": "momentum_decay"}, COUPLED, state=MEANS),
    "RAdam": OptimizerRow(lambda o: "radam", BETAS, COUPLED, state="its first steps are as large as the gradient"),
    "Adamax": OptimizerRow(lambda o: "adamax", BETAS, state={"m": 1, "u": 1}),
    "RMSprop": OptimizerRow(
        lambda o: "rmsprop",
        {"gamma": "alpha", "eps": "eps", "centered": "centered", "momentum": "momentum"},
        state={"s": 2, "ḡ": 1, "v": 0},
    ),
    "Adagrad": OptimizerRow(lambda o: "adagrad", {"eps": "eps", "lr_decay": "lr_decay"}, state={"G": 2}),
    "Adadelta": OptimizerRow(
        lambda o: "adadelta", {"rho": "rho", "eps": "eps"}, state="its ε stands beside gradients and beside steps"
    ),
    "Rprop": OptimizerRow(lambda o: "rprop", {"etas": "etas", "step_sizes": "step_sizes"}, eps=0, state={"g′": 1, "Δ": 0}),
}


@dataclass(frozen=True)
class TakenOptimizer:
    """The optimizer of a spec, its penalty on weights, and what is to be known of it."""

    spec: dict[str, Any]
    l2: float = 0.0
    notes: tuple[str, ...] = ()


def take(optimizer: Any, network: Network, tensors_of: Mapping[str, Any], scale: float) -> TakenOptimizer:
    """A torch.optim optimizer and its state, which goes into the network's tensors. `tensors_of`: theirs by our names; ours are
    `scale` times their gradients."""
    kind = type(optimizer).__name__
    row = ROWS.get(kind) if type(optimizer).__module__.startswith("torch.optim.") else None
    if row is None:
        raise UnsupportedError("optimizer", kind, f"torch.optim.{', '.join(ROWS)}")
    options, decays = _options(optimizer, kind, row)
    name = row.name(options)
    ours = _ours(row, name, options, kind, scale)
    trained = {id(each) for group in optimizer.param_groups for each in group["params"]}
    frozen = [each for each, tensor in tensors_of.items() if id(tensor) not in trained and each not in network.tensors.frozen]
    network.tensors.frozen += frozen
    l2, decay = _decay(row, kind, decays, tensors_of, network.tensors.frozen)
    if row.decoupled:
        ours["weight_decay"] = decay
    notes = [f"{', '.join(frozen)}: not among the optimizer's parameters, so frozen."] if frozen else []
    if any("initial_lr" in group for group in optimizer.param_groups):
        notes.append("A scheduler of the learning rate does not come along: the rate is as it is now.")
    spec = {"name": name, "dialect": PYTORCH} | ours
    notes += _state(optimizer, spec, network.tensors, tensors_of, row, scale)
    return TakenOptimizer(spec, l2 * scale, tuple(notes))


def _options(optimizer: Any, kind: str, row: OptimizerRow) -> tuple[dict[str, Any], dict[int, float]]:
    """The options of all its groups, which must be the same but for the decay; and the decay by tensor."""
    groups = optimizer.param_groups
    first = {key: _plain(value) for key, value in groups[0].items() if key != "params"}
    decays: dict[int, float] = {}
    for at, group in enumerate(groups):
        for key, value in group.items():
            if key not in ("params", "weight_decay", "param_names") and _plain(value) != first[key]:
                allowed = "groups that differ in weight_decay alone"
                raise UnsupportedError("optimizer", f"group {at} has {key}={_plain(value)!r}, group 0 {first[key]!r}", allowed)
        decays |= {id(each): float(group.get("weight_decay", 0.0)) for each in group["params"]}
    for key, values in {"maximize": (False,), **row.demands}.items():
        if first.get(key, values[0]) not in values:
            raise UnsupportedError("optimizer", f"{kind}({key}={first[key]!r})", f"{key}={values[0]!r}")
    return first, decays


def _plain(value: Any) -> Any:
    """A rate that is a tensor as the number that it is."""
    if isinstance(value, tuple | list):
        return tuple(_plain(each) for each in value)
    return float(value) if hasattr(value, "detach") else value


def _ours(row: OptimizerRow, name: str, options: Options, kind: str, scale: float) -> dict[str, Any]:
    """Our options from theirs, for gradients that are `scale` times theirs."""
    if isinstance(row.state, str) and scale != 1.0:
        raise UnsupportedError(
            "optimizer", f"{kind} with a loss of another scale than this engine's: {row.state}", "SGD, Adam …"
        )
    known = {parameter.name for parameter in OPTIMIZERS[name].parameters_in(PYTORCH)}
    found: dict[str, Any] = {"lr": float(options["lr"]) * scale**row.lr}
    for own, theirs in row.options.items():
        key, _, place = theirs.partition(".")
        if own in known:
            found[own] = options[key][int(place)] if place else options[key]
    if "eps" in found:
        found["eps"] = float(found["eps"]) * scale**row.eps
    return found


def _decay(
    row: OptimizerRow, kind: str, decays: Mapping[int, float], tensors_of: Mapping[str, Any], frozen: list[str]
) -> tuple[float, float]:
    """The penalty λ of weights alone, or the decoupled decay of everything."""
    trained = {name: decays[id(tensor)] for name, tensor in tensors_of.items() if id(tensor) in decays and name not in frozen}
    matrices = {decay for name, decay in trained.items() if name[0] in "WP"}
    others = {decay for name, decay in trained.items() if name[0] not in "WP"}
    if row.decoupled:
        if len(matrices | others) > 1:
            raise UnsupportedError("optimizer", f"{kind} with several weight decays", "one of all parameters")
        return 0.0, max(matrices | others, default=0.0)
    if others - {0.0}:
        problem = f"{kind}(weight_decay={max(others):g}) decays biases too, where the penalty here is on weights alone"
        raise UnsupportedError("optimizer", problem, "0; AdamW; or a group of weights with, and one of the rest without decay")
    if len(matrices) > 1:
        raise UnsupportedError("optimizer", f"{kind} with several weight decays", "one of all weights")
    return max(matrices, default=0.0), 0.0


def _state(
    optimizer: Any, spec: dict[str, Any], tensors: Tensors, tensors_of: Mapping[str, Any], row: OptimizerRow, scale: float
) -> list[str]:
    """Its state by our names into `tensors`; sentences where it does not come along."""
    from engine.spec import OptimizerSpec

    ours = OptimizerSpec.model_validate(spec)
    form = ours.form.torch(ours.model_dump()) if callable(ours.form.torch) else ours.form.torch
    if not isinstance(form, InTorch):
        return []
    trained = {name: tensor for name, tensor in tensors_of.items() if name not in tensors.frozen}
    states = {name: optimizer.state.get(tensor) or {} for name, tensor in trained.items()}
    having = {name for name, own in states.items() if any(own.get(key) is not None for key in form.state)}
    if not having:
        return []
    clocks = {float(own.get("step", 1.0)) for name, own in states.items() if name in having}
    if having != set(trained) or len(clocks) > 1:
        return ["The optimizer's state does not come along: not all parameters have taken the same steps. It begins anew."]
    for theirs, name in form.state.items():
        power = 0 if isinstance(row.state, str) else row.state.get(name, 0)
        values = {each: number(own[theirs], f"optimizer.{each}.{theirs}") * scale**power for each, own in states.items()}
        if not all(np.isfinite(each).all() for each in values.values()):
            raise UnsupportedError("optimizer", f"{theirs} holds a value that is not finite", "finite numbers")
        tensors.state[name] = values
    tensors.updates = int(max(clocks))
    products = {float(own["mu_product"]) for own in states.values() if "mu_product" in own}
    tensors.product = max(products, default=1.0)
    return []
