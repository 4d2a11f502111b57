"""A state dict of PyTorch, read without running anything that is in it: names and tensors, which say what most layers are."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.array import Array
from engine.importing import table
from engine.importing.chain import Activation, Affine, Network, Norm, Part, network_of
from engine.importing.imported import UnsupportedError, listed
from engine.importing.torch_modules import number
from engine.rows.activations import ACTIVATIONS

INSIDE = ("state_dict", "model_state_dict", "model")
"""Under which of these a checkpoint has it."""
HOW = "what torch.save(module.state_dict(), …) writes"


def tensors_in(path: Path) -> tuple[dict[str, Array], list[str]]:
    """The tensors by name, in their order; and sentences about what else the file holds."""
    table.checked(path)
    try:
        import torch
    except ImportError:
        raise UnsupportedError(str(path), "reading it needs PyTorch, which is not installed", "pip install torch") from None
    if not zipfile.is_zipfile(path):  # the older format is one pickle: its sizes cannot be seen before
        raise UnsupportedError(str(path), "it is no archive of PyTorch's", f"{HOW} since version 1.6")
    try:
        table.check_unfolded(path)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except UnsupportedError:
        raise
    except Exception as error:  # whatever is wrong with a file from anywhere: what is in it is not run
        raise UnsupportedError(
            str(path), "it holds more than tensors, or is damaged: PyTorch refuses it unread", HOW
        ) from error
    notes: list[str] = []
    if isinstance(found, Mapping):
        inside = next((key for key in INSIDE if isinstance(found.get(key), Mapping)), None)
        if inside is not None:
            rest = [str(key) for key in found if key != inside]
            if rest:
                notes.append(f"Of the checkpoint only {inside} is taken; not {', '.join(rest)}.")
            found = found[inside]
    if not isinstance(found, Mapping) or not found or not all(hasattr(each, "detach") for each in found.values()):
        raise UnsupportedError(str(path), f"it holds a {type(found).__name__} that is no state dict", HOW)
    return {str(name): number(tensor, str(name)) for name, tensor in found.items()}, notes


def network_in(tensors: Mapping[str, Array], activations: Sequence[str], output: str) -> Network:
    """The network that these tensors are of. What stands between the layers they do not say: `activations`, one of all hidden
    layers or one for each, and `output` behind the last Linear."""
    groups: dict[str, dict[str, Array]] = {}
    for name, values in tensors.items():
        module, _, tensor = name.rpartition(".")
        if tensor != "num_batches_tracked":
            groups.setdefault(module, {})[tensor] = values
    read = [_part(path, own) for path, own in groups.items()]
    layers = sum(isinstance(part, Affine) for part in read)
    hidden = layers - 1
    own = sum(isinstance(part, Activation) for part in read)
    if hidden > own and not activations:
        raise UnsupportedError(
            "--activation", f"a state dict does not say what stands between its {layers} Linear layers", _allowed()
        )
    if len(activations) > 1 and len(activations) != hidden:
        allowed = f"one of all, or {hidden} with commas between"
        raise UnsupportedError("--activation", f"{len(activations)} for {hidden} hidden layers", allowed)
    parts: list[Part] = []
    at = 0
    for index, part in enumerate(read):
        parts.append(part)
        following = read[index + 1] if index + 1 < len(read) else None
        ends = following is None or isinstance(following, Affine)
        if not ends or not any(isinstance(each, Affine) for each in parts):
            continue
        name = output if following is None else activations[min(at, len(activations) - 1)] if activations else "identity"
        at += 1
        if not isinstance(part, Activation) and name != "identity":
            path = "--output" if following is None else "--activation"
            parts.append(Activation(path, name, _known(name, path)))
    return network_of(parts)


def _known(name: str, path: str) -> str:
    if name not in ACTIVATIONS or ACTIVATIONS[name].learned_slopes:
        raise UnsupportedError(path, f"'{name}'", _allowed())
    return name


def _allowed() -> str:
    return listed(name for name, row in ACTIVATIONS.items() if not row.learned_slopes)


def _part(path: str, own: Mapping[str, Array]) -> Part:
    """By its tensors: a matrix is a Linear's, running statistics are BatchNorm's, a scale with a shift is LayerNorm's, a vector
    alone is PReLU's."""
    weight, bias = own.get("weight"), own.get("bias")
    known = {"weight", "bias", "running_mean", "running_var"}
    if set(own) <= known and "running_mean" in own and "running_var" in own:
        if (own["running_var"] < 0).any():
            raise UnsupportedError(path, "BatchNorm1d with a negative running variance", "0 or more")
        return Norm(path, "BatchNorm1d", "batch", weight, bias, own["running_mean"], own["running_var"])
    if set(own) <= {"weight", "bias"} and weight is not None:
        if weight.ndim == 2:
            return Affine(path, "Linear", weight, bias)
        if weight.ndim == 1 and bias is not None:
            return Norm(path, "LayerNorm", "layer", weight, bias)
        if weight.ndim == 1:
            return Activation(path, "PReLU", "prelu", weight)
    shapes = ", ".join(f"{name} {tuple(values.shape)}" for name, values in own.items())
    raise UnsupportedError(
        path or "the file", f"a module with {shapes}", "Linear, BatchNorm1d, LayerNorm, PReLU, by their tensors"
    )
