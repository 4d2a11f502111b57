"""What of PyTorch this engine has: a row for each module, and the function that is the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.array import Array
from engine.importing.chain import Activation, Affine, Dropout, Norm, Part
from engine.importing.imported import UnsupportedError
from engine.kernels.ops.activations import LEAKY_SLOPE
from engine.kernels.ops.norms import EPS, MOMENTUM
from engine.spec import MAX_UNITS

Made = Callable[["Given"], Part | None]


@dataclass(frozen=True)
class ModuleRow:
    """`name` is the class in torch.nn; `function` the same in torch.nn.functional, torch or among a tensor's methods, whose
    arguments after the tensor are `arguments`. `demands` are attributes with the values that this engine has."""

    name: str
    make: Made
    demands: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    function: str = ""
    arguments: tuple[str, ...] = ()


@dataclass
class Given:
    """A module, or a call of a function, as the row sees it: attributes and tensors by name."""

    path: str
    row: ModuleRow
    attributes: Mapping[str, Any]
    tensors: Mapping[str, Array]
    frozen: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        return self.row.name

    def part(self, kind: type[Part], *values: Any, **letters: str) -> Any:
        """A part; `letters` say which of the module's tensors each letter is."""
        frozen = [letter for letter, name in letters.items() if name in self.frozen]
        return kind(self.path, self.title, *values, frozen=frozen)


def number(tensor: Any, where: str) -> Array:
    """A tensor of any real kind as float64, exactly."""
    if tensor.is_complex() or tensor.is_quantized or tensor.is_sparse or str(tensor.device) == "meta":
        raise UnsupportedError(where, f"a tensor of {tensor.dtype} on {tensor.device}", "real numbers that are there")
    if tensor.numel() > MAX_UNITS * MAX_UNITS:  # one of few bytes may say that it has any number of entries
        raise UnsupportedError(where, f"a tensor of {tensor.numel():,} numbers", f"at most {MAX_UNITS * MAX_UNITS:,}")
    return np.asarray(tensor.detach().cpu().double().numpy()).copy()


def check_demands(given: Given) -> None:
    for name, allowed in given.row.demands.items():
        value = given.attributes.get(name, allowed[0])
        if value not in allowed:
            words = " or ".join(f"{name}={each!r}" for each in allowed)
            raise UnsupportedError(given.path, f"{given.title}({name}={value!r})", words)


def _linear(given: Given) -> Part:
    tensors = given.tensors
    part: Part = given.part(Affine, tensors["weight"], tensors.get("bias"), W="weight", b="bias")
    return part


def _batch_norm(given: Given) -> Part:
    own = given.tensors
    values = (own.get("weight"), own.get("bias"), own["running_mean"], own["running_var"])
    if (own["running_var"] < 0).any():
        raise UnsupportedError(given.path, "BatchNorm1d with a negative running variance", "0 or more")
    part: Part = given.part(Norm, "batch", *values, gamma="weight", beta="bias")
    return part


def _layer_norm(given: Given) -> Part:
    shape = tuple(given.attributes.get("normalized_shape", ()))
    if len(shape) != 1:
        raise UnsupportedError(given.path, f"LayerNorm over {shape}", "one axis, the units of its layer")
    part: Part = given.part(Norm, "layer", given.tensors.get("weight"), given.tensors.get("bias"), gamma="weight", beta="bias")
    return part


def _prelu(given: Given) -> Part:
    part: Part = given.part(Activation, "prelu", given.tensors["weight"], alpha="weight")
    return part


def _dropout(given: Given) -> Part | None:
    share = float(given.attributes.get("p", 0.5))
    if given.attributes.get("training") is False or share == 0.0:
        return None
    if not 0.0 < share < 1.0:
        raise UnsupportedError(given.path, f"{given.title}(p={share:g})", "p in [0, 1)")
    part: Part = given.part(Dropout, share)
    return part


def _phi(name: str) -> Made:
    def make(given: Given) -> Part:
        part: Part = given.part(Activation, name)
        return part

    return make


def _nothing(given: Given) -> None:
    return None


OVER_UNITS: dict[str, tuple[Any, ...]] = {"dim": (1, -1)}
SAME_EPS: dict[str, tuple[Any, ...]] = {"eps": (EPS,)}

ROWS = {
    row.name: row
    for row in (
        ModuleRow("Linear", _linear),
        ModuleRow("BatchNorm1d", _batch_norm, SAME_EPS | {"momentum": (MOMENTUM,), "track_running_stats": (True,)}),
        ModuleRow("LayerNorm", _layer_norm, SAME_EPS),
        ModuleRow("Dropout", _dropout, {}, "dropout", ("p", "training", "inplace")),
        ModuleRow("Tanh", _phi("tanh"), {}, "tanh"),
        ModuleRow("Sigmoid", _phi("sigmoid"), {}, "sigmoid"),
        ModuleRow("ReLU", _phi("relu"), {}, "relu", ("inplace",)),
        ModuleRow(
            "LeakyReLU",
            _phi("leaky_relu"),
            {"negative_slope": (LEAKY_SLOPE,)},
            "leaky_relu",
            ("negative_slope", "inplace"),
        ),
        ModuleRow("PReLU", _prelu),
        ModuleRow("ELU", _phi("elu"), {"alpha": (1.0,)}, "elu", ("alpha", "inplace")),
        ModuleRow("GELU", _phi("gelu"), {"approximate": ("none",)}, "gelu", ("approximate",)),
        ModuleRow("SiLU", _phi("silu"), {}, "silu", ("inplace",)),
        ModuleRow("Softplus", _phi("softplus"), {"beta": (1.0,), "threshold": (20.0,)}, "softplus", ("beta", "threshold")),
        ModuleRow("Softmax", _phi("softmax"), OVER_UNITS, "softmax", ("dim",)),
        ModuleRow("LogSoftmax", _phi("log_softmax"), OVER_UNITS, "log_softmax", ("dim",)),
        ModuleRow("Identity", _nothing),
        ModuleRow("Flatten", _nothing, {"start_dim": (1,), "end_dim": (-1,)}, "flatten", ("start_dim", "end_dim")),
    )
}
FUNCTIONS = {row.function: row for row in ROWS.values() if row.function}
ALLOWED = ", ".join(ROWS)


def row_of(module: Any, path: str) -> ModuleRow:
    """The row of a module of exactly that class; of another one `UnsupportedError`, by name."""
    kind = type(module)
    row = ROWS.get(kind.__name__) if kind.__module__.startswith("torch.nn.modules.") else None
    if row is None:
        raise UnsupportedError(path, kind.__name__, f"{ALLOWED}, in Sequential or a forward that torch.fx can trace")
    return row


HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def check_hooks(module: Any, path: str) -> None:
    """What would be computed beside what the module says of itself."""
    if any(getattr(module, name, None) for name in HOOKS) or "forward" in vars(module):
        raise UnsupportedError(path, f"{type(module).__name__} with a hook, which may change what it computes", "no hooks")


def part_of(module: Any, path: str) -> Part | None:
    """What a module is here; None: nothing, as of Identity."""
    row = row_of(module, path)
    own = dict(module.named_parameters(recurse=False))
    tensors = {name: number(tensor, f"{path}.{name}") for name, tensor in own.items()}
    tensors |= {name: number(tensor, f"{path}.{name}") for name, tensor in module.named_buffers(recurse=False)}
    attributes = {name: value for name, value in vars(module).items() if name != "training"}  # a run trains
    given = Given(path, row, attributes, tensors, frozenset(name for name, each in own.items() if not each.requires_grad))
    check_demands(given)
    return row.make(given)
