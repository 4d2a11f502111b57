"""Who may open the socket, and the headers that go with every answer."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Plotly sets styles on its elements, hence ``'unsafe-inline'`` for them; scripts come from files alone."""


def origin_allowed(headers: Headers, origins: Iterable[str]) -> bool:
    """A page of another site must not drive a session here. Programs other than browsers send no origin."""
    origin = headers.get("origin")
    if origin is None:
        return True
    parts = urlsplit(origin)
    same = parts.scheme in ("http", "https") and parts.netloc.lower() == headers.get("host", "").lower() != ""
    return same or origin in origins


class SecurityHeaders:
    """ASGI middleware: `HEADERS` on every answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] in ("http", "websocket") else send)
