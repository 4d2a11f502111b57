"""What is taken along is the run's own numbers; the PyTorch script, run by torch, goes on with them."""

import contextlib
import csv
import io
import json

import numpy as np
import pytest
from scipy.special import ndtr
from witnesses.schedules import WITNESSES

from engine import RunSpec, Trainer, catalog
from engine.export import files as export
from engine.optimizers import DIALECTS, OPTIMIZERS

SPEC = {
    "data": {"name": "spiral", "samples": 120, "noise": 0.1},
    "network": {"layers": [{"units": 6}, {"units": 4, "activation": "leaky_relu"}]},
    "batch_size": 9,
}


def trained(spec, steps=137):
    trainer = Trainer(RunSpec.model_validate(SPEC | spec))
    trainer.step(steps)
    return trainer


def differences(trainer, updates=export.UPDATES):
    """Runs the script here; what it prints beside what the engine itself does next."""
    pytest.importorskip("torch")
    text = export.torch(trainer)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(text, "exported.py", "exec"), {"__name__": "__main__"})
    lines = [line for line in said.getvalue().splitlines() if line.startswith("update ")]
    assert len(lines) == updates
    for line in lines:
        words = line.replace(",", "").split()
        loss = trainer.step(1)
        assert int(words[1].rstrip(":")) == trainer.steps_done
        assert float(words[5]) == loss
        yield abs(float(words[3]) - loss)


def agrees(trainer, updates=export.UPDATES):
    return max(differences(trainer, updates)) <= 1e-9


@pytest.mark.parametrize("activation", [row["name"] for row in catalog()["activations"] if row["hidden"]])
def test_every_activation(activation):
    assert agrees(trained({"network": {"layers": [{"units": 5, "activation": activation}]}}))


@pytest.mark.parametrize(
    ("loss", "output"), [("mse", "tanh"), ("mse", "softmax"), ("bce", "softmax"), ("cross_entropy", "sigmoid")]
)
def test_every_loss(loss, output):
    assert agrees(trained({"data": {"name": "iris"}, "loss": loss, "network": {"output_activation": output}}))


EVERYTHING = {
    "layers": [
        {"units": 6, "norm": "batch", "activation": "gelu"},
        {"units": 6, "norm": "layer", "dropout": 0.3, "skip": 1, "activation": "silu"},
        {"units": 4, "activation": "prelu", "skip": 3, "dropout": 0.1},
        {"units": 4, "activation": "elu", "skip": 1},
    ]
}


def test_norms_skips_dropout_and_jitter():
    assert agrees(trained({"network": EVERYTHING, "regularization": {"l2": 0.01, "jitter": 0.1}}))


def test_shifted_pictures_and_naive_numerics():
    digits = {"data": {"name": "digits", "samples": 100}, "batch_size": 20}
    assert agrees(trained(digits | {"regularization": {"shift": 1}, "numerics": "naive"}, 5), 20)
    assert agrees(trained({"numerics": "naive"}, 30))


def test_the_model_holds_norms_slopes_and_skips():
    trainer = trained({"network": EVERYTHING})
    model = json.loads(export.model(trainer))
    raw = trainer.dataset.splits["test"].raw
    bends = {
        "gelu": lambda u: u * ndtr(u),
        "silu": lambda u: u / (1 + np.exp(-u)),
        "elu": lambda u: np.where(u > 0, u, np.expm1(np.minimum(u, 0))),
        "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
    }
    hs = [raw.T]
    for layer in model["layers"]:
        u = np.array(layer["weights"]) @ hs[-1] + np.array(layer["bias"])[:, None]
        norm = layer.get("norm")
        if norm:
            batch = norm["kind"] == "batch"
            mean = np.array(norm["mean"])[:, None] if batch else u.mean(axis=0)
            variance = np.array(norm["variance"])[:, None] if batch else u.var(axis=0)
            u = (
                np.array(norm["scale"])[:, None] * (u - mean) / np.sqrt(variance + norm["eps"])
                + np.array(norm["shift"])[:, None]
            )
        if layer["activation"] == "prelu":
            h = np.where(u > 0, u, np.array(layer["slopes"])[:, None] * u)
        else:
            h = bends[layer["activation"]](u)
        if "skip" in layer:
            source = hs[layer["skip"]["from"]]
            h = h + (source if layer["skip"]["projection"] is None else np.array(layer["skip"]["projection"]) @ source)
        hs.append(h)
    assert np.abs(hs[-1].T - trainer.predict(raw)).max() < 1e-12


