"""What a session hosts. An activity is one instance a session and kind: it obeys the commands of its kind, goes ahead by
slices, tells its state, draws its channels, and is kept and restored. A session iterates over its activities and names none of
them; what an activity may ask of its session is `Host`, and another activity it finds through that."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, ParamSpec, Protocol, TypeVar

from fastapi import APIRouter

from server.keeping.experiments import Experiments
from server.keeping.records import Kept, Piece
from server.protocol import Command, Done, ErrorEvent, Message
from server.session.channel_types import FRAME, Cadence, Picture, Want
from server.session.viewer import Slot, Viewer
from server.settings import Settings
from server.wire.errors import CommandError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

NOTHING: frozenset[str] = frozenset()
Header = dict[str, Any]
Answer = bool | dict[str, Any] | None
"""What a handler returns: what was asked for; True where the command is answered later, when its work ends."""


class Host(Protocol):
    """What an activity may ask of its session. Everything is called from the session's one task."""

    settings: Settings
    store: Experiments
    address: str
    """From where the session was begun, or called back."""
    alone: AbstractContextManager[object]
    """Held while anything is called in a worker: an activity whose object others use, too, sets it."""

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in a worker thread what a command waits for. However long that is, others have their turns wherever it gives way
        (`engine.parts`); there it is left, too, with `Left`, when a command comes that is among the `interrupting`."""

    async def slice(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in a worker thread a slice of what goes on by itself, in this session's turn. Raises `Withdrawn` where a command
        comes before it has begun. What an activity gives as a `Job` needs no such call."""

    async def hurry(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The same of what a command waits for, ahead of what goes on by itself."""

    async def obey(self, command: Command, answered: Callable[[Done | ErrorEvent], None]) -> None:
        """Have another activity obey a command, as if a page had sent it; `answered` is called with its answer, which may be
        later, when the work that it begins ends. Raises `CommandError` where it is refused at once. From a command alone."""

    def room(self, size: int) -> AbstractAsyncContextManager[None]:
        """Memory for what is built within, of about so many bytes. Raises `CommandError` where the server has no room for it;
        what is there in the end is what `Activity.weight` says."""

    def report(self, event: Message) -> None:
        """Tell the controller and every reader."""

    def poke(self) -> None:
        """Something changed that may make a picture or a slice due."""

    def make_way(self) -> None:
        """What goes on by itself is left for something that somebody waits for, as for a command."""

    def watched(self, channel: str) -> bool:
        """Whether somebody who looks has subscribed to the channel."""

    def find(self, kind: type[T]) -> T:
        """The activity of this session that is one of these, such as the `server.interfaces.RunAccess`; not before all of them
        are made. Raises `CommandError` where this server has none."""

    def service(self, kind: type[T]) -> T:
        """What the server has beside its sessions that is one of these. Raises `CommandError` where it has none."""

    def watch(self, viewer: Viewer) -> None:
        """Let a viewer look on: it is drawn its channels as a page's are, and what is looked at does not rest."""

    def leave(self, viewer: Viewer) -> None:
        """One that looked on looks no longer."""

    @property
    def resting(self) -> bool:
        """Whether nobody has looked for so long that nothing plays."""

    @property
    def seen(self) -> bool:
        """Whether a page is attached that is not hidden."""

    @property
    def slice_seconds(self) -> float:
        """How long a slice is to be, with as many sessions at work as there are."""

    @property
    def crowd(self) -> float:
        """Seconds that pictures are to be apart at least, where turns have to wait."""

    @property
    def interval(self) -> float:
        """Seconds between two words on where an activity stands, while it plays."""


class Job(NamedTuple):
    """A slice that is due. All that are due in a turn, and the pictures after them, are made in one trip to a worker thread."""

    run: Callable[[], Any]
    """In the worker."""
    went: Callable[[Any, Exception | None], Awaitable[None]]
    """Afterwards, from the session's task: what `run` returned, and how it failed. It ends the work and tells the state."""
    hurried: bool = False
    """Whether a command waits for it: it goes ahead of what goes on by itself."""


class Parts(NamedTuple):
    """What of an activity is kept as bytes of its own; at most one activity of a session has any. `head` belongs to the
    script and does not change often, so it is packed by itself, once."""

    head: bytes = b""
    snapshot: bytes | None = None
    series: tuple[Piece, ...] = ()


NO_PARTS = Parts()


class Restored(NamedTuple):
    """What was kept: the scripts and places of all activities as they gave them, and the parts."""

    script: dict[str, Any]
    place: dict[str, Any]
    head: bytes
    kept: Kept


class Activity:
    """An activity that does nothing by itself: a kind's own overrides what it has."""

    interrupting: ClassVar[tuple[type[Command], ...]] = ()
    """Commands that make pointless what is under way for another of its commands: it is left."""

    def __init__(self, host: Host) -> None:
        self.host = host

    async def begin(self) -> None:
        """Of a session that is new. Raises nothing a session could not go on with."""

    # Commands and slices ----------------------------------------------------------------------------------------------

    def takes(self, waiting: Sequence[Command]) -> bool:
        """Whether the first of the commands that wait, which is this activity's, may be obeyed now. One that makes pointless
        what is under way may end it here."""
        return True

    def wait(self, now: float) -> float:
        """Seconds until there is something to do; infinity for nothing. While the host rests, nothing plays."""
        return math.inf

    def job(self, now: float) -> Job | None:
        """A slice, where one is due. Asked once a turn: it is to be cheap."""
        return None

    def go_on(self) -> None:
        """After a rest, which is no part of a play."""

    def stumble(self) -> None:
        """Something failed on the way: let go of what is under way, without an answer."""

    def let_go(self) -> None:
        """The session ends: what is paused on its way is not gone on with. Where it stands is kept after this."""

    def gone(self) -> None:
        """The session is no longer this process's, however that came: who calls back from outside is to call no more."""

    @property
    def weight(self) -> int:
        """Bytes that it holds, about; asked after each command. What is large finds `Host.room` before it is built."""
        return 0

    # What others may not do -------------------------------------------------------------------------------------------

    def refusal(self, command: Command) -> CommandError | None:
        """Why another activity's command is not to be obeyed now. Asked before each: it is to be cheap."""
        return None

    @property
    def withheld(self) -> frozenset[str]:
        """Channels that are not drawn now, whosever they are."""
        return NOTHING

    # Being told and drawn ---------------------------------------------------------------------------------------------

    def events(self) -> Iterable[Message | None]:
        """What one who attaches is told, in order; None is left out."""
        return ()

    def tell(self, *, hurry: bool = True) -> None:
        """Report where it stands, if that is news; without hurry only every so often (`Host.interval`)."""

    @property
    def playing(self) -> bool:
        """Whether its clock runs, were it not for a rest."""
        return False

    @property
    def moving(self) -> bool:
        """Whether something goes on without a command: its pictures keep to their cadence, its place is kept rarely."""
        return False

    @property
    def seeking(self) -> bool:
        """Whether it is on its way somewhere, so that nothing of it is drawn until it is there."""
        return False

    @property
    def source(self) -> Activity:
        """What moves what its channels show: itself, or the activity it looks at."""
        return self

    def header(self) -> Header:
        """In a worker: what each of its frames says of where it stands, ``run``, ``branch``, ``step``."""
        return {"run": 0, "branch": 0, "step": 0}

    # Being kept -------------------------------------------------------------------------------------------------------

    @property
    def keepable(self) -> bool:
        """Whether it is in a state to be kept; the session is recorded where all of its activities are."""
        return True

    def script_key(self) -> Hashable:
        """Changes with `script`."""
        return None

    def place_key(self) -> Hashable:
        """Changes with `place`."""
        return None

    def script(self) -> dict[str, Any]:
        """In a worker: what changes with a command, and only then, as plain JSON data. Its keys are its own on disk."""
        return {}

    def place(self) -> dict[str, Any]:
        """In a worker: where it stands, and whether it plays. Its keys are its own on disk."""
        return {}

    def parts(self, *, changed: bool) -> Parts:
        """In a worker, with every record; `changed`: the session's scripts are written with it."""
        return NO_PARTS

    async def restore(self, restored: Restored) -> None:
        """Take up what was kept, before the first command; where it was not there at the time, there is nothing of it in it.
        Raises where the session is not to be restored without it."""


Handler = Callable[[Any, Viewer, Any], Awaitable[Answer]]
"""Obeys a command: the activity, the viewer that sent it, the command. Raises `CommandError` where it is refused."""


class Channel(NamedTuple):
    """A channel is a row. `make` gives its picture, in a worker; `key` says what that depends on: it is made again only when
    the key has changed, and None means that there is nothing to draw."""

    name: str
    make: Callable[[Any, Want], Picture | None]
    key: Callable[[Any, Viewer, Slot], Hashable]
    cadence: Cadence = FRAME


class Kind(NamedTuple):
    """All that the server needs to know of an activity; `server.activities` lists them. The schema of ``/api/protocol`` lists
    commands, events and channels in the order they have here; channels that are due together are made in it, too."""

    name: str
    begin: Callable[[Host], Activity]
    handlers: Mapping[type[Command], Handler] = MappingProxyType({})
    events: tuple[type[Message], ...] = ()
    channels: tuple[Channel, ...] = ()
    figures: Callable[[], dict[str, Any]] | None = None
    """Of a page that has figures of Plotly: ``{name: {"light": …, "dark": …, "config": …}}``."""
    documents: Mapping[str, Callable[[], Any]] = MappingProxyType({})
    """What is served as JSON: by its path, such as ``/api/presets``, what makes it, once, in a thread."""
    routes: Callable[[Settings], APIRouter] | None = None
    """Of pages that are served beside the documents; they find `scheduler` and `store` in the state of the application."""
    turn: int = 0
    """Activities are told, and take their slices, in the order of their turns; of those with the same, in the order listed."""
