"""Files for the page: its own, and plotly.js out of the installed plotly package. Nothing comes from another host."""

from __future__ import annotations

import gzip
import importlib.util
import threading
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


def web_folder() -> Path:
    """The page's files: beside this package in a checkout or an editable install, inside it when installed from a wheel."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "web", here.parent / "web"):
        if folder.is_dir():
            return folder
    raise RuntimeError("the page's files (web/) are neither inside the server package nor beside it")


class PageFiles(StaticFiles):
    """Revalidated at each visit (by ETag), so that an upgrade is never met by a stale page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def lookup_path(self, path: str) -> tuple[str, Any]:
        # Dot-files and declarations of types are no part of the page.
        if path.endswith(".d.ts") or any(part.startswith(".") for part in Path(path).parts if part != "."):
            return "", None
        return super().lookup_path(path)


class PlotlyJs:
    """plotly.min.js, compressed once. Its address holds its version, so that it may be cached for good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plain: bytes | None = None
        self._compressed: bytes | None = None

    @property
    def path(self) -> str:
        from plotly.offline import get_plotlyjs_version

        return f"/plotly-{get_plotlyjs_version()}.min.js"

    def load(self) -> tuple[bytes, bytes]:
        """The file as it is and compressed; takes about half a second, once."""
        with self._lock:
            if self._plain is None or self._compressed is None:
                self._plain = _plotly_file().read_bytes()
                self._compressed = gzip.compress(self._plain, 6, mtime=0)
            return self._plain, self._compressed

    def response(self, headers: Headers) -> Response:
        plain, compressed = self.load()
        cached = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if accepts_gzip(headers.get("accept-encoding", "")):
            return Response(compressed, media_type="text/javascript", headers={**cached, "Content-Encoding": "gzip"})
        return Response(plain, media_type="text/javascript", headers=cached)


def _plotly_file() -> Path:
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise RuntimeError("plotly is not installed")
    return Path(found.origin).parent / "package_data" / "plotly.min.js"


def accepts_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header lets gzip through: named (or by ``*``) and not with a weight of zero."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((text[2:] for text in parameters if text.startswith("q=")), "1")
        try:
            weights[coding] = float(weight)
        except ValueError:
            weights[coding] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0
