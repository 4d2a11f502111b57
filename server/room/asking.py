"""What only the teacher's session can tell (what a question measures, a link to where it stands) is asked for over the bus: the
process that has the session answers, whichever that is.

A request: ``{"token", "what", "about"}`` on ``room:<id>:lead``; its answer: ``{"token", "done"}`` or ``{"token", "error":
{code, message, field, allowed}}`` on ``room:<id>:answers``. A bus may lose either, so the request is said again until it is
answered, and who answers does once what bears one token.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from server.bus.bus import Bus
from server.room import topics
from server.wire.errors import CommandError

log = logging.getLogger("chainrule")

PATIENCE = 10.0
"""Seconds after which the teacher's session is held to be away."""
AGAIN = 1.0
"""Seconds after which a request is said again."""
REMEMBERED = 200
"""Answers that are said again rather than found again."""

Handler = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Answers `what` was asked, with what it is `about`; raises `CommandError` where it is refused."""


async def ask(
    bus: Bus, room: str, what: str, about: dict[str, Any] | None = None, patience: float = PATIENCE
) -> dict[str, Any]:
    """What the teacher's session of a room answers; raises its refusal, and `away` where there is none that answers."""
    token = secrets.token_urlsafe(9)
    found: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    request = json.dumps({"token": token, "what": what, "about": about or {}}).encode()

    def heard(message: bytes) -> None:
        if token.encode() in message and not found.done():
            answer = json.loads(message)
            if answer["token"] == token:
                found.set_result(answer)

    stop = bus.subscribe(topics.answers(room), heard)
    try:
        async with asyncio.timeout(patience):
            while not found.done():
                await bus.publish(topics.lead(room), request)
                await asyncio.wait([found], timeout=AGAIN)
    except TimeoutError:
        raise CommandError("away", "The teacher's page is not there to answer this; it comes back by itself") from None
    finally:
        stop()
    answer = found.result()
    if "error" in answer:
        wrong = answer["error"]
        raise CommandError(wrong["code"], wrong["message"], wrong.get("field"), wrong.get("allowed"))
    done: dict[str, Any] = answer["done"]
    return done


def answering(bus: Bus, room: str, handler: Handler) -> Callable[[], None]:
    """Answer for a room from now on, until what is returned is called. Each request is handled in a task of its own."""
    answers: dict[str, bytes | None] = {}
    """By token; None of those under way."""
    tasks: set[asyncio.Task[None]] = set()

    async def answer(token: str, what: str, about: dict[str, Any]) -> None:
        try:
            told: dict[str, Any] = {"done": await handler(what, about)}
        except CommandError as refused:
            told = {"error": {name: getattr(refused, name) for name in ("code", "message", "field", "allowed")}}
        except Exception:
            log.exception("a room's request failed: %s", what)
            told = {"error": {"code": "internal", "message": "The teacher's session could not answer this"}}
        answers[token] = json.dumps({"token": token, **told}).encode()
        await bus.publish(topics.answers(room), answers[token] or b"")

    def heard(message: bytes) -> None:
        request = json.loads(message)
        token = request["token"]
        if token not in answers:
            answers[token] = None
            while len(answers) > REMEMBERED:
                del answers[next(iter(answers))]
            task = asyncio.create_task(answer(token, request["what"], request["about"]))
        elif (known := answers[token]) is not None:
            task = asyncio.create_task(bus.publish(topics.answers(room), known))
        else:
            return
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    stop = bus.subscribe(topics.lead(room), heard)

    def end() -> None:
        stop()
        for task in tasks:
            task.cancel()

    return end