def test_classes_images_and_regression():
    assert agrees(trained({"data": {"name": "digits", "samples": 100}, "batch_size": 20}, 30))
    assert agrees(trained({"data": {"name": "sine", "samples": 50}, "batch_size": "full"}, 30))
    assert agrees(trained({"data": {"name": "wine", "standardize": True}, "shuffle": False}, 30))


SCHEDULES = [
    {"name": "step", "gamma": 0.5, "size": 3, "warmup": 140},
    {"name": "exponential", "decay": 0.05},
    {"name": "cosine", "length": 150, "unit": "step"},
    {"name": "warm_restarts", "length": 2, "unit": "epoch"},
    {"name": "one_cycle", "length": 160},
    {"name": "plateau", "patience": 0, "factor": 0.5, "threshold": 0.9},
]
SCHEDULES += [{"name": n} | w.own for n, w in WITNESSES.items() if n not in {"constant", *(s["name"] for s in SCHEDULES)}]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule["name"])
@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_every_schedule_goes_on_in_torch(schedule, rule):
    """Nesterov is written out, momentum torch's own; both take each update's rate from the list."""
    trainer = trained({"optimizer": {"name": rule, "lr": 0.05}, "schedule": schedule, "eval_every": 4})
    before = trainer.rate
    assert "rates = [" in export.torch(trainer) and trainer.rate == before
    assert agrees(trainer)
    assert trainer.rate != before


MOVING = [{"name": "constant", "warmup": 25}, {"name": "cosine", "length": 60}]
IN_TORCH = [(n, d) for n, row in OPTIMIZERS.items() for d in DIALECTS if not isinstance(row.form(d).torch, str)]


@pytest.mark.sampled(5, seconds=3)
@pytest.mark.parametrize(
    ("rule", "dialect"),
    [each if each[1] == "pytorch" else pytest.param(*each, marks=pytest.mark.slow(seconds=3)) for each in IN_TORCH],
)
def test_every_optimizer_goes_on_under_a_rate_that_is_not_its_own(rule, dialect):
    """From its very start, where a warm-up's first rate is a 25th of its own, and from under way: a rate or a decay that the
    script takes from the optimizer in place of the schedule shows."""
    row = OPTIMIZERS[rule]
    decays = "weight_decay" in {parameter.name for parameter in row.parameters_in(dialect)}
    own = {"name": rule, "dialect": dialect, "lr": 0.05} | ({"weight_decay": 0.02} if decays else {})
    for schedule in MOVING:
        for steps in (0, 7):
            assert agrees(trained({"optimizer": own, "schedule": schedule}, steps)), (schedule, steps)


@pytest.mark.parametrize("changed", [False, True])
def test_the_first_step_that_rprop_tells_is_the_one_it_makes(changed):
    """Δ before the first update is the rate of that update, not the optimizer's; the same where it is put in force later."""
    optimizer = {"name": "rprop", "lr": 0.05, "etas": [0.5, 1.2]}
    spec = {"optimizer": {"name": "sgd"} if changed else optimizer, "schedule": {"name": "constant", "warmup": 40}}
    trainer = trained(spec, 9 if changed else 0)
    if changed:
        trainer.edit({"kind": "set", "path": "optimizer", "value": optimizer})
    told = trainer.optimizer_state["Δ"]["W1"].copy()
    assert np.array_equal(told, np.full(told.shape, trainer.rate)) and trainer.rate == (10 if changed else 1) * 0.05 / 40
    trainer.step(1)
    moved = np.abs(trainer.last_update["W1"])
    assert np.allclose(moved[moved > 0.0], told[moved > 0.0], rtol=1e-12, atol=0.0) and moved.any()


def test_a_constant_rate_needs_no_list():
    assert "rates = [" not in export.torch(trained({}))
    assert "rates = [" not in export.torch(trained({"schedule": {"name": "constant", "warmup": 100}}))


