"""Listings of an update, run: NumPy's and PyTorch's, each beside what the run itself makes of the same update."""

from __future__ import annotations

import ast

import numpy as np

from engine.kernels import codes
from engine.microscope import listing, next_update
from engine.optimizers.row import SAVED

CLOSE, LEAST = 1e-9, 1e-12
"""What may be apart of an array's largest entry; and what is nothing, where sums have cancelled."""


def same(found, expected):
    found, expected = (np.asarray(array, dtype=float).ravel() for array in (found, expected))
    assert found.shape == expected.shape, (found.shape, expected.shape)
    scale = float(np.max(np.abs(expected), initial=0.0))
    return bool(np.all(np.abs(found - expected) <= CLOSE * scale + LEAST))


def statements(lines):
    """What Python sees: each statement, with the lines that it stands in, from where to where."""
    for node in ast.parse("\n".join(line.text for line in lines)).body:
        yield compile(ast.Module([node], []), "the listing", "exec"), range(node.lineno - 1, node.end_lineno)


def rate_before(trainer, eta):
    """The schedule's own rate, where the optimizer makes another of it."""
    own = trainer.effective_spec.optimizer.parameters
    return eta * (1 + trainer.machine.clock[codes.UPDATES] * own.get("lr_decay", 0.0))


def given(trainer, update):
    """What a listing reads and does not make, whatever the library: numbers, and arrays as NumPy has them."""
    found = {value.name: value.array for step in update.steps for value in step.results}
    noise = next((step for step in update.steps if step.kind == "augmentation"), None)
    clock = trainer.machine.clock
    drawn = {name: array for name, array in found.items() if name.startswith("mask")}
    if noise is not None:
        drawn |= {"moved": noise.results[0].array, "noise": noise.results[0].array - noise.operands[0].array}
    eta = rate_before(trainer, float(found["eta"][0, 0]))
    return drawn | {
        "schedule": lambda k: eta if k == trainer.steps_done else None,
        "k": trainer.steps_done,
        "product": float(clock[codes.PRODUCT]),
        **{f"frozen_{name}": mask for name, mask in trainer.frozen.items()},
    }


def rows_of(trainer):
    """Inputs and targets of the training rows, (n, …), as the network sees them."""
    return trainer.evaluator.rows("train")


# NumPy ----------------------------------------------------------------------------------------------------------------


def numpy_names(trainer, update):
    x, y = rows_of(trainer)
    names = given(trainer, update) | {"X": np.array(x).T, "Y": np.array(y).T, "batch": list(update.samples), "i": 0}
    names |= {name: columns(value) for name, value in trainer.named_parameters.items()}
    names |= {f"run_{name}": columns(value) for name, value in trainer.running_statistics.items()}
    names |= {name: columns(mask) for name, mask in names.items() if name.startswith("frozen_")}
    names["t"] = int(trainer.machine.clock[codes.UPDATES])
    for slot in trainer.tape.slots:
        equations = trainer.effective_spec.optimizer.form.of(slot.matrix).equations
        for tensor, values in trainer.optimizer_state.items():
            called = tensor if isinstance(equations, str) else equations.in_formulas(tensor)
            names[f"{called}_{slot.name}"] = columns(values[slot.name])
    return names


def columns(value):
    return np.array(value).reshape(len(value), -1)


def run_numpy(trainer, extra=()):
    """Runs the listing of the next update; every result of every micro-step is the run's, and so are the parameters after it.
    Returns the kinds of the micro-steps."""
    update = next_update(trainer)
    assert update.problem is None
    names = numpy_names(trainer, update) | dict(extra)
    lines = listing(trainer, update).numpy
    last = {index: number for number, line in enumerate(lines) for index in line.steps}
    made = {}
    with np.errstate(all="ignore"):
        for code, numbers in statements(lines):
            own = [update.steps[index] for number in numbers for index in lines[number].steps]
            for step in own:
                follow(names, step)
            exec(code, names)
            made |= {(index, array): text for n in numbers for index in lines[n].steps for text, array in lines[n].made}
            for step in own:
                if last[step.index] in numbers:
                    results(names, step, made, code, len(update.samples))
    assert set(last) == {step.index for step in update.steps}
    trainer.step(1)
    for name, value in trainer.named_parameters.items():
        assert same(names[name], value), name
    return {step.kind for step in update.steps}


