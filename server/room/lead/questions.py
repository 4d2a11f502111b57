"""Questions whose answers the engine measures: a card's, its twin's, a number in view. What a class is asked is told at once;
what is right is measured by itself, and kept from everybody until the reveal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from server.interfaces import Asked, Truth
from server.mathml import inline
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.lessons.building import Built
    from engine.lessons.card import Question
    from engine.lessons.scripts import Subject

ASKS = {"sign": "What is the sign of {}?", "power": "Which power of ten is {}?", "number": "How large is {}?"}


def number_asked(of: str, ask: str, kind: str, there: Subject | None, finish: float | None) -> Asked:
    """In a worker: a measurement, in the one grammar of lessons, of what is there as it stands now. What is quick is measured
    at once; for the rest a copy is made, which nobody moves. `ask` is HTML. Raises `CommandError`."""
    from engine.lessons.building import Built
    from engine.lessons.card import NumberAsked, Power, Sign
    from engine.lessons.measuring import MeasureError, Measurement

    if there is None:
        raise CommandError("no_run", "There is nothing in view that could be measured", "of")
    kinds: dict[str, type[Sign | Power | NumberAsked]] = {"sign": Sign, "power": Power, "number": NumberAsked}
    try:
        measurement = Measurement.read(of)
        built = Built.of(there, finish=finish)
        measurement.check(built.kind)
    except MeasureError as error:
        raise CommandError("invalid", f"of: {error.problem}", "of", error.allowed or None) from error
    question: Question = kinds[kind](ask=ask[:300] or of, measure=of)
    asked = ask or ASKS[kind].format(inline(measurement.latex))
    if measurement.live:
        found = truth_of(question, built)
        return _told(kind, asked, lambda: found)
    return _told(kind, asked, partial(truth_of, question, _apart(there, finish)))


def _told(kind: str, ask: str, measure: Any) -> Asked:
    told: dict[str, Any] = {"kind": kind, "ask": ask, "texts": [], "unit": "", "axis": None, "log": False, "reading": ""}
    return Asked(told, "", None, 0, measure)


def _apart(there: Subject, finish: float | None) -> Built:
    """The same by itself."""
    from engine.lessons.building import Built, build
    from engine.lessons.scripts import situation_of
    from engine.trainer import Trainer

    if isinstance(there, Trainer):
        return Built.of(there.clone_at(there.steps_done))
    return build(situation_of(there, getattr(there, "step", 0), finish))


def truth_of(question: Question, built: Built) -> Truth:
    """In a worker. Raises `CommandError` where it cannot be measured."""
    from engine.lessons.judging import judge
    from engine.lessons.measuring import MeasureError
    from engine.lessons.standards import standard_of

    try:
        verdict = judge(question, built, None)
    except MeasureError as error:
        raise CommandError(
            "unmeasured", f"This cannot be measured here: {error.problem}", "of", error.allowed or None
        ) from error
    return Truth(verdict.value, verdict.truth, verdict.said, None, standard_of(question, verdict))


def told_question(asked: Asked) -> dict[str, Any]:
    """As a room keeps and tells it."""
    names = ("kind", "ask", "texts", "unit", "axis", "log", "reading")
    return {name: asked.told[name] for name in names} | {"has_twin": asked.twin is not None}


def told_truth(truth: Truth) -> dict[str, Any]:
    """As a room keeps it, and tells it once all is revealed."""
    return {
        "value": truth.value,
        "truth": truth.truth,
        "said": truth.said,
        "curve": truth.curve,
        "judge": truth.standard,
    }
