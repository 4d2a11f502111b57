"""The teacher's state, handed to everybody: as a link that opens it on a learner's own screen."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.interfaces import CardSeen, RaceAccess
from server.room.lead import links
from server.room.lead.leading import Leading
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine import Trainer


class Handing:
    """A link is made once for each state, however many ask for it."""

    def __init__(self, lead: Leading) -> None:
        self._lead = lead
        self._made: tuple[Hashable, dict[str, str]] | None = None

    async def own(self, about: dict[str, Any]) -> dict[str, Any]:
        """To go on alone from where the teacher stands."""
        return {"link": links.fragment(await self._fields(anew=False), self._of_class())}

    async def turn(self, about: dict[str, Any]) -> dict[str, Any]:
        """The same as a task for all: where a card is open, with the settings that it leaves, and what it wants. With a seed of
        one's own it is the run itself, which the learner's session begins from that seed."""
        card = self._lead.scene.lessons.card()
        seeds = bool(about.get("seeds"))
        fields = await self._fields(anew=seeds)
        locks: dict[str, str] = {}
        if card is not None and card.controls:
            locks = {"lock": links.locked(card.controls)}
        task = None if card is None or card.task is None or not about.get("task") else card.task._asdict()
        if about.get("task") and task is None:
            raise CommandError("invalid", "No card with a task is open", "task", "false, or a card with a task")
        return {
            "link": links.fragment(fields, locks, self._of_class()),
            "controls": list(card.controls) if card is not None and card.controls else None,
            "needs": task if task is None else task | {"measures": dict(task["measures"])},
        }

    def _of_class(self) -> dict[str, str]:
        snapshot = self._lead.snapshot
        return {} if snapshot is None else {"class": snapshot.code}

    async def _fields(self, *, anew: bool) -> dict[str, str]:
        key = self._lead.scene.key(), anew, str(self._lead.scene.view.get("link", ""))
        if self._made is None or self._made[0] != key:
            self._made = key, await self._lead.errands.do(lambda: self._make(anew))
        return self._made[1]

    async def _make(self, anew: bool) -> dict[str, str]:
        scene, host = self._lead.scene, self._lead.host
        card = scene.lessons.card()
        if card is not None and card.lesson is not None and not anew and self._at_its_start(card):
            return {"l": f"{card.lesson}.{card.card + 1}"}
        room = scene.room
        page = links.said_by_page(str(scene.view.get("link", "")), room)
        if room in ("race", "network"):
            return {"view": "race"} | page | await host.call(_of_race, scene.race(), scene.race() is scene.network)
        if room == "graph":
            return {"view": "graph"} | page
        view = {} if room in ("train", "lessons") else {"view": room}
        if room == "lab" and (told := await host.call(scene.lab.told)) is not None:
            run = {} if not told["of_run"] or scene.trainer is None else await self._of_run(scene.trainer)
            return view | links.of_lab(told) | run
        return view | page | ({} if scene.trainer is None else await self._of_run(scene.trainer))

    def _at_its_start(self, card: CardSeen) -> bool:
        """Where a card's situation has not moved, its own link says most."""
        there = self._lead.scene.there()
        step = getattr(there, "steps_done", getattr(there, "step", card.step))
        return bool(step == card.step)

    async def _of_run(self, trainer: Trainer) -> dict[str, str]:
        host = self._lead.host

        async def keep(script: str) -> str:
            return await host.store.keep(script, host.address)

        return await links.of_run(await host.call(_script, trainer), keep)


def _script(trainer: Trainer) -> str:
    from server.protocol import long_json

    return long_json.written(trainer.as_script())


def _of_race(races: RaceAccess, on_network: bool) -> dict[str, str]:
    if races.race is None:
        return {}
    return links.of_race(races.as_script(), "n" if on_network else "r")
