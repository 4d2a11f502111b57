"""A page that stands alone says itself what may run in it: what it was written with, and nothing that came in by a name."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator

from engine.parts import giving_way_between

_HEAD = re.compile(r"<head[^>]*>")
_OPENED = re.compile(r"<(script|style)\b[^>]*>")


class Insets:
    """Long texts of a page that are laid into it when the rest is written."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._mark = secrets.token_hex(16)  # no text of anybody's can be taken for a place

    def put(self, text: str) -> str:
        """What stands for the text meanwhile."""
        self._texts.append(text)
        return f"{self._mark}-{len(self._texts) - 1}."

    def pieces(self, written: str) -> Iterator[str]:
        """What is written, piece by piece, with the texts in their places."""
        for number, piece in enumerate(re.split(rf"{self._mark}-(\d+)\.", written)):
            yield self._texts[int(piece)] if number % 2 else piece


def with_policy(page: str, *, styled: bool = False, insets: Insets | None = None) -> str:
    """An HTML page with a Content Security Policy of its own, first in its head: nothing is loaded, and of scripts and styles
    those that stand in it now are allowed, by their hashes. `styled`: its scripts set styles as they go, and draw pictures.
    `insets`: what is still to be laid into it.

    Whoever writes the page sees to it that only its own code stands between tags.
    """
    page = page.replace("\r\n", "\n").replace("\r", "\n")  # as a browser reads it, which hashes what it has read
    insets = insets or Insets()
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, code in _code(page):
        digest = hashlib.sha256()
        for piece in giving_way_between(insets.pieces(code), 8):
            digest.update(piece.encode())
        hashes[kind].append(f"'sha256-{base64.b64encode(digest.digest()).decode()}'")
    style = ["'unsafe-inline'"] if styled else hashes["style"]
    parts = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    parts += [
        f"{kind}-src {' '.join(allowed)}" for kind, allowed in (("script", hashes["script"]), ("style", style)) if allowed
    ]
    if styled:
        parts.append("img-src data: blob:")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(parts)}">'
    return _HEAD.sub(lambda head: f"{head[0]}{meta}", page, count=1)


def _code(page: str) -> Iterator[tuple[str, str]]:
    """The scripts and styles of a page; of long ones too, in which a pattern would search letter by letter."""
    at = 0
    while (opened := _OPENED.search(page, at)) is not None:
        end = page.find(f"</{opened[1]}>", opened.end())
        if end < 0:
            return
        yield opened[1], page[opened.end() : end]
        at = end
