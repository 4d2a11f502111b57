"""What a page may ask of a room. The first command on a socket is `open` or `enter`; which of the others it may give depends on
who entered: `of` says whose a command is."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command

Role = Literal["learner", "screen", "remote"]
TEACHER: frozenset[str] = frozenset({"screen", "remote"})
LEARNER: frozenset[str] = frozenset({"learner"})
EVERYBODY = TEACHER | LEARNER

Code = Annotated[str, Field(pattern=r"^\s*[A-Za-z0-9]{4}\s*$", description="four characters, in capitals or not")]
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="as the server gave it")]
Words = Annotated[str, Field(max_length=2000)]
Number = Annotated[int, Field(ge=-(2**53), le=2**53)] | Annotated[float, Field(ge=-1e300, le=1e300, allow_inf_nan=False)]
Coordinate = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Answer = Number | Annotated[list[Coordinate], Field(max_length=400)] | None
Member = Annotated[int, Field(ge=1, lt=2**31, description="counted within the room")]
Measured = Annotated[str, Field(max_length=300, description="a measurement, as lessons write it")]


class RoomCommand(Command):
    of: ClassVar[frozenset[str]] = TEACHER
    """The roles that may give it."""


class Open(RoomCommand):
    """A room of one's own; this socket is its teacher's from now on, as `screen`. `done.result`: {code, key, room}: with the
    key the teacher comes back, and commands from a second device."""

    of: ClassVar[frozenset[str]] = frozenset()
    type: Literal["open"] = "open"
    title: Annotated[str, Field(max_length=80)] = ""


class Enter(RoomCommand):
    """Come in, or back. A learner without a key becomes a new member; `done.result`: {key, name, member}, with which it comes
    back as the same one, also where the code is another by then. `screen` and `remote` need the teacher's key."""

    of: ClassVar[frozenset[str]] = frozenset()
    type: Literal["enter"] = "enter"
    code: Code
    key: Key | None = None
    role: Role = Field(default="learner", alias="as")


class Ping(RoomCommand):
    """Whether the line is there; answered in every state, also before entering."""

    of: ClassVar[frozenset[str]] = EVERYBODY
    type: Literal["ping"] = "ping"


# A learner's ----------------------------------------------------------------------------------------------------------


class Rename(RoomCommand):
    """Another pseudonym: letters, digits, space, - and '. `done.result`: {name}."""

    of: ClassVar[frozenset[str]] = LEARNER
    type: Literal["rename"] = "rename"
    name: Annotated[str, Field(min_length=1, max_length=200, description="at most 24 characters")]


class Vote(RoomCommand):
    """One's own answer, by the kind of the question as in `lesson_answer`; null: I don't know. It may be changed until the vote
    closes, and the last one counts."""

    of: ClassVar[frozenset[str]] = LEARNER
    type: Literal["vote"] = "vote"
    question: int = Field(ge=1, lt=2**31)
    round: int = Field(ge=1, le=2)
    answer: Answer


class Own(RoomCommand):
    """A screen of one's own, of the same state: `done.result`: {link}, the fragment of the full page. Refused with `locked`
    while a vote is open and while eyes are up."""

    of: ClassVar[frozenset[str]] = LEARNER
    type: Literal["own"] = "own"


class Offer(RoomCommand):
    """Whether the teacher may put one's own run on the screen."""

    of: ClassVar[frozenset[str]] = LEARNER
    type: Literal["offer"] = "offer"
    offered: bool


class Leave(RoomCommand):
    """Out of the room; the key is good for nothing afterwards."""

    of: ClassVar[frozenset[str]] = LEARNER
    type: Literal["leave"] = "leave"


# The teacher's --------------------------------------------------------------------------------------------------------


class View(Command):
    """What the teacher's page looks at."""

    room: Annotated[str, Field(max_length=24, pattern=r"^[a-z]*$")]
    title: Annotated[str, Field(max_length=120)] = ""
    words: Words = ""
    link: Annotated[str, Field(max_length=8000, description="the fragment that opens it, where it is short")] = ""


class Show(RoomCommand):
    """What the class is to see, from the screen alone; at most 4 a second."""

    of: ClassVar[frozenset[str]] = frozenset({"screen"})
    type: Literal["show"] = "show"
    view: View


class Ask(RoomCommand):
    """A question, and its first vote opens: of the lesson's `card`, of a `number` (`of`: a measurement; `ask`; `kind`), or in
    `words` (`ask`, two to five `choices`, and which is `right`, counted from 0, where one is)."""

    type: Literal["ask"] = "ask"
    source: Literal["card", "number", "words"]
    ask: Words | None = None
    of_number: Measured | None = Field(default=None, alias="of")
    kind: Literal["sign", "power", "number"] | None = None
    choices: Annotated[list[Words], Field(min_length=2, max_length=5)] | None = None
    right: int | None = Field(default=None, ge=0, lt=5)
    seconds: int | None = Field(default=None, ge=5, le=1800, description="on the clock, which closes nothing; absent: 60")


