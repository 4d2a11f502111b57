"""The channel that says why the lanes of a race arrive as they do: once the race stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from server.race.names import names_of
from server.session.channel_types import Picture, Want

if TYPE_CHECKING:
    from engine.race.outcome.reasons import Reason
    from server.race.surface.controller import SurfaceRaceController


def outcome(races: SurfaceRaceController, want: Want) -> Picture | None:
    """`meta.reason`: what `engine.race.outcome.reasons.Reason` has, its paths as a list, and `title` and `words`, which say it;
    null while the lanes move, at step 0 and without lanes."""
    found = None if races.moving else why(races)
    if found is None:
        return Picture({"reason": None, "title": "", "words": "", "change": races.changes}, {})
    plain = asdict(found) | {"paths": [asdict(path) for path in found.paths.values()]}
    title, words = told(races, found)
    return Picture({"reason": plain, "title": title, "words": words, "change": races.changes}, {})


def why(races: SurfaceRaceController) -> Reason | None:
    from engine.race.outcome.reasons import reason

    return reason(races.present(), races.threshold)


def told(races: SurfaceRaceController, found: Reason) -> tuple[str, str]:
    """Its title and its words."""
    from engine.race.outcome.words import title_of, words_of

    name = names_of(races.present()).__getitem__
    return title_of(found, name), words_of(found, name)
