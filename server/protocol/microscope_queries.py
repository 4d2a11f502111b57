"""What the Step room asks about the coming update: all are answered by `done.result`, and leave the run alone.

Formulas come as MathML beside their LaTeX. A number that is asked for and not told yet (`ask`) is "?" in every answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.protocol.base import Command, Link, Message

NotationName = Annotated[str, Field(max_length=40, description="a notation's name, of `/api/microscope`")]
TensorName = Annotated[str, Field(min_length=1, max_length=20, description="a parameter's, such as W1")]
Index = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(min_length=1, max_length=2, description="counted from 0")]
Place = Annotated[int, Field(ge=0, lt=2**31, description="counted from 0")]


class Entry(Message):
    """One entry of a parameter."""

    name: TensorName
    index: Index


class ChainOfSamples(Command):
    """From the mini-batch's samples to what a parameter follows. `done.result`: `engine.microscope.SampleChain`, and
    ``bars``: of the largest contributors their ``column``, ``sample`` (1-based training row), ``gradient`` and ``share``.
    Refused under batch norm."""

    type: Literal["sample_chain"] = "sample_chain"
    name: TensorName
    index: Index


class Dissect(Command):
    """The update of one parameter taken apart, with each quantity's last values. `done.result`: `engine.microscope.Dissection`
    with ``symbol_mathml``, ``formula_mathml`` and ``numbers_mathml`` in each part."""

    type: Literal["dissect"] = "dissect"
    name: TensorName
    index: Index


class Verify(Command):
    """Was it right? Finite differences of some entries, and the change of J that the update makes, on its own mini-batch and
    masks. `done.result`: ``entries`` (`engine.microscope.SlopeCheck`), ``error``, how far they are apart all together (null:
    none were asked for), ``worst`` of them, ``kinks``, and ``change`` (`engine.microscope.Change`)."""

    type: Literal["verify"] = "verify"
    entries: list[Entry] = Field(max_length=256)


class WrongSide(Command):
    """The update made in place on the way back, beside the right one. `done.result`: ``words``, ``differ`` (names), and for
    each parameter ``tensors``: ``name shape differs largest entries more``, an entry being ``index before right wrong``; of a
    large tensor those that differ the most. Refused where the gradient is clipped."""

    type: Literal["wrong_way"] = "wrong_way"


class ChainOfFactors(Command):
    """∂ℓ/∂θ in a chain of single units, as one product. `done.result`: `engine.microscope.Factors` with ``mathml`` and
    ``numbers_mathml``. Refused for other networks."""

    type: Literal["factors"] = "factors"
    name: TensorName
    sample: Place = 0
    notation: NotationName = "theory"


class ReadGraph(Command):
    """An expression's graph, with values and adjoints. `done.result`: `engine.microscope.Graph`, symbols and rules as MathML
    too."""

    type: Literal["graph"] = "graph"
    text: str = Field(min_length=1, max_length=200, description="+ - * / **, functions, numbers and the names of the inputs")
    inputs: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,7}$")],
        Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)],
    ] = Field(max_length=8)


class Code(Command):
    """The update as a listing, one for all updates that are made alike: the ``code`` of `microscope` tells when it is another.
    `done.result`: ``code``, and ``numpy`` and ``torch``, lines of ``parts``, text or [text, the array that it names], and
    ``steps``, the micro-steps that a line is of. Of numbers there are hyperparameters alone."""

    type: Literal["code"] = "code"


class TakeAway(Command):
    """A micro-step as LaTeX, or the whole update as an HTML page, as one that plays by itself
    (`engine.export.replay`) or as JSON. `done.result`: {name, type, text}, as `export`."""

    type: Literal["take_away"] = "take_away"
    format: Literal["latex", "sheet", "json", "replay"]
    theme: Literal["light", "dark"] = Field(default="light", description="of a replay, as `link`")
    link: Link = None
    micro: Place = 0
    row: Place = 0
    column: Place = 0
    sample: Place = Field(default=0, description="a column of the mini-batch")
    notation: NotationName = "theory"


class Ask(Command):
    """Withhold a number, everywhere, until it is answered or revealed: entry (row, column) of an array of a micro-step, its
    main result where no `name` is given. `done.result`: {question, questions, score}; questions end with the update."""

    type: Literal["ask"] = "ask"
    micro: Place
    name: str = Field(default="", max_length=40)
    row: Place = 0
    column: Place = 0
    sample: Place = Field(default=0, description="a column of the mini-batch, for a sample's own gradient")
    notation: NotationName = "theory"


class Answer(Command):
    """An answer to the present stage of a question: its sign (-1, 0, 1), the power of ten at or below its size, the number to
    two significant digits; null: "I don't know". `done.result`: {question, right, truth, value, questions, score}; `value` is
    told behind the last stage."""

    type: Literal["answer"] = "answer"
    question: int = Field(ge=1, lt=2**53)
    answer: float | None = Field(allow_inf_nan=False)


class Reveal(Command):
    """Tell a number that was asked for; the stages not answered count as not known. `done.result`: as `answer`."""

    type: Literal["reveal"] = "reveal"
    question: int = Field(ge=1, lt=2**53)


class Asked(Command):
    """The questions that are open. `done.result`: {questions, score}."""

    type: Literal["questions"] = "questions"