def test_up_to_where_a_rule_stops_the_run():
    pytest.importorskip("torch")
    trainer = trained({"eval_every": 10, "stop": {"min_change": 1e6}}, 0)
    trainer.edit({"kind": "set", "path": "stop.min_change", "value": 1e-9})
    trainer.step(3)
    trainer.edit({"kind": "set", "path": "stop.min_change", "value": 1e6})
    assert agrees(trainer, 7)
    with pytest.raises(export.ExportError, match="ends here"):
        export.torch(trainer)


def test_after_edits_and_only_up_to_the_next():
    trainer = trained({}, 50)
    trainer.edit({"kind": "set", "path": "optimizer.name", "value": "rmsprop"})
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 1], "value": 2.5})
    trainer.step(12)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.3})
    trainer.step(40)
    trainer.seek(50)
    assert agrees(trainer, 12)


def test_the_script_is_a_look_and_changes_nothing():
    left, right = trained({"optimizer": {"name": "nesterov"}}), trained({"optimizer": {"name": "nesterov"}})
    text = export.torch(left)
    assert text == export.torch(left) and "session" not in text
    left.step(100)
    right.step(100)
    assert all(
        np.array_equal(a, b) for a, b in zip(left.named_parameters.values(), right.named_parameters.values(), strict=True)
    )
    assert np.array_equal(left.series.points, right.series.points, equal_nan=True)


def test_there_is_nothing_to_go_on_with_at_the_end():
    with pytest.raises(export.ExportError, match="ends here"):
        export.torch(trained({"stop": {"max_steps": 30}}, 40))


def test_what_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(export, "MOST_NUMBERS", 50)
    trainer = trained({})
    monkeypatch.setattr(trainer.run.pieces, "updates", None)  # before any update is made for it
    for kind in (export.torch, export.model):
        with pytest.raises(export.ExportError, match="at most 50"):
            kind(trainer)


def test_curves_have_every_digit():
    trainer = trained({"data": {"name": "moons", "samples": 80, "validation_fraction": 0.2}})
    rows = list(csv.DictReader(io.StringIO(export.curves(trainer))))
    columns = trainer.series.columns()
    assert len(rows) == len(trainer.series) > 3 and rows[0]["gradient_norm"] == ""
    for name in columns:
        found = [float(row[name] or "nan") for row in rows]
        assert np.array_equal(found, columns[name], equal_nan=True)
    assert rows[1]["step"].isdigit()


def test_curves_leave_out_what_there_is_not():
    header = export.curves(trained({"data": {"name": "sine", "test_fraction": 0.0}})).splitlines()[0]
    assert header == "step,epoch,train_loss,gradient_norm,weight_norm"


def test_the_model_computes_what_the_trainer_does():
    trainer = trained({"data": {"name": "wine", "standardize": True}, "network": {"layers": [{"units": 5}]}})
    model = json.loads(export.model(trainer))
    raw = trainer.dataset.splits["test"].raw
    h = ((raw - model["scaling"]["mean"]) / model["scaling"]["scale"]).T
    for layer in model["layers"]:
        z = np.array(layer["weights"]) @ h + np.array(layer["bias"])[:, None]
        h = np.tanh(z) if layer["activation"] == "tanh" else np.exp(z) / np.exp(z).sum(axis=0)
    assert np.abs(h.T - trainer.predict(raw)).max() < 1e-12
    assert model["sizes"] == [13, 5, 3] and model["step"] == 137 and len(model["classes"]) == 3


def test_held_biases_are_held_in_the_script_too():
    """Their gradients count as nothing, and a decay that moves them is taken back."""
    spec = RunSpec.model_validate(
        {
            "data": {"name": "spiral", "samples": 40},
            "network": {"layers": [{"units": 3}], "train_bias": False},
            "optimizer": {"name": "adamw", "dialect": "pytorch", "weight_decay": 0.1},
        }
    )
    text = export.torch(Trainer(spec))
    assert "for i in [1, 3]}  # biases stay as they are" in text
    assert text.index("parameters[i].grad.zero_()") < text.index("optimizer.step()") < text.index("parameters[i].copy_(bias)")
