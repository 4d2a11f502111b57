"""A page that stands alone says itself what may run in it: what it was written with, and nothing that came in by a name."""

from __future__ import annotations

import base64
import hashlib
import re

_HEAD = re.compile(r"<head[^>]*>")
_CODE = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1>", re.DOTALL)


def with_policy(page: str, *, styled: bool = False) -> str:
    """An HTML page with a Content Security Policy of its own, first in its head: nothing is loaded, and of scripts and styles
    those that stand in it now are allowed, by their hashes. `styled`: its scripts set styles as they go, and draw pictures.

    Whoever writes the page sees to it that only its own code stands between tags.
    """
    page = page.replace("\r\n", "\n").replace("\r", "\n")  # as a browser reads it, which hashes what it has read
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, code in _CODE.findall(page):
        hashes[kind].append(f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'")
    style = ["'unsafe-inline'"] if styled else hashes["style"]
    parts = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    parts += [
        f"{kind}-src {' '.join(allowed)}" for kind, allowed in (("script", hashes["script"]), ("style", style)) if allowed
    ]
    if styled:
        parts.append("img-src data: blob:")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(parts)}">'
    return _HEAD.sub(lambda head: f"{head[0]}{meta}", page, count=1)
