"""Links by which the full page opens what the teacher's page shows: its own forms (`web/src/link.js`,
`web/src/lessons/link.js`, `web/src/lab/link.js`), made here, for a learner's telephone has no session."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from server.wire.errors import CommandError

LONGEST = 8192
"""Characters of a packed script: a longer one of a run is kept by the server, …"""
LONGEST_RACE = 100_000
"""… that of a race, which nobody keeps, may be longer, for nobody sends this link to anybody."""
OF_PAGE = ("at", "f", "theme")
"""What the page's own address says of how it looks, besides the inputs of an expression."""
SETTINGS = (
    "data",
    "batch_size",
    "optimizer",
    "optimizer.lr",
    "schedule",
    "network",
    "layers",
    "units",
    "activations",
    "weights",
    "network.initializer",
    "loss",
    "regularization",
)
"""Parts of the page that change a run, as `web/src/train/links/parts.js` has them …"""
WITHIN = {"layers": "network", "units": "network", "activations": "network", "weights": "network", "loss": "network"}
"""… and what they lie in, where their names do not say so."""


def packed(text: str) -> str:
    """As `web/src/link.js` packs a script: deflated, in base64url.

    >>> unpacked(packed('{"step": 3}'))
    '{"step": 3}'
    """
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = squeezer.compress(text.encode()) + squeezer.flush()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> str:
    return zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), -15).decode()


async def of_run(script: str, keep: Callable[[str], Awaitable[str]]) -> dict[str, str]:
    """The fields of a run's link: its script, or the id under which the server keeps a long one."""
    short = packed(script)
    return {"s": short} if len(short) <= LONGEST else {"e": await keep(script)}


def of_race(script: Mapping[str, Any], field: str) -> dict[str, str]:
    """In a worker: those of a race's."""
    short = packed(json.dumps(script, ensure_ascii=False, separators=(",", ":")))
    if len(short) > LONGEST_RACE:
        raise CommandError("too_large", "This race is too long to be handed to everybody", None, "a race with fewer changes")
    return {field: short}


def of_lab(told: Mapping[str, Any]) -> dict[str, str]:
    """Those of an experiment of the lab, with the choices that are not its defaults."""
    choices = ",".join(f"{name}:{_written(value)}" for name, value in told["choices"].items())
    return {"lab": str(told["experiment"])} | ({"x": choices} if choices else {})


def _written(value: Any) -> str:
    """A word as it is, all else as JSON; what would part choices is escaped (`web/src/lab/link.js`)."""
    plain = value if isinstance(value, str) and not _is_json(value) else json.dumps(value, separators=(",", ":"))
    return "".join(quote(sign) if sign in "%,:" else sign for sign in plain)


def _is_json(text: str) -> bool:
    try:
        return not isinstance(json.loads(text), dict)
    except ValueError:
        return False


def fragment(*fields: Mapping[str, str]) -> str:
    """One field after the other, later ones in place of earlier ones."""
    found: dict[str, str] = {}
    for each in fields:
        found |= each
    return "#" + urlencode(found, safe="/:,~")


def said_by_page(link: str, room: str) -> dict[str, str]:
    """What of the page's own address belongs to how it looks: the place in an update, an expression with its inputs."""
    told = dict(parse_qsl(link.lstrip("#"), keep_blank_values=True))
    if room == "graph":
        own = {"s", "e", "r", "n", "l", "lab", "kept", "class", "follow", "hide", "lock", "projector", "view", "hidden", "x0"}
        return {name: value for name, value in told.items() if name not in own}
    return {name: told[name] for name in OF_PAGE if name in told and (name != "at" or room == "step")}


def locked(controls: Iterable[str]) -> str:
    """What a card that leaves these settings open locks, as `lock=` says it: what has nothing to do with any of them."""
    open_ = set(controls)

    def around(name: str) -> set[str]:
        found = {name, name.partition(".")[0]}
        return found | {WITHIN[each] for each in found if each in WITHIN}

    reached = set().union(*(around(name) for name in open_))
    return ",".join(name for name in SETTINGS if name not in reached and not around(name) & open_)
