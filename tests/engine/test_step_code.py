"""The listing of an update is the update: run line by line, in NumPy it gives every number that Step tells, in PyTorch losses,
gradients and new parameters. Walked over every row."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from code_listings import run_numpy, run_torch
from optimizer_settings import EVERY, PLAIN
from witness_cases import CASES, PICTURES, case_of
from witness_kinds import KINDS
from witnesses.losses import PAIRS

from engine import RunSpec, Trainer
from engine.microscope import likeness, listing, next_update
from engine.microscope.code.listing import NUMPY
from engine.optimizers import OPTIMIZERS
from engine.rows.activations import ACTIVATIONS
from engine.rows.losses import LOSSES

SOME = CASES[:: max(1, len(CASES) // 9)]
SPEC = {
    "data": {"name": "spiral", "samples": 60},
    "network": {"layers": [{"units": 3}, {"units": 3, "skip": 1}]},
    "batch_size": 7,
}


def text(lines):
    return [line.text for line in lines]


def trained(steps=2, **fields):
    trainer = Trainer(RunSpec.model_validate(SPEC | fields))
    trainer.step(steps)
    return trainer


@pytest.mark.parametrize("case", SOME, ids=str)
def test_some_cases_in_numpy(case):
    trainer = case.trainer()
    trainer.step(1)
    run_numpy(trainer)


def test_every_kind_is_written():
    """No kind of micro-step that has a witness is without a line; and no way to write one is for nothing."""
    assert set(NUMPY) == set(KINDS)


@pytest.mark.slow(seconds=30)
def test_every_case_in_numpy():
    for case in (*CASES, PICTURES):
        trainer = case.trainer()
        for _ in range(3):
            run_numpy(trainer)


@pytest.mark.slow(seconds=40)
def test_every_case_in_pytorch():
    torch = pytest.importorskip("torch")
    for case in (*CASES, PICTURES):
        trainer = case.trainer()
        trainer.step(1)
        run_torch(trainer, torch)


@pytest.mark.parametrize("activation", [name for name, row in ACTIVATIONS.items() if row.hidden])
def test_every_activation(activation):
    layers = [{"units": 3, "activation": activation}, {"units": 2, "activation": activation, "dropout": 0.2, "skip": 1}]
    assert ACTIVATIONS[activation].numpy is not None
    run_numpy(trained(network={"layers": layers}))


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_every_loss(loss, output):
    assert LOSSES[loss].numpy is not None
    for numerics in ("stable", "naive"):
        number = next(n for n in range(len(PAIRS)) if PAIRS[n] == (loss, output))
        run_numpy(case_of(number).trainer(numerics=numerics))


def optimizer_runs(settings):
    """Of networks that have a matrix, a vector and a matrix of one row."""
    for name, dialect, own in settings:
        yield trained(optimizer={"name": name, "dialect": dialect, "lr": 0.02} | own)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer(name):
    for trainer in optimizer_runs(setting for setting in PLAIN if setting[0] == name):
        run_numpy(trainer)


@pytest.mark.slow(seconds=30)
def test_every_option_of_every_optimizer():
    torch = pytest.importorskip("torch")
    for trainer in optimizer_runs(EVERY):
        run_numpy(trainer)
        run_torch(trainer, torch)


@pytest.mark.parametrize(
    "optimizer", [{"name": "nesterov"}, {"name": "adamw", "dialect": "pytorch"}, {"name": "muon"}], ids=lambda o: o["name"]
)
@pytest.mark.parametrize("train_bias", [True, False], ids=["biases", "no biases"])
@pytest.mark.parametrize("library", ["numpy", pytest.param("torch", marks=pytest.mark.slow(seconds=5))])
def test_frozen_entries_and_held_biases(optimizer, train_bias, library):
    trainer = trained(optimizer=optimizer, clip={"norm": 0.1}, network=SPEC["network"] | {"train_bias": train_bias})
    entries = [{"name": "W1", "index": [0, 1]}, {"name": "b2", "index": [1]}]
    trainer.edit({"kind": "freeze", "action": "freeze", "entries": entries})
    if library == "numpy":
        run_numpy(trainer)
    else:
        run_torch(trainer, pytest.importorskip("torch"))


def test_what_a_class_sees():
    """Two layers under Adam, and what each line is of."""
    trainer = trained(network={"layers": [{"units": 3}]}, optimizer={"name": "adam", "lr": 0.03})
    update = next_update(trainer)
    found = listing(trainer, update)
    lines = text(found.numpy)
    for line in (
        "z1 = W1 @ h0 + b1",
        "h1 = np.tanh(z1)",
        "delta2 = h2 - y",
        "dW2 = delta2 @ h1.T / B",
        "g1 = W2.T @ delta2",
        "delta1 = g1 * (1 - h1**2)",
        "eta = 0.03",
        "m_W2 = beta_1 * m_W2 + (1 - beta_1) * dW2",
        "v_W2 = beta_2 * v_W2 + (1 - beta_2) * dW2**2",
        "v_hat = v_W2 / c2",
        "root = np.sqrt(v_hat) + eps",
        "step = eta * m_hat / root",
        "W2 = W2 - step",
    ):
        assert line in lines
    product = next(line for line in found.numpy if line.text == "dW2 = delta2 @ h1.T / B")
    assert [update.steps[index].kind for index in product.steps] == ["mean gradient"]
    assert product.parts == (("dW2", "dW2"), (" = ", ""), ("delta2", "delta2"), (" @ ", ""), ("h1", "h1"), (".T / B", ""))
    moment = next(line for line in found.numpy if line.text.startswith("m_W2 = "))
    assert [array for _, array in moment.parts if array] == ["m_new.W2", "m.W2", "dW2"]
    torch = text(found.torch)
    assert "z1 = h0 @ W1.T + b1" in torch and "dW2 = W2.grad" in torch and torch[-1] == "optimizer.step()"
    whole = next(line for line in found.torch if line.text == "loss.backward()")
    assert {update.steps[index].phase for index in whole.steps} == {"backward"}


def test_it_is_the_same_until_something_is_set():
    """No number of an update is in it: hyperparameters alone."""
    trainer = trained(schedule={"name": "cosine"}, clip={"norm": 0.5}, regularization={"l2": 0.01})
    first = listing(trainer, next_update(trainer))
    trainer.step(5)
    assert listing(trainer, next_update(trainer)) == first
    trainer.edit({"kind": "set", "path": "regularization.l2", "value": 0.02})
    assert listing(trainer, next_update(trainer)) != first


def test_updates_alike_have_one_listing():
    """What is quickly told of an update tells its listing: in a run, after an edit of it, and between cases."""
    seen = []
    for case in CASES[:12]:
        trainer = case.trainer()
        for edit in (
            None,
            {"kind": "set", "path": "optimizer.lr", "value": 0.0123},
            {"kind": "set", "path": "clip.norm", "value": 3.0},
        ):
            if edit is not None:
                trainer.edit(edit)
            for _ in range(2):
                trainer.step(1)
                update = next_update(trainer)
                seen.append((likeness(trainer, update), listing(trainer, update)))
    for (one, own), (other, its) in itertools.combinations(seen, 2):
        assert one != other or own == its
    assert sum(one == other for (one, _), (other, _) in itertools.pairwise(seen)) >= 24, "and they are found alike"


def test_a_row_of_somebody_else(monkeypatch):
    """Without a form in NumPy it stands as calls by its name."""
    monkeypatch.setitem(ACTIVATIONS, "tanh", dataclasses.replace(ACTIVATIONS["tanh"], numpy=None))
    monkeypatch.setitem(LOSSES, "mse", dataclasses.replace(LOSSES["mse"], numpy=None, matched=""))
    row = OPTIMIZERS["lion"]
    forms = {dialect: tuple(dataclasses.replace(form, numpy=None) for form in own) for dialect, own in row.forms.items()}
    monkeypatch.setitem(OPTIMIZERS, "lion", dataclasses.replace(row, forms=forms))
    trainer = trained(
        loss="mse", network={"layers": [{"units": 3}], "output_activation": "identity"}, optimizer={"name": "lion", "lr": 0.1}
    )
    lines = text(listing(trainer, next_update(trainer)).numpy)
    assert (
        "h1 = tanh(z1)" in lines
        and "losses = mse(h2, y)" in lines
        and "g2 = mse_slope(h2, y)  # how each loss changes with h2" in lines
    )
    assert "f1 = lion(t)  # what the update's number decides" in lines
    own = {
        "tanh": np.tanh,
        "tanh_slope": lambda z: 1 - np.tanh(z) ** 2,
        "mse": lambda h, y: ((h - y) ** 2).sum(axis=0) / 2,
        "mse_slope": lambda h, y: h - y,
        "lion": lambda t: 1.0,
    }
    run_numpy(trainer, own)
    without = {
        dialect: tuple(dataclasses.replace(form, equations="it is too new") for form in own)
        for dialect, own in row.forms.items()
    }
    monkeypatch.setitem(OPTIMIZERS, "lion", dataclasses.replace(row, forms=without))
    lines = text(listing(trainer, next_update(trainer)).numpy)
    assert "W1 = lion(W1, dW1)  # it is too new" in lines
