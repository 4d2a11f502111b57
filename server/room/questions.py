"""Questions of a room: how one is put together, measured, and kept."""

from __future__ import annotations

import html
from typing import Any

from sqlalchemy import Connection

from server.protocol.room import commands
from server.room import state as states
from server.room.kept import store
from server.room.service import Rooms
from server.room.telling.counting import choices_of
from server.wire.errors import CommandError
from server.wire.limits import beyond

OF_LEAD = ("kind", "ask", "texts", "unit", "axis", "log", "reading", "has_twin", "ref")
"""What the teacher's session says of a question."""
MEASURING = 30.0
"""Seconds that an answer may take to be measured."""
AT_REVEAL = 10.0
"""That a reveal waits for one."""


async def asked(rooms: Rooms, room: str, command: commands.Ask) -> dict[str, Any]:
    """The vote opens; answers {question}."""
    content = await _content(rooms, room, command)
    await _check(rooms, room, states.check_can_ask)

    def open_(state: states.RoomState, now: float) -> states.RoomState:
        return states.asked(state, now, seconds=command.seconds, has_twin=content["has_twin"])

    return await _open(rooms, room, content, open_)


async def twin_asked(rooms: Rooms, room: str, command: commands.Twin) -> dict[str, Any]:
    state = await _check(rooms, room, states.check_can_ask_twin)
    number = state.question
    kept = await rooms.reading(lambda connection: store.questions(connection, room, [number] if number else []))
    said = await rooms.ask(room, "question", {"source": "twin", "ref": kept[number or 0].get("ref")})
    content = {"source": "card", **{name: said.get(name) for name in OF_LEAD if name in said}}
    content |= {"votes": 1, "twin": True, "has_twin": False}
    return await _open(rooms, room, content, lambda state, now: states.twin_asked(state, now, seconds=command.seconds))


async def _content(rooms: Rooms, room: str, command: commands.Ask) -> dict[str, Any]:
    if command.source == "words":
        return _in_words(rooms, command)
    await _check(rooms, room, states.check_can_ask)
    about: dict[str, Any] = {"source": command.source}
    if command.source == "number":
        if not (command.of_number or "").strip():
            raise CommandError("invalid", "of: a number is asked for by its measurement", "of", "such as test_loss")
        about |= {"of": command.of_number, "kind": command.kind or "number", "ask": _typed(rooms, "ask", command.ask or "")}
    said = await rooms.ask(room, "question", about)
    content = {"source": command.source, **{name: said.get(name) for name in OF_LEAD if name in said}}
    return content | {"votes": 2, "twin": False, "has_twin": bool(said.get("has_twin"))}


def _in_words(rooms: Rooms, command: commands.Ask) -> dict[str, Any]:
    """Typed on the spot: plain text, so as HTML it is escaped."""
    choices = command.choices or []
    if len(choices) < 2:
        raise CommandError("invalid", "choices: a question in words needs some", "choices", "2 to 5 choices")
    texts = [_typed(rooms, f"choices.{place}", each) for place, each in enumerate(choices)]
    if command.right is not None and command.right >= len(texts):
        raise CommandError("invalid", "right: there is no such choice", "right", f"0 to {len(texts) - 1}")
    content: dict[str, Any] = {"source": "words", "kind": "choose", "ask": _typed(rooms, "ask", command.ask or "")}
    content |= {"texts": texts, "votes": 2, "twin": False, "has_twin": False}
    if command.right is not None:
        right = command.right
        content["truth"] = {"value": None, "truth": right, "said": choices[right].strip(), "judge": {"truth": right}}
    return content


def _typed(rooms: Rooms, field: str, text: str) -> str:
    most, plain = rooms.settings.max_room_words, " ".join(text.split())
    if not plain:
        raise CommandError("invalid", f"{field}: words belong here", field, f"1 to {most} characters")
    if len(plain) > most:
        raise beyond("max_room_words", f"{field}: these are too many words", field, f"at most {most} characters")
    return html.escape(plain)


async def _check(rooms: Rooms, room: str, check: Any) -> states.RoomState:
    """Before the teacher's session is asked; the transaction checks it again."""
    found = await rooms.reading(lambda connection: store.find(connection, id=room))
    if found is None:
        raise LookupError(room)
    check(found.state)
    most = rooms.settings.max_room_questions
    if found.state.asked >= most:
        raise beyond("max_room_questions", "As many questions as there may be were asked", None, f"at most {most}")
    return found.state


async def _open(rooms: Rooms, room: str, content: dict[str, Any], change: Any) -> dict[str, Any]:
    def write(connection: Connection) -> int:
        number = store.change(connection, room, change).asked
        store.put_question(connection, room, number, {"number": number, **content})
        return number

    number = await rooms.writing(write)
    await rooms.changed(room)
    if "truth" not in content:
        rooms.background(measured(rooms, room, number, MEASURING))
    return {"question": number}


async def measured(rooms: Rooms, room: str, number: int, patience: float) -> None:
    """Have the answer measured and keep it, where that has not been done. Where the teacher's session does not answer, it is
    done later, or never: a reveal then shows the votes alone."""
    kept = (await rooms.reading(lambda connection: store.questions(connection, room, [number]))).get(number)
    if kept is None or kept.get("truth") is not None or kept["source"] == "words":
        return
    about = {name: kept.get(name) for name in ("ref", "kind", "source")}
    truth = await rooms.ask(room, "truth", about, patience)

    def write(connection: Connection) -> None:
        if store.hold(connection, room) is None:
            raise LookupError(room)
        present = store.questions(connection, room, [number])[number]  # votes by hand may have come meanwhile
        store.put_question(connection, room, number, present | {"truth": truth})

    await rooms.writing(write)
    await rooms.changed(room)


async def by_hand(rooms: Rooms, room: str, command: commands.CountsByHand) -> None:
    """Counts of raised hands, in place of those that were given before for this round."""

    def write(connection: Connection) -> None:
        state = store.hold(connection, room)
        if state is None:
            raise LookupError(room)
        number = state.question
        if number is None or state.phase not in ("vote", "talk", "voted") or command.round > state.round:
            raise states.refused("No vote of this round is under way")
        question = store.questions(connection, room, [number])[number]
        wanted = len(choices_of(question)) + 1
        if wanted == 1:
            raise states.refused("Hands cannot be counted for this kind of question", "a choice, or a sign")
        if len(command.counts) != wanted:
            raise CommandError("invalid", "counts: one for each choice, and last of I don't know", "counts", f"{wanted} counts")
        counts = question.get("by_hand", {}) | {str(command.round): list(command.counts)}
        store.put_question(connection, room, number, question | {"by_hand": counts})

    await rooms.writing(write)
    await rooms.changed(room)
