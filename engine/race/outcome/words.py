"""Why the lanes of a race arrive as they do, in words: every number in them was measured along their paths."""

from __future__ import annotations

from collections.abc import Callable

from engine.race.outcome.network_reasons import NetworkReason
from engine.race.outcome.numbers import count, percent, setting, size, steps_of
from engine.race.outcome.reasons import LanePath, Place, Reason

TURNS = 0.05
"""By so much more of its steps a lane turns back where that is worth telling."""
RESTS = {
    "minimum": "at a local minimum",
    "maximum": "at a maximum",
    "saddle": "at a saddle point",
    "degenerate": "where the curvature vanishes, too",
    "not critical": "though this is no critical point",
    "not smooth": "where f is not smooth",
}

Name = Callable[[int], str]


def title_of(reason: Reason | NetworkReason, name: Name) -> str:
    if reason.told == "all left":
        return "Every lane left the surface" if isinstance(reason, Reason) else "Every lane has diverged"
    if reason.told == "nobody":
        return "No lane has arrived"
    if reason.told == "tie" and reason.other is not None:
        return f"{name(reason.first)} and {name(reason.other)} arrive together"
    return f"Why {name(reason.first)} arrives first"


def words_of(reason: Reason, name: Name) -> str:
    """A few sentences, `name` being what a lane is called."""
    told, one = reason.told, reason.paths[reason.first]
    two = None if reason.other is None else reason.paths.get(reason.other)
    a, b = name(reason.first), "" if reason.other is None else name(reason.other)
    leads = told in ("nobody", "all left")
    sentences: list[str] = []
    if not leads:
        steps, late = None if two is None else two.updates, told in ("rests", "under way")
        sentences.append(arrivals(a, one.updates, b, steps, late=late, left="no other lane is on the surface"))
    if two is not None and told == "longer steps":
        sentences += _longer(one, b, two)
    if two is not None and told == "shorter path":
        sentences += _shorter(a, one, b, two)
    if two is not None and told == "tie":
        sentences.append(f"Their paths are {size(one.length)} and {size(two.length)} long.")
    if told == "nobody":
        sentences.append(f"After {steps_of(one.updates)} {a} leads.")
    if reason.place is not None:
        sentences.append(_standing(reason.place, "It" if leads else b))
    if told == "all left":
        sentences.append(f"{a} left last, with update {count(one.updates)}.")
    if leads:
        sentences += _limit(a, one)
    elif two is not None and two.step < one.step:
        sentences += _limit(b, two)
    if reason.noise is not None:
        low, high = reason.noise
        sentences.append(f"Under the noise the last losses of {a} lie between {size(low)} and {size(high)}.")
    return joined(sentences)


def joined(sentences: list[str]) -> str:
    return " ".join(each[0].upper() + each[1:] for each in sentences)


def arrivals(a: str, one: int, b: str, two: int | None, *, late: bool, left: str) -> str:
    """After how many updates two lanes arrive, of which the second may be `late`, or have `left` with all the others."""
    winner = f"{a} arrives at step {count(one)}"
    if two is None:
        return f"{winner}; {left}."
    if late:
        return f"{winner}; {b} has not arrived after {steps_of(two)}."
    return f"{winner}, {b} at step {count(two)}."


def _longer(one: LanePath, b: str, two: LanePath) -> list[str]:
    steps = f"Its steps are longer: {size(one.step)} on average, against {size(two.step)}"
    found = [f"{steps}, on paths of {size(one.length)} and {size(two.length)}."]
    if one.slope > 0.0 and two.slope > 0.0:
        moved = f"{size(one.step / one.slope)}, {b} {size(two.step / two.slope)}"
        found.append(f"For each unit of slope it moves {moved}.")
    return found


def _shorter(a: str, one: LanePath, b: str, two: LanePath) -> list[str]:
    found = [f"Its path is shorter: {size(one.length)}, against {size(two.length)}."]
    if two.turns - one.turns >= TURNS:
        found.append(f"{b} turns back in {percent(two.turns)} of its steps, {a} in {percent(one.turns)}.")
    return found


def _standing(place: Place, lane: str) -> str:
    """Where the one stands that has not arrived."""
    where = f"f = {size(place.loss)}, ‖∇f‖ = {size(place.gradient_norm)}"
    return f"{lane} rests {RESTS[place.kind]} ({where})." if place.rests else f"{lane} is still under way ({where})."


def _limit(lane: str, path: LanePath) -> list[str]:
    """The rate of a lane beside its bound."""
    if path.bound is None or path.rate is None:
        return []
    bound = f"(λ_max {size(path.steepest)}) its bound is {size(path.bound)}; it runs at {setting(path.rate)}"
    return [f"Where {lane}’s path is steepest {bound}."]
