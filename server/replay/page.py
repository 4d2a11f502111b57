"""A recording as one HTML file: data, player, styles, and a policy by which nothing else runs in it and nothing is loaded."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.http.assets import web_folder
from server.replay.modules import joined
from server.wire.frames import encode

if TYPE_CHECKING:
    from engine.export.replay.recording import Recording

PIECE = 3 * 2**14
"""Bytes that are packed in one go: a multiple of three, which base64 makes whole characters of."""
STYLES = ("styles/tokens.css", "replay/page.css", "replay/parts.css")


def replay_file(name: str, recording: Recording, theme: str, link: str | None = None) -> dict[str, Any]:
    """Its name without an ending, what it plays, how it looks at first, and an address that opens the same live, if there is
    one. In a worker: it gives way."""
    from engine.export.standalone import Insets, with_policy
    from engine.parts import giving_way_between

    insets = Insets()
    page = (
        f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(recording.title)} · replay</title>'
        f"<style>{_styles()}</style></head>"
        '<body><main id="replay"><noscript>This file plays with JavaScript, which is off here.</noscript></main>'
        f'<script type="application/octet-stream" id="recording">{insets.put(_packed(recording, link))}</script>'
        f'<script type="module">\n{joined(web_folder() / "replay" / "main.js")}</script></body></html>\n'
    )
    text = "".join(giving_way_between(insets.pieces(with_policy(page, insets=insets)), 8))
    return {"name": f"{name}.html", "type": "text/html", "text": text}


def _packed(recording: Recording, link: str | None) -> str:
    """Deflated, in base64: a frame as the wire has them (`server.wire.frames`)."""
    from engine.parts import giving_way_between

    told = {"kind": recording.kind, "title": recording.title, "seconds": recording.seconds, "link": link}
    header = {"channel": "replay", "frame": 0, "run": 0, "branch": 0, "step": 0, "meta": told | recording.meta}
    whole = encode(header, {"steps": recording.steps, **recording.arrays})
    packing = zlib.compressobj(9)
    packed = [packing.compress(piece) for piece in giving_way_between(_pieces(whole), 1)]
    packed.append(packing.flush())
    text = [base64.b64encode(piece).decode() for piece in giving_way_between(_pieces(b"".join(packed)), 8)]
    return "".join(text)


def _pieces(whole: bytes) -> Iterator[bytes]:
    return (whole[first : first + PIECE] for first in range(0, len(whole), PIECE))


@lru_cache(maxsize=1)
def _styles() -> str:
    folder: Path = web_folder()
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in STYLES)
