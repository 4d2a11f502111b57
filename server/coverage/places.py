"""The places of the page that a row names: what stands behind the ``#`` of an address, and what a place is called."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from server.lessons.library import library
from server.lessons.reading.html import plain
from server.lessons.reading.problems import LessonError

HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)


class Place(NamedTuple):
    room: str
    title: str
    href: str

    def as_json(self) -> dict[str, str]:
        return self._asdict()


class NoPlaceError(ValueError):
    """What a row names is not there."""


def place_of(told: Mapping[str, Any]) -> Place:
    """Raises `NoPlaceError`."""
    ((kind, given),) = told.items()
    if kind not in KINDS:
        raise NoPlaceError(f"there is no kind of place {kind!r}; allowed: {', '.join(KINDS)}")
    return KINDS[kind](given)


def packed(script: Mapping[str, Any]) -> str:
    """A script as `web/src/link.js` unpacks it from an address."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    text = json.dumps(script, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(deflate.compress(text) + deflate.flush()).decode().rstrip("=")


def _lesson(reference: str) -> Place:
    """``course/lesson#4``, counted from 1."""
    id, _, number = reference.partition("#")
    titles = _titles(id)
    if not 1 <= int(number or 1) <= len(titles) - 1:
        raise NoPlaceError(f"{id} has no card {number}; allowed: 1 to {len(titles) - 1}")
    card = int(number or 1)
    return Place("lessons", f"{titles[0]}: {titles[card]}", f"#l={id}.{card}")


@cache
def _titles(id: str) -> tuple[str, ...]:
    """Of a lesson, and of its cards."""
    from server.lessons.reading.lesson import outline

    try:
        text = library().text(id)
        return (plain(outline(text).title), *(plain(title) for title in HEADING.findall(text)))
    except (KeyError, LessonError) as error:
        raise NoPlaceError(f"there is no lesson {id!r} to be read") from error


def _example(name: str) -> Place:
    from engine.microscope import PRESETS

    if name not in PRESETS:
        raise NoPlaceError(f"Step has no example {name!r}; allowed: {', '.join(PRESETS)}")
    return Place("step", PRESETS[name].title, f"#{urlencode({'view': 'step', 'example': name})}")


def _graph(fields: Mapping[str, str]) -> Place:
    from engine.microscope.expressions.graph import Graph

    Graph.read(fields["f"], {name: float(value) for name, value in fields.items() if name != "f"})
    return Place("graph", fields["f"], f"#{urlencode({'view': 'graph', **fields})}")


def _run(script: Mapping[str, Any]) -> Place:
    """Where Train stands at once."""
    from engine.script.script_data import ScriptData
    from engine.spec import RunSpec

    spec = RunSpec.model_validate(script["spec"])
    data = ScriptData(spec=spec, step=script.get("step", 0))
    sizes = "–".join(str(layer.units) for layer in spec.network.layers)
    address = urlencode({"view": "train", "s": packed(data.as_json())})
    return Place("train", f"{spec.data.name}, layers of {sizes}", f"#{address}")


def _race(kind: str, field: str) -> Callable[[str], Place]:
    def found(name: str) -> Place:
        from engine.race.presets import PRESETS

        preset = PRESETS.get(name)
        if preset is None or preset.kind != kind:
            allowed = ", ".join(each.name for each in PRESETS.values() if each.kind == kind)
            raise NoPlaceError(f"there is no race {name!r} of this kind; allowed: {allowed}")
        script = {"spec": preset.script, "step": 0, "threshold": preset.threshold}
        return Place("race", preset.title, f"#{urlencode({'view': 'race', field: packed(script)})}")

    return found


def _lab(name: str) -> Place:
    from engine.lab import EXPERIMENTS

    if name not in EXPERIMENTS:
        raise NoPlaceError(f"the lab has no experiment {name!r}; allowed: {', '.join(EXPERIMENTS)}")
    return Place("lab", EXPERIMENTS[name].title, f"#{urlencode({'view': 'lab', 'lab': name})}")


KINDS: dict[str, Callable[[Any], Place]] = {
    "lesson": _lesson,
    "example": _example,
    "graph": _graph,
    "run": _run,
    "race": _race("surface", "r"),
    "network": _race("network", "n"),
    "lab": _lab,
}