class CloseVote(RoomCommand):
    """The vote closes: after the first of two the class talks."""

    type: Literal["close_vote"] = "close_vote"


class VoteAgain(RoomCommand):
    """The second vote opens."""

    type: Literal["vote_again"] = "vote_again"
    seconds: int | None = Field(default=None, ge=5, le=1800)


class MoreTime(RoomCommand):
    """On the clock of the vote, or of the talk."""

    type: Literal["more_time"] = "more_time"
    seconds: int = Field(default=30, ge=5, le=600)


class RevealAnswer(RoomCommand):
    """The answers of all votes, and what is right. Not while a vote is open."""

    type: Literal["reveal"] = "reveal"


class Twin(RoomCommand):
    """The twin of the question, in one vote: before the reveal or after it."""

    type: Literal["twin"] = "twin"
    seconds: int | None = Field(default=None, ge=5, le=1800)


class DropQuestion(RoomCommand):
    """Back to following; what was not revealed stays so."""

    type: Literal["drop_question"] = "drop_question"


class CountsByHand(RoomCommand):
    """Votes given by raising hands, added to those of this round: of each choice (negative, zero, positive of a sign), and last
    of "I don't know"."""

    type: Literal["counts_by_hand"] = "counts_by_hand"
    round: int = Field(ge=1, le=2)
    counts: Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Field(min_length=2, max_length=12)]


class EyesUp(RoomCommand):
    """All look up: no learner's page takes anything."""

    type: Literal["eyes_up"] = "eyes_up"
    on: bool
    words: Annotated[str, Field(max_length=200)] = ""


class YourTurn(RoomCommand):
    """Each learner gets the teacher's state to go on with; with `seeds` a seed of its own, with `task` the card's task."""

    type: Literal["your_turn"] = "your_turn"
    on: bool
    seeds: bool = False
    task: bool = False


class WallOn(RoomCommand):
    """Everybody's runs, on the screen."""

    type: Literal["wall"] = "wall"
    on: bool
    sort: Literal["joined", "best", "worst", "seed", "met"] = "joined"


class PutUp(RoomCommand):
    """A learner's run on the screen, where its owner offered it; null: away with it."""

    type: Literal["put_up"] = "put_up"
    member: Member | None = None


class Collect(RoomCommand):
    """The outcomes of all seeds, counted."""

    type: Literal["collect"] = "collect"
    on: bool


class BoardOn(RoomCommand):
    """Who is best by a measurement, of those that keep to a condition."""

    type: Literal["board"] = "board"
    on: bool
    title: Annotated[str, Field(max_length=80)] = ""
    of_number: Measured = Field(default="", alias="of")
    best: Literal["least", "most"] = "least"
    limit: Measured | None = None


class Admit(RoomCommand):
    """Who may come in: whoever has the code, whoever is let in, nobody more."""

    type: Literal["admit"] = "admit"
    how: Literal["open", "nod", "closed"]


class LetIn(RoomCommand):
    """One who waits."""

    type: Literal["let_in"] = "let_in"
    member: Member


class Remove(RoomCommand):
    """Out of the room: its key is good for nothing."""

    type: Literal["remove"] = "remove"
    member: Member


class Names(RoomCommand):
    """Whether pseudonyms may be shown on the screen."""

    type: Literal["names"] = "names"
    on: bool


class NewCode(RoomCommand):
    """Another code; who is in stays in. `done.result`: {code}."""

    type: Literal["new_code"] = "new_code"


class ExpireCode(RoomCommand):
    """Nobody comes in by the code any more; who is in stays in."""

    type: Literal["expire_code"] = "expire_code"


class Next(RoomCommand):
    """The next card of the lesson, or the one before."""

    type: Literal["next"] = "next"
    by: Literal[-1, 1] = 1


class Play(RoomCommand):
    """Let the teacher's run go on, or stop it."""

    type: Literal["play"] = "play"
    on: bool


class Results(RoomCommand):
    """What was answered, without names. `done.result`: {name, type, text}."""

    type: Literal["results"] = "results"
    format: Literal["csv", "page"]
    theme: Literal["light", "dark"] = "light"


class End(RoomCommand):
    """The room ends; what is kept of it is deleted 24 hours later, or at once."""

    type: Literal["end"] = "end"
    keep: bool = True


class Delete(RoomCommand):
    """The room and all that is kept of it, at once."""

    type: Literal["delete"] = "delete"


COMMANDS: tuple[type[RoomCommand], ...] = (
    Open,
    Enter,
    Ping,
    Rename,
    Vote,
    Own,
    Offer,
    Leave,
    Show,
    Ask,
    CloseVote,
    VoteAgain,
    MoreTime,
    RevealAnswer,
    Twin,
    DropQuestion,
    CountsByHand,
    EyesUp,
    YourTurn,
    WallOn,
    PutUp,
    Collect,
    BoardOn,
    Admit,
    LetIn,
    Remove,
    Names,
    NewCode,
    ExpireCode,
    Next,
    Play,
    Results,
    End,
    Delete,
)
