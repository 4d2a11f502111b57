"""A lesson as data: its cards, their questions and tasks. What is measured stands as text in the vocabulary of
`engine.lessons.vocabulary`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from engine.lessons.situation import Situation
from engine.spec.fields import Many, SpecModel, within

MOST_CARDS = 12
MOST_CHOICES = 6
Words = Annotated[str, Field(max_length=4000)]
"""Markdown of one or more paragraphs."""
Line = Annotated[str, Field(min_length=1, max_length=300)]
"""Markdown within a line."""
Measured = Annotated[str, Field(min_length=1, max_length=300)]
"""A measurement, such as ``delta(1) / delta(10)``, or the name of one of the card's."""
Condition = Annotated[str, Field(min_length=1, max_length=300)]
"""Of a measurement, such as ``loss(train) < 0.1 and delta(1) / delta(10) > 0.1``."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
Change = Annotated[dict[Annotated[str, Field(max_length=120)], object], Field(max_length=12)]
"""Paths into the spec of the card's situation, such as ``regularization.l2``, ``network.layers.*.activation`` or
``edits.0.value``, and the values there, in force from the start on."""
View = Literal["train", "step", "race", "network", "graph", "lab"]
Reference = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+(#\d+)?$", max_length=120)]
"""A lesson, ``course/lesson``, or a card of one, ``course/lesson#4``, counted from 1."""


class Choice(SpecModel):
    """One answer to choose. It is the right one where `when` holds: a condition, or only its right side, such as ``< 1e-4``,
    of what the question measures. `reply` answers back where it is chosen and wrong."""

    text: Line
    when: Condition
    reply: str = Field(default="", max_length=300)


class Item(SpecModel):
    """One of what is put in order, by what is measured of it, the least first."""

    text: Line
    measure: Measured


class Asked(SpecModel):
    """What all questions have. `unit` stands beside the number measured, in words or as a formula; `twin` is the card that asks
    the same in other clothes."""

    ask: Line
    unit: str = Field(default="", max_length=120)
    twin: Reference | None = None


class Choose(Asked):
    kind: Literal["choose"] = "choose"
    measure: Measured
    choices: Many[Choice] = Field(min_length=2, max_length=MOST_CHOICES)


class Sign(Asked):
    """Negative, zero or positive."""

    kind: Literal["sign"] = "sign"
    measure: Measured


class Power(Asked):
    """The power of ten at or below the size of a number."""

    kind: Literal["power"] = "power"
    measure: Measured


class NumberAsked(Asked):
    """A number, right within `tolerance`, a part of the number measured (`relative`) or an amount."""

    kind: Literal["number"] = "number"
    measure: Measured
    tolerance: Annotated[float, AfterValidator(within(0.0, 1e9))] = 0.05
    relative: bool = True


class Order(Asked):
    kind: Literal["order"] = "order"
    items: Many[Item] = Field(min_length=2, max_length=MOST_CHOICES)


class Place(Asked):
    """A point of the plane that the view shows, a surface or the input plane: right within the distance `tolerance` of the one
    measured."""

    kind: Literal["place"] = "place"
    x: Measured
    y: Measured
    tolerance: Annotated[float, AfterValidator(within(0.0, 1e9, low_open=True))]


class Sketch(Asked):
    """A curve to come: what is measured at `points` steps from the situation's to `steps` further, drawn before it is known.
    Right where the drawn one is nowhere further off than `tolerance`, a part of the axis from `low` to `high`."""

    kind: Literal["sketch"] = "sketch"
    measure: Measured
    steps: int = Field(ge=1, le=100_000)
    low: float = 0.0
    high: float = Field(default=1.0, allow_inf_nan=False)
    log: bool = False
    tolerance: Annotated[float, AfterValidator(within(0.0, 1.0, low_open=True))] = 0.15


Question = Annotated[Choose | Sign | Power | NumberAsked | Order | Place | Sketch, Field(discriminator="kind")]


class Solution(SpecModel):
    """One way to meet a task: another spec from the start (`change`) or a situation of its own, edits made where that stands,
    then `steps` more."""

    change: Change = Field(default_factory=dict)
    edits: Many[dict[str, object]] = ()
    situation: Situation | None = None
    steps: int = Field(default=0, ge=0, le=1_000_000)


def _as_solution(given: Any) -> Any:
    """Paths alone are a change."""
    if isinstance(given, dict) and given and not given.keys() & Solution.model_fields.keys():
        return {"change": given}
    return given


Variant = Annotated[Solution, BeforeValidator(_as_solution)]
"""The same situation otherwise: in short, ``{regularization.l2: 0.001}``, or as a solution is told."""


class Task(SpecModel):
    """What a learner brings about, told live: `wanted` does not hold where the card begins, and holds with the `solution`.
    `receipt`: it ends in a number that a marker can check."""

    ask: Line
    wanted: Condition
    solution: Solution
    receipt: bool = False


class Minutes(SpecModel):
    alone: float = Field(ge=0.5, le=30)
    in_class: float = Field(alias="class", ge=0.5, le=30)


class StepPlace(SpecModel):
    """Where Step stands: at the first micro-step of this kind and layer, looking at this sample of the mini-batch."""

    micro: str = Field(default="", max_length=40)
    sample: int | None = Field(default=None, ge=0)


class Card(SpecModel):
    """One card. Without a `situation` it goes on with what is there. `view` is shown from the start, `after` once the question
    is answered; `lit` are parts of the page, `controls` the settings that a learner may change. Each of `measures` has a name
    that the words may print, ``{ratio}``; `claims` hold on them, for `seeds` seeds where chance plays: the first ones of which
    `given` holds, where a card is about one sort of start. Each of `variants` is the same situation otherwise, of which
    ``on(name, …)`` is measured."""

    title: Line
    line: int = Field(default=1, ge=1, description="where it begins in its file")
    words: Words = ""
    why: Words = Field(default="", description="told once the question is answered")
    situation: Situation | None = None
    view: View = "train"
    after: View | None = None
    place: StepPlace | None = None
    lit: Many[str] = ()
    controls: Many[str] = ()
    minutes: Minutes
    measures: dict[Name, Measured] = Field(default_factory=dict, max_length=12)
    variants: dict[Name, Variant] = Field(default_factory=dict, max_length=8)
    claims: Many[Condition] = ()
    seeds: int = Field(default=5, ge=1, le=5)
    given: Condition | None = None
    question: Question | None = None
    task: Task | None = None


class Lesson(SpecModel):
    """A lesson, read from one Markdown file."""

    title: Line
    course: Line
    can: Line = Field(description="what one can do after it")
    know: Many[Reference] = Field(default=(), description="lessons to have done before")
    cards: Many[Card] = Field(min_length=1, max_length=MOST_CARDS)
