"""The page's files as a class takes them: from memory, compressed, under an address that names their version. A browser that
has them asks for the first one only.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

from server.http import comments
from server.http.assets import accepts_gzip
from server.http.security import READ_BY

PREFIX = "/page-"
FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
LEAST = 500
"""Bytes from which on compressing is worth it."""
LINK = re.compile(r'\b(href|src)="(?=[a-z][^:"]*")')
"""A link to one of the page's own files, in a first one."""
PAGES = ("index.html", "join/index.html", "guide/index.html")
"""First files: chainrule's own page, the one by which a class is joined, and the guide."""


IN_A_SANDBOX = "sandboxed.js"
"""What says, in a frame that has no origin of its own, why nothing else comes there: it alone is read from everywhere."""


class Packed:
    """A body, compressed once, with a tag of what is in it."""

    def __init__(self, body: bytes, media_type: str) -> None:
        self._body, self._media_type = body, media_type
        self._compressed = gzip.compress(body, 9, mtime=0) if len(body) >= LEAST else None
        self.tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'

    def response(self, asked: Headers, cache: str = ASKED_AGAIN) -> Response:
        headers = {"Cache-Control": cache, "ETag": self.tag, "Vary": "Accept-Encoding"}
        if self.tag in (tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        if self._compressed is not None and accepts_gzip(asked.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            return Response(self._compressed, media_type=self._media_type, headers=headers)
        return Response(self._body, media_type=self._media_type, headers=headers)


class Page:
    """Read anew where a file has changed: in a checkout they are worked on while the server runs."""

    def __init__(self, folder: Path, filled: Mapping[str, Callable[[str], str]]) -> None:
        """`filled`: of a first file, by its name, what the server writes into it."""
        self._folder, self._filled = folder, filled
        self._lock = threading.Lock()
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._files: dict[str, Packed] = {}
        self._version = ""

    def first(self, asked: Headers, name: str = "index.html") -> Response:
        """The file that names all others by their version. In a worker thread: it looks at every file."""
        self._refresh()
        return self._files[name].response(asked)

    async def file(self, version: str, path: str, asked: Headers) -> Response:
        """One of the others. Where the version is not ours, as another machine's during an upgrade, ours is given, not for
        good."""
        if version != self._version:
            await asyncio.to_thread(self._refresh)
        found = self._files.get(path)
        if found is None:
            return Response("Not Found", status_code=404, media_type="text/plain")
        response = found.response(asked, FOR_GOOD if version == self._version else ASKED_AGAIN)
        if path == IN_A_SANDBOX:
            response.headers[READ_BY] = "cross-origin"
        return response

    def _refresh(self) -> None:
        with self._lock:
            self._read()

    def _read(self) -> None:
        paths = [
            path for path in sorted(self._folder.rglob("*")) if self._is_ours(path.relative_to(self._folder)) and path.is_file()
        ]
        stamps = {path: ((at := path.stat()).st_mtime_ns, at.st_size) for path in paths}
        if stamps == self._stamps:
            return
        bodies = {path.relative_to(self._folder).as_posix(): path.read_bytes() for path in paths}
        digest = hashlib.sha256()
        for name, body in bodies.items():
            digest.update(f"{name}\0{len(body)}\0".encode() + body)
        version = digest.hexdigest()[:16]
        for name in PAGES:
            if name in bodies:
                linked = LINK.sub(rf'\1="{PREFIX[1:]}{version}/', bodies[name].decode())
                bodies[name] = self._filled[name](linked).encode() if name in self._filled else linked.encode()
        self._files = {name: Packed(_sent(name, body), _media_type(name)) for name, body in bodies.items()}
        self._version, self._stamps = version, stamps

    @staticmethod
    def _is_ours(path: Path) -> bool:
        """Declarations of types are for whoever works on the page; nothing loads them."""
        if path.name.endswith(".d.ts"):
            return False
        return not any(part.startswith(".") or part == "node_modules" for part in path.parts)


def _sent(name: str, body: bytes) -> bytes:
    return comments.without(body.decode()).encode() if name.endswith(".js") else body


def _media_type(name: str) -> str:
    if name.endswith(".js"):
        return "text/javascript"  # which some systems' own tables do not know
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
