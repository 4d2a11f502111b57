"""Receipts: genuine ones pass, here and as if written on another machine; forged, damaged and oversized ones do not."""

import base64
import contextlib
import json
import subprocess
import sys

import numpy as np
import pytest
from race_measures import DESCENT, GRAPH, NETWORK
from run_measures import XOR
from stated import situation

from engine import RunSpec, Trainer
from engine.lessons import receipts
from engine.lessons.building import Built, build
from engine.lessons.checking import main
from engine.lessons.receipts import Receipt, check
from engine.lessons.situation import Situation

WANTED = "loss(train) < 0.69 and accuracy(test) > 0.1"
CASES = {
    "run": ({"run": XOR, "step": 60, "edits": [{"kind": "set", "step": 20, "path": "optimizer.lr", "value": 0.1}]}, WANTED),
    "weights": (situation(5), "half * 2 < 10"),
    "norm": (
        {"run": XOR | {"network": {"layers": [{"units": 4, "norm": "batch"}]}, "optimizer": {"name": "adam"}}, "step": 30},
        "loss(test) < 10",
    ),
    "seeds": ({"run": XOR}, "count_below(5, loss(train), 0.7, 30) >= 1"),
    "race": (DESCENT, "first() == 2 and arrival(2) < 300"),
    "network": (NETWORK, "first() == 2"),
    "graph": (GRAPH, "slope(x) > 0"),
}
NAMES = {"half": "loss(train) / 2"}


def receipt(name="run"):
    given, wanted = CASES[name]
    built = build(Situation.model_validate(given))
    return Receipt.of(built, wanted, NAMES, lesson="exercises/spiral", card=4, title="The spiral")


def resigned(text, change):
    """A receipt that somebody changed who knows how its digest is made."""
    raw = json.loads(text)
    change(raw)
    made = Receipt.model_validate(raw)
    return made.model_copy(update={"digest": made.own_digest}).as_json()


@pytest.mark.parametrize("name", CASES)
def test_a_genuine_one_is_replayed_bit_for_bit(name):
    made = receipt(name)
    checked = check(made.as_json())
    assert checked.problem == "" and checked.genuine and checked.exact and checked.passed and made.met


def test_one_of_a_live_run_holds_its_whole_script():
    trainer = Trainer(RunSpec.model_validate(XOR))
    trainer.step(30)
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 0], "value": 2.0})
    trainer.edit({"kind": "freeze", "entries": [{"name": "b1", "index": [None]}]})
    trainer.step(30)
    made = Receipt.of(Built.of(trainer), "loss(train) < 0.001")
    assert not made.met and len(made.situation.edits) == 2 and made.situation.step == 60
    checked = check(made.as_json())
    assert checked.genuine and checked.exact and not checked.passed, "genuine, and not met"


def test_a_run_from_given_values_has_none():
    trainer = Trainer(RunSpec.model_validate(XOR), parameters={"W1": np.ones((3, 2))})
    with pytest.raises(ValueError, match="which no script holds"):
        Receipt.of(Built.of(trainer), "loss(train) < 1")


def set_to(*path, to):
    def change(raw):
        for key in path[:-1]:
            raw = raw[key]
        raw[path[-1]] = to(raw[path[-1]]) if callable(to) else to

    return change


def value_and_bits(raw, value):
    raw["values"][0] |= {"value": value, "exact": value.hex()}


