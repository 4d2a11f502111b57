"""What a page without a screen is told of a session: numbers and names, no words, which may be said better later.

The recorder of fixtures writes it down, and the tests ask for the same again of every later version."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import numpy as np
from pages import Event, Page, parameters

from server.wire.frames import finite

FURTHER = 20
"""Updates that a run is led on by: what a snapshot lacks, or has in another place, shows in them."""
MOVING = ("seeking", "playing")
STAND = 40
"""A step that the run which plays has passed before it is kept."""


def newest(page: Page, type: str) -> Event:
    """The last event of a type, which came or comes."""
    found = [event for event in page.events if event["type"] == type]
    return found[-1] if found else page.until(lambda event: event["type"] == type)


def settled(page: Page) -> Event:
    page.run_info()
    return page.until_state(lambda state: state["status"] not in MOVING)


# Runs -----------------------------------------------------------------------------------------------------------------


def numbers(page: Page) -> dict[str, Any]:
    """The step where the run stands, its scores and its parameters."""
    state = settled(page)
    page.do("subscribe", channels=["parameters", "evaluation"])
    place = state["run"], state["branch"], state["step"]
    header, _ = page.frame("evaluation", lambda each: (each["run"], each["branch"], each["step"]) == place)
    found = parameters(page)
    scores = {split: header["meta"][split] for split in ("train", "validation", "test") if header["meta"][split]}
    return {"step": state["step"], "status": state["status"], "scores": scores, "parameters": _values(found)}


def run(page: Page) -> dict[str, Any]:
    """The present branch whole: its script, where it stands, its curves, the branches beside it."""
    found = numbers(page)
    stop, state = page.state["stop"], page.state
    script, shared = newest(page, "script"), json.loads(page.do("share")["result"]["script"])
    data = shared["spec"]["data"]
    samples = {name: data.pop(name) for name in list(data) if name.endswith(("_x", "_y"))}
    branches = [{key: branch[key] for key in ("branch", "parent", "fork", "end")} for branch in script["branches"]]
    return {
        **found,
        "stop": stop and {key: stop[key] for key in ("kind", "step", "best")},
        "where": {key: state[key] for key in ("branch", "end", "max_steps", "epoch", "steps_per_epoch", "speed")},
        "script": {key: shared[key] for key in ("version", "spec", "edits", "step")},
        "samples": hashlib.sha256(json.dumps(samples, sort_keys=True).encode()).hexdigest(),
        "branches": branches,
        "can_undo": script["can_undo"],
        "can_redo": script["can_redo"],
        "curves": {str(each["branch"]): _curves(page, each["branch"]) for each in branches},
    }


def _curves(page: Page, branch: int) -> dict[str, Any]:
    columns: dict[str, Any] = page.do("compare", branch=branch, points=4000)["result"]["columns"]
    return columns


def _values(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays.values())).hexdigest()
    return {"sha256": digest, "values": finite({name: array.tolist() for name, array in arrays.items()})}


def history(page: Page) -> dict[str, Any]:
    """The run, the one before its last edit, and the one to come."""
    here, found = run(page), {}
    if here["can_undo"]:
        page.do("undo")
        found["undone"] = numbers(page)
        page.do("redo")
    if here["stop"] is None:
        page.do("step", count=FURTHER)
        found["further"] = numbers(page)
    return {"here": here, **found}


def playing(page: Page) -> dict[str, Any]:
    """Of a run that goes on by itself: that it does, and what it was at a step that it had passed."""
    page.run_info()
    page.until_state(lambda state: state["status"] == "playing" and state["step"] > STAND)
    page.do("pause")
    page.do("seek", step=STAND)
    return numbers(page)


# Races ----------------------------------------------------------------------------------------------------------------


def surface_race(page: Page) -> dict[str, Any]:
    page.run_info()
    return _race(page, "race", "race_state", "race_share", "race_export")


def network_race(page: Page) -> dict[str, Any]:
    page.run_info()
    return _race(page, "network", "network_state", "network_share", "network_export")


LANE = ("id", "slot", "label", "optimizer", "schedule", "seed", "retunes", "joined")


def _race(page: Page, info: str, state: str, share: str, export: str) -> dict[str, Any]:
    """A race: its script, where it stands, its lanes, every number of its table."""
    newest(page, info)
    if newest(page, state)["status"] in MOVING:
        page.until(lambda event: event["type"] == state and event["status"] not in MOVING)
    script = json.loads(page.do(share)["result"]["script"])
    lanes = [{key: lane[key] for key in LANE} for lane in newest(page, info)["lanes"]]
    where = {key: newest(page, state)[key] for key in ("status", "step", "end", "max_steps", "speed")}
    table = rows(page.do(export, format="csv")["result"]["text"])
    script.pop("fingerprint")
    script.pop("rates", None)  # words
    return {"where": where, "lanes": lanes, "script": script, "table": table}


def rows(text: str) -> dict[str, list[Any]]:
    """A table's columns, numbers as numbers."""
    read = list(csv.DictReader(io.StringIO(text)))
    return {name: [_read(row[name]) for row in read] for name in read[0]}


def _read(cell: str) -> Any:
    try:
        return finite(float(cell))
    except ValueError:
        return cell


# The microscope -------------------------------------------------------------------------------------------------------


def questions(page: Page) -> dict[str, Any]:
    """What is withheld, how the answers went, and every number of the update that is told beside them."""
    settled(page)
    asked = page.do("questions")["result"]
    open_ = [{key: each[key] for key in ("id", "micro", "name", "row", "column", "stage")} for each in asked["questions"]]
    answers = [[[answer["stage"], answer["right"]] for answer in each["answers"]] for each in asked["questions"]]
    text = page.do("take_away", format="json")["result"]["text"]
    return {"open": open_, "answers": answers, "score": asked["score"], "update": update(text)}


def update(text: str) -> list[Any]:
    """The arrays of an update taken away as JSON, by micro-step."""
    return [
        {kind: {value["name"]: value["array"] for value in step[kind]} for kind in ("operands", "results")}
        for step in json.loads(text)["steps"]
    ]


# Sessions by name -----------------------------------------------------------------------------------------------------

SESSIONS = {
    "history": history,
    "normalized": history,
    "stopped": history,
    "diverged": history,
    "own_data": history,
    "surface": surface_race,
    "formula": surface_race,
    "network": network_race,
    "questions": questions,
    "playing": playing,
}
"""What is asked of a kept session, by the name it was recorded under."""
