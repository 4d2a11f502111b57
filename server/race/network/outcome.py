"""The channel that says why the lanes of a race on the network arrive as they do: once the race stands."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict
from typing import TYPE_CHECKING

from server.race.names import names_of
from server.session.channel_types import Picture, Want

if TYPE_CHECKING:
    from engine.race.outcome.network_reasons import Measured, NetworkReason
    from server.race.network.controller import NetworkRaceController
    from server.session.viewer import Slot, Viewer


def outcome_key(races: NetworkRaceController, viewer: Viewer, slot: Slot) -> Hashable:
    """Where the lanes stand, and whether they were looked at there."""
    if races.race is None:
        return None
    looked = races.studies.kept.get("point")
    number = looked.number if looked is not None and looked.state == "done" else None
    return races.number, races.changes, None if races.work is not None else races.race.step, number


def outcome(races: NetworkRaceController, want: Want) -> Picture | None:
    """`meta.reason`: what `engine.race.outcome.network_reasons.NetworkReason` has, its paths as a list, and `meta.title` and
    `meta.words`, which say it; null while the lanes move, at step 0 and without lanes."""
    found = None if races.work is not None else why(races)
    if found is None:
        return Picture({"reason": None, "title": "", "words": "", "change": races.changes}, {})
    title, words = told(races, found)
    plain = asdict(found) | {"paths": [asdict(path) for path in found.paths.values()]}
    return Picture({"reason": plain, "title": title, "words": words, "change": races.changes}, {})


def why(races: NetworkRaceController) -> NetworkReason | None:
    from engine.race.outcome.network_reasons import network_reason

    return network_reason(races.present(), races.threshold, _measured(races))


def told(races: NetworkRaceController, found: NetworkReason) -> tuple[str, str]:
    """Its title and its words."""
    from engine.race.outcome.network_words import network_words_of
    from engine.race.outcome.words import title_of

    name = names_of(races.present()).__getitem__
    return title_of(found, name), network_words_of(found, name)


def _measured(races: NetworkRaceController) -> dict[int, Measured]:
    """Of the lanes whose curvature was looked at where they stand."""
    from engine.race.outcome.network_reasons import Measured

    looked, race = races.studies.kept.get("point"), races.present()
    if looked is None or looked.found is None:
        return {}
    at = {lane.id: lane.trainer.steps_done for lane in race.lanes}
    return {
        each["id"]: Measured(each["bound"]["curvature"], each["bound"]["rate"])
        for each in looked.found.meta["lanes"]
        if each["bound"] is not None and at.get(each["id"]) == each["step"]
    }