FORGED = {
    "a digit of a number": (set_to("values", 0, "value", to=lambda value: value - 1e-12), "is not 0x"),
    "a number and its bits": (lambda raw: value_and_bits(raw, raw["values"][0]["value"] - 1e-12), "its script gives"),
    "the spec": (set_to("situation", "run", "optimizer", "lr", to=0.3001), "its script gives"),
    "the seed": (set_to("situation", "run", "seed", to=1), "its script gives"),
    "the step": (set_to("situation", "step", to=61), "its script gives"),
    "an edit": (set_to("situation", "edits", 0, "value", to=0.11), "its script gives"),
    "an edit left out": (set_to("situation", "edits", to=[]), "its script gives"),
    "the measurement": (set_to("values", 0, "measurement", to="loss(test)"), "not those that it is about"),
    "the condition": (set_to("wanted", to="loss(train) < 0.1 and accuracy(test) > 0.1"), "its numbers say that it is not met"),
    "what a name stands for": (
        lambda raw: raw.update(
            wanted="half < 1", names={"half": "loss(test)"}, values=[raw["values"][0] | {"measurement": "half"}]
        ),
        "its script gives",
    ),
    "whether it is met": (set_to("met", to=False), "its numbers say that it is met"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_one_fails(what):
    change, says = FORGED[what]
    text = receipt().as_json()
    forged = resigned(text, change)
    checked = check(forged)
    assert not checked.genuine and says in checked.problem
    kept = json.loads(forged) | {"digest": json.loads(text)["digest"]}
    assert check(json.dumps(kept)).problem == "it was changed after it was written"


# Another machine ------------------------------------------------------------------------------------------------------


def nudged(made, relative, at_checkpoint=0.0):
    """As another machine might have written it: its numbers and parameters a little off."""

    def change(raw):
        raw["fingerprint"] = "numbers 0/of another processor"
        for value in raw["values"]:
            number = value["value"] * (1.0 + relative)
            value |= {"value": number, "exact": number.hex()}
        theta = np.frombuffer(base64.b64decode(raw["checkpoint"]["parameters"])) * (1.0 + at_checkpoint)
        raw["checkpoint"]["parameters"] = base64.b64encode(theta.tobytes()).decode()

    return resigned(made.as_json(), change)


def test_of_another_machine_last_digits_may_differ():
    made = receipt()
    checked = check(nudged(made, 1e-12, 1e-14))
    assert checked.problem == "" and checked.genuine and not checked.exact and checked.passed


@pytest.mark.parametrize(
    ("relative", "at_checkpoint", "says"),
    [(1e-6, 0.0, "its parameters give"), (0.0, 1e-3, "its parameters give")],
)
def test_its_numbers_must_be_those_of_its_parameters(relative, at_checkpoint, says):
    made = receipt()
    checked = check(nudged(made, relative + 1e-15 * (relative == 0.0), at_checkpoint))
    assert not checked.genuine and says in checked.problem


def test_a_checkpoint_that_cannot_be_read_or_is_of_another_shape_fails():
    for parameters, says in (("AAAAAAAAAAA=", "has"), ("no base64", "cannot be read"), ("AAA", "cannot be read")):

        def change(raw, parameters=parameters):
            value_and_bits(raw, raw["values"][0]["value"] * (1.0 + 1e-13))
            raw["fingerprint"], raw["checkpoint"]["parameters"] = "another", parameters

        checked = check(resigned(receipt().as_json(), change))
        assert not checked.genuine and "its checkpoint" in checked.problem and says in checked.problem


def test_parameters_that_its_script_does_not_lead_to_fail():
    """Numbers that fit a checkpoint which somebody trained longer."""
    other = build(Situation.model_validate(CASES["run"][0] | {"step": 400}))
    longer = Receipt.of(other, WANTED)

    def change(raw):
        raw |= {"fingerprint": "another", "values": json.loads(longer.as_json())["values"]}
        raw["checkpoint"]["parameters"] = longer.checkpoint.parameters
        raw["checkpoint"]["state"] = longer.checkpoint.state

    checked = check(resigned(receipt().as_json(), change))
    assert not checked.genuine and "written on another machine; here its script gives" in checked.problem


# What is no receipt ---------------------------------------------------------------------------------------------------


def large(raw):
    raw["situation"]["run"]["network"]["layers"] = [raw["situation"]["run"]["network"]["layers"][0] | {"units": 1024}] * 3


def long(raw):
    raw["situation"]["step"] = 1_000_000_00


def endless(raw):
    raw["situation"]["run"]["stop"]["max_steps"] = raw["situation"]["step"] = 1_000_000_000


def deep(raw):
    raw["wanted"] = "-(" * 40 + "step()" + ")" * 40 + " < 1"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (large, "too large"),
        (long, "beyond the run's end"),
        (endless, "takes too long"),
        (deep, "nested too deeply"),
        (set_to("wanted", to="count_below(100, at(1000000, loss(train)), 1) > 1"), "not those that it is about"),
        (set_to("situation", "run", "network", "layers", to=[{"units": 3}] * 51), "51 hidden layers"),
        (set_to("situation", "edits", 0, to={"kind": "weight", "name": "W9", "index": [0], "value": 1}), "no parameter W9"),
        (set_to("checkpoint", "parameters", to="AAAA"), "its parameters are not those"),
        (set_to("checkpoint", to=None), "its parameters are not those"),
        (set_to("surprise", to=1), "surprise"),
        (set_to("situation", to={"graph": {"text": "1 / x", "inputs": {"x": 0}}}), "no measurement of this kind"),
    ],
)
def test_what_is_too_large_or_makes_no_sense_is_refused(change, says):
    raw = json.loads(receipt().as_json())
    change(raw)
    with contextlib.suppress(ValueError):  # what cannot be read at all has no digest
        raw = json.loads(resigned(json.dumps(raw), lambda raw: None))
    checked = check(json.dumps(raw))
    assert not checked.genuine and says in checked.problem, checked.problem


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no receipt"),
        ('{"format": "another"}', "no receipt"),
        ('{"format": "chainrule receipt", "version": 2}', "another version"),
        ('{"format": "chainrule receipt", "version": 1}', "situation: Field required"),
        (b"\xff\xfe", "no JSON"),
        (" " * (receipts.MOST_BYTES + 1), "too large"),
    ],
)
def test_what_is_no_receipt_is_refused(text, says):
    checked = check(text)
    assert not checked.genuine and says in checked.problem


