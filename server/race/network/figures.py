"""The page of a race on the network to take away: the loss over the plane with the lanes' trajectories, the loss curves, the
standings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.race import figures as parts
from server.race.names import names_of
from server.race.network.channels import standings, surface, trajectories
from server.race.network.outcome import told, why
from server.race.told_outcome import Arrived, ToldOutcome
from server.session.channel_types import Picture, Want

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from server.race.network.controller import NetworkRaceController


def whole(races: NetworkRaceController, theme: str) -> Figure:
    """Plain Plotly, which a file of its own can hold."""
    race, want = races.present(), Want(races.number, 50, None)
    ground, walked, ranked = surface(races, want), trajectories(races, want), standings(races, want)
    assert ranked is not None
    figure = parts.sheet()
    if ground is not None and walked is not None:
        _plane(figure, races, theme, ground, walked)
    rows = {row["id"]: row for row in ranked.meta["lanes"]}
    _curves(figure, races, theme, rows)
    off, names = _off(walked), names_of(race)
    cells = [
        [names[number] for number in rows],
        [f"{row['rate']:g}" for row in rows.values()],
        [f"{row['loss']:.6g}" for row in rows.values()],
        ["–" if row["test"] is None else f"{row['test']:.6g}" for row in rows.values()],
        ["–" if row["accuracy"] is None else f"{row['accuracy']:.1%}" for row in rows.values()],
        ["–" if row["reached"] is None else str(row["reached"]) for row in rows.values()],
        [f"{off[number]:.3g}" if number in off else "–" for number in rows],
        [row["stopped"] or "" for row in rows.values()],
    ]
    share = race.lanes[0].trainer.dataset.largest_class_share("train")
    accuracy = "accuracy" if share is None else f"accuracy (largest class {share:.1%})"
    heads = ["lane", "rate η", f"train loss at step {race.step}", "test loss", accuracy, f"step below {races.threshold:g}"]
    parts.add_table(figure, theme, [*heads, "off the plane", ""], cells)
    sizes = "–".join(str(size) for size in race.lanes[0].trainer.tape.sizes)
    words = f"chainrule: a race on the network {sizes}, {race.spec.run.data.name}, step {race.step}"
    if ground is not None:
        words += f"<br><sup>The plane: {ground.meta['words']}. Its least loss: {ground.meta['least']:.4g}</sup>"
    return parts.finished(figure, theme, words)


def _plane(figure: Figure, races: NetworkRaceController, theme: str, ground: Picture, walked: Picture) -> None:
    parts.add_ground(figure, theme, ground.arrays, ground.meta["contours"])
    minima = walked.meta["minima"]
    if minima is not None:
        a, b, _ = minima["lowest"]
        parts.add_stars(figure, theme, [a], [b], "the slice’s lowest point")
    race, first = races.present(), 0
    looks, names = parts.looks_of(theme, race, races.slots), names_of(race)
    for each in walked.meta["lanes"]:
        lane, part = race.lane(each["id"]), slice(first, first + each["count"])
        first = part.stop
        look = looks[lane.id]
        sizes = np.zeros(each["count"])
        sizes[-1] = 9  # the head, where the lane stands
        parts.add_trail(
            figure,
            theme,
            look,
            x=walked.arrays["a"][part],
            y=walked.arrays["b"][part],
            customdata=np.column_stack([walked.arrays["steps"][part], walked.arrays["off"][part]]),
            hovertemplate="step %{customdata[0]}<br>at %{x}, %{y}<br>%{customdata[1]:.4g} off the plane",
            name=names[lane.id],
            legendgroup=str(lane.id),
            mode="lines+markers",
            marker={"color": look.color, "size": sizes},
        )
    for update, name, offset, (low, high) in zip(
        (figure.update_xaxes, figure.update_yaxes),
        ground.meta["names"],
        ground.meta["offset"],
        ground.meta["domain"],
        strict=True,
    ):
        update(range=[low, high], title=name if offset == 0 else f"{name}, from {offset:.3g}", row=1, col=1)
    if ground.meta["plane"] != "points":  # whose coordinates are parts of two ways, not lengths
        figure.update_xaxes(constrain="domain", row=1, col=1)
        figure.update_yaxes(scaleanchor="x", constrain="domain", row=1, col=1)


def _curves(figure: Figure, races: NetworkRaceController, theme: str, rows: dict[int, dict[str, Any]]) -> None:
    """What was recorded and, after it, where the lane stands: of what is trained on a line, of the test samples dots."""
    import plotly.graph_objects as go

    positive, trained = True, []
    looks, names = parts.looks_of(theme, races.present(), races.slots), names_of(races.present())
    for lane in races.present().lanes:
        look, columns, row = looks[lane.id], lane.recorded, rows[lane.id]
        for split, key in (("train", "loss"), ("test", "test")):
            if row[key] is None:
                continue
            steps, losses = columns["step"], columns[f"{split}_loss"]
            if row["step"] > steps[-1]:
                steps, losses = np.append(steps, row["step"]), np.append(losses, row[key])
            positive &= bool((losses[np.isfinite(losses)] > 0).all())
            if split == "train":
                trained.append(losses)
            for step in {row["reached"], row["arrived"]} - {None} if split == "train" else ():
                height = float(losses[np.searchsorted(steps, step)])
                parts.add_arrival(figure, theme, look, step, height, stays=step == row["arrived"])
            figure.add_trace(
                go.Scatter(
                    x=steps,
                    y=losses,
                    name=f"{names[lane.id]}, {split}",
                    legendgroup=str(lane.id),
                    showlegend=False,
                    mode="lines",
                    hovertemplate="step %{x}<br>%{y}",
                    line={
                        "color": look.color,
                        "dash": look.dash if split == "train" else "dot",
                        "width": 2 if split == "train" else 1,
                    },
                ),
                row=2,
                col=1,
            )
    parts.name_axes(figure, logarithmic=positive, below="step; dotted: test samples")
    parts.add_finish(figure, theme, races.threshold, trained, logarithmic=positive)


def _off(walked: Picture | None) -> dict[int, float]:
    """How far each lane stands off the plane."""
    found: dict[int, float] = {}
    last = -1
    for each in walked.meta["lanes"] if walked is not None else ():
        last += each["count"]
        assert walked is not None
        found[each["id"]] = float(walked.arrays["off"][last])
    return found


def told_of(races: NetworkRaceController, theme: str) -> ToldOutcome | None:
    """What has come of it, where there is something to tell."""
    race, found = races.present(), why(races)
    if found is None:
        return None
    names, looks = names_of(race), parts.looks_of(theme, race, races.slots)
    there = [each for each in race.standings(races.threshold) if each.diverged is None]
    first = [Arrived(names[each.id], looks[each.id].color, each.arrived) for each in there if each.arrived is not None]
    return ToldOutcome(*told(races, found), first)
