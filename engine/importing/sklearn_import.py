"""MLPClassifier and MLPRegressor of scikit-learn as a run: fitted, or configured alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.array import Array
from engine.importing import samples
from engine.importing.chain import Activation, Affine, Network, Part, network_of
from engine.importing.imported import Imported, UnsupportedError
from engine.optimizers import PYTORCH
from engine.spec import RunSpec

KINDS = ("MLPClassifier", "MLPRegressor")
ACTIVATIONS = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}
OUTPUTS = {"identity": ("identity", "mse"), "logistic": ("sigmoid", "bce"), "softmax": ("softmax", "cross_entropy")}


def from_sklearn(estimator: Any, x: Any, y: Any, *, optimizer: Any = None, **training: Any) -> Imported:
    """The run that goes on with an estimator where it stands, or begins as its `fit` would. Raises `UnsupportedError`, or what
    a spec refuses. `optimizer` and `training` are fields of the spec in place of the estimator's own."""
    kind = type(estimator).__name__
    if kind not in KINDS or not type(estimator).__module__.startswith("sklearn.neural_network."):
        hint = " (of a Pipeline give its last step, and x as the steps before it transform it)" if kind == "Pipeline" else ""
        raise UnsupportedError("estimator", f"{kind}{hint}", ", ".join(KINDS))
    if getattr(estimator, "loss", "") == "poisson":
        raise UnsupportedError("estimator.loss", "poisson", "squared_error")
    fitted = hasattr(estimator, "coefs_")
    begun = estimator if fitted else _begun(estimator, x, y)
    network = _network(begun)
    inputs = samples.inputs_of(x, network.inputs)
    output, loss = OUTPUTS[begun.out_activation_]
    rows = len(inputs)
    given = training.get("batch_size", estimator.batch_size)
    batch = min(200, rows) if given == "auto" else rows if given == "full" else min(int(given), rows)
    notes: list[str] = []
    if rows % batch and estimator.alpha:
        notes.append(
            f"scikit-learn divides alpha by the samples of a batch, {batch}; the last one of an epoch has {rows % batch}, for"
            f" which its penalty is larger than the {estimator.alpha / batch:.3g} here."
        )
    if optimizer is None:
        optimizer, more = _optimizer(estimator, begun, network)
        notes += more
    if estimator.early_stopping:
        notes.append("early_stopping does not come along: give the run a validation set and stop.patience for that.")
    spec = RunSpec.model_validate(
        {
            "data": _data(begun, loss, network.outputs, inputs, y),
            "network": {"layers": network.layers, "output_activation": output},
            "loss": loss,
            "optimizer": {"name": optimizer, "dialect": PYTORCH} if isinstance(optimizer, str) else optimizer,
            "regularization": {"l2": estimator.alpha / batch},
            "batch_size": "full" if batch == rows else batch,
            "shuffle": bool(estimator.shuffle) and batch < rows,
        }
        | {name: value for name, value in training.items() if (name, value) != ("batch_size", "auto")}
    )
    return Imported(f"scikit-learn: {kind}", spec, network.tensors, tuple(notes))


def _begun(estimator: Any, x: Any, y: Any) -> Any:
    """A copy with the initial weights that `fit` would draw."""
    from sklearn.base import clone
    from sklearn.utils import check_random_state

    copy = clone(estimator)
    inputs, targets = copy._validate_input(x, y, False, True)
    targets = targets.reshape(len(targets), -1)
    hidden = np.atleast_1d(copy.hidden_layer_sizes).tolist() if copy.hidden_layer_sizes != () else []
    copy.n_outputs_ = targets.shape[1]
    copy._random_state = check_random_state(copy.random_state)
    copy._initialize(targets, [inputs.shape[1], *hidden, targets.shape[1]], inputs.dtype)
    return copy


def _network(begun: Any) -> Network:
    parts: list[Part] = []
    last = len(begun.coefs_) - 1
    for layer, (weights, bias) in enumerate(zip(begun.coefs_, begun.intercepts_, strict=True)):
        path = f"coefs_[{layer}]"
        parts.append(Affine(path, path, np.array(weights, dtype=np.float64).T.copy(), np.array(bias, dtype=np.float64)))
        if layer < last:
            if begun.activation not in ACTIVATIONS:
                raise UnsupportedError("estimator.activation", repr(begun.activation), ", ".join(ACTIVATIONS))
            parts.append(Activation(path, begun.activation, ACTIVATIONS[begun.activation]))
    return network_of(parts)