# The command line -----------------------------------------------------------------------------------------------------


def test_files_are_checked_and_a_table_is_written(tmp_path, capsys):
    genuine, forged, table = tmp_path / "a.json", tmp_path / "=b.json", tmp_path / "marks.csv"
    text = receipt().as_json()
    genuine.write_text(text)
    forged.write_text(resigned(text, FORGED["the step"][0]))
    assert main([str(genuine)]) == 0
    assert "a.json: met, exercises/spiral card 4" in capsys.readouterr().out
    assert main([str(genuine), str(forged), str(genuine), str(tmp_path / "none.json"), "--csv", str(table)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and "FAILED" in lines[1] and "cannot be read" in lines[3]
    rows = table.read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("file,passed,genuine,exact,met,lesson,card,title,wanted,values,problem,same as")
    assert rows[1].split(",")[1:5] == ["yes", "yes", "yes", "yes"] and rows[2].split(",")[1] == "no"
    assert rows[3].endswith(str(genuine)), "who handed in what another did"
    assert main([str(genuine), "--csv", str(tmp_path / "no" / "table.csv")]) == 2


@pytest.mark.slow(seconds=15)
def test_the_command_checks_in_another_process(tmp_path):
    genuine, forged = tmp_path / "genuine.json", tmp_path / "forged.json"
    text = receipt().as_json()
    genuine.write_text(text)
    forged.write_text(resigned(text, FORGED["a number and its bits"][0]))
    command = [sys.executable, "-m", "server", "check"]
    made = subprocess.run([*command, str(genuine)], capture_output=True, text=True)
    assert made.returncode == 0 and "replayed bit for bit" in made.stdout, made.stderr
    made = subprocess.run([*command, str(forged)], capture_output=True, text=True)
    assert made.returncode == 1 and "FAILED, loss(train) is" in made.stdout, made.stderr
