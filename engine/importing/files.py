"""A file as a run: a state dict, a model or a script; with data and what else the file does not say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from engine.dataset import prepare
from engine.importing import model_json, samples, state_dict, table
from engine.importing.chain import Network
from engine.importing.imported import Imported, UnsupportedError, listed
from engine.importing.torch_losses import Objective, objective_of
from engine.rows.datasets import DATASETS
from engine.script.script_data import ScriptData
from engine.spec import RunSpec

TORCH = (".pt", ".pth", ".bin", ".ckpt")
MOST_INPUTS = 4
"""Of a network for which the data sets that fit are counted up."""


@dataclass(frozen=True)
class Options:
    """What a file does not say: `data` is the name of a data set or a file of samples with its `target` column; `activations`
    stand between layers, `output` behind the last; `optimizer` with `lr`."""

    data: str | None = None
    target: str | None = None
    activations: tuple[str, ...] = ()
    output: str | None = None
    loss: str | None = None
    optimizer: str = "adam"
    lr: float | None = None
    batch_size: int | str | None = None


@dataclass(frozen=True)
class Opened:
    """The run of a file, and what is to be known of it."""

    script: ScriptData
    notes: tuple[str, ...] = ()


def opened(path: Path, options: Options) -> Opened:
    """Raises `UnsupportedError`, with what else is needed, or what a spec refuses."""
    if path.suffix in TORCH:
        tensors, notes = state_dict.tensors_in(path)
        network = state_dict.network_in(tensors, options.activations, options.output or "identity")
        return _run(path.name, network, options, notes)
    if path.suffix == ".json":
        return _json(table.checked(path), options)
    if path.suffix == ".py":
        raise UnsupportedError(str(path), "Python is not run from a file", "in a notebook: Trainer.from_torch(module, x, y)")
    raise UnsupportedError(
        str(path), f"a file that ends in '{path.suffix}'", f"{', '.join(TORCH)}: a state dict; .json: a model or a script"
    )


def _json(path: Path, options: Options) -> Opened:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnsupportedError(str(path), f"no JSON ({error})", "a model or a script that chainrule wrote") from error
    if isinstance(told, dict) and "spec" in told:
        return Opened(ScriptData.read(told))
    if not isinstance(told, dict) or told.get("model") != "chainrule":
        raise UnsupportedError(str(path), "neither a model nor a script", "what Take along writes as model or experiment")
    model = model_json.read(told)
    network = model_json.network_in(model)
    if options.activations or options.output:
        raise UnsupportedError("--activation, --output", "the model says them itself", "none")
    return _run(path.name, network, options, [], model)


def _run(name: str, network: Network, options: Options, notes: list[str], model: model_json.ToldModel | None = None) -> Opened:
    loss = options.loss or (model.loss if model else None)
    aim = _aim(network, options, loss, model)
    optimizer = {"name": options.optimizer} | ({} if options.lr is None else {"lr": options.lr})
    whole = options.batch_size or ("full" if aim.data["name"] == "inline" else 10)
    spec = RunSpec.model_validate(
        {
            "data": aim.data,
            "network": {"layers": network.layers, "output_activation": aim.output},
            "loss": aim.loss,
            "optimizer": optimizer,
            "batch_size": whole,
        }
    )
    dataset = prepare(spec)
    if (len(dataset.inputs), len(dataset.outputs)) != (network.inputs, network.outputs):
        has = f"{len(dataset.inputs)} inputs and {len(dataset.outputs)} outputs"
        raise UnsupportedError("--data", f"{options.data} has {has}", f"{network.inputs} inputs and {network.outputs} outputs")
    notes = [*notes, *aim.notes, f"The optimizer is {options.optimizer}, which begins anew: the file holds weights alone."]
    return Opened(Imported(name[:80], spec, network.tensors, tuple(notes)).script, tuple(notes))


def _aim(network: Network, options: Options, loss: str | None, model: model_json.ToldModel | None) -> Objective:
    """Data, output and loss."""
    if options.data is None:
        raise UnsupportedError("--data", "the file holds weights and no data to train on", _data_allowed(network))
    features = list(model.features) if model and model.features != model.columns else []
    if options.data in DATASETS:
        if model and model.scaling is not None:
            raise UnsupportedError("--data", f"{options.data} is not scaled as the model's inputs were", "a file of samples")
        data = {"name": options.data} | ({"features": features} if features else {})
        return Objective("auto" if network.output == "identity" and not model else network.output, loss or "auto", data)
    if Path(options.data).suffix not in (".csv", ".npz"):
        raise UnsupportedError(
            "--data", f"'{options.data}' is neither a data set nor a file of samples", _data_allowed(network)
        )
    if features:
        problem = f"the model's inputs are features of the plane ({', '.join(features)})"
        raise UnsupportedError("--data", problem, _data_allowed(network))
    x, y = table.read(Path(options.data), options.target)
    inputs = samples.inputs_of(x, network.inputs)
    if model and model.scaling is not None:
        inputs = (inputs - np.array(model.scaling.mean)) / np.array(model.scaling.scale)
    names = (
        list(model.classes)
        if model and model.classes
        else sorted({str(each) for each in y.ravel()})
        if y.dtype.kind in "US"
        else None
    )
    if names is not None and y.dtype.kind in "US":
        strangers = sorted({str(each) for each in y} - set(names))
        if strangers:
            raise UnsupportedError("--data", f"{strangers[0]!r} is no class of the model", listed(names))
        y = np.array([names.index(str(each)) for each in y])
    elif (
        (loss in ("bce", "cross_entropy") or (loss is None and network.outputs > 1))
        and y.ndim == 1
        and (y == np.round(y)).all()
    ):
        y = y.astype(np.int64)
    aim = objective_of(loss, network.output, network.outputs, inputs, y)
    if names is not None and aim.data["task"] == "classification" and len(names) == len(aim.data["classes"]):
        aim.data["classes"] = names
    return aim


def _data_allowed(network: Network) -> str:
    fitting = [name for name, row in DATASETS.items() if row.kind == {1: "line", 2: "plane"}.get(network.inputs)]
    sets = f"{', '.join(fitting)}; " if fitting and network.inputs <= MOST_INPUTS else ""
    return f"{sets}FILE.csv with {network.inputs} columns and the target, or FILE.npz with x and y"


def described(options: Mapping[str, Any]) -> Options:
    """From a command line's."""
    activations = tuple(each.strip() for each in str(options.get("activation") or "").split(",") if each.strip())
    own = {name: options.get(name) for name in ("data", "target", "output", "loss", "lr", "batch_size")}
    return Options(activations=activations, optimizer=options.get("optimizer") or "adam", **own)


__all__ = ["Opened", "Options", "ValidationError", "described", "opened"]
