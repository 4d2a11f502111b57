"""Where this server is: at the root of its host, or below a path of it, which a proxy may take off a request or leave on it."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware, _TrustedHosts

from server.hosts import path_of

log = logging.getLogger("chainrule")

HEADER = "x-forwarded-prefix"
OPEN_TO_ALL = "/healthz"
"""What is answered outside the root path even where nothing else is."""


class Proxies:
    """ASGI middleware, the outermost: of proxies that are trusted it believes where a request comes from, and below which path
    (``X-Forwarded-Prefix``, as Traefik and nginx's examples send it) they have this server."""

    def __init__(self, app: ASGIApp, trusted: Iterable[str]) -> None:
        trusted = list(trusted)
        self._trusted = _TrustedHosts(trusted)
        self._app = ProxyHeadersMiddleware(app, trusted)  # type: ignore[arg-type]  # its types are uvicorn's own
        self._complained = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            client = scope.get("client")
            if (texts := Headers(scope=scope).getlist(HEADER)) and client and client[0] in self._trusted:
                scope = dict(scope, root_path=self._prefix(texts))
        await self._app(scope, receive, send)  # type: ignore[arg-type]

    def _prefix(self, texts: list[str]) -> str:
        try:
            if len(texts) > 1:
                raise ValueError("it is sent more than once")
            return path_of(texts[0].strip())
        except ValueError as problem:
            if not self._complained:
                log.warning("a proxy's X-Forwarded-Prefix is ignored: %s", problem)
            self._complained = True
            return ""


class RootPath:
    """ASGI middleware: what comes with the root path and what comes without it is the same. `only`: without it nothing is
    answered, as where the path is a secret; a trusted proxy that names it knows it."""

    def __init__(self, app: ASGIApp, root: str, only: bool = False) -> None:
        self._app, self._root, self._only = app, root, only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: str = scope.get("root_path", "")
        root = self._root or told
        if scope["type"] not in ("http", "websocket") or not root:
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        # The slash at its end is part of the page's address: what it names lies below.
        if self._is(path, root) and scope["type"] == "http":
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{root.rpartition('/')[2]}/{'?' if query else ''}{query}", 308)(scope, receive, send)
            return
        if not self._is(path[: len(root) + 1], f"{root}/"):
            if self._only and path != OPEN_TO_ALL and not self._is(told, root):
                await _refuse(scope, receive, send)
                return
            path = root + path
        await self._app(dict(scope, path=path, raw_path=path.encode(), root_path=root), receive, send)

    @staticmethod
    def _is(text: str, wanted: str) -> bool:
        return hmac.compare_digest(text.encode(), wanted.encode())


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    refusal: Response = JSONResponse({"detail": "There is nothing here: the address of this page carries a key."}, 403)
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).send_denial_response(refusal)
    else:
        await refusal(scope, receive, send)
