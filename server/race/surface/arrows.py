"""The channel of what a lane's next update is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.race.refusals import problem_of
from server.session.channel_types import Picture, Want

if TYPE_CHECKING:
    from server.race.surface.controller import SurfaceRaceController


def arrows(races: SurfaceRaceController, want: Want) -> Picture | None:
    """Of one lane, the leader's where none is chosen, `meta.arrows` as `engine.race.path.arrows.UpdateArrow` has them: role,
    MathML of the symbol, words, x and y. None of them where it makes no update of this kind, and `meta.why` says so. Nothing in
    a race without lanes."""
    from engine.race.path.arrows import update_arrows
    from server.mathml import inline

    told, _ = races.told_lane(want.lane)
    if told is None:
        return None
    meta: dict[str, Any] = {"lane": told.id, "change": races.changes, "arrows": [], "why": None}
    try:
        found = update_arrows(races.present(), told.id)
    except ValueError as error:
        return Picture(meta | {"why": problem_of(error)}, {})
    meta["arrows"] = [
        {"role": each.role, "mathml": inline(each.symbol), "words": each.words, "x": each.vector[0], "y": each.vector[1]}
        for each in found
    ]
    return Picture(meta, {})