def follow(names, step):
    """An optimizer divides by the gradient, or takes its sign: it follows the run's own, which was compared before."""
    if step.kind == "update":
        gradient = step.operands[1]
        assert gradient.name == f"d{step.results[0].name}" and same(names[gradient.name], gradient.array)
        names[gradient.name] = gradient.array.copy()


def results(names, step, made, code, samples):
    """Each result of a micro-step that is done; a sample's own one by one."""
    for value in step.results:
        text = made.get((step.index, value.name))
        if text is None:  # it is read: drawn by the run
            assert value.name.startswith("mask") and value.name in names, (step.title, value.name)
            continue
        for sample in range(samples) if step.of_sample else (0,):
            if step.of_sample:
                names["i"] = sample
                exec(code, names)
            told = step.result(value.name, sample).array
            found = names[text]
            found = np.broadcast_to(found, told.shape) if np.ndim(found) == 0 else found  # one number for all entries
            assert same(found, told), (step.title, value.name, found, told)


# PyTorch --------------------------------------------------------------------------------------------------------------


def torch_names(trainer, update, torch):
    def tensor(values):
        return torch.tensor(np.array(values), dtype=torch.float64)

    x, y = rows_of(trainer)
    names = given(trainer, update)
    names = {
        name: tensor(value.T) if isinstance(value, np.ndarray) and name[0] in "mn" else value for name, value in names.items()
    }
    names |= {name: torch.tensor(value) for name, value in names.items() if name.startswith("frozen_")}
    names |= {"X": tensor(x), "Y": tensor(y), "batch": list(update.samples)}
    names |= {f"run_{name}": tensor(value) for name, value in trainer.running_statistics.items()}
    names |= {name: tensor(value).requires_grad_(True) for name, value in trainer.named_parameters.items()}
    trained = [slot.name for slot in trainer.tape.slots if trainer.effective_spec.network.train_bias or slot.kind != "bias"]
    names["state"] = {
        tensor_: [tensor(values[name]) for name in trained]
        for tensor_, values in trainer.optimizer_state.items()
        if tensor_ != SAVED
    }
    return names | {"updates": int(trainer.machine.clock[codes.UPDATES])}


def run_torch(trainer, torch, extra=()):
    """Runs the listing of the next update: losses, gradients, those that the optimizer follows, running statistics and new
    parameters are the run's."""
    update = next_update(trainer)
    names = torch_names(trainer, update, torch) | dict(extra)
    lines = listing(trainer, update).torch
    told = {(step.index, value.name): value.array for step in update.steps for value in step.results}
    followed = {step.results[0].name: step.operands[1].array for step in update.steps if step.kind == "update"}
    compared = set()
    for code, numbers in statements(lines):
        if "optimizer.step" in "".join(lines[n].text for n in numbers if lines[n].steps):
            for name, gradient in followed.items():
                assert same(names[name].grad, gradient), name
                names[name].grad = torch.tensor(gradient.reshape(names[name].shape))
        exec(code, names)
        for line in (lines[n] for n in numbers):
            for text, array in line.made:
                value = told.get((line.steps[-1], array))
                if (
                    value is not None
                    and value.ndim == 2
                    and text.startswith(("dW", "db", "dP", "dalpha", "dgamma", "dbeta", "run"))
                ):
                    assert same(names[text].detach(), value), (text, names[text], value)
                    compared.add(text)
    assert same(names["loss"].item(), update.mean_loss)
    assert {f"d{slot.name}" for slot in trainer.tape.slots} <= compared
    assert {index for line in lines for index in line.steps} == {step.index for step in update.steps}
    trainer.step(1)
    for name, value in trainer.named_parameters.items():
        assert same(names[name].detach(), value), name
    for name, value in trainer.running_statistics.items():
        assert same(names[f"run_{name}"], value), name