def _data(begun: Any, loss: str, outputs: int, x: Array, y: Any) -> dict[str, Any]:
    classes = getattr(begun, "classes_", None)
    if loss == "mse" or (outputs > 1 and loss == "bce"):  # several labels at once are a 0 or 1 each
        return samples.regression(x, samples.values_of(y, len(x), outputs))
    labels = samples.plain_array(y, "y").reshape(-1)
    if len(labels) != len(x):
        raise UnsupportedError("y", f"{len(labels)} labels for {len(x)} samples", f"{len(x)}")
    known = {label: index for index, label in enumerate(classes.tolist())}  # type: ignore[union-attr]
    strangers = [label for label in labels.tolist() if label not in known]
    if strangers:
        raise UnsupportedError("y", f"{strangers[0]!r} is no class of the estimator", ", ".join(map(repr, known)))
    indices = np.array([known[label] for label in labels.tolist()], dtype=np.int64)
    return samples.classification(x, indices, [str(label) for label in known])


def _optimizer(estimator: Any, begun: Any, network: Network) -> tuple[dict[str, Any], list[str]]:
    """Its solver in PyTorch's dialect, whose state goes into the network's tensors; and what is to be known of it."""
    solver, own, notes = estimator.solver, getattr(begun, "_optimizer", None), []
    if solver not in ("sgd", "adam"):
        allowed = "sgd, adam, or an optimizer of this engine: from_sklearn(…, optimizer='adam')"
        raise UnsupportedError("estimator.solver", repr(solver), allowed)
    stale = own is not None and estimator.early_stopping  # its weights are those of the best step, its state is the last one's
    if stale:
        notes.append(
            "The solver's state does not come along: it is of a later step than the weights, which early_stopping kept."
        )
        own = None
    if solver == "adam":
        steps = 0 if own is None else own.t
        beta2, eps = float(estimator.beta_2), float(estimator.epsilon)
        shift = float(np.sqrt(1.0 - beta2 ** (steps + 1)))
        notes.append(
            f"scikit-learn adds ε to √v before its correction: as the corrected root has it, its {eps:.3g} is {eps / shift:.3g}"
            f" in the next update, which is taken, and comes down to {eps:.3g} later."
        )
        if own is not None and steps:
            network.tensors.state = {"m": _by_name(own.ms), "v": _by_name(own.vs)}
            network.tensors.updates = int(steps)
        rates = {"beta1": float(estimator.beta_1), "beta2": beta2, "eps": eps / shift}
        return {"name": "adam", "dialect": PYTORCH, "lr": float(estimator.learning_rate_init), **rates}, notes
    rate = float(estimator.learning_rate_init if own is None else own.learning_rate)
    if estimator.learning_rate != "constant":
        notes.append(f"learning_rate={estimator.learning_rate!r} does not come along: the rate stays {rate:.4g}, as it is now.")
    if not estimator.momentum:
        return {"name": "sgd", "dialect": PYTORCH, "lr": rate}, notes
    if own is not None and any(each.any() for each in own.velocities):
        # its velocity is in steps, ours in gradients
        network.tensors.state = {"v": {name: -each / rate for name, each in _by_name(own.velocities).items()}}
        network.tensors.updates = max(1, int(getattr(begun, "n_iter_", 1)))
    name = "nesterov" if estimator.nesterovs_momentum else "momentum"
    return {"name": name, "dialect": PYTORCH, "lr": rate, "beta": float(estimator.momentum)}, notes


def _by_name(arrays: list[Any]) -> dict[str, Array]:
    """What it keeps of its weights and then of its biases, by our names."""
    layers = len(arrays) // 2
    names = [*(f"W{layer}" for layer in range(1, layers + 1)), *(f"b{layer}" for layer in range(1, layers + 1))]
    found = (np.array(each, dtype=np.float64) for each in arrays)
    return {name: (each.T.copy() if each.ndim == 2 else each) for name, each in zip(names, found, strict=True)}
