"""A module of PyTorch as a run: its layers, its weights, its loss and its optimizer."""

from __future__ import annotations

from typing import Any

from engine.importing import samples
from engine.importing.chain import network_of
from engine.importing.imported import Imported, UnsupportedError
from engine.importing.torch_graph import parts_of
from engine.importing.torch_losses import objective_of
from engine.importing.torch_optimizers import TakenOptimizer, take
from engine.optimizers import PYTORCH
from engine.spec import RunSpec


def from_torch(module: Any, x: Any, y: Any, *, loss: Any = None, optimizer: Any = None, **training: Any) -> Imported:
    """The run that goes on with a module where it stands. Raises `UnsupportedError` with its path, what it is and what is
    allowed; what a spec refuses is refused as there. `training` are fields of the spec: batch_size ("full"), seed, …"""
    if not hasattr(module, "named_parameters"):
        raise UnsupportedError("module", f"a {type(module).__name__}", "a torch.nn.Module")
    parts, found, flat = parts_of(module)
    network = network_of(parts)
    inputs = samples.inputs_of(x, network.inputs, flat=flat)
    aim = objective_of(loss, network.output, network.outputs, inputs, y)
    tensors_of = {}
    for name, path in network.owners.items():
        letter = "bias" if name[0] == "b" else "weight"  # b1 and beta1 are biases of their modules
        if f"{path}.{letter}" in found:
            tensors_of[name] = found[f"{path}.{letter}"]
    if optimizer is None or isinstance(optimizer, str | dict):
        own = {"name": optimizer} if isinstance(optimizer, str) else optimizer
        taken = TakenOptimizer({"dialect": PYTORCH} | (own or {}))
    else:
        taken = take(optimizer, network, tensors_of, aim.scale)
    spec = RunSpec.model_validate(
        {
            "data": aim.data,
            "network": {"layers": network.layers, "output_activation": aim.output},
            "loss": aim.loss,
            "optimizer": taken.spec,
            "regularization": {"l2": taken.l2},
            "batch_size": "full",
            "shuffle": False,
        }
        | training
    )
    idle = sorted(name for name, _ in module.named_parameters() if name not in found and f"0.{name}" not in found)
    notes = [*aim.notes, *taken.notes]
    if idle:
        notes.append(f"Not used by the forward pass, and left out: {', '.join(idle)}.")
    if not module.training and any(layer.get("dropout") or layer.get("norm") == "batch" for layer in network.layers):
        notes.append("The module was in eval mode; a run trains: dropout drops, batch norm takes the batch's own statistics.")
    return Imported(f"PyTorch: {type(module).__name__}"[:80], spec, network.tensors, tuple(notes))
