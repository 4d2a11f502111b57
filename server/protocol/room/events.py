"""What those in a room are told: one event, whole, after every change. What somebody is not to know yet is null."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Message

Phase = Literal["follow", "vote", "talk", "voted", "revealed"]
Kind = Literal["choose", "sign", "power", "number", "order", "place", "sketch"]


class RoomQuestion(Message):
    """`ask`, the choices' or items' `texts` and `reading` are HTML. Of a sketch `axis` is [first step, last step, low,
    high]."""

    number: int
    kind: Kind
    ask: str
    texts: list[str] = Field(default_factory=list)
    unit: str = ""
    axis: tuple[float, float, float, float] | None = None
    log: bool = False
    reading: str = ""
    source: Literal["card", "number", "words"] = "words"
    votes: int = Field(default=2, description="rounds that it has")
    twin: bool = Field(default=False, description="it is the twin of the one before")
    has_twin: bool = False


class Histogram(Message):
    """`counts` of the answers between `edges`, which are evenly spaced on a logarithmic axis where `log`; the parts below and
    above zero are told apart by their sign, and `zeros` counts the answers that are 0."""

    edges: list[float]
    counts: list[int]
    log: bool
    zeros: int = 0


class Round(Message):
    """The answers of a vote. `counts` of each choice, of negative, zero, positive, or of an order's right and others; `powers`
    of each power of ten; `byhand`: how many of them were counted by hand."""

    answered: int
    unknown: int = 0
    right: float | None = Field(default=None, description="share of those who answered, I don't know among them")
    counts: list[int] | None = None
    powers: list[tuple[int, int]] | None = Field(default=None, description="[power, how many], ascending")
    histogram: Histogram | None = None
    points: list[tuple[float, float]] | None = None
    curves: list[list[float]] | None = None
    byhand: int = 0


class Reveal(Message):
    """`value` is what was measured, `truth` the right answer in the form of one, `said` the truth in words (plain text),
    `curve` the measured one of a sketch, [steps, heights]. `changed`: how many answered otherwise in the second vote."""

    question: RoomQuestion
    value: float | list[float] | str | None = None
    truth: int | float | list[float] | None = None
    said: str = ""
    curve: tuple[list[float], list[float]] | None = None
    rounds: list[Round] = Field(default_factory=list)
    changed: int | None = None


class Counts(Message):
    """On the teacher's phone alone, once a vote is open."""

    round: int
    of: Round


class Seen(Message):
    """What the teacher's page looks at; `info` is what the teacher's session says of it."""

    room: str
    title: str = ""
    words: str = ""
    link: str = ""
    info: dict[str, Any] = Field(default_factory=dict)


class Turn(Message):
    """Go on from the teacher's state: `link` is the fragment of the full page."""

    link: str
    seeds: bool = False
    task: bool = False


class WallNumber(Message):
    title: str = ""
    form: Literal["share", "number"] = "share"
    best: Literal["most", "least"] = "most"


class WallTask(Message):
    ask: str
    met: int
    of: int


class Collected(Message):
    title: str = ""
    found: int = 0
    of: int = 0
    edges: list[float] = Field(default_factory=list)
    counts: list[int] = Field(default_factory=list)
    log: bool = False


class Wall(Message):
    """The pieces themselves come as frames of the channel `wall`, to the screen alone."""

    sort: Literal["joined", "best", "worst", "seed", "met"] = "joined"
    number: WallNumber = WallNumber()
    shape: Literal["map", "curve"] = "map"
    task: WallTask | None = None
    collected: Collected | None = None
    pieces: int = 0


class BoardRow(Message):
    rank: int
    value: float
    name: str | None = None
    member: int | None = None
    met_limit: bool = True


class Board(Message):
    title: str
    best: Literal["least", "most"]
    limit: str | None = None
    rows: list[BoardRow] = Field(default_factory=list)
    here: int = 0
    without: int = 0


class PutUpNow(Message):
    """A learner's run on the screen, which its owner offered."""

    member: int
    value: float | None = None
    seed: int | None = None
    met: bool | None = None
    title: str = ""
    link: str | None = None


class MemberNow(Message):
    member: int
    name: str
    state: Literal["in", "waiting"]
    here: bool = False
    answered: bool | None = Field(default=None, description="in the vote that is open; null: none is")
    offered: bool = False
    own: bool = Field(default=False, description="on a screen of its own")


class RoomEvent(Message):
    """How the room stands, the same for all who read it in one role; a learner's own is in `me`. `here`: learners whose page is
    open; `answered`: who have voted in this round. `counts` and `advice` are told the remote alone, `members` the teacher's
    two. Before the reveal nobody is told an answer but its own, and who waits to be let in is told nothing but the title."""

    latest: ClassVar[bool] = True
    type: Literal["room"] = "room"
    version: int
    code: str | None = Field(description="null: nobody comes in by a code any more")
    title: str = ""
    role: Literal["learner", "screen", "remote"]
    state: Literal["in", "ended"] = "in"
    here: int = 0
    line: Literal["lead", "away"] = "away"
    phase: Phase = "follow"
    round: int = 0
    question: RoomQuestion | None = None
    closes_in: float | None = None
    answered: int = 0
    eyes_up: str | None = None
    turn: Turn | None = None
    seen: Seen | None = None
    reveal: Reveal | None = None
    before: Reveal | None = Field(default=None, description="of the question whose twin was asked before its reveal")
    counts: Counts | None = None
    advice: Literal["hint", "talk", "reveal"] | None = None
    wall: Wall | None = None
    board: Board | None = None
    put_up: PutUpNow | None = None
    admit: Literal["open", "nod", "closed"] = "open"
    names: bool = False
    remotes: int = Field(default=0, description="of the teacher's second devices that are here")
    members: list[MemberNow] | None = None
    joined_by: str = Field(
        default="", description="where learners open the page, such as 192.0.2.7:8000/join; the teacher's two"
    )


class Mine(Message):
    """An answer of one's own; null: I don't know."""

    round: int
    answer: int | float | list[float] | None = None


class MeEvent(Message):
    """What a learner is told of itself: told before the first `room`, and when it changes. `mine` is its answer in the present
    round, where `mine_known`; `mines` those of all rounds of the present question."""

    latest: ClassVar[bool] = True
    type: Literal["me"] = "me"
    name: str
    member: int
    state: Literal["in", "waiting", "removed", "ended"]
    mine: int | float | list[float] | None = None
    mine_known: bool = False
    mines: list[Mine] = Field(default_factory=list)
    offered: bool = False
    seed: int | None = Field(default=None, description="of one's own, where each has its turn with one")
