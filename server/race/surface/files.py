"""A race to take away: its script, every step of every lane as a table, a page of its own."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from server.race.names import name_of
from server.race.surface.figures import whole

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from engine.race import Race
    from server.race.surface.controller import Desk


def script(race: Race, desk: Desk) -> str:
    """What `race_load` takes: the engine's script, and what the desk adds to it."""
    from engine import fingerprint

    made = race.as_script() | {"fingerprint": fingerprint(), "threshold": desk.threshold, "rates": desk.rates}
    made["chosen"] = [desk.chosen.get(lane.id, "own") for lane in race.lanes]
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def file_of(on: str, step: int, ending: str, text: str) -> dict[str, Any]:
    return {"name": f"chainrule-race-{on}-step-{step}.{ending}", "type": f"text/{ending}", "text": text}


def table(race: Race) -> dict[str, Any]:
    """Every step of every lane up to the present one: the full doubles."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["lane", "name", "optimizer", "rate", "step", "x", "y", "loss"])
    for lane in race.lanes:
        points, losses = race.trail(lane.id).tolist(), race.losses(lane.id).tolist()
        for step, ((x, y), loss) in enumerate(zip(points, losses, strict=True)):
            rule = lane.spec.in_force(step)[0]
            rows.writerow([lane.id, name_of(lane), rule.name, repr(rule.lr), step, repr(x), repr(y), repr(loss)])
    return file_of(race.spec.surface.name, race.step, "csv", out.getvalue())


def page(race: Race, desk: Desk, theme: str) -> dict[str, Any]:
    """One file that needs nothing else: surface and trails, loss curves, the standings."""
    return file_of(race.spec.surface.name, race.step, "html", html_of(whole(race, desk, theme)))


def html_of(figure: Figure) -> str:
    """Plotly itself is within."""
    return str(figure.to_html(include_plotlyjs=True, full_html=True, config={"displaylogo": False, "responsive": True}))
