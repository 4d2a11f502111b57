"""The kinds of activity that a server's sessions host, and what their rows come to together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.protocol import name_of
from server.protocol.vocabulary import Vocabulary
from server.session.activity import Activity, Channel, Handler, Host, Kind


class Hosting:
    """Of an application. `handlers` are found by the names of commands and `channels` by their own; with each is the place of
    its kind among `kinds`, which is that of its activity among a session's."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.kinds = tuple(kinds)
        self.services: tuple[object, ...] = ()
        """What the server has beside its sessions, for activities to find (`Host.service`)."""
        if len({kind.name for kind in self.kinds}) < len(self.kinds):
            raise ValueError("Two kinds of activity have the same name")
        self.handlers: dict[str, tuple[int, Handler]] = {}
        self.channels: dict[str, tuple[int, Channel]] = {}
        for place, kind in enumerate(self.kinds):
            self.handlers |= {name_of(model): (place, handler) for model, handler in kind.handlers.items()}
            self.channels |= {row.name: (place, row) for row in kind.channels}
        self.vocabulary = Vocabulary(
            [model for kind in self.kinds for model in kind.handlers],
            [event for kind in self.kinds for event in kind.events],
            [row.name for kind in self.kinds for row in kind.channels],
        )

    def begin(self, host: Host) -> tuple[Activity, ...]:
        """An activity of each kind, for a session."""
        return tuple(kind.begin(host) for kind in self.kinds)

    def weights(self, activities: Iterable[Activity]) -> dict[str, int]:
        """Bytes that a session's activities hold, about, by their kinds."""
        return {kind.name: activity.weight for kind, activity in zip(self.kinds, activities, strict=True) if activity.weight}

    def by_turn(self, activities: Iterable[Activity]) -> tuple[Activity, ...]:
        """In the order in which they are told and take their slices."""
        pairs = sorted(zip(self.kinds, activities, strict=True), key=lambda pair: pair[0].turn)
        return tuple(activity for _, activity in pairs)
